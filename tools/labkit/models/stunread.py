"""Reads STUN messages, padded or not, as far as models must understand them."""

import struct
from dataclasses import dataclass, field

from pcapgen import stun

HEADER = 20


@dataclass
class Message:
    """`attributes` keeps the first of each type."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes] = field(default_factory=dict)

    def get(self, kind: int) -> bytes:
        return self.attributes.get(kind, b"")

    def error(self) -> int:
        """The number in ERROR-CODE, 0 without one."""
        value = self.get(stun.ERROR_CODE)
        return value[2] * 100 + value[3] if len(value) >= 4 else 0


def read(data: bytes, padded: bool = True) -> Message | None:
    """None when `data` is not one whole STUN message."""
    if len(data) < HEADER or data[0] > 3 * 16:
        return None
    kind, length, cookie = struct.unpack_from("!HHI", data)
    if cookie != stun.MAGIC or length != len(data) - HEADER:
        return None
    message, at = Message(kind, data[8:HEADER]), HEADER
    while at + 4 <= len(data):
        name, size = struct.unpack_from("!HH", data, at)
        message.attributes.setdefault(name, data[at + 4:at + 4 + size])
        at += 4 + size + (-size % 4 if padded else 0)
    return message
