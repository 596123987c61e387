"""RTP and RTCP packets; payloads are random, as SRTP's are."""

import random
import struct


def rtp(pt, seq, timestamp, ssrc, payload, marker=False, extension=None) -> bytes:
    """`extension`: body of a one-byte-header extension (RFC 8285), a multiple of 4 bytes."""
    first = 0x90 if extension is not None else 0x80
    head = struct.pack("!BBHII", first, marker << 7 | pt, seq & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    if extension is not None:
        head += struct.pack("!HH", 0xBEDE, len(extension) // 4) + extension
    return head + payload


def srtcp(source: random.Random, pt, ssrc, words=12, count=1) -> bytes:
    """An encrypted RTCP packet: clear header and SSRC, then ciphertext, E-flag, index and tag."""
    body = source.randbytes(4 * (words - 1))
    index = struct.pack("!I", 0x80000000 | source.randrange(1, 4000))
    return struct.pack("!BBHI", 0x80 | count, pt, words, ssrc) + body + index + source.randbytes(10)


def rtcp_report(source: random.Random, ssrc, name=b"pcapgen@host") -> bytes:
    """A sender report without report blocks, then the source's CNAME (RFC 3550 sections 6.4, 6.5)."""
    report = struct.pack("!BBHI", 0x80, 200, 6, ssrc) + source.randbytes(8) + struct.pack(
        "!III", source.getrandbits(32), 150, 24000)
    items = bytes([1, len(name)]) + name
    items += bytes(4 - len(items) % 4)
    return report + struct.pack("!BBHI", 0x81, 202, 1 + len(items) // 4, ssrc) + items


class RtpStream:
    """One SSRC: payload sizes drawn from `sizes` (low, high), `step` clock ticks a packet."""

    def __init__(self, source, pt, sizes, step, extension=False, burst=1):
        self._random, self.pt, self._sizes, self._step, self._burst = source, pt, sizes, step, burst
        self.ssrc = source.getrandbits(32)
        self._seq, self._timestamp = source.randrange(1, 1000), source.getrandbits(30)
        self._extension = bytes.fromhex("10ff0000") if extension else None
        self._sent = 0

    def packet(self) -> bytes:
        """`burst` packets share a timestamp, the last of them marked, as a video frame's do."""
        self._sent += 1
        self._seq += 1
        last = self._sent % self._burst == 0
        payload = self._random.randbytes(self._random.randint(*self._sizes))
        data = rtp(self.pt, self._seq, self._timestamp, self.ssrc, payload,
                   last and self._burst > 1, self._extension)
        if last:
            self._timestamp += self._step
        return data


def play(scene, stream, src, dst, start, seconds, pps, wrap=lambda data: data) -> int:
    """Sends the stream at `pps` with 2 ms of jitter; returns the number of packets."""
    gap = 1_000_000_000 // pps
    count = int(seconds * pps)
    for i in range(count):
        jitter = scene.random.randrange(2_000_000)
        scene.udp(start + i * gap + jitter, src, dst, wrap(stream.packet()))
    return count
