"""Two web sites at one address, of which a censor may watch one, and clients that visit them in turn."""
from __future__ import annotations

import pathlib
from collections.abc import Callable
from dataclasses import dataclass

from labkit.programs import curl, nginx
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Result
from labkit.run import Lab

ADDRESS, RESOLVER = '198.18.0.10', '198.18.0.53'
WATCHED, OTHER = 'watched.example', 'other.example'
VISITS = 3
TLS_VERSIONS = ('1.2', '1.3')


@dataclass(frozen=True)
class Sites:
    """Both sites; `root` is what a client trusts."""

    root: pathlib.Path

    def visit(self, lab: Lab, role: str, name: str, tls: str | None = None, address: str | None = ADDRESS) -> Result:
        """Over TLS, one request, then closed by the client."""
        return curl.fetch(lab, role, f'https://{name}/', address, root=self.root, tls=tls)


def serve(lab: Lab, *, body_bytes: int = 2000, watched_at: str = ADDRESS) -> Sites:
    """Both names over HTTP and HTTPS. `watched_at` gives the watched one an address of its own."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    sites = [nginx.Site(name, address, port, certificate if port == 443 else None, body_bytes=body_bytes)
             for name, address in ((WATCHED, watched_at), (OTHER, ADDRESS)) for port in (80, 443)]
    nginx.serve(lab, lab.server, sites)
    return Sites(authority.root)


def turns(lab: Lab, visits: int = VISITS) -> list[str]:
    """Each name as often, in an order that depends on the seed."""
    names = [WATCHED, OTHER] * visits
    lab.random.shuffle(names)
    return names


def visit_in_turn(lab: Lab, visit: Callable[[str], Result], visits: int = VISITS) -> dict[str, list[Result]]:
    """Visit both names; the results of each."""
    results: dict[str, list[Result]] = {WATCHED: [], OTHER: []}
    for name in turns(lab, visits):
        results[name].append(visit(name))
    return results


def require_outcomes(lab: Lab, results: dict[str, list[Result]], *, watched_works: bool) -> None:
    """The other site always works; the watched one always or never."""
    lab.require(all(one.step.ok for one in results[OTHER]), f'{OTHER} must work')
    lab.require(all(one.step.ok == watched_works for one in results[WATCHED]),
                f'{WATCHED} must {"work" if watched_works else "fail"}')


def role(name: str) -> str:
    return 'watched' if name == WATCHED else 'other'
