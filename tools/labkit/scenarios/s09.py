"""S09: a forged DNS answer overtakes the real one."""
from __future__ import annotations

import random

from labkit import websites
from labkit.middlebox import SERVER_TTL
from labkit.programs import dnsmasq
from labkit.programs.client_run import Result
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, RESOLVER, WATCHED

BOGONS = ('127.0.0.1', '0.0.0.0', '10.10.34.34', '240.0.0.1')
ELSEWHERE = '203.0.113.66'


def rules(chance: random.Random) -> list[Rule]:
    """A bogon, another public address, or a denial; the TTL as the resolver's or lower. The real answer passes.

    The TTL is absolute: in a flow of one question the middlebox has seen nothing of the resolver to copy.
    """
    answer = chance.choice([{'address': chance.choice(BOGONS), 'address6': '::1'}, {'address': ELSEWHERE},
                            {'nxdomain': True}])
    return [{'name': 'watched', 'direction': 'up',
             'match': {'proto': 'udp', 'server_port': 53, 'dns_name': WATCHED},
             'action': {'type': 'dns', **answer, 'ttl': chance.choice([SERVER_TTL, SERVER_TTL - 7]), 'delay_ms': 2,
                        'ip_id': chance.choice(['random', 'zero', 'next'])}}]


def repeated(_: random.Random) -> list[Rule]:
    """A network that delivers some of the resolver's packets twice."""
    return [{'name': 'resolver', 'direction': 'down', 'match': {'proto': 'udp', 'server_port': 53},
             'action': {'type': 'duplicate', 'p': 0.5, 'delay_ms': 3}}]


def ask_in_turn(lab: Lab) -> dict[str, list[Result]]:
    dnsmasq.serve(lab, lab.server, {WATCHED: ADDRESS, OTHER: ADDRESS}, RESOLVER)
    return websites.visit_in_turn(lab, lambda name: dnsmasq.resolve(lab, websites.role(name), name))


@scenario('S09', title='a forged DNS answer 2 ms after a watched question, the real one later', rules=rules,
          level='likely', signals=('DNS.DUP', 'DNS.FAST'), uses=('dnsmasq',))
def play(lab: Lab) -> None:
    results = ask_in_turn(lab)
    lab.require(all(ADDRESS in one.output for one in results[OTHER]), f'{OTHER} must resolve')
    lab.require(not any(ADDRESS in one.output for one in results[WATCHED]), f'{WATCHED} must be misled')


@scenario('S09-twin', twin_of='S09', title="the resolver's own answers, some delivered twice", rules=repeated,
          uses=('dnsmasq',))
def play_twin(lab: Lab) -> None:
    results = ask_in_turn(lab)
    lab.require(all(ADDRESS in one.output for each in results.values() for one in each), 'both names must resolve')
