"""WireGuard in user space (wireguard-go), for kernels without it."""
from __future__ import annotations

import os
import pathlib
import subprocess
from dataclasses import dataclass

from labkit.processes import Process
from labkit.run import Lab
from labkit.topology import Host

PORT = 51820
SERVER_INSIDE, CLIENT_INSIDE = '10.77.9.1', '10.77.9.2'
SOCKETS = pathlib.Path('/var/run/wireguard')  # one folder for all namespaces: interfaces need names of their own
# It refuses where the kernel could do it, which would not show the same packets.
ENVIRONMENT = {**os.environ, 'WG_PROCESS_FOREGROUND': '1', 'WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD': '1',
               'LOG_LEVEL': 'verbose'}


@dataclass(frozen=True)
class Key:
    """A key pair; the private half lies in a file."""

    private: pathlib.Path
    public: str


def make_key(folder: pathlib.Path, name: str) -> Key:
    private = subprocess.run(['wg', 'genkey'], capture_output=True, check=True).stdout
    public = subprocess.run(['wg', 'pubkey'], input=private, capture_output=True, check=True).stdout
    path = folder / f'{name}.key'
    path.write_bytes(private)
    return Key(path, public.decode().strip())


def bring_up(lab: Lab, host: Host, side: str, inside: str) -> Process:
    """The interface wg<pid><side> with its address, not yet with a peer."""
    interface = interface_of(side)
    process = lab.start(f'wireguard-{side}', host, ['wireguard-go', '-f', interface], ENVIRONMENT)
    process.wait_ready((SOCKETS / f'{interface}.sock').exists)
    host.ip('address', 'add', f'{inside}/24', 'dev', interface)
    host.ip('link', 'set', interface, 'mtu', 1420, 'up')
    return process


def remove_socket_folder() -> None:
    try:
        SOCKETS.rmdir()
    except OSError:
        pass  # other tunnels of this machine use it


def interface_of(side: str) -> str:
    return f'wg{os.getpid()}{side[0]}'


def tunnel(lab: Lab, address: str, port: int = PORT, keepalive_s: int = 25, through: tuple[str, ...] = ()) -> None:
    """Server and client with each other as peer. The first packet to SERVER_INSIDE begins the handshake.

    `through`: addresses of the server that the client reaches through the tunnel from now on.
    """
    folder = lab.folder('wireguard')
    lab.at_end(remove_socket_folder)
    server, client = make_key(folder, 'server'), make_key(folder, 'client')
    lab.server.own(address)
    bring_up(lab, lab.server, 'server', SERVER_INSIDE)
    bring_up(lab, lab.client, 'client', CLIENT_INSIDE)
    lab.server.run('wg', 'set', interface_of('server'), 'private-key', server.private, 'listen-port', port, 'peer',
                   client.public, 'allowed-ips', f'{CLIENT_INSIDE}/32')
    lab.client.run('wg', 'set', interface_of('client'), 'private-key', client.private, 'peer', server.public,
                   'endpoint', f'{address}:{port}', 'allowed-ips',
                   ','.join(f'{one}/32' for one in (SERVER_INSIDE, *through)), 'persistent-keepalive', keepalive_s)
    for one in through:
        lab.client.ip('route', 'replace', f'{one}/32', 'dev', interface_of('client'))
