"""curl as web client."""
from __future__ import annotations

import pathlib

from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab

MAX_SECONDS = 8


def fetch(lab: Lab, role: str, url: str, address: str | None = None, *, root: pathlib.Path | None = None,
          tls: str | None = None, seconds: float = MAX_SECONDS, extra: tuple[object, ...] = ()) -> Result:
    """Get a page, and wait until it is there or the time is over."""
    return run_client(lab, lab.client, visit(role, url, address, root=root, tls=tls, seconds=seconds, extra=extra))


def visit(role: str, url: str, address: str | None = None, *, root: pathlib.Path | None = None,
          tls: str | None = None, seconds: float = MAX_SECONDS, extra: tuple[object, ...] = ()) -> Call:
    """The client that would. `address` answers for the name instead of DNS; `tls` is 1.2 or 1.3, nothing else then."""
    name, port = host_and_port(url)
    words: list[object] = ['curl', '-sS', '-o', '/dev/null', '--max-time', seconds, '-w',
                           'status %{response_code} from %{local_ip}:%{local_port} bytes %{size_download}\n']
    if address:
        words += ['--resolve', f'{name}:{port}:{f"[{address}]" if ":" in address else address}']
    if root:
        words += ['--cacert', root]
    if tls:
        words += [f'--tlsv{tls}', '--tls-max', tls]
    return Call(role, 'curl', url, [*words, *extra, url], seconds + 5)


def host_and_port(url: str) -> tuple[str, int]:
    scheme, _, rest = url.partition('://')
    name, _, port = rest.partition('/')[0].partition(':')
    return name, int(port or {'http': 80, 'https': 443}[scheme])
