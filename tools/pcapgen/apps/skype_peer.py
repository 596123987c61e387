"""Peer-to-peer Skype's datagrams and its imitations of TLS, without the encryption inside them.

Sources: Biondi and Desclaux, "Silver Needle in the Skype" (2006); Baset and Schulzrinne (2004); Bonfiglio et
al., "Revealing Skype Traffic" (2007); a public capture of a log-in of 2015 (nDPI's test set), read with tshark
on 2026-11-21. What is encrypted there is random here.
"""

import struct

from ..checksums import address_bytes

PAYLOAD, RESEND, REFUSAL, DATA = 0x02, 0x03, 0x07, 0x0D

SSL2_SUITES = ("000005 000004 00000a 000009 000064 000062 000008 000003 000006 010080 0700c0 030080 "
               "060040 020080 040080")
SERVER_RANDOM = bytes.fromhex("401be48602ade029e17774e544b9c99cb431315e02dd779d154a9609ba5da870")
SERVER_SESSION = bytes.fromhex("1ca0e4f64c6351ae2f8e4ee1e6766a0a88d5d8c55cae98c5e481f22a69bf9058")


def datagram(source, ident, function, size, data=b"") -> bytes:
    head = struct.pack("!HB", ident & 0xFFFF, function) + data
    return head + source.randbytes(size - len(head))


def probe(source, ident, size) -> bytes:
    return datagram(source, ident, PAYLOAD, size)


def refusal(source, ident, receiver) -> bytes:
    """What a node answers when the checksum is wrong: the sender's address as it sees it."""
    return datagram(source, ident, REFUSAL, 11, address_bytes(receiver))


def resend(source, ident, size) -> bytes:
    """The refused message again, 5 bytes longer."""
    return datagram(source, ident, RESEND, size + 5, b"\x01")


class Socket:
    """Numbers the datagrams of one local port as Skype did: by twos."""

    def __init__(self, scene, ident):
        self.source, self._ident = scene.random, ident

    def ident(self) -> int:
        self._ident = (self._ident + 2) & 0xFFFF
        return self._ident


def ssl2_hello(challenge: bytes) -> bytes:
    """A ClientHello in SSL 2.0 form (RFC 5246 appendix E.2) with Windows XP's cipher suites."""
    suites = bytes.fromhex(SSL2_SUITES)
    body = struct.pack("!BHHHH", 1, 0x0301, len(suites), 0, len(challenge)) + suites + challenge
    return struct.pack("!H", 0x8000 | len(body)) + body


def server_hello() -> bytes:
    """Always the same: TLS 1.0, RSA with RC4-128-SHA."""
    body = struct.pack("!H", 0x0301) + SERVER_RANDOM + bytes([32]) + SERVER_SESSION + b"\0\x05\0"
    return struct.pack("!BHH", 22, 0x0301, 4 + len(body)) + struct.pack("!I", 0x02000000 | len(body)) + body
