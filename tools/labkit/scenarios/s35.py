"""S35: some packets pass after a watched name, then none; or none at all, the name's own among them."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import nginx, odd_server
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, run_client
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED

PASSING, TIMES = 6, 3
COOKIE_BYTES, PATIENCE_SECONDS = 3000, 10
SLOW = 'limit_rate 3k;'
USES = ('nginx', 'curl', 'openssl')


def drop(quota: dict[str, int]) -> Rule:
    return {'name': 'watched', 'direction': 'both', 'sticky': True,
            'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED, **quota}, 'action': {'type': 'drop'}}


def after_some(_: random.Random) -> list[Rule]:
    """The hello and six more, of either side."""
    return [drop({'after_packets': 1 + PASSING})]


def from_hello(_: random.Random) -> list[Rule]:
    return [drop({})]


def dead_link(chance: random.Random) -> list[Rule]:
    """For twelve seconds nothing of anybody passes."""
    begin = chance.choice([6, 7, 8])
    return [{'name': 'link', 'direction': 'both', 'from_s': begin, 'until_s': begin + 12, 'match': {},
             'action': {'type': 'drop'}}]


def watched_calls(lab: Lab, sites: websites.Sites) -> list[Call]:
    """Requests of several segments, so that some are under way when silence falls; keep-alives ask for the rest."""
    words = ('-b', 'session=' + 'c' * COOKIE_BYTES, '--keepalive-time', 2)
    return [sites.going('watched', WATCHED, tls=lab.random.choice(TLS_VERSIONS), seconds=PATIENCE_SECONDS, extra=words)
            for _ in range(TIMES)]


def play_drop(lab: Lab, sites: websites.Sites) -> None:
    failed, others = websites.beside(lab, watched_calls(lab, sites), lambda: sites.visit(lab, 'other', OTHER))
    websites.require_outcomes(lab, {WATCHED: failed, OTHER: others}, watched_works=False)


@scenario('S35', title='six packets pass after a watched SNI, then none in either direction', rules=after_some,
          level='likely', signals=('DROP.TRIGGER.SNI',), uses=USES)
def play(lab: Lab) -> None:
    play_drop(lab, websites.serve(lab, body_bytes=8000))


@scenario('S35-iv', title='the hello with a watched SNI is dropped, and all after it', rules=from_hello,
          level='likely', signals=('DROP.TRIGGER.SNI',), uses=USES)
def play_from_hello(lab: Lab) -> None:
    play_drop(lab, websites.serve(lab, body_bytes=8000))


@scenario('S35-twin', twin_of='S35', title='the server acknowledges all, and falls silent in the midst of a page',
          uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    odd_server.serve(lab, lab.server, ADDRESS, 'stall', WATCHED, authority.issue(WATCHED, OTHER))
    play_drop(lab, websites.Sites(authority.root))


@scenario('S35-iv-twin', twin_of='S35-iv', title='the link is dead for twelve seconds, whoever is visited',
          rules=dead_link, uses=USES)
def play_dead_link(lab: Lab) -> None:
    """Pages under way then take that much longer; visits begun then fail."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    nginx.serve(lab, lab.server, [nginx.Site(name, ADDRESS, 443, certificate, body_bytes=50_000, extra=SLOW)
                                  for name in (WATCHED, OTHER)])
    sites = websites.Sites(authority.root)
    held = [sites.going(websites.role(name), name, seconds=60) for name in websites.turns(lab, 2)]
    quick = sites.going('quick', OTHER, seconds=4, extra=('-r', '0-99'))
    came, others = websites.beside(lab, held, lambda: run_client(lab, lab.client, quick), seconds=8)
    lab.require(all(one.step.ok for one in came), 'pages must come when the link is back')
    lab.require(0 < sum(not one.step.ok for one in others) < len(others) and others[-1].step.ok,
                'visits must fail while the link is dead, and no longer')
