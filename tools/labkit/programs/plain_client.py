"""A TLS client with the manners of a simple device. Run as a program in the client's namespace.

usage: plain_client.py ADDRESS NAME SECONDS LOCAL_PORT once|stay

Gets one page from ADDRESS:443 and prints `status N`. LOCAL_PORT is the port it uses, again and again (0: any). `once`
waits until the server closes after its answer, `stay` asks the server to keep the connection and waits for its end.
What fails is given up by a reset, so that the port is free at once.
"""
from __future__ import annotations

import socket
import ssl
import struct
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.programs.client_run import Call

ABORT, LINGER_NOT = struct.pack('ii', 1, 0), struct.pack('ii', 0, 0)  # the first: close() sends RST
PORT = 443


def visit(role: str, name: str, address: str, *, seconds: float = 8, local_port: int = 0, stay: bool = False) -> Call:
    """The client that runs this file."""
    from labkit.programs.client_run import Call
    command = [sys.executable, '-B', __file__, address, name, seconds, local_port, 'stay' if stay else 'once']
    return Call(role, 'plain-client', f'{name} at {address} from {local_port or "any port"}', command, seconds + 5)


def open_port(address: str, local_port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    made.bind(('', local_port))
    return made


def exchange(plain: socket.socket, address: str, name: str, connection: str, end: float) -> str:
    """One request, and all that comes until the server closes; the answer's status."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain.settimeout(max(0.1, end - time.monotonic()))
    plain.connect((address, PORT))
    secured = context.wrap_socket(plain, server_hostname=name, suppress_ragged_eofs=True)
    secured.sendall(f'GET / HTTP/1.1\r\nHost: {name}\r\nConnection: {connection}\r\n\r\n'.encode())
    answer = b''
    while True:
        secured.settimeout(max(0.1, end - time.monotonic()))
        piece = secured.recv(65536)
        if not piece:
            secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
            secured.close()
            return answer.split(b' ', 2)[1].decode() if answer else 'nothing'
        answer += piece[:64 if not answer else 0]


def main(address: str, name: str, seconds: str, local_port: str, manner: str) -> int:
    end = time.monotonic() + float(seconds)
    plain = open_port(address, int(local_port))
    try:
        print('status', exchange(plain, address, name, 'keep-alive' if manner == 'stay' else 'close', end))
        return 0
    except OSError as fault:
        print(fault)
        return 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
