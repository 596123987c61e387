"""STUN and TURN messages with real MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489, RFC 8656)."""

import hashlib
import hmac
import struct
import zlib

from .checksums import address_bytes

MAGIC = 0x2112A442
BINDING, ALLOCATE, REFRESH, SEND, DATA, CREATE_PERMISSION, CHANNEL_BIND = 1, 3, 4, 6, 7, 8, 9
REQUEST, INDICATION, SUCCESS, ERROR = 0x0000, 0x0010, 0x0100, 0x0110
MAPPED, USERNAME, INTEGRITY, ERROR_CODE, CHANNEL_NUMBER = 0x0001, 0x0006, 0x0008, 0x0009, 0x000C
LIFETIME, XOR_PEER, DATA_ATTR, REALM, NONCE = 0x000D, 0x0012, 0x0013, 0x0014, 0x0015
XOR_RELAYED, REQUESTED_TRANSPORT, XOR_MAPPED, PRIORITY = 0x0016, 0x0019, 0x0020, 0x0024
USE_CANDIDATE, SOFTWARE, FINGERPRINT, CONTROLLED, CONTROLLING = 0x0025, 0x8022, 0x8028, 0x8029, 0x802A


def attribute(kind: int, value: bytes, padded=True) -> bytes:
    fill = -len(value) % 4 if padded else 0
    return struct.pack("!HH", kind, len(value)) + value + bytes(fill)


def header(kind: int, length: int, transaction: bytes) -> bytes:
    return struct.pack("!HHI", kind, length, MAGIC) + transaction


def message(kind, transaction, attributes=(), key=None, fingerprint=False, digest="sha1",
            padded=True) -> bytes:
    """`attributes` are (type, value) pairs; `key` adds MESSAGE-INTEGRITY over all before it."""
    body = b"".join(attribute(name, value, padded) for name, value in attributes)
    if key is not None:
        size = hashlib.new(digest).digest_size
        covered = header(kind, len(body) + 4 + size, transaction) + body
        body += attribute(INTEGRITY, hmac.new(key, covered, digest).digest())
    if fingerprint:
        covered = header(kind, len(body) + 8, transaction) + body
        body += attribute(FINGERPRINT, struct.pack("!I", zlib.crc32(covered) ^ 0x5354554E))
    return header(kind, len(body), transaction) + body


def address(end) -> bytes:
    """MAPPED-ADDRESS form of an (address, port) end."""
    packed = address_bytes(end[0])
    return struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, end[1]) + packed


def xor_address(end, transaction=bytes(12)) -> bytes:
    """XOR-MAPPED-ADDRESS form (RFC 8489 section 14.2)."""
    plain = address(end)
    mask = struct.pack("!HHI", 0, MAGIC >> 16, MAGIC) + transaction
    return bytes(a ^ b for a, b in zip(plain, mask))


def error_code(code: int, reason: str) -> bytes:
    return struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode()


def long_term_key(user: str, realm: str, password: str) -> bytes:
    return hashlib.md5(f"{user}:{realm}:{password}".encode()).digest()


def channel_data(channel: int, payload: bytes) -> bytes:
    return struct.pack("!HH", channel, len(payload)) + payload


def ice_check(transaction, user, password, priority=0x6E7F1EFF, controlling=True, extra=()):
    """A connectivity check as RFC 8445 section 7 has it."""
    role = CONTROLLING if controlling else CONTROLLED
    attributes = [(USERNAME, user.encode()), (role, bytes(range(8))), *extra,
                  (PRIORITY, struct.pack("!I", priority))]
    return message(BINDING, transaction, attributes, password.encode(), fingerprint=True)


def ice_answer(transaction, mapped, password):
    attributes = [(XOR_MAPPED, xor_address(mapped, transaction))]
    return message(BINDING | SUCCESS, transaction, attributes, password.encode(), fingerprint=True)
