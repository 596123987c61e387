"""S22: innocent boxes that forget flows: a firewall that answers late data with RSTs, a NAT that drops idle flows."""
from __future__ import annotations

import random
import time

from labkit.programs import front_end, nginx, slow_client
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import OTHER, WATCHED

DOWNLOADS, UPLOADS = '198.18.0.10', '198.18.0.11'
TIMES, BODY_BYTES = 3, 400_000
IDLE_SECONDS, TOLD_IDLE_SECONDS = 3, 320  # what is played, and what the captures say


def firewall(_: random.Random) -> list[Rule]:
    """Whatever comes after an end's own RST is refused with RST+ACK, one a segment, at a TTL of the firewall's own."""
    return [{'name': 'firewall', 'direction': 'both', 'match': {'proto': 'tcp', 'server_port': 443},
             'action': {'type': 'nat_timeout', 'seconds': 600, 'on_reset': True, 'reset': True, 'ack': True,
                        'ttl': '+128', 'ip_id': 'zero', 'window': 0}}]


def nat(chance: random.Random) -> list[Rule]:
    return [{'name': 'nat', 'direction': 'both', 'match': {'proto': 'tcp', 'server_port': 443},
             'action': {'type': 'nat_timeout', 'seconds': IDLE_SECONDS, 'reset': True,
                        'ttl': chance.choice(['mirror', 255]), 'ip_id': 'zero', 'window': 0}}]


@scenario('S22', title='a firewall answers data that is late for a reset connection, TTL 128 higher', rules=firewall,
          uses=('nginx', 'openssl'))
def play(lab: Lab) -> None:
    """Clients that leave a page in its middle, and a server that has had enough of an upload."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    nginx.serve(lab, lab.server, [nginx.Site(OTHER, DOWNLOADS, 443, certificate, body_bytes=BODY_BYTES)])
    front_end.serve(lab, lab.server, UPLOADS, 'upload', certificate)
    doings = ['abandon', 'upload'] * TIMES
    lab.random.shuffle(doings)
    for doing in doings:
        name, address = (OTHER, DOWNLOADS) if doing == 'abandon' else (WATCHED, UPLOADS)
        ended = slow_client.begin(lab, doing, doing, name, address, authority.root, lab.out).finish()
        lab.require(ended.status == (3 if doing == 'upload' else 0), f'{doing} ended with {ended.status}')


@scenario('S22-idle', title='a NAT forgets flows that were idle for 300 s and refuses what comes then', rules=nat,
          uses=('nginx', 'openssl'))
def play_idle(lab: Lab) -> None:
    """Told as 320 s of silence; TCP timestamps are off, since their clocks would say otherwise."""
    lab.client.set(net__ipv4__tcp_timestamps=0)
    authority = Authority(lab.folder('ca'))
    nginx.serve(lab, lab.server, [nginx.Site(OTHER, DOWNLOADS, 443, authority.issue(OTHER))])
    for number in range(TIMES):
        go = lab.folder('go') / f'{number}'
        with lab.session(gap_s=60):
            client = slow_client.begin(lab, 'idle', 'again', OTHER, DOWNLOADS, authority.root, go)
            client.process.ready_when_said('first page')
        time.sleep(IDLE_SECONDS)
        with lab.session(gap_s=TOLD_IDLE_SECONDS):
            go.touch()
            lab.require(client.finish().status == 3, 'the connection must be reset')
