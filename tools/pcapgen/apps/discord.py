"""Packets of Discord's voice connections: address discovery and keep-alives."""

import struct


def discovery(kind: int, ssrc: int, address="", port=0) -> bytes:
    """Kind 1 asks, 2 answers with the client's public address as text."""
    return struct.pack("!HHI64sH", kind, 70, ssrc, address.encode(), port)


def old_discovery(ssrc: int, address="", port=0) -> bytes:
    """Until 2023, without type and length; the port was in little-endian order."""
    return struct.pack("!I64s", ssrc, address.encode()) + struct.pack("<H", port)


def keep_alive(count: int, magic=0x1337CAFE) -> bytes:
    return struct.pack("!I", magic) + struct.pack("<I", count)
