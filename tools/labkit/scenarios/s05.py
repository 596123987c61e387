"""S05: a watched name is punished for a while, by the client's port or by the server's."""
from __future__ import annotations

import random
import time
from collections.abc import Callable

from labkit import websites
from labkit.programs import curl, nginx, plain_client
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, Result, run_client
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.topology import CLIENT
from labkit.websites import ADDRESS, OTHER, WATCHED

SERVERS = ('198.18.0.10', '198.18.0.11', '198.18.0.12')
ELSEWHERE = '198.18.0.20'
# Of a client that repeats after 0.2 to 0.4 s first: the last repetition comes at least 6 s after the hello.
PATIENCE_SECONDS, RETRY_SECONDS, MANY = 13, 4, 3
USES = ('nginx', 'curl', 'openssl')


def rules(key: int, seconds: tuple[int, int]) -> Callable[[random.Random], list[Rule]]:
    """The flow with the name is dropped for good, new ones of the key as long as the punishment lasts."""
    def made(chance: random.Random) -> list[Rule]:
        match = {'proto': 'tcp', 'server_port': 443, 'sni': WATCHED}
        return [{'name': 'watched', 'direction': 'both', 'sticky': True, 'match': match, 'action': {'type': 'drop'}},
                {'name': 'punished', 'direction': 'both', 'match': match,
                 'action': {'type': 'residual', 'key': key, 'seconds': chance.randint(*seconds)}}]
    return made


def serve(lab: Lab) -> websites.Sites:
    """Both names at every server. Servers forget at once whom they lost: their old half of a connection must not answer
    the client's next from the same port."""
    lab.server.set(net__ipv4__tcp_orphan_retries=1)
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    nginx.serve(lab, lab.server, [
        nginx.Site(name, address, port, certificate if port == 443 else None, extra='client_header_timeout 5s;')
        for name in (WATCHED, OTHER) for address in (*SERVERS, ELSEWHERE) for port in (80, 443)])
    return websites.Sites(authority.root)


def elsewhere(lab: Lab, sites: websites.Sites) -> Result:
    """A server that is asked for nothing bad, and the other port of those that are."""
    for address in SERVERS:
        lab.require(curl.fetch(lab, 'other-port', f'http://{OTHER}/', address).step.ok, 'port 80 must work')
    return sites.visit(lab, 'elsewhere', OTHER, address=ELSEWHERE)


def play_punishment(lab: Lab, triggers: list[Call], ask: Callable[[], list[Call]], visit: Callable[[], Result]) -> None:
    """The triggers, then attempts until they succeed; another place works all the time."""
    failed, others = websites.beside(lab, triggers, visit, seconds=0)
    websites.require_punished(lab, websites.outlast(lab, ask, visit))
    others += websites.keep_visiting(visit, websites.SILENCE_SECONDS / 2)
    lab.require(not any(one.step.ok for one in failed), f'{WATCHED} must fail')
    lab.require(all(one.step.ok for one in others), 'the rest must work')


@scenario('S05', title='all dropped after a watched SNI, and its 4-tuple for half a minute', rules=rules(4, (28, 34)),
          level='likely', signals=('DROP.TRIGGER.SNI', 'RESIDUAL*'), uses=USES)
def play(lab: Lab) -> None:
    """Clients that always use one port, as simple devices do; the same server answers all other ports."""
    sites = serve(lab)
    ports = lab.random.sample(range(20_000, 30_000), MANY)

    def from_ports(role: str, name: str, seconds: float) -> list[Call]:
        return [plain_client.visit(role, name, ADDRESS, seconds=seconds, local_port=port) for port in ports]

    play_punishment(lab, from_ports('watched', WATCHED, PATIENCE_SECONDS),
                    lambda: from_ports('same-port', OTHER, RETRY_SECONDS),
                    lambda: sites.visit(lab, 'other-port', OTHER))


@scenario('S05-3tuple', title='all dropped after a watched SNI, and its server and port for a while', level='likely',
          rules=rules(3, (28, 38)), signals=('DROP.TRIGGER.SNI', 'RESIDUAL*'), uses=USES)
def play_servers(lab: Lab) -> None:
    """Any name, from any port of the client. Shorter than the three minutes of those who do so."""
    sites = serve(lab)
    play_punishment(lab, [sites.going('watched', WATCHED, address, seconds=PATIENCE_SECONDS) for address in SERVERS],
                    lambda: [sites.going('same-server', OTHER, address, seconds=RETRY_SECONDS) for address in SERVERS],
                    lambda: elsewhere(lab, sites))


@scenario('S05-twin', twin_of='S05', title='a server bans the client for half a minute after three bad requests',
          uses=USES)
def play_twin(lab: Lab) -> None:
    """All names, all ports, and not for a name: the bad requests were answered. The host at the other address is no
    part of it."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    for host, address in ((lab.server, ADDRESS), (lab.control, ELSEWHERE)):
        nginx.serve(lab, host, [nginx.Site(name, address, 443, certificate) for name in (WATCHED, OTHER)],
                    name=f'nginx-{address}')
    sites = websites.Sites(authority.root)
    ban_s = lab.random.randint(20, 28)
    for number in range(MANY):
        wrong = curl.visit('wrong', f'https://{OTHER}/admin{number}', ADDRESS, root=sites.root)
        lab.require('status 404' in run_client(lab, lab.client, wrong).output, 'bad requests must be answered')
    lab.server.ip('route', 'add', 'blackhole', CLIENT)
    end, lifted = time.monotonic() + ban_s, False

    def ask() -> list[Call]:
        nonlocal lifted
        if time.monotonic() > end and not lifted:
            lab.server.ip('route', 'del', 'blackhole', CLIENT)
            lifted = True
        return [sites.going('banned', name, seconds=RETRY_SECONDS) for name in (WATCHED, OTHER)]

    websites.require_punished(
        lab, websites.outlast(lab, ask, lambda: sites.visit(lab, 'elsewhere', OTHER, address=ELSEWHERE)))


@scenario('S05-3tuple-twin', twin_of='S05-3tuple', title='the service ends after a visit, and is started again later',
          uses=USES)
def play_restart(lab: Lab) -> None:
    """In between the server's kernel refuses; the other service at the same address goes on."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    secure = [nginx.Site(name, ADDRESS, 443, certificate) for name in (WATCHED, OTHER)]
    nginx.serve(lab, lab.server, [nginx.Site(OTHER, ADDRESS, 80)], name='nginx-plain')
    first = nginx.serve(lab, lab.server, secure)
    sites = websites.Sites(authority.root)
    lab.require(sites.visit(lab, 'watched', WATCHED).step.ok, 'the service must work at first')
    first.stop()
    end, back = time.monotonic() + lab.random.randint(12, 18), False

    def ask() -> list[Call]:
        nonlocal back
        if time.monotonic() > end and not back:
            nginx.serve(lab, lab.server, secure, name='nginx-again')
            back = True
        time.sleep(2)
        return [sites.going(websites.role(name), name, seconds=RETRY_SECONDS) for name in (WATCHED, OTHER)]

    websites.require_punished(
        lab, websites.outlast(lab, ask, lambda: curl.fetch(lab, 'other-port', f'http://{OTHER}/', ADDRESS)))
