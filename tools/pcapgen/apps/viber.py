"""Viber's call messages, frames and imitation of TLS.

Sources: a public capture of 2016 (nDPI's test set), read with tshark on 2026-11-21 and 22. The meaning of types
is inferred from position and timing, no specification is public.
"""

import struct

from .. import tls
from ..scene import MS

SERVER = ("52.0.253.46", 4244)
CONTROL = 0x80  # of the tag's second octet: set on control messages, clear on media


class Call:
    """One side of a call: `tag` is what its relay gave it, `token` names the call."""

    def __init__(self, scene, client, relay, tag=b"\xce\x40"):
        self.scene, self.client, self.relay, self._tag = scene, client, relay, tag
        self.token, self._peer = scene.random.randbytes(8), scene.random.randbytes(4)
        self._sent = 0

    def clock(self, at) -> bytes:
        return struct.pack("<Q", (self.scene.start + at) // MS)

    def control(self, kind: int, body: bytes) -> bytes:
        return bytes([self._tag[0], self._tag[1] | CONTROL, kind, 0]) + body

    def media(self, rtp: bytes) -> bytes:
        return self._tag + rtp

    def set_up(self, at, answered=True, clock=True) -> None:
        """136 bytes with the local address and a clock, answered with 89."""
        self._sent += 1
        stamp = self.clock(at) if clock else self.scene.random.randbytes(8)
        body = b"\x05\0" + self.token + self._peer + bytes([222, 200, 168, 192, 0xB4, 0xBD])
        body += struct.pack("<IHH", 35, 0xC14F, 0x0110) + struct.pack("<H", self._sent << 8 | 0)[:2]
        body = body.ljust(30, b"\0") + stamp
        self.scene.udp(at, self.client, self.relay, self.control(1, body.ljust(132, b"\0")))
        if answered:
            reply = struct.pack("<H", self._sent) + self.token + self.scene.random.randbytes(6) + stamp
            reply += self.scene.random.randbytes(16)
            self.scene.udp(at + 50 * MS, self.relay, self.client, self.control(12, reply.ljust(85, b"\0")))

    def ping(self, at, answered=True) -> None:
        self.scene.udp(at, self.client, self.relay, self.control(9, self.clock(at) + self.token))
        if answered:
            reply = self.clock(at) + self.clock(at + 20 * MS) + bytes(14)
            self.scene.udp(at + 44 * MS, self.relay, self.client, self.control(11, reply))

    def probe(self, at, count=3) -> None:
        """A start of 12 bytes, `count` packets of 550, an answer of 20 to each."""
        self.scene.udp(at, self.client, self.relay, self.control(0x1F, bytes(5) + b"\1\0\2"))
        for number in range(count):
            body = struct.pack("<HH", 1, number) + self.scene.random.randbytes(542)
            self.scene.udp(at + (1 + number) * MS, self.client, self.relay, self.control(0x1E, body))
            answer = struct.pack("<II", number << 16, 1) + self.clock(at + 30 * MS)
            self.scene.udp(at + (52 + number) * MS, self.relay, self.client, self.control(0x20, answer))

    def alive(self, at, ends, flag=1) -> None:
        """21 bytes to or from the peer through the relay, and 8 that count."""
        body = bytes([flag]) + self.clock(at) + self._peer + bytes(4)
        self.scene.udp(at, *ends, self.control(6, body))
        self.scene.udp(at + 40 * MS, *ends, self.control(0x17, struct.pack("<I", at // MS & 0xFFFF)))

    def seek(self, at, peer) -> None:
        """What goes to each candidate of the peer: the same 16 bytes every time."""
        self.scene.udp(at, self.client, peer, self.control(3, self.token + self._peer))

    def bye(self, at) -> None:
        self.scene.udp(at, self.client, self.relay, self.control(5, self.token))


def frame(source, counter: int, size: int) -> bytes:
    """Length and counter, little-endian, two zeros, ciphertext; `size` counts all."""
    return struct.pack("<HHH", size, counter, 0) + source.randbytes(size - 6)


def hello(source) -> bytes:
    """The client's first frame, 96 bytes."""
    return struct.pack("<H", 96) + source.randbytes(4) + bytes.fromhex("fcff0380 5900 0d00") + source.randbytes(82)


def hello_answer(source) -> bytes:
    return struct.pack("<HH", 22, 0x0511) + bytes.fromhex("0380") + source.randbytes(4) \
        + bytes.fromhex("5c00") + source.randbytes(10)


def false_tls_hello(source) -> bytes:
    """A ClientHello with three RSA suites whose only extension, a session ticket, is the first frame."""
    ticket = hello(source)
    extensions = struct.pack("!HH", 35, len(ticket)) + ticket
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32)
    body += bytes.fromhex("0006 0005 0004 009c 0100") + struct.pack("!H", len(extensions)) + extensions
    return tls.record(tls.HANDSHAKE, b"\x01" + len(body).to_bytes(3, "big") + body, 0x0301)


def false_tls_flight(source) -> bytes:
    """ServerHello, change cipher spec, and the server's first frame as a handshake message."""
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32) + bytes.fromhex("0005 00 0004 0023 0000")
    server = tls.record(tls.HANDSHAKE, b"\x02" + len(body).to_bytes(3, "big") + body)
    return server + tls.record(tls.CHANGE_CIPHER, b"\x01") \
        + tls.record(tls.HANDSHAKE, b"\x42" + hello_answer(source))


def false_tls_record(data: bytes) -> bytes:
    return tls.record(tls.APPLICATION, data, 0x0301)
