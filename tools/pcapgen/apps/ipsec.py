"""IKE (RFC 2408, RFC 7296), ESP (RFC 4303), L2TP (RFC 2661) and PPTP (RFC 2637) messages."""

import struct

INIT, AUTH, MAIN_MODE = 34, 35, 2
RESPONSE, INITIATOR = 0x20, 0x08
NOTIFY = 41


def ike(spis, version, exchange, flags, message_id, first_payload, payloads: bytes) -> bytes:
    length = 28 + len(payloads)
    return spis[0] + spis[1] + struct.pack("!BBBBII", first_payload, version << 4, exchange, flags,
                                           message_id, length) + payloads


def payload(following: int, body: bytes) -> bytes:
    """A generic payload, RFC 7296 section 3.2."""
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


def sa_init(source, spis, flags) -> bytes:
    """IKE_SA_INIT: SA with one proposal, KE of group 19, nonce."""
    transforms = (bytes.fromhex("0300000c01000014800e0100") + bytes.fromhex("0300000802000005")
                  + bytes.fromhex("0000000804000013"))
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 3) + transforms
    exchange = struct.pack("!HH", 19, 0) + source.randbytes(64)
    body = payload(34, proposal) + payload(40, exchange) + payload(0, source.randbytes(32))
    return ike(spis, 2, INIT, flags, 0, 33, body)


def encrypted(source, spis, exchange, flags, message_id, size) -> bytes:
    """A message whose payloads are inside an Encrypted payload (46)."""
    return ike(spis, 2, exchange, flags, message_id, 46, payload(35, source.randbytes(size)))


def main_mode(source, spis) -> bytes:
    """The first message of IKEv1: an SA with one proposal of one transform."""
    attributes = bytes.fromhex("80010007800200028003000180040002800b0001800c7080")
    transform = payload(0, struct.pack("!BBH", 1, 1, 0) + attributes)
    proposal = payload(0, struct.pack("!BBBB", 1, 1, 0, 1) + transform)
    association = payload(0, struct.pack("!II", 1, 1) + proposal)
    return ike(spis, 1, MAIN_MODE, 0, 0, 1, association)


class Esp:
    """One direction's security association."""

    def __init__(self, source):
        self.random, self.spi, self.sequence = source, source.getrandbits(31) | 1 << 30, 0

    def packet(self, size: int) -> bytes:
        """`size` encrypted bytes (a multiple of 4) behind an 8-byte IV, 16 of tag."""
        self.sequence += 1
        return struct.pack("!II", self.spi, self.sequence) + self.random.randbytes(8 + size + 16)


def _attribute(kind: int, value: bytes, vendor=0) -> bytes:
    return struct.pack("!HHH", 0x8000 | 6 + len(value), vendor, kind) + value


def l2tp_control(kind: int, tunnel: int, sent: int, received: int, name=b"") -> bytes:
    """A control message; kind 0 is the acknowledgement without attributes."""
    attributes = b""
    if kind:
        attributes = _attribute(0, struct.pack("!H", kind)) + _attribute(2, b"\x01\0")
        attributes += _attribute(3, struct.pack("!I", 3)) + _attribute(7, name)
        attributes += _attribute(9, struct.pack("!H", 100))
    return struct.pack("!HHHHHH", 0xC802, 12 + len(attributes), tunnel, 0, sent, received) + attributes


def pptp_start(kind: int, result=0) -> bytes:
    """Start-Control-Connection request (1) or reply (2)."""
    body = struct.pack("!HHHBBIIHH64s64s", kind, 0, 0x0100, result, 0, 3, 3, 0, 1, b"local", b"vendor")
    return struct.pack("!HHI", 8 + len(body), 1, 0x1A2B3C4D) + body


def pptp_echo(number: int) -> bytes:
    return struct.pack("!HHIHHI", 16, 1, 0x1A2B3C4D, 5, 0, number)
