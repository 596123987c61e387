"""Reads captures of the lab: packets with the flow each belongs to, and which of them reached the other side."""
from __future__ import annotations

import ipaddress
import pathlib
import struct
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from labkit.error import LabError

PROTOCOLS = {1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp'}
CHECKSUM_AT = {'tcp': 16, 'udp': 6}  # within the transport header
ICMP_ERRORS = {(4, 3), (4, 11), (6, 1), (6, 2), (6, 3)}  # RFC 792, RFC 4443: each quotes the packet it answers
NANOSECOND_PCAP, MICROSECOND_PCAP = b'\x4d\x3c\xb2\xa1', b'\xd4\xc3\xb2\xa1'
FILE_HEADER, RECORD_HEADER = 24, 16
WHOLE = 262144  # snapshot length of tcpdump when none is asked for
Endpoint = tuple[str, int]
FlowKey = tuple[str, frozenset[Endpoint]]


@dataclass(frozen=True)
class Packet:
    """One captured IP packet. `frame` counts from 1, as Wireshark does; `same` is equal on both sides of the path."""

    frame: int
    time_ns: int
    source: Endpoint
    target: Endpoint
    flow: FlowKey
    ttl: int
    same: tuple[object, ...]
    quotes: bool  # an ICMP error; `flow` is that of the packet it quotes


@dataclass(frozen=True)
class Header:
    """What both versions of IP say."""

    version: int
    protocol: str
    source: str
    target: str
    ttl: int
    identification: int  # IPv4 only
    rest: bytes


def flow_key(protocol: str, one: Endpoint, other: Endpoint) -> FlowKey:
    return protocol, frozenset((one, other))


def endpoint(text: str) -> Endpoint:
    """`192.0.2.1:80` or `[2001:db8::1]:80`."""
    address, _, port = text.rpartition(':')
    return str(ipaddress.ip_address(address.strip('[]'))), int(port)


def inside(address: str, network: str) -> bool:
    """Whether it lies there; never across versions of IP."""
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


def parse_ip(data: bytes) -> Header | None:
    """The lab sends no options of IPv4 that matter here and no extension headers of IPv6."""
    version = data[0] >> 4 if data else 0
    if version == 4 and len(data) >= 20:
        total, identification = struct.unpack_from('>HH', data, 2)
        return Header(4, PROTOCOLS.get(data[9], str(data[9])), str(ipaddress.IPv4Address(data[12:16])),
                      str(ipaddress.IPv4Address(data[16:20])), data[8], identification,
                      data[(data[0] & 15) * 4:max(total, 20)])
    if version == 6 and len(data) >= 40:
        size = struct.unpack_from('>H', data, 4)[0]
        return Header(6, PROTOCOLS.get(data[6], str(data[6])), str(ipaddress.IPv6Address(data[8:24])),
                      str(ipaddress.IPv6Address(data[24:40])), data[7], 0, data[40:40 + size])
    return None


def ends(header: Header) -> tuple[Endpoint, Endpoint]:
    """Both endpoints; port 0 where the protocol has none."""
    ports = (0, 0)
    if header.protocol in CHECKSUM_AT and len(header.rest) >= 4:
        ports = struct.unpack_from('>HH', header.rest)
    return (header.source, ports[0]), (header.target, ports[1])


def quoted(header: Header) -> Header | None:
    """The packet an ICMP error quotes."""
    if header.protocol != 'icmp' or len(header.rest) < 8 or (header.version, header.rest[0]) not in ICMP_ERRORS:
        return None
    return parse_ip(header.rest[8:])


def content(header: Header) -> bytes:
    """The transport's bytes without its checksum: what no honest hop changes."""
    at = CHECKSUM_AT.get(header.protocol)
    return header.rest if at is None else header.rest[:at] + header.rest[at + 2:]


def packet(frame: int, time_ns: int, data: bytes) -> Packet | None:
    """None for what is not IP over Ethernet."""
    header = parse_ip(data[14:]) if data[12:14] in (b'\x08\x00', b'\x86\xdd') else None
    if header is None:
        return None
    source, target = ends(header)
    inner = quoted(header)
    flow = flow_key(header.protocol, source, target) if inner is None else flow_key(inner.protocol, *ends(inner))
    same = (header.protocol, source, target, header.identification, content(header))
    return Packet(frame, time_ns, source, target, flow, header.ttl, same, inner is not None)


@dataclass(frozen=True)
class Frame:
    """One record of a capture; `length` counts what was on the wire, `data` may hold less. `number` is from 1."""

    number: int
    time_ns: int
    data: bytes
    length: int

    def moved(self, time_ns: int) -> Frame:
        return replace(self, time_ns=time_ns)

    def cut(self, size: int) -> Frame:
        """As a snapshot length leaves it."""
        return replace(self, data=self.data[:size])

    def holding(self, data: bytes) -> Frame:
        """With other bytes in place of as many of its own."""
        return replace(self, data=data)


def frames(path: pathlib.Path) -> Iterator[Frame]:
    """Every record; one cut off at the end of the file is left out."""
    data = path.read_bytes()
    scale = {NANOSECOND_PCAP: 1, MICROSECOND_PCAP: 1000}.get(data[:4])
    if scale is None:
        raise LabError(f'{path}: no little-endian pcap')
    at, number = FILE_HEADER, 1
    while at + RECORD_HEADER <= len(data):
        seconds, fraction, size, length = struct.unpack_from('<IIII', data, at)
        at += RECORD_HEADER
        if at + size > len(data):
            return
        yield Frame(number, seconds * 1_000_000_000 + fraction * scale, data[at:at + size], length)
        at, number = at + size, number + 1


def snapshot_length(path: pathlib.Path) -> int:
    """As its header gives it."""
    with path.open('rb') as file:
        return int(struct.unpack_from('<I', file.read(FILE_HEADER), 16)[0])


def write(path: pathlib.Path, kept: Iterable[Frame], snapshot: int = WHOLE) -> None:
    """A nanosecond pcap of Ethernet frames."""
    parts = [NANOSECOND_PCAP + struct.pack('<HHiIII', 2, 4, 0, 0, snapshot, 1)]
    for one in kept:
        seconds, rest = divmod(one.time_ns, 1_000_000_000)
        parts.append(struct.pack('<IIII', seconds, rest, len(one.data), one.length) + one.data)
    path.write_bytes(b''.join(parts))


def read(path: pathlib.Path) -> list[Packet]:
    found = (packet(one.number, one.time_ns, one.data) for one in frames(path))
    return [one for one in found if one is not None]


def sent_by(one: Frame, clients: Collection[str]) -> bool | None:
    """Whether one of these hosts sent it; None for what is not IP."""
    parsed = packet(one.number, one.time_ns, one.data)
    return None if parsed is None else parsed.source[0] in clients


def keep_direction(path: pathlib.Path, clients: Iterable[str], upwards: bool) -> None:
    """Rewrite the capture to what its clients sent (or to all else), as a tap on one fibre sees it."""
    own = frozenset(clients)
    write(path, [one for one in frames(path) if sent_by(one, own) is upwards], snapshot_length(path))


def by_flow(packets: Iterable[Packet]) -> dict[FlowKey, list[Packet]]:
    flows: dict[FlowKey, list[Packet]] = defaultdict(list)
    for one in packets:
        flows[one.flow].append(one)
    return dict(flows)


def without_counterpart(here: Iterable[Packet], there: Iterable[Packet]) -> list[Packet]:
    """Packets seen here more often than there."""
    left = Counter(one.same for one in there)
    absent = []
    for one in here:
        if left[one.same] > 0:
            left[one.same] -= 1
        else:
            absent.append(one)
    return absent
