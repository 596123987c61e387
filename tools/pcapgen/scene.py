"""A timeline of IP datagrams seen beside a client, with the counts a flow record must show."""

import random
import zlib
from collections import defaultdict

from . import ip, transport
from .community_id import community_id

MS = 1_000_000
SECOND = 1_000 * MS
EPOCH_2017 = 1_494_620_045 * SECOND  # 2017-05-12T20:14:05Z
EPOCH_2021 = 1_620_850_445 * SECOND  # 2021-05-12T20:14:05Z
EPOCH_2023 = 1_683_922_445 * SECOND  # 2023-05-12T20:14:05Z
PRIVATE = ("10.", "192.168.", "172.16.", "2001:db8:", "2001:0:", "fd")
NAMES = {ip.TCP: "tcp", ip.UDP: "udp"}


def is_local(address: str) -> bool:
    return address.startswith(PRIVATE)


class Scene:
    """Packets are added with times in nanoseconds since `start`, in any order."""

    def __init__(self, seed: str, start: int = EPOCH_2017):
        self.random = random.Random(f"pcapgen {seed}")
        self.start = start
        self._packets = []  # (time, order of adding, datagram)
        self._idents = defaultdict(lambda: self.random.randrange(1, 60000))
        self._flows = defaultdict(lambda: defaultdict(lambda: [0, 0]))  # ends -> source -> counts

    def add(self, at: int, datagram: bytes) -> None:
        """A datagram that no flow is expected to count (or that the case counts itself)."""
        self._packets.append((self.start + at, len(self._packets), datagram))

    def datagram(self, src, dst, proto: int, segment: bytes) -> bytes:
        """The IP packet around `segment`: an id counter per host, a TTL that fits its distance."""
        ttl = 64 if is_local(src[0]) else 44 + zlib.crc32(src[0].encode()) % 12
        if ":" not in src[0]:
            self._idents[src[0]] = (self._idents[src[0]] + 1) & 0xFFFF
        return ip.ip(src[0], dst[0], proto, segment, ttl, self._idents[src[0]])

    def send(self, at, src, dst, proto, segment, captured=True) -> bytes:
        packet = self.datagram(src, dst, proto, segment)
        if captured:
            self.count(src, dst, proto, len(packet))
            self.add(at, packet)
        return packet

    def count(self, src, dst, proto, ip_bytes, packets=1) -> None:
        counts = self._flows[frozenset((src, dst)), proto][src]
        counts[0] += packets
        counts[1] += ip_bytes

    def udp(self, at, src, dst, payload: bytes) -> bytes:
        return self.send(at, src, dst, ip.UDP, transport.udp(src, dst, payload))

    def refuse(self, at, original: bytes, router: str, client: str) -> None:
        """An ICMP port unreachable for `original`, from `router`."""
        message = transport.icmp_port_unreachable(original)
        self.add(at, self.datagram((router, 0), (client, 0), ip.ICMP, message))

    def flow(self, client, server, proto=ip.UDP, counts=True, **more) -> dict:
        """What a flow record between these ends shows."""
        record = {"type": "flow", "flow": community_id(client, server, proto), "proto": NAMES[proto],
                  "client_ip": client[0], "client_port": client[1],
                  "server_ip": server[0], "server_port": server[1]}
        sides = self._flows[frozenset((client, server)), proto]
        if counts:
            for side, source in (("up", client), ("down", server)):
                packets, ip_bytes = sides[source]
                record |= {f"packets_{side}": packets, f"bytes_{side}": ip_bytes}
        return record | more

    def flows(self) -> int:
        """Number of 5-tuples with captured TCP or UDP packets."""
        return sum(any(packets for packets, _ in sides.values()) for sides in self._flows.values())

    def frames(self) -> list[tuple[int, bytes]]:
        """(nanoseconds since 1970, datagram) in time order."""
        return [(time, packet) for time, _, packet in sorted(self._packets)]
