"""RTP of applications that nothing names, RTP that is no call, and bytes that resemble RTP."""

import struct

from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, rtcp_report, rtp
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = "RFC 3550, RFC 3551"
HOST, PEER = ("192.168.1.20", 23044), ("203.0.113.90", 23046)
CALL = {"app": "rtp", "service": "call", "confidence": "likely"}
OTHER = {"app": "rtp", "service": "other"}


def _both_ways(scene, *streams) -> None:
    for late, (src, dst) in enumerate(((HOST, PEER), (PEER, HOST))):
        for pt, sizes, step, pps, burst in streams:
            play(scene, RtpStream(scene.random, pt, sizes, step, burst=burst), src, dst, late * 5 * MS, 2, pps)


@case("rtp-generic-voice", "A voice call whose signalling was not captured.", SOURCE, ("udp.port == 23044",))
def voice():
    scene = Scene("rtp-generic-voice", EPOCH_2023)
    _both_ways(scene, (108, (60, 190), 960, 17, 1))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice"], **CALL)])


@case("rtp-generic-video", "A call with sound and picture whose signalling was not captured.", SOURCE)
def video():
    scene = Scene("rtp-generic-video", EPOCH_2023)
    _both_ways(scene, (108, (60, 190), 960, 33, 1), (97, (750, 1150), 3000, 40, 4))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice", "video"], **CALL)])


@case(
    "rtp-generic-one-way",
    "G.711 in one direction only: half a call, an announcement, or a capture of one direction.",
    SOURCE,
)
def one_way():
    scene = Scene("rtp-generic-one-way", EPOCH_2023)
    play(scene, RtpStream(scene.random, 0, (160, 160), 160), HOST, PEER, 0, 3, 50)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice"], **CALL)])


@case(
    "rtp-generic-control",
    "RTCP reports on a port of their own, whose media were not captured.",
    "RFC 3550 section 6",
)
def control():
    scene = Scene("rtp-generic-control", EPOCH_2023)
    for number in range(4):
        scene.udp(number * SECOND, HOST, PEER, rtcp_report(scene.random, 0x1234ABCD))
        scene.udp(number * SECOND + 50 * MS, PEER, HOST, rtcp_report(scene.random, 0x0BADCAFE))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), lacks=["media"], **OTHER)])


def _transport_stream(source, packets=7) -> bytes:
    return b"".join(struct.pack("!BHB", 0x47, 0x100, 0x10 | source.randrange(16)) + source.randbytes(184)
                    for _ in range(packets))


@case(
    "rtp-generic-television",
    "Television: MPEG transport stream in RTP, payload type 33, to a group and to one viewer; and sound to a "
    "group. No calls.",
    "RFC 2250, RFC 3551",
)
def television():
    scene = Scene("rtp-generic-television", EPOCH_2023)
    group, server, speaker = ("239.1.2.3", 5004), ("203.0.113.91", 5004), ("239.9.9.9", 5006)
    for number in range(30):
        for offset, ends in ((0, (HOST, group)), (1, (server, HOST))):
            data = rtp(33, number, number * 2000, 0x5EED, _transport_stream(scene.random))
            scene.udp(number * 20 * MS + offset * MS, *ends, data)
    play(scene, RtpStream(scene.random, 10, (1280, 1280), 320), HOST, speaker, 0, 1, 50)
    return pcap_case(scene, [flow_count(3)] + [
        flow(scene.flow(*ends), lacks=["media"], confidence="certain", **OTHER)
        for ends in ((HOST, group), (server, HOST), (HOST, speaker))], [{"type": "flow", "service": "call"}])


@case("rtp-generic-camera", "A surveillance camera: Motion JPEG, payload type 26. No call.", "RFC 2435")
def camera():
    scene = Scene("rtp-generic-camera", EPOCH_2023)
    play(scene, RtpStream(scene.random, 26, (1300, 1400), 6000, burst=20), HOST, PEER, 0, 1, 60)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), lacks=["media"], **OTHER)])


def _name_query(scene, number) -> bytes:
    """NetBIOS: an identifier, then the same bytes in every query."""
    return struct.pack("!HHHHHH", 0x8000 + number, 0x0110, 1, 0, 0, 0) + b"\x20" + b"CA" * 16 + b"\0\0\x20\0\1"


def _ike(scene, number) -> bytes:
    """The same initiator's and responder's cookies in every message."""
    return bytes.fromhex("a88875a8198992a671be8358efae7663") + struct.pack(
        "!BBBBIIBBH", 46, 0x20, 37, 8, number, 28 + 64, 41, 0, 64) + scene.random.randbytes(60)


def _esp(scene, number) -> bytes:
    """ESP in UDP whose IV counts: a constant index in the place of the sequence number."""
    return struct.pack("!IIIQ", 0x958A753B, number + 1, 0x9D3F2DAE, 0xC1D0A2F2 + number) + scene.random.randbytes(90)


def _afs(scene, number) -> bytes:
    """Rx: epoch, connection, call, sequence, serial."""
    return struct.pack("!IIIII", 0xB9E1AB01, 0x3C7A0004, 7, number, number + 9) + scene.random.randbytes(80)


def _noise(scene, number) -> bytes:
    return bytes([0x80 | scene.random.randrange(64)]) + scene.random.randbytes(160)


@case(
    "rtp-generic-not",
    "Traffic whose first bits are RTP's: NetBIOS names, IKE, ESP in UDP with a counting IV, AFS, random bytes.",
    "public captures of these protocols, read 2026-11-22",
)
def look_alikes():
    scene = Scene("rtp-generic-not", EPOCH_2023)
    makers = ((_name_query, 137), (_ike, 500), (_esp, 4500), (_afs, 7000), (_noise, 50000))
    for make, port in makers:
        for number in range(30):
            scene.udp(number * 20 * MS, (HOST[0], port), ("203.0.113.92", port), make(scene, number))
    return pcap_case(scene, [flow_count(len(makers))], not_apps("rtp", "webrtc", "sip"))
