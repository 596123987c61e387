"""Capture files: pcap in its four forms, pcapng blocks, and their compressed forms."""

import gzip
import lzma
import shutil
import struct
import subprocess
import zlib
from typing import NamedTuple


class MissingTool(Exception):
    """A compressor that Python lacks and this machine does not have either."""


class Frame(NamedTuple):
    """`wire` is the length on the wire when `data` is cut; `interface` is for pcapng."""

    at: int
    data: bytes
    wire: int = 0
    interface: int = 0


def snap(frames, length: int) -> list[Frame]:
    return [f._replace(data=f.data[:length], wire=max(f.wire, len(f.data))) for f in frames]


def pcap(frames, link=1, nanoseconds=False, order="<", snaplen=262144) -> bytes:
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for frame in frames:
        seconds, rest = divmod(frame.at, 1_000_000_000)
        out.append(struct.pack(order + "IIII", seconds, rest if nanoseconds else rest // 1000,
                               len(frame.data), frame.wire or len(frame.data)) + frame.data)
    return b"".join(out)


class Pcapng:
    """Blocks of one section (draft-ietf-opsawg-pcapng)."""

    def __init__(self, order="<"):
        self._order, self._resolutions = order, []
        self.data = b""
        self.block(0x0A0D0D0A, self._pack("IHHq", 0x1A2B3C4D, 1, 0, -1)
                   + self._option(4, b"pcapgen") + self._option(0, b""))

    def _pack(self, form, *values):
        return struct.pack(self._order + form, *values)

    def _option(self, kind, value):
        return self._pack("HH", kind, len(value)) + value + bytes(-len(value) % 4)

    def block(self, kind: int, body: bytes) -> "Pcapng":
        body += bytes(-len(body) % 4)
        length = self._pack("I", 12 + len(body))
        self.data += self._pack("I", kind) + length + body + length
        return self

    def interface(self, link, snaplen=0, tsresol=None, offset=None, name=None) -> "Pcapng":
        """`tsresol` as in the option: power of ten, or of two with the top bit; `offset` in seconds."""
        options = b""
        if name:
            options += self._option(2, name.encode())
        if tsresol is not None:
            options += self._option(9, bytes([tsresol]))
        if offset is not None:
            options += self._option(14, self._pack("q", offset))
        if options:
            options += self._option(0, b"")
        tsresol = 6 if tsresol is None else tsresol
        units = 1 << (tsresol & 0x7F) if tsresol & 0x80 else 10 ** tsresol
        self._resolutions.append((units, offset or 0))
        return self.block(1, self._pack("HHI", link, 0, snaplen) + options)

    def _stamp(self, frame):
        units, offset = self._resolutions[frame.interface]
        ticks = (frame.at - offset * 1_000_000_000) * units // 1_000_000_000
        return ticks >> 32, ticks & 0xFFFFFFFF

    def packet(self, frame: Frame) -> "Pcapng":
        """An enhanced packet block."""
        high, low = self._stamp(frame)
        body = self._pack("IIIII", frame.interface, high, low, len(frame.data),
                          frame.wire or len(frame.data))
        padded = frame.data + bytes(-len(frame.data) % 4)
        return self.block(6, body + padded)

    def obsolete_packet(self, frame: Frame) -> "Pcapng":
        """A packet block of type 2: interface and drop count in 16 bits each."""
        high, low = self._stamp(frame)
        body = self._pack("HHIIII", frame.interface, 0xFFFF, high, low, len(frame.data),
                          frame.wire or len(frame.data))
        return self.block(2, body + frame.data + bytes(-len(frame.data) % 4))

    def packets(self, frames) -> "Pcapng":
        for frame in frames:
            self.packet(frame)
        return self

    def name_resolution(self, packed_ipv4: bytes, name: str) -> "Pcapng":
        return self.block(4, self._option(1, packed_ipv4 + name.encode() + b"\0") + self._option(0, b""))

    def statistics(self, interface: int, received: int, dropped: int) -> "Pcapng":
        body = self._pack("III", interface, 0, 0)
        body += self._option(4, self._pack("Q", received)) + self._option(5, self._pack("Q", dropped))
        return self.block(5, body + self._option(0, b""))


def stored_gzip(data: bytes) -> bytes:
    """A gzip file without compression (RFC 1951 section 3.2.4): the same bytes from every zlib."""
    assert len(data) < 65536
    block = struct.pack("<BHH", 1, len(data), ~len(data) & 0xFFFF) + data
    head = bytes.fromhex("1f8b08000000000000ff")
    return head + block + struct.pack("<II", zlib.crc32(data), len(data))


def _tool(command, data):
    if not shutil.which(command[0]):
        raise MissingTool(f"{command[0]} is not installed")
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


PACK = {
    ".gz": lambda data: gzip.compress(data, 9, mtime=0),
    ".xz": lambda data: lzma.compress(data, preset=6),
    ".zst": lambda data: _tool(["zstd", "-q", "-c"], data),
    ".lz4": lambda data: _tool(["lz4", "-q", "-c"], data),
}
UNPACK = {
    ".gz": gzip.decompress,
    ".xz": lzma.decompress,
    ".zst": lambda data: _tool(["zstd", "-q", "-d", "-c"], data),
    ".lz4": lambda data: _tool(["lz4", "-q", "-d", "-c"], data),
}
