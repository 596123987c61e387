"""A TCP server that treats some TLS clients badly by itself: it resets or ignores those that name a certain host.

usage: odd_server.py ADDRESS PORT reset|ignore NAME CERTIFICATE KEY

Others get TLS and a short page. The name is looked for in the bytes of the ClientHello, which nobody has decoded yet.
"""
from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.processes import Process
    from labkit.programs.certificates import Certificate
    from labkit.run import Lab
    from labkit.topology import Host

HELLO_BYTES = 4096
PAGE = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\nConnection: close\r\n\r\n' + b'x' * 2000
ABORT = struct.pack('ii', 1, 0)  # linger for no time: close() sends RST
PATIENCE_SECONDS = 30


def serve(lab: Lab, host: Host, address: str, manner: str, name: str, certificate: Certificate) -> Process:
    """Start this file as a program at `address`:443; manner is reset or ignore."""
    host.own(address)
    command = [sys.executable, '-B', __file__, address, 443, manner, name, certificate.certificate, certificate.key]
    return lab.start(f'odd-server-{manner}', host, command).ready_when_listening('tcp', 443)


def treat(connection: socket.socket, manner: str, name: bytes, context: ssl.SSLContext) -> None:
    hello = connection.recv(HELLO_BYTES, socket.MSG_PEEK)
    if name in hello:
        if manner == 'ignore':
            connection.recv(HELLO_BYTES)
            connection.settimeout(PATIENCE_SECONDS)
            connection.recv(HELLO_BYTES)
        else:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        connection.close()
        return
    with context.wrap_socket(connection, server_side=True) as secured:
        secured.recv(HELLO_BYTES)
        secured.sendall(PAGE)
        secured.recv(HELLO_BYTES)


def treat_quietly(connection: socket.socket, manner: str, name: bytes, context: ssl.SSLContext) -> None:
    """Clients may leave when they like."""
    try:
        treat(connection, manner, name, context)
    except OSError as fault:
        print(fault, flush=True)


def main(address: str, port: str, manner: str, name: str, certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    with socket.create_server((address, int(port)), family=family, backlog=64) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=treat_quietly, args=(connection, manner, name.encode(), context),
                             daemon=True).start()


if __name__ == '__main__':
    main(*sys.argv[1:])
