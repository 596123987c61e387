"""Senders whose timestamps follow time, and paths that lose, delay, double and reorder their packets."""

import struct
from dataclasses import dataclass

from ..rtp import rtp
from ..scene import MS, SECOND

WAYS = ("up", "down")


class Sound:
    """One SSRC. Silence shows as a jump of the timestamps alone: sequence numbers go on by one."""

    def __init__(self, source, pt, clock=48000, gap=60 * MS, sizes=(18, 30), extension=None, ssrc=None):
        self.random, self.pt, self.clock, self.gap, self.sizes = source, pt, clock, gap, sizes
        self.ssrc = source.getrandbits(32) if ssrc is None else ssrc
        self.seq, self._base = source.randrange(1, 60000), source.getrandbits(30)
        self._extension = bytes.fromhex("10ff0000") if extension else None
        self._mark = extension if isinstance(extension, bytes) else None

    def packet(self, at, marker=False, sizes=None) -> bytes:
        self.seq += 1
        payload = self.random.randbytes(self.random.randint(*(sizes or self.sizes)))
        stamp = self._base + at * self.clock // SECOND
        data = rtp(self.pt, self.seq, stamp, self.ssrc, payload, marker, self._extension)
        return data[:12] + self._mark + data[14:] if self._mark else data

    def packets(self, start, seconds, gap=None) -> list[tuple[int, bytes]]:
        gap = gap or self.gap
        return [(at, self.packet(at)) for at in range(start, start + int(seconds * SECOND), gap)]

    def quiet(self, start, seconds, gap=160 * MS) -> list[tuple[int, bytes]]:
        """Comfort noise of a silence, one small packet each `gap`."""
        times = range(start, start + int(seconds * SECOND), gap)
        return [(at, self.packet(at, sizes=(10, 14))) for at in times]


class Picture(Sound):
    """Frames of `burst` packets that share a timestamp, the last of them marked."""

    def __init__(self, source, pt, gap=150 * MS, sizes=(450, 540), burst=3, **more):
        super().__init__(source, pt, 90000, gap, sizes, **more)
        self.burst = burst

    def packets(self, start, seconds, gap=None):
        frames = range(start, start + int(seconds * SECOND), gap or self.gap)
        return [(at + part * MS, self.packet(at, part == self.burst - 1))
                for at in frames for part in range(self.burst)]


class Sealed(Sound):
    """Ciphertext without any header; the first byte lies outside what STUN, DTLS and RTP begin with."""

    def __init__(self, source, gap=60 * MS, sizes=(48, 72), step=1):
        super().__init__(source, 0, gap=gap, sizes=sizes)
        self._step = step

    def packet(self, at, marker=False, sizes=None) -> bytes:
        low, high = sizes or self.sizes
        size = self.random.randrange(low, high + 1, self._step)
        return bytes([0xC0 | self.random.randrange(64)]) + self.random.randbytes(size - 1)


class SealedPicture(Picture):
    """The same of a camera's."""

    packet = Sealed.packet
    _step = 1


@dataclass
class Path:
    """`loss`, `doubled` and `swapped` are shares of the packets; `jitter` is the most that one is delayed by."""

    loss: float = 0
    jitter: int = 2 * MS
    doubled: float = 0
    swapped: float = 0
    sent: int = 0
    lost: int = 0

    def carry(self, source, packets) -> list[tuple[int, bytes]]:
        """What arrives; the first and the last packet always do, so that `lost` can be known at the far end."""
        lost = set(source.sample(range(1, len(packets) - 1), round(self.loss * len(packets))) if self.loss else ())
        self.sent, self.lost = self.sent + len(packets), self.lost + len(lost)
        out = []
        for number, (at, data) in enumerate(packets):
            if number in lost:
                continue
            late = source.randrange(self.jitter) + (75 * MS if source.random() < self.swapped else 0)
            out.append((at + late, data))
            if source.random() < self.doubled:
                out.append((at + late + MS // 2, data))
        return out

    def share(self) -> float:
        return self.lost / self.sent


def receiver_report(ssrc, of, lost_share, lost, highest, jitter) -> bytes:
    """RTCP receiver report with one block (RFC 3550 section 6.4.2); `jitter` in ticks."""
    block = struct.pack("!IIIIII", of, int(lost_share * 256) << 24 | lost, highest, jitter, 0, 0)
    return struct.pack("!BBHI", 0x81, 201, 7, ssrc) + block
