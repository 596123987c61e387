"""Capture file formats, compression, several files, and files that are cut."""

import struct
from datetime import datetime, timezone

from .. import links
from ..checksums import address_bytes
from ..containers import PACK, Frame, Pcapng, pcap, snap, stored_gzip
from ..conversation import Conversation
from ..registry import Case, capture, case, flow_count, framed, outgoing

SOURCE = ("draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, www.tcpdump.org/linktypes.html, "
          "read 2026-11-21")


def _whole(conversation, name, data, frames, **has) -> Case:
    records = conversation.records() + [capture(len(frames), **has)]
    return Case({name: data}, {"exit": 0, "records": records})


def _stamp(nanoseconds: int, digits: int) -> str:
    """RFC 3339 time of the conversation's start day with `digits` of fraction."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{rest:09d}"[:len(text) + 1 + digits] + "Z"


@case("file-pcap-big-endian", "pcap written by a big-endian machine.", SOURCE, ("stun",))
def big_endian():
    conversation = Conversation()
    frames = framed(conversation.scene)
    return _whole(conversation, "input.pcap", pcap(frames, order=">"), frames,
                  ts_first=_stamp(frames[0].at, 6))


@case(
    "file-pcap-nanoseconds",
    "pcap with nanoseconds, whose digits must survive.",
    SOURCE,
    ("stun",),
)
def nanoseconds():
    conversation = Conversation()
    frames = [frame._replace(at=frame.at + 123) for frame in framed(conversation.scene)]
    return _whole(conversation, "input.pcap", pcap(frames, nanoseconds=True), frames,
                  ts_first=_stamp(frames[0].at, 9), ts_last=_stamp(frames[-1].at, 9))


@case("file-pcap-nanoseconds-big-endian", "pcap with nanoseconds, big-endian.", SOURCE, ("stun",))
def nanoseconds_big_endian():
    conversation = Conversation()
    frames = framed(conversation.scene)
    return _whole(conversation, "input.pcap", pcap(frames, nanoseconds=True, order=">"), frames)


@case("file-empty", "A pcap header and no packet: read, nothing to say.", SOURCE)
def empty():
    return Case({"input.pcap": pcap([])}, {"exit": 0, "records": [capture(0)], "none": [{"type": "flow"}]})


@case(
    "file-pcapng-interfaces",
    "pcapng with three interfaces of different link type (Ethernet, raw IP, SLL), time resolution "
    "(microseconds, nanoseconds, 2^-20 s) and snap length, taking turns within every flow.",
    SOURCE,
    ("stun", "frame.interface_id == 2"),
)
def interfaces():
    conversation = Conversation()
    section = Pcapng().interface(1, 262144, name="eth0").interface(101, 1500, 9, name="tun0")
    section.interface(113, 96, 0x80 | 20, name="any")
    wraps = (links.ethernet, links.raw, links.sll)
    frames = []
    for number, (at, data) in enumerate(conversation.scene.frames()):
        frame = Frame(at, wraps[number % 3](data, outgoing(data)), 0, number % 3)
        frames.append(snap([frame], 96)[0] if number % 3 == 2 else frame)
    return _whole(conversation, "input.pcapng", section.packets(frames).data, frames)


@case(
    "file-pcapng-unknown-interface",
    "pcapng with an interface of an unknown link type among Ethernet: its packets are counted, the"
    " others read.",
    SOURCE,
    ("stun",),
)
def unknown_interface():
    conversation = Conversation()
    frames = framed(conversation.scene)
    strange = [Frame(frames[0].at + i, b"nobody knows this", 0, 1) for i in range(5)]
    section = Pcapng().interface(1).interface(147)
    merged = sorted(frames + strange, key=lambda frame: frame.at)
    return _whole(conversation, "input.pcapng", section.packets(merged).data, merged,
                  undecoded={"unknown_link_type": 5})


@case("file-pcapng-big-endian", "A big-endian pcapng section.", SOURCE, ("stun",))
def pcapng_big_endian():
    conversation = Conversation()
    frames = framed(conversation.scene)
    data = Pcapng(">").interface(1, tsresol=9).packets(frames).data
    return _whole(conversation, "input.pcapng", data, frames)


@case(
    "file-pcapng-sections",
    "Two pcapng sections of different byte order, each with its own interface 0 of another link "
    "type; flows run on.",
    SOURCE,
    ("stun",),
)
def sections():
    conversation = Conversation()
    first, second = framed(conversation.scene), framed(conversation.scene, "raw")
    half = len(first) // 2
    data = Pcapng("<").interface(1).packets(first[:half]).data
    data += Pcapng(">").interface(101, tsresol=9).packets(second[half:]).data
    return _whole(conversation, "input.pcapng", data, first)


@case(
    "file-pcapng-blocks",
    "pcapng with name resolution, statistics, decryption secrets, a custom block, an unknown "
    "block, a time offset, and the obsolete packet block.",
    SOURCE,
    ("stun",),
)
def blocks():
    conversation = Conversation()
    frames = framed(conversation.scene)
    section = Pcapng().interface(1, tsresol=9, offset=1_400_000_000)
    section.name_resolution(address_bytes("157.240.20.53"), "g.whatsapp.net")
    section.block(10, struct.pack("<II", 0x544C534B, 0))  # no secrets
    section.block(0x0BAD, struct.pack("<I", 32473) + b"custom!!")
    section.block(0x7FFF0001, b"unknown block body")
    for number, frame in enumerate(frames):
        (section.obsolete_packet if number % 2 else section.packet)(frame)
    section.statistics(0, len(frames), 0)
    return _whole(conversation, "input.pcapng", section.data, frames)


def _compressed(suffix):
    @case(
        f"file-compressed{suffix.replace('.', '-')}",
        f"pcap compressed as {suffix}, recognised by its first bytes.",
        SOURCE,
        ("stun",),
    )
    def build():
        conversation = Conversation()
        frames = framed(conversation.scene)
        return _whole(conversation, f"input.pcap{suffix}", PACK[suffix](pcap(frames)), frames)


for _suffix in PACK:
    _compressed(_suffix)


@case(
    "file-rotated",
    "Three files of one capture, whose names are not in the order of time; flows run on from file "
    "to file.",
    SOURCE,
    ("stun",),
)
def rotated():
    conversation = Conversation()
    frames = framed(conversation.scene)
    third = len(frames) // 3
    parts = {"b": frames[:third], "c": frames[third:2 * third], "a": frames[2 * third:]}
    files = {f"input/{name}.pcap": pcap(part) for name, part in sorted(parts.items())}
    captures = [{"match": {"type": "capture", "file": f"input/{name}.pcap"}, "count": 1,
                 "has": {"packets": len(part)}} for name, part in sorted(parts.items())]
    return Case(files, {"exit": 0, "records": conversation.records() + captures})


@case(
    "file-directory",
    "A folder with two captures of different formats and a text file, which is skipped.",
    SOURCE,
    ("stun",),
)
def directory():
    conversation = Conversation()
    frames = framed(conversation.scene)
    half = len(frames) // 2
    files = {"input/1.pcap": pcap(frames[:half]), "input/notes.txt": b"not a capture\n",
             "input/2.pcapng.gz": PACK[".gz"](Pcapng().interface(1).packets(frames[half:]).data)}
    captures = {"match": {"type": "capture"}, "count": 2}
    return Case(files, {"exit": 0, "records": conversation.records() + [captures]})


def _cut(name, shows, file, make):
    """A file cut 30 bytes before its end: exit 3, and everything before the cut is read."""
    @case(name, shows, SOURCE, ("stun",))
    def build():
        frames = framed(Conversation().scene)
        expected = capture(len(frames) - 1, truncated=True)
        return Case({file: make(frames)}, {"exit": 3, "records": [expected, flow_count(4)]})


_cut("file-cut-pcap", "A pcap cut in the middle of its last packet: read up to there, exit 3.",
     "input.pcap", lambda frames: pcap(frames)[:-30])
_cut("file-cut-pcapng", "A pcapng cut in the middle of its last block: read up to there, exit 3.",
     "input.pcapng", lambda frames: Pcapng().interface(1).packets(frames).data[:-30])
_cut("file-cut-inside-gz", "A pcap cut in mid-packet and then compressed: exit 3.", "input.pcap.gz",
     lambda frames: PACK[".gz"](pcap(frames)[:-30]))


@case("file-cut-gz", "A gzip stream cut short: whatever it still holds is read, exit 3.", SOURCE)
def cut_gz():
    frames = framed(Conversation().scene)
    whole = stored_gzip(pcap(frames))
    expected = {"match": {"type": "capture"}, "count": 1, "has": {"truncated": True}}
    return Case({"input.pcap.gz": whole[:len(whole) // 2]}, {"exit": 3, "records": [expected]})


@case(
    "file-cut-record-header",
    "A pcap that ends within a packet's record header: exit 3.",
    SOURCE,
    ("stun",),
)
def cut_header():
    conversation = Conversation()
    frames = framed(conversation.scene)
    records = conversation.records() + [capture(len(frames), truncated=True)]
    return Case({"input.pcap": pcap(frames) + b"\x31\x17\x16\x59\0\0"}, {"exit": 3, "records": records})


@case(
    "file-snaplen-96",
    "A capture of the first 96 bytes of each packet: lengths come from the headers, nothing is "
    "missing, the application is still seen.",
    SOURCE,
    ("stun", "frame.cap_len < frame.len"),
)
def snaplen():
    conversation = Conversation()
    frames = snap(framed(conversation.scene), 96)
    records = conversation.records() + [capture(len(frames))]
    for record in records:
        if record.get("has", {}).get("proto") == "tcp":
            record["lacks"] = ["missed_bytes", "retransmitted_up", "retransmitted_down"]
    return Case({"input.pcap": pcap(frames, snaplen=96)}, {"exit": 0, "records": records})


@case(
    "file-filtered",
    "The same file read with a BPF filter: only what it lets through becomes flows.",
    SOURCE,
    ("stun",),
)
def filtered():
    frames = framed(Conversation().scene)
    records = [{"match": {"type": "flow"}, "count": 2, "has": {"proto": "udp", "server_port": 3478}}]
    return Case({"input.pcap": pcap(frames)},
                {"exit": 0, "args": ["-f", "udp port 3478"], "records": records})


@case(
    "file-first-packets",
    "Only the first two packets (-c 2) are read: the DNS look-up.",
    SOURCE,
    ("stun",),
)
def first_packets():
    frames = framed(Conversation().scene)
    records = [{"match": {"type": "flow"}, "count": 1, "has": {"server_port": 53, "packets_up": 1,
                                                              "packets_down": 1}}]
    return Case({"input.pcap": pcap(frames)}, {"exit": 0, "args": ["-c", "2"], "records": records})


@case(
    "file-time-disorder",
    "Neighbouring packets of different flows are swapped in the file, so that time steps back, as "
    "with network cards that have several queues.",
    SOURCE,
    ("stun", "frame.time_delta < 0"),
)
def time_disorder():
    conversation = Conversation()
    frames = framed(conversation.scene)
    for at in range(20, len(frames) - 1, 3):
        if frames[at].at != frames[at + 1].at:
            frames[at], frames[at + 1] = frames[at + 1], frames[at]
    records = conversation.records() + [capture(len(frames))]
    return Case({"input.pcap": pcap(frames)}, {"exit": 0, "records": records})
