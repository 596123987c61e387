"""TLS servers that end connections as load balancers and front ends do. Run as a program in the server's namespace.

usage: front_end.py ADDRESS PORT MANNER SECONDS CERTIFICATE KEY

part    a page, then closed at once, data with another TTL than what the kernel sends for a closed socket: whatever
        comes late is answered with RST of TTL 64, IP ID 0 and no ACK
idle    pages on request; a connection idle for SECONDS is dropped with RST
upload  takes what is sent through a small window, and resets in the middle
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

PAGE = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\n%s\r\n' + b'x' * 2000
ABORT = struct.pack('ii', 1, 0)  # linger for no time: close() sends RST
FRONT_END_TTL = 128
BYTES, WINDOW, ENOUGH = 16_384, 16_384, 60_000


def serve(lab: Lab, host: Host, address: str, manner: str, certificate: Certificate, *, seconds: float = 0,
          port: int = 443) -> Process:
    host.own(address)
    command = [sys.executable, '-B', __file__, address, port, manner, seconds, certificate.certificate,
               certificate.key]
    return lab.start(f'front-end-{manner}-{port}', host, command).ready_when_said(r'\bready\b')


def abort(connection: ssl.SSLSocket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    connection.close()


def part(connection: ssl.SSLSocket, _: float) -> None:
    """All that the client sent so far is read, so that closing sends FIN rather than RST."""
    connection.recv(BYTES)
    connection.sendall(PAGE % b'Connection: close\r\n')
    connection.setblocking(False)
    try:
        connection.unwrap()  # close_notify, without waiting for the client's
    except (ssl.SSLWantReadError, ssl.SSLError):
        pass
    connection.close()


def idle(connection: ssl.SSLSocket, seconds: float) -> None:
    connection.settimeout(seconds)
    try:
        while connection.recv(BYTES):
            connection.sendall(PAGE % b'')
    except TimeoutError:
        abort(connection)


def upload(connection: ssl.SSLSocket, _: float) -> None:
    count = 0
    while count < ENOUGH:
        count += len(connection.recv(BYTES))
    abort(connection)


MANNERS = {'part': part, 'idle': idle, 'upload': upload}


def treat(connection: socket.socket, manner: str, seconds: float, context: ssl.SSLContext) -> None:
    """Clients may leave when they like."""
    try:
        with context.wrap_socket(connection, server_side=True) as secured:
            MANNERS[manner](secured, seconds)
    except OSError as fault:
        print(fault, flush=True)


def main(address: str, port: str, manner: str, seconds: str, certificate: str, key: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server((address, int(port)), backlog=64) as listener:
        if manner == 'upload':
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        if manner == 'part':
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, FRONT_END_TTL)
        print('ready', flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=treat, args=(connection, manner, float(seconds), context), daemon=True).start()


if __name__ == '__main__':
    main(*sys.argv[1:])
