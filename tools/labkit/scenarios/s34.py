"""S34: three RST+ACK whose window and IP ID are bound by the algebra of a known product; decoys that only look so."""
from __future__ import annotations

import random
from collections.abc import Callable

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED

VISITS = 3
TTLS = (49, 61, 75, 100, 112)  # where it is forged; the server's own has 56 left there
USES = ('nginx', 'curl', 'openssl')


def resets(chance: random.Random, fields: dict[str, object]) -> list[Rule]:
    """To the client three for each trigger, each with the next value of the algebra's counter."""
    return [{'name': 'watched', 'direction': 'up',
             'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED, 'first_only': True},
             'action': {'type': 'rst', 'flags': 'RST+ACK', 'to': 'client', 'seq': [0, 0, 0], 'delay_ms': 1,
                        'ttl': chance.choice(TTLS), **fields}}]


def with_k(k: int) -> Callable[[random.Random], list[Rule]]:
    """Product k: window = val + (dip mod k), IP ID = 65535 - val * k + (sip mod window); 13 is the known one."""
    return lambda chance: resets(chance, {'ip_id': {'k': k}})


def at_random(chance: random.Random) -> list[Rule]:
    return resets(chance, {'ip_id': 'random', 'window': 'random'})


def visit(lab: Lab, sites: websites.Sites) -> None:
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)), VISITS)
    websites.require_outcomes(lab, results, watched_works=False)


@scenario('S34', title='three RST+ACK after a watched SNI, bound by the algebra with k = 13', rules=with_k(13),
          level='likely', signals=('RST.PSH.RARA', 'INJ.TTL', 'INJ.FP.TSG'), uses=USES)
def play(lab: Lab) -> None:
    visit(lab, websites.serve(lab))


@scenario('S34-k7', title='as S34, but k = 7: no known product', rules=with_k(7), level='likely',
          signals=('RST.PSH.RARA', 'INJ.TTL'), absent=('INJ.FP.TSG',), uses=USES)
def play_other_k(lab: Lab) -> None:
    visit(lab, websites.serve(lab))


@scenario('S34-random', title='as S34, but windows and IP IDs at random', rules=at_random, level='likely',
          signals=('RST.PSH.RARA', 'INJ.TTL'), absent=('INJ.FP.TSG',), uses=USES)
def play_random(lab: Lab) -> None:
    visit(lab, websites.serve(lab))


@scenario('S34-twin', twin_of='S34', title="the server's own resets, several for each page it cuts off",
          absent=('INJ.FP.TSG',), uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    odd_server.serve(lab, lab.server, ADDRESS, 'cut', WATCHED, authority.issue(WATCHED, OTHER))
    visit(lab, websites.Sites(authority.root))
