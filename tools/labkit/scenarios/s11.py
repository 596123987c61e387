"""S11: QUIC to a watched name is dropped from its Initial on, and its server's UDP port for a while; TCP works."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import nginx, ngtcp2, silent
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, Result, run_client
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import OTHER, WATCHED

SERVERS = ('198.18.0.10', '198.18.0.11', '198.18.0.12')
ELSEWHERE, ELSEWHERE_NAME = '198.18.0.20', 'elsewhere.example'
PATIENCE_SECONDS, RETRY_SECONDS = 13, 4
USES = ('nginx', 'curl', 'openssl', 'gtlsclient', 'gtlsserver')
Sites = dict[str, str]


def rules(chance: random.Random) -> list[Rule]:
    """Only the Initial is read; then its flow, and new ones to the server's port, as long as the punishment lasts: longer
    than the first attempts and two rounds more, of which the last ends 26 s after the first Initial."""
    match = {'proto': 'udp', 'server_port': 443, 'quic_sni': WATCHED}
    return [{'name': 'watched', 'direction': chance.choice(['up', 'both']), 'sticky': True, 'match': match,
             'action': {'type': 'drop'}},
            {'name': 'punished', 'direction': 'both', 'match': match,
             'action': {'type': 'residual', 'key': 3, 'seconds': chance.randint(28, 38)}}]


def names_of(name: str) -> Sites:
    """The name's hosts: one at each server."""
    return {f'r{number}.{name}': address for number, address in enumerate(SERVERS)}


def serve(lab: Lab) -> websites.Sites:
    """Both names over TCP at all servers, and a site over QUIC elsewhere; the client knows them all."""
    authority = Authority(lab.folder('ca'))
    names = {**names_of(WATCHED), **names_of(OTHER), ELSEWHERE_NAME: ELSEWHERE}
    certificate = authority.issue(*names)
    nginx.serve(lab, lab.server, [nginx.Site(name, address, 443, certificate) for name, address in names.items()])
    ngtcp2.serve(lab, lab.server, ELSEWHERE, certificate, name='gtlsserver-elsewhere')
    ngtcp2.know(lab, names)
    return websites.Sites(authority.root)


def serve_quic(lab: Lab) -> None:
    certificate = Authority(lab.folder('quic-ca')).issue(*names_of(WATCHED), *names_of(OTHER))
    for address in SERVERS:
        ngtcp2.serve(lab, lab.server, address, certificate, name=f'gtlsserver-{address}')


def attempts(lab: Lab) -> list[Call]:
    calls = [ngtcp2.visit('watched', name, seconds=PATIENCE_SECONDS) for name in names_of(WATCHED)]
    lab.random.shuffle(calls)
    return calls


def visit_elsewhere(lab: Lab) -> Result:
    return run_client(lab, lab.client, ngtcp2.visit('elsewhere', ELSEWHERE_NAME))


def visit_by_tcp(lab: Lab, sites: websites.Sites) -> Result:
    """The watched name at the first server, as a browser would without QUIC."""
    name, address = next(iter(names_of(WATCHED).items()))
    return sites.visit(lab, 'fallback', name, address=address)


def fail_and_fall_back(lab: Lab, sites: websites.Sites) -> None:
    """QUIC fails at all three servers, and works elsewhere; then TLS over TCP works with the same names."""
    failed, others = websites.beside(lab, attempts(lab), lambda: visit_elsewhere(lab), seconds=0)
    lab.require(not any(one.step.ok for one in failed), 'QUIC must fail')
    lab.require(all(one.step.ok for one in others), 'QUIC elsewhere must work')
    for name, address in names_of(WATCHED).items():
        lab.require(sites.visit(lab, 'fallback', name, address=address).step.ok, 'TCP must work')


@scenario('S11', title='QUIC Initials with a watched SNI dropped, their server punished; TCP works', rules=rules,
          level='likely', signals=('DROP.TRIGGER.QUIC',), uses=USES)
def play(lab: Lab) -> None:
    sites = serve(lab)
    serve_quic(lab)
    fail_and_fall_back(lab, sites)
    rounds = websites.outlast(
        lab, lambda: [ngtcp2.visit('same-server', name, seconds=RETRY_SECONDS) for name in names_of(OTHER)],
        lambda: visit_by_tcp(lab, sites))
    websites.require_punished(lab, rounds)
    websites.keep_visiting(lambda: visit_by_tcp(lab, sites), 8)


@scenario('S11-twin', twin_of='S11', title='servers without QUIC, whose kernels answer port unreachable', uses=USES)
def play_twin(lab: Lab) -> None:
    sites = serve(lab)
    fail_and_fall_back(lab, sites)
    websites.keep_visiting(lambda: visit_by_tcp(lab, sites), 12)


@scenario('S11-filtered', twin_of='S11', title='servers whose own firewall swallows QUIC, whatever the name', uses=USES)
def play_filtered(lab: Lab) -> None:
    """Another name fares no better at these servers."""
    sites = serve(lab)
    for address in SERVERS:
        silent.serve(lab, lab.server, address, 443)
    fail_and_fall_back(lab, sites)
    other = [ngtcp2.visit('same-server', name, seconds=PATIENCE_SECONDS) for name in names_of(OTHER)]
    failed, _ = websites.beside(lab, other, lambda: visit_by_tcp(lab, sites), seconds=12)
    lab.require(not any(one.step.ok for one in failed), 'QUIC must fail with any name')
