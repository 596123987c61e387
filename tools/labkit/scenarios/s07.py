"""S07: the downlink of every connection to a class of servers freezes after 16 KiB."""
from __future__ import annotations

import random
import re

from labkit import websites
from labkit.programs import nginx, odd_server
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, Result
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS

CLASS = '203.0.113.0/24'
SERVERS = {'one.example': '203.0.113.10', 'two.example': '203.0.113.20'}
FLOWS_EACH, PATIENCE_SECONDS = 3, 16
PAGE_BYTES = 80_000
KEEPALIVE = ('--keepalive-time', 3)
USES = ('nginx', 'curl', 'openssl')
KIB = 1024
SMALL_RECORDS = 'ssl_buffer_size 4k;'  # a client counts what whole TLS records brought


def rules(chance: random.Random) -> list[Rule]:
    """The segment that would exceed the quota and all after it, so that up to a segment less than the quota comes."""
    return [{'name': 'class', 'direction': 'down',
             'match': {'proto': 'tcp', 'server_net': CLASS, 'server_port': 443,
                       'after_bytes': chance.randint(16 * KIB + 256, 17 * KIB)},
             'action': {'type': 'freeze'}}]


def serve(lab: Lab, foreign_bytes: int, extra: str = SMALL_RECORDS) -> websites.Sites:
    """Two servers of the class and one of none, whose page is long."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(*SERVERS, OTHER)
    nginx.serve(lab, lab.server, [nginx.Site(name, address, 443, certificate, body_bytes=foreign_bytes, extra=extra)
                                  for name, address in SERVERS.items()]
                + [nginx.Site(OTHER, ADDRESS, 443, certificate, body_bytes=PAGE_BYTES)])
    return websites.Sites(authority.root)


def downloads(lab: Lab, sites: websites.Sites) -> list[Call]:
    names = list(SERVERS) * FLOWS_EACH
    lab.random.shuffle(names)
    return [sites.going('class', name, SERVERS[name], tls=lab.random.choice(TLS_VERSIONS), seconds=PATIENCE_SECONDS,
                        extra=KEEPALIVE) for name in names]


def page_bytes(result: Result) -> int:
    found = re.search(r'bytes (\d+)', result.output)
    return int(found[1]) if found else 0


def play_downloads(lab: Lab, sites: websites.Sites) -> list[Result]:
    came, others = websites.beside(lab, downloads(lab, sites), lambda: sites.visit(lab, 'other', OTHER))
    lab.require(all(page_bytes(one) == PAGE_BYTES for one in others), 'pages of other servers must come whole')
    return came


def require_frozen(lab: Lab, came: list[Result]) -> None:
    lab.require(all(not one.step.ok and 8 * KIB < page_bytes(one) < 17 * KIB for one in came),
                f'pages must stop at 16 KiB, but: {[page_bytes(one) for one in came]}')


@scenario('S07', title='downlink frozen after 16 KiB, of a class of servers only', rules=rules, level='likely',
          signals=('TRUNC.BYTES',), uses=USES)
def play(lab: Lab) -> None:
    require_frozen(lab, play_downloads(lab, serve(lab, PAGE_BYTES)))


@scenario('S07-twin', twin_of='S07', title='pages that are 16 KiB long, then the server closes', uses=USES)
def play_twin(lab: Lab) -> None:
    length = lab.random.randint(15 * KIB, 16 * KIB)
    came = play_downloads(lab, serve(lab, length, f'keepalive_timeout 0; {SMALL_RECORDS}'))
    lab.require(all(one.step.ok and page_bytes(one) == length for one in came), 'short pages must come whole')


@scenario('S07-stall', twin_of='S07', title='servers that stop at 16 KiB by themselves and acknowledge all the same',
          uses=USES)
def play_stall(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(*SERVERS, OTHER)
    for name, address in SERVERS.items():
        odd_server.serve(lab, lab.server, address, 'stall', name, certificate)
    nginx.serve(lab, lab.server, [nginx.Site(OTHER, ADDRESS, 443, certificate, body_bytes=PAGE_BYTES)])
    require_frozen(lab, play_downloads(lab, websites.Sites(authority.root)))
