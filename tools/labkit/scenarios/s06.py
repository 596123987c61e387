"""S06: a forged refusal answers the SYN, and overtakes the server's own SYN+ACK."""
from __future__ import annotations

import random

from labkit import websites
from labkit.middlebox import SERVER_TTL
from labkit.programs import curl, nginx, plain_client
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Result, run_client
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, WATCHED

WATCHED_AT = '203.0.113.10'
VISITS, TWIN_VISITS = 5, 3
LINUX_WINDOW = 64240  # of the SYN that is answered: some injectors mirror it


def rules(chance: random.Random) -> list[Rule]:
    """By address and port, since a SYN bears no name. The SYN and its true answer pass; IP ID is the SYN's own.

    With ACK: a client that has sent no more than a SYN heeds no other reset (RFC 9293 section 3.10.7.3).
    """
    return [{'name': 'watched', 'direction': 'up',
             'match': {'proto': 'tcp', 'server_net': WATCHED_AT, 'server_port': 443, 'first_only': True},
             'action': {'type': 'rst', 'flags': chance.choice(['RST+ACK', 'RST+ACK+ECE']), 'to': 'client',
                        'ttl': SERVER_TTL - chance.choice([3, 5, 7]), 'ip_id': 'copy',
                        'window': chance.choice([0, LINUX_WINDOW])}}]


def visit(lab: Lab, sites: websites.Sites, name: str) -> Result:
    """Over TLS; the watched site over plain HTTP as well, which works."""
    if name == OTHER:
        return sites.visit(lab, 'other', OTHER)
    lab.require(curl.fetch(lab, 'watched-http', f'http://{WATCHED}/', WATCHED_AT).step.ok, 'port 80 must work')
    return sites.visit(lab, 'watched', WATCHED, address=WATCHED_AT)


@scenario('S06', title='RST answers the SYN to a watched address and port, the real SYN+ACK follows', rules=rules,
          level='likely', signals=('INJ.SYN_RST',), uses=('nginx', 'curl', 'openssl'))
def play(lab: Lab) -> None:
    sites = websites.serve(lab, watched_at=WATCHED_AT)
    results = websites.visit_in_turn(lab, lambda name: visit(lab, sites, name), VISITS)
    websites.require_outcomes(lab, results, watched_works=False)


@scenario('S06-twin', twin_of='S06', title='a service not started yet refuses, and seconds later takes the same ports',
          absent=('INJ.SYN_RST',), uses=('nginx', 'openssl'))
def play_twin(lab: Lab) -> None:
    """The client asks again from the port it was refused at: a SYN of its own, so that the RST was no forgery."""
    certificate = Authority(lab.folder('ca')).issue(WATCHED)
    lab.server.own(WATCHED_AT)
    ports = lab.random.sample(range(20_000, 30_000), TWIN_VISITS)
    for port in ports:
        refused = run_client(lab, lab.client, plain_client.visit('early', WATCHED, WATCHED_AT, local_port=port))
        lab.require('refused' in refused.output, 'a closed port must refuse')
    nginx.serve(lab, lab.server, [nginx.Site(WATCHED, WATCHED_AT, 443, certificate)])
    for port in ports:
        answered = run_client(lab, lab.client, plain_client.visit('late', WATCHED, WATCHED_AT, local_port=port))
        lab.require('status 200' in answered.output, 'the service must work when it has started')
