"""S03: a device in the path turns the server's first answer after a watched name into a reset."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED

VISITS = 10  # one flow tells nothing here: only repetition beside a working control does


def rules(_: random.Random) -> list[Rule]:
    """In the answer's place comes RST+ACK with its header fields; the server never hears of it, nor the client of more.

    Without data (`after_bytes`) the server's acknowledgement of the hello passes.
    """
    answer = {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED, 'sticky': True, 'after_bytes': 1}
    return [{'name': 'watched', 'direction': 'down', 'match': {**answer, 'first_only': True},
             'action': {'type': 'rst', 'flags': 'RST+ACK', 'to': 'client', 'drop': True, 'ttl': 'mirror',
                        'ip_id': 'copy', 'window': 'copy'}},
            {'name': 'watched-rest', 'direction': 'down', 'match': answer, 'action': {'type': 'drop'}}]


def visit(lab: Lab, sites: websites.Sites) -> dict[str, list[websites.Result]]:
    return websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)), VISITS)


@scenario('S03', title="the server's answer to a watched SNI rewritten to RST+ACK in the path", rules=rules,
          level='likely', signals=('RST.PSH.RA',), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    websites.require_outcomes(lab, visit(lab, websites.serve(lab)), watched_works=False)


@scenario('S03-twin', twin_of='S03', title='the server itself says by alert that it has no such name, and resets',
          uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    odd_server.serve(lab, lab.server, ADDRESS, 'refuse', WATCHED, authority.issue(WATCHED, OTHER))
    websites.require_outcomes(lab, visit(lab, websites.Sites(authority.root)), watched_works=False)
