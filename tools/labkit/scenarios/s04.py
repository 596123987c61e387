"""S04: everything after a watched server name vanishes, in both directions."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import odd_server
from labkit.programs.certificates import Authority
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED


def rules(_: random.Random) -> list[Rule]:
    return [{'name': 'watched', 'direction': 'both', 'sticky': True,
             'match': {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED}, 'action': {'type': 'drop'}}]


def visit_both(lab: Lab, sites: websites.Sites) -> None:
    """Three times the watched one, while the other works, and half a minute on: silence at the end proves nothing."""
    held = [sites.going('watched', WATCHED, tls=lab.random.choice(TLS_VERSIONS)) for _ in range(websites.VISITS)]
    failed, others = websites.beside(lab, held, lambda: sites.visit(lab, 'other', OTHER))
    websites.require_outcomes(lab, {WATCHED: failed, OTHER: others}, watched_works=False)


@scenario('S04', title='all packets dropped from a watched SNI on, both directions', rules=rules, level='likely',
          signals=('DROP.TRIGGER.SNI',), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    visit_both(lab, websites.serve(lab))


@scenario('S04-twin', twin_of='S04', title='the server takes the hello of that name and never answers',
          uses=('curl', 'openssl'))
def play_twin(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    odd_server.serve(lab, lab.server, ADDRESS, 'ignore', WATCHED, authority.issue(WATCHED, OTHER))
    visit_both(lab, websites.Sites(authority.root))
