"""S04: everything after a watched server name vanishes, in both directions."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, TLS_VERSIONS, WATCHED


def rules(_: random.Random) -> list[Rule]:
    return [{'name': 'watched', 'direction': 'both', 'sticky': True,
             'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED}, 'action': {'type': 'drop'}}]


@scenario('S04', title='all packets dropped from a watched SNI on, both directions', rules=rules, level='likely',
          signals=('DROP.TRIGGER.SNI',), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    sites = websites.serve(lab)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)


@scenario('S04-twin', twin_of='S04', title='the server takes the hello of that name and never answers',
          uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, websites.OTHER)
    odd_server.serve(lab, lab.server, ADDRESS, 'ignore', WATCHED, certificate)
    sites = websites.Sites(authority.root)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=False)
