"""Clients that leave early, as browsers and scanners do. Run as a program in the client's namespace.

usage: impatient.py MANNER NAME ADDRESS...

abort      TLS ClientHello, then reset before the answer is read (a closed tab)
race       connects to all addresses at once, keeps the first that answers and closes the others (happy eyeballs)
scan       SYN to many ports from one source port, RST by the kernel on SYN+ACK (the shape of a scanner)
"""
from __future__ import annotations

import select
import socket
import ssl
import struct
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.programs.client_run import Result
    from labkit.run import Lab

ABORT = struct.pack('ii', 1, 0)  # linger for no time: close() sends RST
SECONDS = 5
SCANNED = (21, 22, 23, 25, 80, 110, 143, 443, 3389, 5900, 8080, 8443)
ZMAP_ID, ZMAP_WINDOW = 54321, 65535  # constants of ZMap's probes (Durumeric et al., 2013)


def leave(lab: Lab, role: str, manner: str, name: str, *addresses: str) -> Result:
    """Run this file as a client of that manner."""
    from labkit.programs.client_run import Call, run_client
    command = [sys.executable, '-B', __file__, manner, name, *addresses]
    return run_client(lab, lab.client, Call(role, f'impatient-{manner}', ' '.join(addresses), command, 20))


def connected(address: str, port: int = 443) -> socket.socket:
    return socket.create_connection((address, port), SECONDS)


def client_hello(name: str) -> bytes:
    """What OpenSSL would send first."""
    context = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def abort(name: str, addresses: list[str]) -> None:
    connection = connected(addresses[0])
    connection.sendall(client_hello(name))
    connection.recv(1, socket.MSG_PEEK)  # something of the answer is there, unread
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    connection.close()


def race(name: str, addresses: list[str]) -> None:
    sockets = []
    for address in addresses:
        one = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
        one.setblocking(False)
        one.connect_ex((address, 443))
        sockets.append(one)
    first = select.select([], sockets, [], SECONDS)[1][0]
    for one in sockets:
        if one is not first:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            one.close()
    first.settimeout(SECONDS)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(first, server_hostname=name) as secured:
        secured.sendall(f'GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n'.encode())
        while secured.recv(4096):
            pass


def checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(source: bytes, target: bytes, port: int) -> bytes:
    """An IPv4 packet whose TCP header has no options."""
    head = struct.pack('>HHIIBBHHH', 61000, port, 0x0DEADA12, 0, 5 << 4, 2, ZMAP_WINDOW, 0, 0)
    pseudo = source + target + struct.pack('>HH', 6, len(head))
    head = head[:16] + struct.pack('>H', checksum(pseudo + head)) + head[18:]
    return struct.pack('>BBHHHBBH4s4s', 0x45, 0, 40, ZMAP_ID, 0, 255, 6, 0, source, target) + head


def scan(_: str, addresses: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect((addresses[0], 9))
        source = socket.inet_aton(asked.getsockname()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for address in addresses:
            for port in SCANNED:
                raw.sendto(syn(source, socket.inet_aton(address), port), (address, 0))
    time.sleep(1)


if __name__ == '__main__':
    {'abort': abort, 'race': race, 'scan': scan}[sys.argv[1]](sys.argv[2], sys.argv[3:])
