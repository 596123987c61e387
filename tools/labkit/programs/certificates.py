"""A certificate authority of the lab's own, and server certificates signed by it."""
from __future__ import annotations

import pathlib
from dataclasses import dataclass

from labkit.namespaces import run

DAYS = 3650
KEY = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')


@dataclass(frozen=True)
class Certificate:
    """Files in PEM."""

    certificate: pathlib.Path
    key: pathlib.Path


class Authority:
    """Made new in a folder; `root` is what clients trust."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.own = Certificate(folder / 'ca.pem', folder / 'ca.key')
        run('openssl', 'req', '-x509', *KEY, '-days', DAYS, '-subj', '/CN=deadair lab CA', '-keyout', self.own.key,
            '-out', self.own.certificate)

    @property
    def root(self) -> pathlib.Path:
        return self.own.certificate

    def issue(self, *names: str, usage: str = 'serverAuth') -> Certificate:
        """A certificate for host names; usage is serverAuth or clientAuth."""
        made = Certificate(self.folder / f'{names[0]}.pem', self.folder / f'{names[0]}.key')
        alternatives = ','.join(f'DNS:{name}' for name in names)
        run('openssl', 'req', '-x509', *KEY, '-days', DAYS, '-subj', f'/CN={names[0]}', '-CA', self.own.certificate,
            '-CAkey', self.own.key, '-addext', f'subjectAltName={alternatives}', '-addext',
            f'extendedKeyUsage={usage}', '-addext', 'keyUsage=critical,digitalSignature,keyAgreement', '-addext',
            'basicConstraints=critical,CA:FALSE', '-keyout', made.key, '-out', made.certificate)
        return made
