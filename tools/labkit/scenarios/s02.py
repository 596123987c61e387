"""S02: an injector resets both ends with three segments spread over the window, its TTL like the sender's."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED

SPREAD = [0, 1460, 4380]  # of the Great Firewall of 2006 (Clayton, Murdoch, Watson: "Ignoring the Great Firewall")


def rules(chance: random.Random) -> list[Rule]:
    """The hello and all answers to it pass: what is forged only races them.

    The resets carry no acknowledgement at all, so that none of the published signatures for two or more fits them.
    """
    return [{'name': 'watched', 'direction': 'up',
             'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED, 'first_only': True},
             'action': {'type': 'rst', 'flags': 'RST', 'to': 'both', 'ttl': 'mirror', 'seq': SPREAD, 'delay_ms': 5,
                        'ip_id': chance.choice(['random', 'zero']), 'window': chance.choice(['copy', 'random'])}}]


def visit(lab: Lab, sites: websites.Sites) -> dict[str, list[websites.Result]]:
    return websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))


@scenario('S02', title='three RSTs at +0, +1460 and +4380 after a watched SNI, TTL mirrored', rules=rules,
          level='likely', signals=('INJ.RST_SEQ_CHANGE', 'INJ.FP'), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    websites.require_outcomes(lab, visit(lab, websites.serve(lab)), watched_works=False)


@scenario('S02-twin', twin_of='S02', title='the server itself resets in the midst of a page, and again at late ACKs',
          absent=('INJ.RST_SEQ_CHANGE',), uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    odd_server.serve(lab, lab.server, ADDRESS, 'cut', WATCHED, authority.issue(WATCHED, OTHER))
    websites.require_outcomes(lab, visit(lab, websites.Sites(authority.root)), watched_works=False)
