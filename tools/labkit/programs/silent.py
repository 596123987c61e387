"""A host whose own firewall takes datagrams and says nothing: a UDP port that is open and never read.

usage: silent.py ADDRESS PORT
"""
from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.processes import Process
    from labkit.run import Lab
    from labkit.topology import Host


def serve(lab: Lab, host: Host, address: str, port: int) -> Process:
    host.own(address)
    command = [sys.executable, '-B', __file__, address, port]
    return lab.start(f'silent-{address}-{port}', host, command).ready_when_listening('udp', port)


def main(address: str, port: str) -> None:
    with socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind((address, int(port)))
        signal.pause()


if __name__ == '__main__':
    main(*sys.argv[1:])
