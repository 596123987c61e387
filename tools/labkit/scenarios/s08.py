"""S08: connections to a class of servers freeze when they have lasted for some time, however much they carried."""
from __future__ import annotations

import random
import time
from collections.abc import Callable

from labkit import websites
from labkit.programs import nginx, plain_client
from labkit.programs.certificates import Authority
from labkit.programs.client_run import run_client
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import ADDRESS, OTHER, TLS_VERSIONS

CLASS = '203.0.113.0/24'
HOSTS = ('203.0.113.10', '203.0.113.20')
FLOWS, SILENT_SECONDS = 6, 13
RATES = (2, 3, 4, 5, 6, 8)  # kB/s
CONTROL_RATE = 6
KEEPALIVE = ('--keepalive-time', 3)
USES = ('nginx', 'curl', 'openssl')


def after(shortest: int, longest: int) -> Callable[[random.Random], list[Rule]]:
    """Counted from the first packet of each connection."""
    def made(chance: random.Random) -> list[Rule]:
        return [{'name': 'class', 'direction': chance.choice(['down', 'both']),
                 'match': {'proto': 'tcp', 'server_net': CLASS, 'server_port': 443,
                           'after_s': chance.randint(shortest, longest)}, 'action': {'type': 'freeze'}}]
    return made


def rate(kilobytes: int, body_bytes: int) -> dict[str, object]:
    """A page that comes at so many kB a second, in pieces."""
    return {'body_bytes': body_bytes, 'extra': f'limit_rate {kilobytes}k; ssl_buffer_size 2k;'}


def play_downloads(lab: Lab, longest: int) -> None:
    """Downloads from the class that would never end; one from elsewhere that lasts longer than the quota, and ends."""
    authority = Authority(lab.folder('ca'))
    names = {f'site{number}.example': HOSTS[number % 2] for number in range(FLOWS)}
    certificate = authority.issue(*names, OTHER)
    rates = lab.random.sample(RATES, FLOWS)
    lasting = longest + SILENT_SECONDS
    nginx.serve(lab, lab.server, [nginx.Site(name, address, 443, certificate, **rate(speed, speed * lasting * 3000))
                                  for (name, address), speed in zip(names.items(), rates)]
                + [nginx.Site(OTHER, ADDRESS, 443, certificate, **rate(CONTROL_RATE, CONTROL_RATE * lasting * 900))])
    sites = websites.Sites(authority.root)
    held = [sites.going('class', name, address, tls=lab.random.choice(TLS_VERSIONS), seconds=lasting, extra=KEEPALIVE)
            for name, address in names.items()]
    held.insert(lab.random.randrange(FLOWS), sites.going('other', OTHER, seconds=lasting * 2))
    short = sites.going('other-short', OTHER, extra=('-r', '0-999'))
    came, others = websites.beside(lab, held, lambda: run_client(lab, lab.client, short), seconds=18)
    lab.require(all(one.step.ok == (one.step.role == 'other') for one in came), 'only pages from elsewhere must come')
    lab.require(all(one.step.ok for one in others), 'other visits must work')


@scenario('S08', title='connections frozen 10 to 20 s after they began, of a class of servers only',
          rules=after(10, 20), level='likely', signals=('TRUNC.TIME',), uses=USES)
def play(lab: Lab) -> None:
    play_downloads(lab, 20)


@scenario('S08-60', title='connections frozen 60 s after they began, of a class of servers only', rules=after(60, 60),
          level='likely', signals=('TRUNC.TIME',), uses=USES)
def play_minute(lab: Lab) -> None:
    play_downloads(lab, 60)


@scenario('S08-twin', twin_of='S08', title='servers that close connections after so long without a request', uses=USES)
def play_twin(lab: Lab) -> None:
    """At the same time for all, and by FIN."""
    idle_s = lab.random.randint(10, 18)
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue('site.example', OTHER)
    nginx.serve(lab, lab.server, [nginx.Site('site.example', address, 443, certificate, body_bytes=30_000,
                                             extra=f'keepalive_timeout {idle_s}s;') for address in HOSTS]
                + [nginx.Site(OTHER, ADDRESS, 443, certificate)])
    sites = websites.Sites(authority.root)
    held = [plain_client.visit('class', 'site.example', HOSTS[number % 2], seconds=idle_s + 10, stay=True)
            for number in range(FLOWS)]
    began = time.monotonic()
    came, others = websites.beside(lab, held, lambda: sites.visit(lab, 'other', OTHER), seconds=5)
    lab.require(all('status 200' in one.output for one in came) and time.monotonic() - began > idle_s,
                'the servers must answer, and close when they have waited')
    lab.require(all(one.step.ok for one in others), 'other visits must work')
