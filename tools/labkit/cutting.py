"""Cuts recorded packets so that a capture stays small, and keeps what tells a dissector what they are."""
from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from labkit import captures
from labkit.captures import Frame, FlowKey

ETHERNET = 14
COOKIE = bytes.fromhex('2112a442')
INDICATIONS = (0x0016, 0x0017)  # Send and Data carry media; all other STUN messages set something up
TLS_HANDSHAKE = 0x16
DTLS_SIGNALLING = (20, 21, 22)  # change cipher spec, alert, handshake: not 23, application data
RTCP_TYPES = range(192, 224)  # RFC 5761 section 4
CHANNELS = range(0x40, 0x50)  # first byte of ChannelData (RFC 8656)
HTTP_HEAD = re.compile(rb'(GET|POST|HEAD|PUT|OPTIONS|CONNECT) \S|HTTP/1\.[01] ')
ALWAYS_WHOLE_PORTS = {53, 5353}


@dataclass(frozen=True)
class Measure:
    """How much is kept: bytes of each TCP direction and datagrams of each UDP direction that stay whole, and of what
    comes later the bytes behind the headers."""

    tcp_bytes: int
    datagrams: int
    rest: int


MEASURES = (Measure(16384, 24, 24), Measure(6144, 24, 12), Measure(4096, 16, 4), Measure(2600, 12, 0))


@dataclass(frozen=True)
class Segment:
    """Where a frame's payload begins, and what it is."""

    protocol: str
    ports: frozenset[int]
    payload_at: int
    payload: bytes


def segment(data: bytes) -> Segment | None:
    """None for what is neither TCP nor UDP, or has no payload."""
    header = captures.parse_ip(data[ETHERNET:])
    if header is None or header.protocol not in captures.CHECKSUM_AT or len(header.rest) < 8:
        return None
    if header.protocol == 'tcp' and len(header.rest) < 20:
        return None
    head = 8 if header.protocol == 'udp' else (header.rest[12] >> 4) * 4
    payload = header.rest[head:]
    at = ETHERNET + ((data[ETHERNET] & 15) * 4 if header.version == 4 else 40) + head
    return Segment(header.protocol, frozenset(struct.unpack_from('>HH', header.rest)), at, payload) if payload else None


def rtp_head(payload: bytes) -> int:
    """Bytes of an RTP header with its extension (RFC 3550 section 5), behind a ChannelData header if there is one."""
    start = 4 if payload[0] in CHANNELS else 0
    if len(payload) < start + 12 or payload[start] >> 6 != 2:
        return 20
    size = start + 12 + 4 * (payload[start] & 15)
    if payload[start] & 0x10 and len(payload) >= size + 4:
        size += 4 + 4 * struct.unpack_from('>H', payload, size + 2)[0]
    return size


def is_signalling(payload: bytes) -> bool:
    """A datagram that says how the rest is to be read."""
    if payload[4:8] == COOKIE:
        return struct.unpack_from('>H', payload)[0] not in INDICATIONS
    inner = payload[4:] if payload[0] in CHANNELS else payload
    rtcp = len(inner) > 1 and inner[0] >> 6 == 2 and inner[1] in RTCP_TYPES
    dtls = len(inner) > 2 and inner[0] in DTLS_SIGNALLING and inner[1] == 0xFE
    return rtcp or dtls or (payload[0] & 0xC0 == 0xC0 and len(payload) >= 1200)  # the last: QUIC's long header


def datagram_head(payload: bytes) -> int:
    """What must stay of a datagram that is not kept whole."""
    return 36 + 64 if payload[4:8] == COOKIE else rtp_head(payload)


class Cutter:
    """Sees the frames of one capture in their order."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self._bytes: Counter[tuple[FlowKey, captures.Endpoint]] = Counter()
        self._datagrams: Counter[tuple[FlowKey, captures.Endpoint]] = Counter()

    def cut(self, one: Frame) -> Frame:
        """The frame, shorter or as it is; its true length stays."""
        parsed, seen = captures.packet(one.number, one.time_ns, one.data), segment(one.data)
        if parsed is None or seen is None or seen.ports & ALWAYS_WHOLE_PORTS:
            return one
        way = (parsed.flow, parsed.source)
        size = self._datagram(way, seen) if seen.protocol == 'udp' else self._stream(way, seen)
        return one if size is None else one.cut(seen.payload_at + size)

    def _datagram(self, way: tuple[FlowKey, captures.Endpoint], seen: Segment) -> int | None:
        self._datagrams[way] += 1
        if self._datagrams[way] <= self.measure.datagrams or is_signalling(seen.payload):
            return None
        return datagram_head(seen.payload) + self.measure.rest

    def _stream(self, way: tuple[FlowKey, captures.Endpoint], seen: Segment) -> int | None:
        before = self._bytes[way]
        self._bytes[way] += len(seen.payload)
        begins = (seen.payload[0] == TLS_HANDSHAKE and seen.payload[1:2] == b'\x03') or HTTP_HEAD.match(seen.payload)
        if before < self.measure.tcp_bytes or begins:
            return None
        return 8 + self.measure.rest  # enough for the header of a TLS record


def cut(frames: Iterable[Frame], measure: Measure) -> list[Frame]:
    cutter = Cutter(measure)
    return [cutter.cut(one) for one in frames]
