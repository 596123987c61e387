"""IPv4 and IPv6 headers, and datagrams cut into fragments."""

import struct

from .checksums import address_bytes, internet_checksum

TCP, UDP, ICMP, ICMP6, IPIP, IPV6, GRE, FRAGMENT = 6, 17, 1, 58, 4, 41, 47, 44


def ipv4(src, dst, proto, payload, ttl=64, ident=0, flags_offset=0x4000) -> bytes:
    """`flags_offset`: 0x4000 don't fragment, 0x2000 more fragments, low 13 bits offset in 8 bytes."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, flags_offset, ttl, proto,
                         0, address_bytes(src), address_bytes(dst))
    return header[:10] + struct.pack("!H", internet_checksum(header)) + header[12:] + payload


def ipv6(src, dst, next_header, payload, ttl=64) -> bytes:
    return struct.pack("!IHBB16s16s", 0x60000000, len(payload), next_header, ttl,
                       address_bytes(src), address_bytes(dst)) + payload


def is_ipv6(datagram: bytes) -> bool:
    return datagram[0] >> 4 == 6


def ip(src, dst, proto, payload, ttl=64, ident=0) -> bytes:
    if ":" in src:
        return ipv6(src, dst, proto, payload, ttl)
    return ipv4(src, dst, proto, payload, ttl, ident)


def with_options(datagram: bytes) -> bytes:
    """The same with a router alert (RFC 2113) and a NOP, or with two IPv6 extension headers."""
    if is_ipv6(datagram):
        hop_by_hop = struct.pack("!BBBBHBB", 60, 0, 5, 2, 0, 1, 0)  # router alert, PadN
        destination = struct.pack("!BBBB4x", datagram[6], 0, 1, 4)  # PadN
        header = bytearray(datagram[:40])
        struct.pack_into("!HB", header, 4, len(datagram) - 40 + 16, 0)
        return bytes(header) + hop_by_hop + destination + datagram[40:]
    header = bytearray(datagram[:20] + bytes.fromhex("9404000001010100"))
    header[0] = 0x47
    struct.pack_into("!H", header, 2, len(datagram) + 8)
    struct.pack_into("!H", header, 10, 0)
    struct.pack_into("!H", header, 10, internet_checksum(bytes(header)))
    return bytes(header) + datagram[20:]


def fragments(datagram: bytes, size: int, ident: int) -> list[bytes]:
    """Fragments carrying at most `size` (a multiple of 8) bytes of the datagram's payload each."""
    assert size % 8 == 0
    cut = _fragment_ipv6 if is_ipv6(datagram) else _fragment_ipv4
    body = datagram[40:] if is_ipv6(datagram) else datagram[20:]
    starts = range(0, len(body), size)
    return [cut(datagram, body[at:at + size], at // 8, at + size < len(body), ident) for at in starts]


def _fragment_ipv4(datagram, part, offset, more, ident):
    header = bytearray(datagram[:20])
    struct.pack_into("!HHH", header, 2, 20 + len(part), ident, (0x2000 if more else 0) | offset)
    struct.pack_into("!H", header, 10, 0)
    struct.pack_into("!H", header, 10, internet_checksum(bytes(header)))
    return bytes(header) + part


def _fragment_ipv6(datagram, part, offset, more, ident):
    extension = struct.pack("!BBHI", datagram[6], 0, offset << 3 | more, ident)
    header = bytearray(datagram[:40])
    struct.pack_into("!HB", header, 4, 8 + len(part), FRAGMENT)
    return bytes(header) + extension + part
