"""Telegram's call relays (reflectors of both generations, TURN) and MTProto's TCP transports.

Sources: a public capture of 2017 (nDPI's test set), read with tshark on 2026-11-22; the sources of libtgvoip and
tgcalls; core.telegram.org/mtproto. All read 2026-11-22.
"""

import ipaddress
import struct
import zlib

from ..aes256 import Counter256
from ..scene import MS

DATA_CENTRE = ("149.154.167.51", 443)
REFLECTORS = [("91.108.8.7", 527), ("91.108.12.5", 537), ("91.108.16.1", 538)]
ABRIDGED, INTERMEDIATE, PADDED = b"\xef" * 4, b"\xee" * 4, b"\xdd" * 4
SERVICE = b"\xff" * 12


class Reflected:
    """A call of libtgvoip through reflectors: every datagram begins with its 16-byte tag."""

    def __init__(self, scene, client):
        self.scene, self.client, self.tag = scene, client, scene.random.randbytes(16)
        self._address = ipaddress.ip_address("87.11.205.195").packed

    def hello(self, at, reflector, answered=True) -> None:
        """40 bytes, answered by 64 that repeat the client's number and tell its address."""
        number = self.scene.random.randbytes(8)
        self.scene.udp(at, self.client, reflector, self.tag + SERVICE + b"\xfe\xff\xff\xff" + number)
        if answered:
            seconds = struct.pack("<I", (self.scene.start + at) // 1_000_000_000)
            body = struct.pack("<I", 0xC01572C7) + seconds + number + bytes(10) + b"\xff\xff" + self._address
            body += struct.pack("<I", 60000)
            self.scene.udp(at + 40 * MS, reflector, self.client, self.tag + SERVICE + body)

    def peer_info(self, at, reflector) -> None:
        """32 bytes, answered by 48 with both ends' addresses."""
        self.scene.udp(at, self.client, reflector, self.tag + SERVICE + b"\xff" * 4)
        ends = self._address + struct.pack("<I", 56669) + self._address + struct.pack("<I", 60723)
        self.scene.udp(at + 40 * MS, reflector, self.client,
                       self.tag + SERVICE + struct.pack("<I", 0x27D9371C) + ends)

    def sealed(self, words: int) -> bytes:
        """Message key and ciphertext, a multiple of 16 bytes."""
        return self.scene.random.randbytes(16 * words)

    def set_up(self, at, ends) -> None:
        self.scene.udp(at, *ends, self.tag + self.sealed(5))

    def talk(self, start, ends, seconds, relayed=True, gap=60 * MS) -> None:
        """60 ms of sound a datagram: 160 to 240 bytes, behind the tag on a relay.

        The first byte is kept out of RTP's range: chance would have tshark find broken RTCP.
        """
        for number in range(int(seconds * 1000 * MS / gap)):
            data = bytes([0xC0 | number & 0x3F]) + self.sealed(self.scene.random.randint(10, 15))[1:]
            self.scene.udp(start + number * gap, *ends, self.tag + data if relayed else data)


class Framed:
    """A call of tgcalls through a reflector: call tag, participant, sender, length, data, padding."""

    def __init__(self, scene, client, reflector):
        self.scene, self.client, self.reflector = scene, client, reflector
        self._call = scene.random.randbytes(12)
        self._ids = scene.random.randbytes(4), scene.random.randbytes(4)

    def hello(self, at) -> None:
        body = self._call + self._ids[0] + SERVICE + b"\xfe\xff\xff\xff" + struct.pack("!Q", 123)
        self.scene.udp(at, self.client, self.reflector, body)

    def frame(self, data: bytes, up=True) -> bytes:
        target, sender = self._ids[::-1] if up else self._ids
        return self._call + target + sender + struct.pack("!I", len(data)) + data + bytes(-len(data) % 4)

    def send(self, at, data: bytes, up=True) -> None:
        ends = (self.client, self.reflector) if up else (self.reflector, self.client)
        self.scene.udp(at, *ends, self.frame(data, up))


def key_exchange(source, at_ns: int) -> tuple[bytes, bytes]:
    """req_pq_multi and resPQ: key id 0, message id, length, constructor, nonce ..."""
    ident = (at_ns // 1_000_000_000) << 32
    nonce = source.randbytes(16)
    ask = struct.pack("<I", 0xBE7E8EF1) + nonce
    answer = struct.pack("<I", 0x05162463) + nonce + source.randbytes(16) + b"\x08" + source.randbytes(8) + bytes(3)
    answer += struct.pack("<II", 0x1CB5C415, 1) + source.randbytes(8)
    return (struct.pack("<QQI", 0, ident, len(ask)) + ask, struct.pack("<QQI", 0, ident + 1, len(answer)) + answer)


def message(source, key_id: bytes, blocks=6) -> bytes:
    """An encrypted message: key id, message key, ciphertext."""
    return key_id + source.randbytes(16) + source.randbytes(16 * blocks)


def abridged(payload: bytes) -> bytes:
    words = len(payload) // 4
    return (bytes([words]) if words < 127 else b"\x7f" + words.to_bytes(3, "little")) + payload


def intermediate(payload: bytes) -> bytes:
    return struct.pack("<I", len(payload)) + payload


def full(payload: bytes, number: int) -> bytes:
    body = struct.pack("<II", len(payload) + 12, number) + payload
    return body + struct.pack("<I", zlib.crc32(body))


class Obfuscated:
    """The 64-byte header and both keystreams that follow from it."""

    def __init__(self, source, tag: bytes, data_centre=2):
        while True:
            head = bytearray(source.randbytes(64))
            if head[0] != 0xEF and head[0] > 0x7F and any(head[4:8]):
                break
        head[56:62] = tag + struct.pack("<h", data_centre)
        mirrored = bytes(head[8:56])[::-1]
        self._up = Counter256(bytes(head[8:40]), bytes(head[40:56]))
        self._down = Counter256(mirrored[:32], mirrored[32:])
        self.header = bytes(head[:56]) + self._up.run(bytes(head))[56:]

    def up(self, data: bytes) -> bytes:
        return self._up.run(data)

    def down(self, data: bytes) -> bytes:
        return self._down.run(data)
