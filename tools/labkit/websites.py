"""Two web sites at one address, of which a censor may watch one, and clients that visit them in turn or at once."""
from __future__ import annotations

import pathlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from labkit.programs import curl, nginx
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, Result, Started, start_client
from labkit.run import Lab

ADDRESS, RESOLVER = '198.18.0.10', '198.18.0.53'
WATCHED, OTHER = 'watched.example', 'other.example'
VISITS = 3
TLS_VERSIONS = ('1.2', '1.3')
PAUSE_SECONDS = 3
PUNISHED_SECONDS = 60  # at most
SILENCE_SECONDS = 32  # a capture that ends sooner after a connection fell silent cannot tell that it stays so


@dataclass(frozen=True)
class Sites:
    """Both sites; `root` is what a client trusts."""

    root: pathlib.Path

    def visit(self, lab: Lab, role: str, name: str, tls: str | None = None, address: str | None = ADDRESS) -> Result:
        """Over TLS, one request, then closed by the client."""
        return curl.fetch(lab, role, f'https://{name}/', address, root=self.root, tls=tls)


    def going(self, role: str, name: str, address: str = ADDRESS, *, tls: str | None = None, seconds: float = 10,
              extra: tuple[object, ...] = ()) -> Call:
        """The same as a client to be started."""
        return curl.visit(role, f'https://{name}/', address, root=self.root, tls=tls, seconds=seconds, extra=extra)


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


def keep_visiting(visit: Callable[[], Result], seconds: float) -> list[Result]:
    """One visit after the other for so long: the link lives, and captures go on after what fell silent."""
    end, results = time.monotonic() + seconds, []
    while time.monotonic() < end:
        results.append(visit())
        time.sleep(PAUSE_SECONDS)
    return results


def is_over(client: Started) -> bool:
    """True when it has ended, or should have."""
    return client.process.child.poll() is not None or time.time() > client.began + client.call.seconds


def beside(lab: Lab, held: list[Call], visit: Callable[[], Result],
           seconds: float = SILENCE_SECONDS) -> tuple[list[Result], list[Result]]:
    """Start the held clients one after the other, and visit another place while they run and for so long after.

    The results of the held, and of the visits. These draw no random numbers: how many there are depends on the machine.
    """
    running, others = [], []
    for call, pause in [(call, lab.random.uniform(0.2, 1.0)) for call in held]:
        running.append(start_client(lab, lab.client, call))
        others.append(visit())
        time.sleep(pause)
    results, next_visit = [], time.monotonic()
    while running:
        looked_at = [(one, is_over(one)) for one in running]
        results += [one.finish() for one, over in looked_at if over]
        running = [one for one, over in looked_at if not over]
        if time.monotonic() >= next_visit:
            others.append(visit())
            next_visit = time.monotonic() + PAUSE_SECONDS
        time.sleep(0.1)
    return results, others + keep_visiting(visit, seconds)


def outlast(lab: Lab, ask: Callable[[], list[Call]], visit: Callable[[], Result]) -> list[list[bool]]:
    """Ask again until all have succeeded twice, and visit another place each time, which must work.

    How each round went: for each client, whether it succeeded.
    """
    end, rounds = time.monotonic() + PUNISHED_SECONDS, []
    while len(rounds) < 2 or not all(rounds[-1] + rounds[-2]):
        lab.require(time.monotonic() < end, 'the punishment must end')
        running = [start_client(lab, lab.client, call) for call in ask()]
        lab.require(visit().step.ok, 'what is not punished must work')
        rounds.append([one.finish().step.ok for one in running])
        time.sleep(0.5)
    return rounds


def require_punished(lab: Lab, rounds: list[list[bool]], least: int = 2) -> None:
    """The first rounds failed as a whole."""
    failed = not any(any(one) for one in rounds[:least])
    lab.require(failed and len(rounds) > least, f'{least} rounds must fail before one succeeds')
