"""Internet checksum and the pseudo headers it covers."""

import ipaddress
import struct


def address_bytes(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def internet_checksum(data: bytes) -> int:
    """One's complement of the one's complement sum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def transport_checksum(src: str, dst: str, proto: int, segment: bytes) -> int:
    """Checksum over the IPv4 (RFC 793) or IPv6 (RFC 8200 section 8.1) pseudo header and `segment`."""
    ends = address_bytes(src) + address_bytes(dst)
    if len(ends) == 8:
        pseudo = ends + struct.pack("!BBH", 0, proto, len(segment))
    else:
        pseudo = ends + struct.pack("!IHBB", len(segment), 0, 0, proto)
    return internet_checksum(pseudo + segment)
