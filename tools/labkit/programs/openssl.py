"""openssl s_client: a TLS handshake with a chosen name and version, and no request after it."""
from __future__ import annotations

import pathlib

from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab

VERSIONS = {'1.2': '-tls1_2', '1.3': '-tls1_3'}


def handshake(lab: Lab, role: str, address: str, name: str, *, port: int = 443, tls: str = '1.3',
              root: pathlib.Path | None = None) -> Result:
    where = f'[{address}]:{port}' if ':' in address else f'{address}:{port}'
    words: list[object] = ['openssl', 's_client', '-connect', where, '-servername', name, VERSIONS[tls], '-brief']
    if root:
        words += ['-CAfile', root, '-verify_return_error']
    return run_client(lab, lab.client, Call(role, 'openssl', f'{name} at {where}', words, 10))
