"""Messages between models that look like ciphertext on the wire.

No protection: the key is the application's name. It only gives both ends something to say in bytes that look random.
"""

import hashlib
import json
import struct
from random import Random

NONCE = 8


def _mask(key: bytes, nonce: bytes, size: int) -> bytes:
    return hashlib.shake_128(key + nonce).digest(size)


def _mix(data: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(data, mask))


def seal(random: Random, key: bytes, plain: bytes, size: int = 0) -> bytes:
    """At least `size` bytes: nonce, masked length, plain text and padding."""
    nonce = random.randbytes(NONCE)
    body = struct.pack("!H", len(plain)) + plain
    body += bytes(max(0, size - NONCE - len(body)))
    return nonce + _mix(body, _mask(key, nonce, len(body)))


def unseal(key: bytes, data: bytes) -> bytes:
    """Raises ValueError when `data` was not sealed with `key`."""
    nonce, body = data[:NONCE], data[NONCE:]
    plain = _mix(body, _mask(key, nonce, len(body)))
    length = int.from_bytes(plain[:2], "big")
    if len(plain) < 2 or length > len(plain) - 2:
        raise ValueError("not sealed with this key")
    return plain[2:2 + length]


def seal_message(random: Random, key: bytes, message: dict, size: int = 0) -> bytes:
    return seal(random, key, json.dumps(message, separators=(",", ":")).encode(), size)


def unseal_message(key: bytes, data: bytes) -> dict:
    return json.loads(unseal(key, data))
