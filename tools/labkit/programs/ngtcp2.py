"""ngtcp2's HTTP/3 client and server (Debian builds them with GnuTLS: gtlsclient, gtlsserver)."""
from __future__ import annotations

from labkit.processes import Process
from labkit.programs.certificates import Certificate
from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab
from labkit.topology import Host


def serve(lab: Lab, host: Host, address: str, certificate: Certificate, port: int = 443,
          name: str = 'gtlsserver') -> Process:
    host.own(address)
    folder = lab.folder(name)
    (folder / 'index.html').write_text('x' * 4000)
    command = ['gtlsserver', '--quiet', f'--htdocs={folder}', address, port, certificate.key, certificate.certificate]
    return lab.start(name, host, command).ready_when_listening('udp', port)


def know(lab: Lab, names: dict[str, str]) -> None:
    """Write names and their addresses into the client's hosts file: what gtlsclient is told to connect to becomes its
    server name, and an address there is none."""
    lines = ''.join(f'{address} {name}\n' for name, address in names.items())
    lab.client.write_setting('hosts', f'127.0.0.1 localhost\n{lines}')


def visit(role: str, name: str, *, port: int = 443, seconds: float = 6) -> Call:
    """A client that gets a page over QUIC from a name it knows."""
    command = ['gtlsclient', '--quiet', '--exit-on-all-streams-close', f'--timeout={int(seconds)}s',
               f'--handshake-timeout={int(seconds)}s', name, port,
               f'https://{name}:{port}/index.html' if port != 443 else f'https://{name}/index.html']
    return Call(role, 'gtlsclient', f'{name}:{port}', command, seconds + 5, complaint='ERR_')


def fetch(lab: Lab, role: str, name: str, address: str, *, port: int = 443, seconds: float = 6) -> Result:
    """Get a page over QUIC, and wait for it."""
    know(lab, {name: address})
    return run_client(lab, lab.client, visit(role, name, port=port, seconds=seconds))
