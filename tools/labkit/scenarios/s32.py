"""S32: innocent failures after a server's name: a path-MTU hole, a name without a site, a load balancer's patience."""
from __future__ import annotations

import random
import time

from labkit import websites
from labkit.programs import front_end, nginx, openssl, slow_client
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED

LARGE_BYTES, SMALL_BYTES = 60_000, 300
IDLE_SECONDS, TOLD_IDLE_SECONDS = 4, 58


def hole(chance: random.Random) -> list[Rule]:
    """A tunnel on the way of which nobody says that it is narrower."""
    return [{'name': 'tunnel', 'direction': 'both', 'match': {},
             'action': {'type': 'mtu_hole', 'bytes': chance.choice([1400, 1420, 1460])}}]


@scenario('S32', title='large packets vanish: small pages come, large ones hang', rules=hole,
          uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    nginx.serve(lab, lab.server, [
        nginx.Site(WATCHED, ADDRESS, 443, certificate, body_bytes=LARGE_BYTES),
        nginx.Site(OTHER, ADDRESS, 443, certificate, body_bytes=SMALL_BYTES)])
    sites = websites.Sites(authority.root)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)


@scenario('S32-alert', title='a server that has no site of that name says so: TLS alert 112', uses=('nginx', 'openssl'))
def play_alert(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(OTHER)
    nginx.serve(lab, lab.server, [  # the first takes all names that no other has
        nginx.Site('default.example', ADDRESS, 443, certificate, extra='ssl_reject_handshake on;'),
        nginx.Site(OTHER, ADDRESS, 443, certificate)])
    results = websites.visit_in_turn(
        lab, lambda name: openssl.handshake(lab, websites.role(name), ADDRESS, name, root=authority.root,
                                            tls=lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)
    lab.require(all('112' in one.output for one in results[WATCHED]), 'the alert must be unrecognized_name')


@scenario('S32-idle', title='a load balancer resets connections idle for a minute', uses=('openssl',))
def play_idle(lab: Lab) -> None:
    """Told as a minute of silence; TCP timestamps are off, since their clocks would say otherwise."""
    lab.client.set(net__ipv4__tcp_timestamps=0)
    authority = Authority(lab.folder('ca'))
    front_end.serve(lab, lab.server, ADDRESS, 'idle', authority.issue(WATCHED, OTHER), seconds=IDLE_SECONDS)
    for number, name in enumerate(websites.turns(lab, 2)):
        go = lab.folder('go') / f'{number}'
        with lab.session(gap_s=20):
            client = slow_client.begin(lab, websites.role(name), 'again', name, ADDRESS, authority.root, go)
            client.process.ready_when_said('first page')
        with lab.session(gap_s=TOLD_IDLE_SECONDS):
            time.sleep(IDLE_SECONDS)
            go.touch()
            lab.require(client.finish().status == 3, 'the connection must be reset')
