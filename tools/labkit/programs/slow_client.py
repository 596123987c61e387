"""TLS clients that keep or leave connections at leisure. Run as a program in the client's namespace.

usage: slow_client.py MANNER NAME ADDRESS ROOT FILE

again    a page, then nothing until FILE is there, then another page on the same connection
abandon  reads through a small window, and resets in the middle of the page (FILE is not used)
upload   sends through a small window until the server has had enough
"""
from __future__ import annotations

import pathlib
import socket
import ssl
import struct
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.programs.client_run import Started
    from labkit.run import Lab

ABORT = struct.pack('ii', 1, 0)  # linger for no time: close() sends RST
SECONDS, WINDOW, BYTES = 10, 16_384, 4096
ABANDON_AFTER, UPLOAD_BYTES = 60_000, 2_000_000


def begin(lab: Lab, role: str, manner: str, name: str, address: str, root: pathlib.Path, go: pathlib.Path) -> Started:
    """Run this file as a client of that manner; an end by the server's reset is status 3."""
    from labkit.programs.client_run import Call, start_client
    command = [sys.executable, '-B', __file__, manner, name, address, root, go]
    return start_client(lab, lab.client, Call(role, f'slow-client-{manner}', address, command, 60))


def connected(name: str, address: str, root: str, window: int = 0) -> ssl.SSLSocket:
    plain = socket.socket()
    if window:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    plain.settimeout(SECONDS)
    plain.connect((address, 443))
    return ssl.create_default_context(cafile=root).wrap_socket(plain, server_hostname=name)


def ask(connection: ssl.SSLSocket, name: str) -> None:
    connection.sendall(f'GET / HTTP/1.1\r\nHost: {name}\r\n\r\n'.encode())


def get(connection: ssl.SSLSocket, name: str) -> None:
    """One page of few records."""
    ask(connection, name)
    read = b''
    while read.count(b'x') < 1000:
        data = connection.recv(BYTES)
        if not data:
            raise ConnectionResetError('closed before the page')
        read += data


def again(name: str, address: str, root: str, go: str) -> None:
    with connected(name, address, root) as connection:
        get(connection, name)
        print('first page', flush=True)
        while not pathlib.Path(go).exists():
            time.sleep(0.02)
        get(connection, name)
        print('second page', flush=True)


def abandon(name: str, address: str, root: str, _: str) -> None:
    connection = connected(name, address, root, WINDOW)
    ask(connection, name)
    count = 0
    while count < ABANDON_AFTER:
        count += len(connection.recv(BYTES))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    connection.close()


def upload(name: str, address: str, root: str, _: str) -> None:
    with connected(name, address, root) as connection:
        connection.sendall(f'POST / HTTP/1.1\r\nHost: {name}\r\nContent-Length: {UPLOAD_BYTES}\r\n\r\n'.encode())
        connection.sendall(bytes(UPLOAD_BYTES))


def main(manner: str, *words: str) -> int:
    try:
        {'again': again, 'abandon': abandon, 'upload': upload}[manner](*words)
    except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError) as fault:
        print(fault, flush=True)
        return 3
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
