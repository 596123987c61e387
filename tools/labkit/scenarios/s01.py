"""S01: an injector beside the path resets both ends of a TLS connection after it read the server's name."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, TLS_VERSIONS, WATCHED


def rules(chance: random.Random) -> list[Rule]:
    """The hello and all answers to it pass: what is forged only races them."""
    return [{'name': 'watched', 'direction': 'up',
             'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED, 'first_only': True},
             'action': {'type': 'rst', 'flags': 'RST', 'to': 'both', 'ttl': '-7', 'delay_ms': 5,
                        'ip_id': chance.choice(['random', 'zero']), 'window': chance.choice(['copy', 'random'])}}]


@scenario('S01', title='RST to both ends 5 ms after a watched SNI, TTL 7 lower', rules=rules, level='likely',
          signals=('RST.PSH.*', 'INJ.TTL'), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    sites = websites.serve(lab)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)


@scenario('S01-twin', twin_of='S01', title='the server itself resets who asks for that name',
          uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, websites.OTHER)
    odd_server.serve(lab, lab.server, ADDRESS, 'reset', WATCHED, certificate)
    sites = websites.Sites(authority.root)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)
