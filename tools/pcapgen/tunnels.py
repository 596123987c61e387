"""Tunnels: each function wraps an inner IP datagram into an outer one."""

import struct

from . import ip, links, transport
from .checksums import internet_checksum

NEAR4, FAR4 = "10.20.0.1", "203.0.113.77"
NEAR6, FAR6 = "2001:db8:20::1", "2001:db8:77::2"


def _ends(outgoing, near=NEAR4, far=FAR4):
    return (near, far) if outgoing else (far, near)


def _udp(outgoing, near_port, far_port, payload, near=NEAR4, far=FAR4):
    src, dst = _ends(outgoing, near, far)
    ports = (near_port, far_port) if outgoing else (far_port, near_port)
    return ip.ip(src, dst, ip.UDP, transport.udp((src, ports[0]), (dst, ports[1]), payload))


def gre(datagram, outgoing=True) -> bytes:
    """GRE without options (RFC 2784)."""
    head = struct.pack("!HH", 0, links.ethertype(datagram))
    return ip.ipv4(*_ends(outgoing), ip.GRE, head + datagram)


def gre_key_sequence_checksum(datagram, outgoing=True) -> bytes:
    """GRE with checksum, key and sequence number (RFC 2890)."""
    head = struct.pack("!HHHHII", 0xB000, links.ethertype(datagram), 0, 0, 0xCAFE, 7)
    checksum = internet_checksum(head + datagram)
    head = head[:4] + struct.pack("!H", checksum) + head[6:]
    return ip.ipv4(*_ends(outgoing), ip.GRE, head + datagram)


def gre_teb(datagram, outgoing=True) -> bytes:
    """Transparent Ethernet bridging: GRE protocol 0x6558."""
    head = struct.pack("!HH", 0, 0x6558)
    return ip.ipv4(*_ends(outgoing), ip.GRE, head + links.ethernet(datagram, outgoing))


def ip_in_ip(datagram, outgoing=True) -> bytes:
    """IPv4 in IPv4 (RFC 2003), or IPv6 in IPv4, known as 6in4 (RFC 4213)."""
    return ip.ipv4(*_ends(outgoing), ip.IPV6 if ip.is_ipv6(datagram) else ip.IPIP, datagram)


def ip_in_ipv6(datagram, outgoing=True) -> bytes:
    """RFC 2473."""
    inner = ip.IPV6 if ip.is_ipv6(datagram) else ip.IPIP
    return ip.ipv6(*_ends(outgoing, NEAR6, FAR6), inner, datagram)


def vxlan(datagram, outgoing=True) -> bytes:
    """VXLAN with VNI 5001 (RFC 7348)."""
    head = struct.pack("!II", 0x08000000, 5001 << 8)
    return _udp(outgoing, 51234, 4789, head + links.ethernet(datagram, outgoing))


def geneve(datagram, outgoing=True) -> bytes:
    """Geneve with one 4-byte option (RFC 8926)."""
    option = struct.pack("!HBBI", 0x0102, 0x01, 1, 0xFEEDBEEF)
    head = struct.pack("!BBHI", len(option) // 4, 0, 0x6558, 77 << 8)
    return _udp(outgoing, 51235, 6081, head + option + links.ethernet(datagram, outgoing))


def gtp_u(datagram, outgoing=True) -> bytes:
    """GTP-U G-PDU (3GPP TS 29.281)."""
    head = struct.pack("!BBHI", 0x30, 0xFF, len(datagram), 0x1001 if outgoing else 0x2002)
    return _udp(outgoing, 2152, 2152, head + datagram)


def gtp_u_extension(datagram, outgoing=True) -> bytes:
    """GTP-U with a sequence number and a PDU session container, as 5G's N3 has it."""
    optional = struct.pack("!HBB", 9, 0, 0x85) + struct.pack("!BBBB", 1, 0x10 if outgoing else 0, 5, 0)
    head = struct.pack("!BBHI", 0x36, 0xFF, len(optional) + len(datagram), 0x1001)
    return _udp(outgoing, 2152, 2152, head + optional + datagram)


def teredo(datagram, outgoing=True) -> bytes:
    """Teredo (RFC 4380): IPv6 over UDP 3544, with an origin indication from the server's side."""
    origin = b"" if outgoing else struct.pack("!HH", 0, 51236 ^ 0xFFFF) + bytes.fromhex("34fffe8a")
    return _udp(outgoing, 51236, 3544, origin + datagram, "192.168.1.20", "203.0.113.117")


def nested(datagram, outgoing=True) -> bytes:
    """GRE in VXLAN: the innermost IP is two tunnels deep."""
    return vxlan(gre(datagram, outgoing), outgoing)


TUNNELS4 = {"gre": gre, "gre-key-seq-checksum": gre_key_sequence_checksum, "gre-teb": gre_teb,
            "ip-in-ip": ip_in_ip, "4in6": ip_in_ipv6, "vxlan": vxlan, "geneve": geneve,
            "gtp-u": gtp_u, "gtp-u-extension": gtp_u_extension, "nested": nested}
TUNNELS6 = {"6in4": ip_in_ip, "6in6": ip_in_ipv6, "teredo": teredo, "gre": gre, "vxlan": vxlan,
            "gtp-u": gtp_u}
