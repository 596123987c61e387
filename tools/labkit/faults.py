"""What can be wrong with a capture while the traffic itself was whole: done to the files after the run, and told."""
from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from labkit import captures
from labkit.captures import Frame
from labkit.recording import Recording
from labkit.rewriting import adjusted

ETHERNET = 14
COPY_NS = 30_000  # a router's time from one mirrored port to the next
Frames = list[Frame]


@dataclass(frozen=True)
class Fault:
    """Its name and parameters for the truth, and what it makes of the frames of one capture."""

    name: str
    params: dict[str, Any]
    spoil: Callable[[Frames, random.Random], Frames] = field(repr=False)


Faults = Callable[[random.Random], Fault]


def lost(p: float) -> Fault:
    """Each frame is missing with this probability, as when a disk is too slow."""
    return Fault('lost', {'p': p}, lambda frames, chance: [one for one in frames if chance.random() >= p])


def hole(packets: int, begin: float) -> Fault:
    """So many frames in a row are missing, from that part of the capture on."""
    def spoil(frames: Frames, _: random.Random) -> Frames:
        first = min(int(len(frames) * begin), max(0, len(frames) - packets))
        return frames[:first] + frames[first + packets:]
    return Fault('hole', {'packets': packets, 'begin': begin}, spoil)


def routed(data: bytes) -> bytes:
    """The packet behind one more router: TTL or hop limit one lower, IPv4's checksum adjusted."""
    kind, ip = data[12:14], data[ETHERNET:]
    if kind == b'\x08\x00' and len(ip) >= 20:
        word = bytes([ip[8] - 1, ip[9]])
        checksum = adjusted(struct.unpack_from('>H', ip, 10)[0], ip[8:10], word)
        ip = ip[:8] + word + struct.pack('>H', checksum) + ip[12:]
    elif kind == b'\x86\xdd' and len(ip) >= 40:
        ip = ip[:7] + bytes([ip[7] - 1]) + ip[8:]
    return data[:ETHERNET] + ip


def doubled() -> Fault:
    """Both ports of a router are mirrored: everything comes twice, the second time with a TTL one lower."""
    def spoil(frames: Frames, _: random.Random) -> Frames:
        copies = [replace(one, time_ns=one.time_ns + COPY_NS, data=routed(one.data)) for one in frames]
        return sorted([*frames, *copies], key=lambda one: one.time_ns)
    return Fault('doubled', {'ttl': -1, 'later_us': COPY_NS // 1000}, spoil)


def snapped(size: int) -> Fault:
    """A snapshot length."""
    return Fault('snapped', {'snaplen': size}, lambda frames, _: [one.cut(size) for one in frames])


def stepped(seconds: float, begin: float) -> Fault:
    """The recorder's clock is set meanwhile; frames stay in their order."""
    def spoil(frames: Frames, _: random.Random) -> Frames:
        first = int(len(frames) * begin)
        return frames[:first] + [one.moved(one.time_ns + round(seconds * 1e9)) for one in frames[first:]]
    return Fault('stepped', {'seconds': seconds, 'begin': begin}, spoil)


def stopped(end: float) -> Fault:
    """Recording ends after that part of the frames, in the middle of flows."""
    return Fault('stopped', {'end': end}, lambda frames, _: frames[:int(len(frames) * end)])


def one_way(client: tuple[str, ...], upwards: bool) -> Fault:
    """A tap on one fibre."""
    return Fault('one_way', {'direction': 'up' if upwards else 'down'},
                 lambda frames, _: [one for one in frames if captures.sent_by(one, client) is upwards])


def renumbered(span: list[int] | None, kept: Frames) -> list[int] | None:
    """A first and last frame in the numbers of what was written; None when nothing of it was."""
    if span is None:
        return None
    found = [number for number, one in enumerate(kept, 1) if span[0] <= one.number <= span[1]]
    return [found[0], found[-1]] if found else None


def first_difference(before: Frames, after: Frames) -> int | None:
    """Number of the first frame as written that is not the frame recorded in its place."""
    for number, (recorded, written) in enumerate(zip(before, after), 1):
        if recorded != written:
            return number
    return None if len(before) == len(after) else min(len(before), len(after)) + 1


def apply(fault: Fault, recording: Recording, told: dict[str, Any], chance: Callable[[str], random.Random]) -> None:
    """Spoil each capture by itself and say so in the truth, whose frame numbers become those of the spoiled files."""
    told['capture_faults'] = []
    for vantage in recording.places:
        path = recording.path(vantage)
        before = list(captures.frames(path))
        after = fault.spoil(before, chance(f'fault/{vantage}'))
        captures.write(path, after, fault.params.get('snaplen', captures.WHOLE))
        told['capture_faults'].append({'vantage': vantage, 'fault': fault.name, 'params': fault.params,
                                       'recorded': len(before), 'written': len(after),
                                       'first_frame': first_difference(before, after)})
        for one in told['actions']:
            one['frames'][vantage] = renumbered(one['frames'][vantage], after)
