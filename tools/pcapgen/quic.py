"""QUIC Initial packets, protected (RFC 9001, RFC 9369), and what comes before and after them."""

import hashlib
import hmac
import struct

from . import tls
from .aes import Aes128

V1, V2, DRAFT_29, MVFST_2, MVFST_EXPERIMENT, Q050 = (1, 0x6B3343CF, 0xFF00001D, 0xFACEB002,
                                                     0xFACEB00E, 0x51303530)
_DRAFT_23 = "c3eef712c72ebb5a11a7d2432bb46365bef9f502"
SALTS = {version: bytes.fromhex(salt) for version, salt in (
    (V1, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    (V2, "0dede3def700a6db819381be6e269dcbf9bd2ed9"),
    (DRAFT_29, "afbfec289993d24c9e9786f19c6111e04390a899"),
    (MVFST_2, _DRAFT_23), (MVFST_EXPERIMENT, _DRAFT_23),
    (Q050, "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"))}
INITIAL, HANDSHAKE, RETRY = "initial", "handshake", "retry"
TYPES = {INITIAL: 0, HANDSHAKE: 2, RETRY: 3}


def varint(value: int, size=None) -> bytes:
    for power in range(4):
        width = 1 << power
        if value < 1 << 8 * width - 2 and (size is None or size == width):
            return (value | power << 8 * width - 2).to_bytes(width, "big")
    raise ValueError(value)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _expand(secret: bytes, label: str, size: int) -> bytes:
    full = b"tls13 " + label.encode()
    return _hmac(secret, struct.pack("!HB", size, len(full)) + full + b"\0\1")[:size]


class Keys:
    """Protection of one side's Initials; `dcid` is what the client first called the server."""

    def __init__(self, version: int, dcid: bytes, side="client"):
        secret = _expand(_hmac(SALTS[version], dcid), f"{side} in", 32)
        prefix = "quicv2" if version == V2 else "quic"
        self.aead = Aes128(_expand(secret, f"{prefix} key", 16))
        self.iv = _expand(secret, f"{prefix} iv", 12)
        self.header = Aes128(_expand(secret, f"{prefix} hp", 16))


def crypto(offset: int, data: bytes, kind=6) -> bytes:
    return bytes([kind]) + varint(offset) + varint(len(data), 2) + data


def ack(largest: int) -> bytes:
    return b"\x02" + varint(largest) + varint(0) + varint(0) + varint(largest)


def _first_byte(version: int, kind: str, low_bits: int) -> int:
    number = (TYPES[kind] + (version == V2)) % 4
    return 0xC0 | number << 4 | low_bits


def _header(version, kind, low_bits, dcid, scid) -> bytes:
    return (struct.pack("!BI", _first_byte(version, kind, low_bits), version)
            + bytes([len(dcid)]) + dcid + bytes([len(scid)]) + scid)


def initial(keys: Keys, version: int, number: int, frames: bytes, dcid=b"", scid=b"", token=b"",
            fill=0) -> bytes:
    """A protected Initial with a packet number of two bytes; PADDING brings it to `fill` bytes."""
    head = _header(version, INITIAL, 1, dcid, scid) + varint(len(token)) + token
    frames += bytes(max(0, fill - len(head) - 4 - len(frames) - 16))
    head += varint(2 + len(frames) + 16, 2) + struct.pack("!H", number)
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    sealed = keys.aead.seal(nonce, frames, head)
    mask = keys.header.block(sealed[2:18])
    head = (bytes([head[0] ^ mask[0] & 0x0F]) + head[1:-2]
            + bytes(a ^ b for a, b in zip(head[-2:], mask[1:3])))
    return head + sealed


def opaque_long(source, version: int, kind: str, dcid: bytes, scid: bytes, size: int) -> bytes:
    """A Handshake packet, whose keys no observer has."""
    head = _header(version, kind, source.randrange(4), dcid, scid)
    return head + varint(size, 2) + source.randbytes(size)


def retry(source, version: int, dcid: bytes, scid: bytes, token: bytes) -> bytes:
    return _header(version, RETRY, 0, dcid, scid) + token + source.randbytes(16)


def short(source, dcid: bytes, size: int) -> bytes:
    return bytes([0x40 | source.randrange(64)]) + dcid + source.randbytes(size)


def _with_extension(hello: bytes, kind: int, data: bytes) -> bytes:
    """A ClientHello with one more extension at its end."""
    at = 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at:at + 2], "big")
    at += 1 + hello[at]
    extensions = hello[at + 2:] + struct.pack("!HH", kind, len(data)) + data
    body = hello[4:at] + struct.pack("!H", len(extensions)) + extensions
    return hello[:1] + len(body).to_bytes(3, "big") + body


def client_hello(source, server_name, scid: bytes, padding=0) -> bytes:
    """With transport parameters, without which no server answers (RFC 9000 section 18)."""
    values = ((0x01, varint(30000)), (0x03, varint(1472)), (0x04, varint(15728640)),
              (0x08, varint(100)), (0x0F, scid))
    parameters = b"".join(varint(key) + varint(len(value)) + value for key, value in values)
    return _with_extension(tls.client_hello(source, server_name, ("h3",), padding), 57, parameters)


def google_hello(entries) -> bytes:
    """CHLO of Google's handshake: tags, end offsets, values."""
    index, values = b"", b""
    for tag, value in entries:
        values += value
        index += tag + struct.pack("<I", len(values))
    return b"CHLO" + struct.pack("<HH", len(entries), 0) + index + values


class Connection:
    """The datagrams of one connection, added to a scene."""

    def __init__(self, scene, client, server, version, server_name, padding=0):
        self.scene, self.client, self.server, self.version = scene, client, server, version
        self.at = 0
        self.first = self.dcid = scene.random.randbytes(8)
        self.scid, self.server_id = scene.random.randbytes(4), scene.random.randbytes(8)
        self.hello = client_hello(scene.random, server_name, self.scid, padding)
        self.keys = Keys(version, self.first)

    def up(self, payload: bytes) -> "Connection":
        self.at += 1_000_000
        self.scene.udp(self.at, self.client, self.server, payload)
        return self

    def down(self, payload: bytes) -> "Connection":
        self.at += 20_000_000
        self.scene.udp(self.at, self.server, self.client, payload)
        return self

    def say_hello(self, *packets, token=b"") -> "Connection":
        """A client Initial a datagram; each is a list of pieces (begin, end) of the hello."""
        for number, pieces in enumerate(packets or [[(0, len(self.hello))]]):
            frames = b"".join(crypto(begin, self.hello[begin:end]) + b"\x01" for begin, end in pieces)
            self.up(initial(self.keys, self.version, number, frames, self.dcid, self.scid, token, 1250))
        return self

    def retried(self, token: bytes) -> "Connection":
        self.down(retry(self.scene.random, self.version, self.scid, self.server_id, token))
        self.dcid = self.server_id
        self.keys = Keys(self.version, self.dcid)
        return self

    def answer(self) -> "Connection":
        """ServerHello and Handshake share a datagram, then the client's turn, then data."""
        source = self.scene.random
        keys = Keys(self.version, self.dcid, "server")
        first = initial(keys, self.version, 0, ack(0) + crypto(0, tls.server_hello(source, b"")),
                        self.scid, self.server_id)
        self.down(first + opaque_long(source, self.version, HANDSHAKE, self.scid, self.server_id, 900))
        self.up(initial(self.keys, self.version, 9, ack(0), self.server_id, self.scid)
                + opaque_long(source, self.version, HANDSHAKE, self.server_id, self.scid, 70))
        for size in (300, 40, 120):
            self.up(short(source, self.server_id, size)).down(short(source, self.scid, 3 * size))
        return self
