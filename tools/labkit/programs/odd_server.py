"""A TCP server that treats some TLS clients badly by itself: those that name a certain host.

usage: odd_server.py ADDRESS PORT MANNER NAME CERTIFICATE KEY

reset      resets the connection when it has read the hello
ignore     takes the hello and never answers
refuse     a fatal alert (unrecognized_name), then a reset
cut        the beginning of a page, then a reset while it is under way
stall      16 KiB of a longer page, then nothing more; the connection stays

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
ABORT = struct.pack('ii', 1, 0)  # linger for no time: close() sends RST
PATIENCE_SECONDS = 30
UNRECOGNIZED_NAME = bytes((21, 3, 3, 0, 2, 2, 112))  # RFC 8446 section 6, RFC 6066 section 3
PAGE_BYTES, CUT_BYTES, STALL_BYTES, LONG_BYTES = 2000, 12_000, 16_384, 200_000


def serve(lab: Lab, host: Host, address: str, manner: str, name: str, certificate: Certificate) -> Process:
    """Start this file as a program at `address`:443."""
    host.own(address)
    command = [sys.executable, '-B', __file__, address, 443, manner, name, certificate.certificate, certificate.key]
    started = lab.start(f'odd-server-{manner}-{address}', host, command)
    return started.ready_when_listening('tcp', 443)


def page(told: int, sent: int) -> bytes:
    """The first bytes of a page that says it has `told`."""
    head = f'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {told}\r\nConnection: close\r\n\r\n'
    return head.encode() + b'x' * sent


def answer(connection: socket.socket, context: ssl.SSLContext, content: bytes) -> ssl.SSLSocket:
    """Over TLS, to one request."""
    secured = context.wrap_socket(connection, server_side=True)
    secured.recv(HELLO_BYTES)
    secured.sendall(content)
    return secured


def abort(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    connection.close()


def wait_for_client(connection: socket.socket) -> None:
    connection.settimeout(PATIENCE_SECONDS)
    connection.recv(HELLO_BYTES)
    connection.close()


def reset(connection: socket.socket, _: ssl.SSLContext) -> None:
    abort(connection)


def ignore(connection: socket.socket, _: ssl.SSLContext) -> None:
    connection.recv(HELLO_BYTES)
    wait_for_client(connection)


def refuse(connection: socket.socket, _: ssl.SSLContext) -> None:
    connection.recv(HELLO_BYTES)
    connection.sendall(UNRECOGNIZED_NAME)
    abort(connection)


def cut(connection: socket.socket, context: ssl.SSLContext) -> None:
    abort(answer(connection, context, page(LONG_BYTES, CUT_BYTES)))


def stall(connection: socket.socket, context: ssl.SSLContext) -> None:
    wait_for_client(answer(connection, context, page(LONG_BYTES, STALL_BYTES)))


MANNERS = {'reset': reset, 'ignore': ignore, 'refuse': refuse, 'cut': cut, 'stall': stall}


def treat(connection: socket.socket, manner: str, name: bytes, context: ssl.SSLContext) -> None:
    hello = connection.recv(HELLO_BYTES, socket.MSG_PEEK)
    if name in hello:
        MANNERS[manner](connection, context)
    else:
        wait_for_client(answer(connection, context, page(PAGE_BYTES, PAGE_BYTES)))


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
