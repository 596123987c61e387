"""S21: an innocent front end that closes and answers what comes late with RSTs of another TTL, ID 0 and no ACK."""
from __future__ import annotations

from labkit import websites
from labkit.programs import front_end
from labkit.programs.certificates import Authority
from labkit.registry import scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS, WATCHED


@scenario('S21', title='server FIN, then two RSTs with TTL 64 lower, ID 0, ack 0', uses=('curl', 'openssl'))
def play(lab: Lab) -> None:
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    front_end.serve(lab, lab.server, ADDRESS, 'part', certificate)
    sites = websites.Sites(authority.root)
    results = websites.visit_in_turn(
        lab, lambda name: sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS)))
    websites.require_outcomes(lab, results, watched_works=True)
