"""UDP, TCP and ICMP headers over a pair of (address, port) ends."""

import struct

from . import ip
from .checksums import internet_checksum, transport_checksum

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def udp(src, dst, payload: bytes) -> bytes:
    header = struct.pack("!HHHH", src[1], dst[1], 8 + len(payload), 0)
    checksum = transport_checksum(src[0], dst[0], ip.UDP, header + payload) or 0xFFFF
    return header[:6] + struct.pack("!H", checksum) + payload


def tcp(src, dst, seq, ack, flags, payload=b"", window=65535, options=b"") -> bytes:
    assert len(options) % 4 == 0
    offset_flags = (20 + len(options)) // 4 << 12 | flags
    header = struct.pack("!HHIIHHHH", src[1], dst[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                         offset_flags, window, 0, 0) + options
    checksum = transport_checksum(src[0], dst[0], ip.TCP, header + payload)
    return header[:16] + struct.pack("!H", checksum) + header[18:] + payload


def echo(src: str, dst: str, reply: bool, sequence: int) -> bytes:
    """ICMP (RFC 792) or ICMPv6 (RFC 4443) echo with 24 bytes of data."""
    version6 = ":" in src
    kind = (129 if reply else 128) if version6 else (0 if reply else 8)
    body = struct.pack("!BBHHH", kind, 0, 0, 77, sequence) + bytes(range(24))
    checksum = transport_checksum(src, dst, ip.ICMP6, body) if version6 else internet_checksum(body)
    return body[:2] + struct.pack("!H", checksum) + body[4:]


def icmp_port_unreachable(original: bytes) -> bytes:
    """ICMP type 3 code 3 quoting the IPv4 header and 8 bytes of `original` (RFC 792)."""
    body = struct.pack("!BBHI", 3, 3, 0, 0) + original[:28]
    return body[:2] + struct.pack("!H", internet_checksum(body)) + body[4:]
