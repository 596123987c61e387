"""Puts other addresses into recorded packets wherever they are spelled out, and keeps checksums as true as they were.

Addresses stand in IP headers, in ARP, in what ICMP errors quote, plainly in payloads (DNS, MAPPED-ADDRESS), XORed with STUN's
cookie (RFC 8489 section 14.2), and as text (SDP, HTTP). They are found by their bytes: that a ciphertext holds the same
four by chance is a matter of one in four thousand million a place. MESSAGE-INTEGRITY stays as it was made, since its
key is the programs' own; FINGERPRINT is made anew.
"""
from __future__ import annotations

import ipaddress
import re
import struct
import zlib

from labkit.captures import ICMP_ERRORS, Frame
from labkit.error import LabError

COOKIE = bytes.fromhex('2112a442')
FINGERPRINT = bytes.fromhex('80280004')
ETHERNET, ARP = 14, b'\x08\x06'
UDP, TCP, ICMP, ICMP6 = 17, 6, 1, 58
CHECKSUM_AT = {UDP: 6, TCP: 16, ICMP: 2, ICMP6: 2}


def ones_sum(data: bytes) -> int:
    """One's complement sum of 16-bit words (RFC 1071)."""
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def adjusted(checksum: int, before: bytes, after: bytes) -> int:
    """The checksum when covered bytes changed (RFC 1624): a wrong one stays wrong."""
    total = (~checksum & 0xFFFF) + (~ones_sum(before) & 0xFFFF) + ones_sum(after)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Rewriter:
    """Knows every spelling of the addresses that are to become others."""

    def __init__(self, addresses: dict[str, str]) -> None:
        pairs = [(ipaddress.ip_address(old), ipaddress.ip_address(new)) for old, new in addresses.items()]
        if any(old.version != new.version for old, new in pairs):
            raise LabError(f'an address becomes one of the other IP version: {addresses}')
        self.packed = {old.packed: new.packed for old, new in pairs}
        self.texts = {str(old).encode(): str(new).encode() for old, new in pairs}
        self._text = re.compile(b'|'.join(rb'(?<![0-9a-fA-F.:])%s(?![0-9a-fA-F.:]*[0-9a-fA-F])' % re.escape(old)
                                          for old in self.texts))

    def frame(self, one: Frame) -> Frame:
        """Frames must be whole: checksums cover what is cut."""
        if not self.packed:
            return one
        head, rest = one.data[:ETHERNET], one.data[ETHERNET:]
        return one.holding(head + (self._plain(rest) if head[12:] == ARP else self.packet(rest)))

    def packet(self, data: bytes) -> bytes:
        """An IP packet, also one quoted in part."""
        version = data[0] >> 4 if data else 0
        if version == 4 and len(data) >= 20:
            return self._ip4(data)
        if version == 6 and len(data) >= 40:
            ends = self._ends(data[8:40], 16)
            return data[:8] + ends + self._transport(data[6], 6, data[40:], data[8:40], ends)
        return data

    def _ip4(self, data: bytes) -> bytes:
        size, ends = (data[0] & 15) * 4, self._ends(data[12:20], 4)
        checksum = adjusted(struct.unpack_from('>H', data, 10)[0], data[12:20], ends)
        head = data[:10] + struct.pack('>H', checksum) + ends + data[20:size]
        return head + self._transport(data[9], 4, data[size:], data[12:20], ends)

    def _ends(self, both: bytes, size: int) -> bytes:
        return b''.join(self.packed.get(each, each) for each in (both[:size], both[size:]))

    def _transport(self, protocol: int, version: int, data: bytes, before: bytes, after: bytes) -> bytes:
        """The segment with its payload rewritten; both pairs of addresses are in the pseudo header."""
        at = CHECKSUM_AT.get(protocol)
        if at is None or len(data) < at + 2:
            return data
        changed = self._icmp(version, data) if protocol in (ICMP, ICMP6) else self._payload(protocol, data)
        checksum = struct.unpack_from('>H', data, at)[0]
        if protocol == UDP and checksum == 0:
            return changed
        if protocol == ICMP:
            before = after = b''  # no pseudo header
        covered = [part[:at] + b'\0\0' + part[at + 2:] for part in (data, changed)]
        checksum = adjusted(checksum, before + covered[0], after + covered[1])
        return changed[:at] + struct.pack('>H', checksum or (0xFFFF if protocol == UDP else 0)) + changed[at + 2:]

    def _icmp(self, version: int, data: bytes) -> bytes:
        """What an error quotes; of the rest, neighbour discovery has addresses."""
        return data[:8] + (self.packet(data[8:]) if (version, data[0]) in ICMP_ERRORS else self._plain(data[8:]))

    def _payload(self, protocol: int, data: bytes) -> bytes:
        head = 8 if protocol == UDP else min(len(data), (data[12] >> 4) * 4) if len(data) >= 20 else len(data)
        return data[:head] + self.spelled(data[head:])

    def spelled(self, payload: bytes) -> bytes:
        """All spellings in a payload; it keeps its length."""
        made = self._xored(self._plain(self._text.sub(self._other_text, payload)))
        return made if made == payload else with_fingerprints(made)

    def _plain(self, data: bytes) -> bytes:
        for old, new in self.packed.items():
            data = data.replace(old, new)
        return data

    def _other_text(self, match: re.Match[bytes]) -> bytes:
        old, new = match[0], self.texts[match[0]]
        if len(old) != len(new):
            raise LabError(f'{old.decode()} is spelled in a payload: the address in its place must have as many '
                           f'characters, {new.decode()} has not')
        return new

    def _xored(self, payload: bytes) -> bytes:
        """IPv4: the cookie is all of the mask. IPv6: the transaction id too, so each message has its own."""
        if COOKIE not in payload:
            return payload
        for old, new in self.packed.items():
            masks = [COOKIE] if len(old) == 4 else [payload[at:at + 16] for at in cookies(payload)]
            for mask in masks:
                payload = payload.replace(xor(old, mask), xor(new, mask))
        return payload


def xor(one: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, mask))


def cookies(payload: bytes) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(COOKIE), payload)]


def with_fingerprints(payload: bytes) -> bytes:
    """FINGERPRINT (RFC 8489 section 14.7) of every STUN message made anew; inner ones first."""
    for at in reversed(cookies(payload)):
        start = at - 4
        if start < 0:
            continue
        end = start + 20 + struct.unpack_from('>H', payload, start + 2)[0]
        if end - start >= 28 and end <= len(payload) and payload[end - 8:end - 4] == FINGERPRINT:
            value = zlib.crc32(payload[start:end - 8]) ^ 0x5354554E
            payload = payload[:end - 4] + struct.pack('>I', value) + payload[end:]
    return payload
