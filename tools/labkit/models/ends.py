"""Transport addresses: text such as 198.18.0.1:3478 or [2001:db8::1]:3478, and (address, port) as sockets take it."""

import ipaddress
import socket
import struct

from pcapgen import stun

End = tuple[str, int]


def parse(text: str) -> End:
    """Raises ValueError when `text` is no address with a port."""
    address, _, port = text.rpartition(":")
    number = int(port)
    if not 0 <= number < 65536:
        raise ValueError(f"{text}: no port")
    return str(ipaddress.ip_address(address.strip("[]"))), number


def show(end: End) -> str:
    return f"[{end[0]}]:{end[1]}" if ":" in end[0] else f"{end[0]}:{end[1]}"


def family(end: End) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in end[0] else socket.AF_INET


def local_address(towards: End) -> str:
    """The address that this host would send from; nothing is sent."""
    with socket.socket(family(towards), socket.SOCK_DGRAM) as probe:
        probe.connect(towards)
        return probe.getsockname()[0]


def of_attribute(value: bytes, transaction: bytes, mixed: bool = True) -> End:
    """The end in a STUN address attribute; `mixed` undoes the XOR (RFC 8489 section 14.2)."""
    if len(value) not in (8, 20):
        raise ValueError("no address")
    mask = struct.pack("!HHI", 0, stun.MAGIC >> 16, stun.MAGIC) + transaction
    plain = bytes(a ^ b for a, b in zip(value, mask)) if mixed else value
    return str(ipaddress.ip_address(plain[4:])), int.from_bytes(plain[2:4], "big")
