"""Voice and video in real time: RTP that is silent with its speaker, a camera's frames, reports, adaptation to loss."""

import asyncio
import struct
import time
from dataclasses import dataclass
from random import Random
from typing import Callable

from pcapgen import rtp

REPORT_GAP = 1.0  # seconds between RTCP reports
HEAVY, LIGHT = 0.10, 0.02  # loss above which a sender slows down, below which it recovers


@dataclass(frozen=True)
class Coding:
    """How an application codes one kind of media; `sizes` are those of RTP payloads in bytes."""

    pt: int
    clock: int = 48000
    sizes: tuple[int, int] = (60, 150)
    extension: int = 0  # profile of the header extension, 0 for none
    ssrc: int = 0  # 0: chosen at random
    frame_ms: int = 20
    frames_a_second: int = 15
    bitrate: int = 260_000


class Source:
    """One SSRC; `factor` (0.2 to 1) is what loss has left of its rate."""

    def __init__(self, random: Random, coding: Coding):
        self._random, self._coding = random, coding
        self.ssrc = coding.ssrc or random.getrandbits(32)
        self._seq, self._offset = random.randrange(1, 1000), random.getrandbits(30)
        self._begun = time.monotonic()
        self.factor, self.sent = 1.0, 0

    def timestamp(self) -> int:
        return self._offset + int((time.monotonic() - self._begun) * self._coding.clock)

    def packet(self, size: int, timestamp: int, marker: bool = False) -> bytes:
        self._seq += 1
        self.sent += 1
        extension = bytes.fromhex("10ff0000") if self._coding.extension else None
        payload = self._random.randbytes(size)
        data = rtp.rtp(self._coding.pt, self._seq, timestamp, self.ssrc, payload, marker, extension)
        return data[:12] + struct.pack("!H", self._coding.extension) + data[14:] if extension else data

    def adapt(self, loss: float) -> None:
        if loss > HEAVY:
            self.factor = max(0.2, self.factor * 0.7)
        elif loss < LIGHT:
            self.factor = min(1.0, self.factor * 1.05)


class Voice(Source):
    """Talk spurts at the full rate, and a frame of comfort noise now and then between them; nothing else when muted."""

    def __init__(self, random: Random, coding: Coding, muted: bool = False):
        super().__init__(random, coding)
        self._talking, self._until = not muted, float("inf") if muted else time.monotonic() + random.uniform(0.8, 2.0)

    def step(self) -> tuple[list[bytes], float]:
        """Packets to send now, and seconds until the next."""
        started = self._turn()
        low, high = self._coding.sizes
        if not self._talking:
            return [self.packet(self._random.randint(low // 2, low), self.timestamp())], self._random.uniform(0.16, 0.4)
        frames = 1 if self.factor > 0.5 else 3  # longer packets, fewer headers
        size = self._random.randint(low, high) + (frames - 1) * low
        return [self.packet(size, self.timestamp(), started)], frames * self._coding.frame_ms / 1000

    def _turn(self) -> bool:
        """Whether a talk spurt begins now."""
        if time.monotonic() < self._until:
            return False
        self._talking = not self._talking
        mean = 1.6 if self._talking else 0.9
        self._until = time.monotonic() + min(4.0, 0.2 + self._random.expovariate(1 / mean))
        return self._talking


class Video(Source):
    """A camera: frames cut into packets, one of four times the size every four seconds."""

    def __init__(self, random: Random, coding: Coding):
        super().__init__(random, coding)
        self._frames = 0

    def step(self) -> tuple[list[bytes], float]:
        rate, (low, high) = self._coding.frames_a_second, self._coding.sizes
        size = int(self._coding.bitrate * self.factor / 8 / rate * self._random.uniform(0.7, 1.3))
        if self._frames % (4 * rate) == 0:
            size = max(4 * size, 3000)
        self._frames += 1
        count = max(1, round(size / ((low + high) / 2)))
        stamp = self.timestamp()
        packets = [self.packet(self._random.randint(low, high), stamp, number == count - 1) for number in range(count)]
        return packets, 1 / rate


class Sink:
    """What arrives: counts, times, and the loss since the last report."""

    def __init__(self) -> None:
        self.packets = 0
        self.first = self.last = 0.0  # since 1970
        self._heard = 0.0
        self._highest: dict[int, int] = {}
        self._expected = self._got = 0

    def take(self, packet: bytes) -> None:
        seq, _, ssrc = struct.unpack_from("!HII", packet, 2)
        ahead = (seq - self._highest.get(ssrc, seq - 1)) & 0xFFFF
        if ahead < 0x8000:
            self._highest[ssrc] = seq
            self._expected += ahead
        self._got += 1
        self.packets += 1
        self._heard, self.last = time.monotonic(), time.time()
        self.first = self.first or self.last

    def loss(self) -> float:
        """Part lost since the last call; 1 when nothing came."""
        expected, got = self._expected, self._got
        self._expected = self._got = 0
        return 1.0 if got == 0 else max(0.0, 1 - got / max(expected, got))

    def silent_for(self) -> float:
        return time.monotonic() - self._heard if self._heard else float("inf")


def is_rtcp(packet: bytes) -> bool:
    return len(packet) >= 8 and 192 <= packet[1] <= 223


class Session:
    """The media of one call: sources that play, a sink, reports both ways."""

    def __init__(self, random: Random, send: Callable[[bytes], None]):
        self._random, self._send = random, send
        self.sink, self.sources = Sink(), []
        self._tasks: list[asyncio.Task] = []
        self.first_sent = self.last_sent = 0.0

    def play(self, source: Voice | Video) -> None:
        self.sources.append(source)
        self._tasks.append(asyncio.create_task(self._run(source)))
        if len(self.sources) == 1:
            self._tasks.append(asyncio.create_task(self._report()))

    async def _run(self, source) -> None:
        due = time.monotonic()
        while True:
            packets, gap = source.step()
            for packet in packets:
                self._send(packet)
                self.last_sent = time.time()
            self.first_sent = self.first_sent or self.last_sent
            due = max(due + gap, time.monotonic() - 0.05)
            await asyncio.sleep(due - time.monotonic())

    async def _report(self) -> None:
        """SRTCP whose first encrypted octet holds the loss in 255ths, mixed with the sender's SSRC."""
        while True:
            await asyncio.sleep(REPORT_GAP * self._random.uniform(0.8, 1.2))
            ssrc = self.sources[0].ssrc
            report = rtp.srtcp(self._random, 201, ssrc, 8)
            hidden = int(self.sink.loss() * 255) ^ ssrc & 0xFF
            self._send(report[:8] + bytes([hidden]) + report[9:])

    def take(self, packet: bytes) -> None:
        """A packet from the other side."""
        if is_rtcp(packet):
            loss = (packet[8] ^ packet[7]) / 255 if packet[1] == 201 and len(packet) > 8 else 0.0
            for source in self.sources:
                source.adapt(loss)
        elif len(packet) >= 12 and packet[0] >> 6 == 2:
            self.sink.take(packet)

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def totals(self) -> dict:
        return {"media_sent": sum(source.sent for source in self.sources), "media_received": self.sink.packets,
                "first_media_sent": round(self.first_sent, 6), "last_media_sent": round(self.last_sent, 6),
                "first_media_received": round(self.sink.first, 6), "last_media_received": round(self.sink.last, 6)}
