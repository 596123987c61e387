"""What RTP streams show: loss, restarts, voice or video, a camera switched on."""

from ..registry import case, flow, flow_count, pcap_case
from ..rtp import RtpStream, rtp
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = "RFC 3550, RFC 3551"
HOST, PEER = ("192.168.1.20", 23050), ("203.0.113.92", 23052)
UP, DOWN = (HOST, PEER), (PEER, HOST)
CALL = {"app": "rtp", "service": "call"}
TICKS_8K, TICKS_48K, TICKS_90K = 160, 960, 1800  # of 20 ms


def _steady(scene, pt, sizes, step, seconds, ms=20, burst=1):
    """(time, data) of a stream with a packet, or a burst that shares a timestamp, every `ms`."""
    stream = RtpStream(scene.random, pt, sizes, step, burst=burst)
    times = [i * ms * MS + k * 300_000 for i in range(seconds * 1000 // ms) for k in range(burst)]
    return stream, [(at, stream.packet()) for at in times]


def _send(scene, ends, packets, start=0) -> None:
    for at, data in packets:
        scene.udp(start + at, *ends, data)


def _entry(stream, side, kind, packets, lost=0) -> dict:
    return {"ssrc": stream.ssrc, "dir": side, "pt": stream.pt, "media": [kind], "packets": packets, "lost": lost}


def _expect(scene, entries, kinds):
    return pcap_case(scene, [flow_count(1), flow(scene.flow(*UP), media=kinds, rtp=entries, **CALL)])


@case(
    "media-loss",
    "G.711 both ways. Up: 12 packets are missing, some come twice and some in another order, and only the missing "
    "ones are lost. Down: nothing is.",
    SOURCE,
    ("udp.port == 23050",),
)
def loss():
    scene = Scene("media-loss", EPOCH_2023)
    up, sent = _steady(scene, 0, (160, 160), TICKS_8K, 8)
    down, answered = _steady(scene, 0, (160, 160), TICKS_8K, 8)
    times, packets = [at for at, _ in sent], [data for _, data in sent]
    for i in range(10, 390, 40):
        packets[i], packets[i + 2] = packets[i + 2], packets[i]
    kept = [(at, data) for i, (at, data) in enumerate(zip(times, packets)) if i % 33 != 20]
    doubled = [(at + 2 * MS, data) for i, (at, data) in enumerate(kept) if i % 50 == 7]
    _send(scene, UP, kept + doubled)
    _send(scene, DOWN, answered, 5 * MS)
    return _expect(scene, [_entry(up, "up", "voice", len(kept + doubled), len(packets) - len(kept)),
                           _entry(down, "down", "voice", len(answered))], ["voice"])


@case(
    "media-restart",
    "A sender that starts its numbers and its clock anew in mid-call, with the same SSRC, after one packet that "
    "fits nowhere: no loss.",
    "RFC 3550 appendix A.1",
)
def restart():
    scene = Scene("media-restart", EPOCH_2023)
    stream, before = _steady(scene, 8, (160, 160), TICKS_8K, 4)
    stray = rtp(8, 40000, 99, stream.ssrc, scene.random.randbytes(160))
    after = [(4 * SECOND + i * 20 * MS, rtp(8, 20000 + i, 5_000_000 + i * 160, stream.ssrc,
                                            scene.random.randbytes(160))) for i in range(200)]
    _send(scene, UP, [*before, (4 * SECOND - 1 * MS, stray), *after])
    back, answered = _steady(scene, 8, (160, 160), TICKS_8K, 8)
    _send(scene, DOWN, answered, 5 * MS)
    return _expect(scene, [_entry(stream, "up", "voice", 401), _entry(back, "down", "voice", 400)], ["voice"])


@case(
    "media-camera-on",
    "Voice for six seconds, then the camera is on for four, then off again: voice and video, and each stream says "
    "which it is.",
    "RFC 7587, RFC 6184",
)
def camera_on():
    scene = Scene("media-camera-on", EPOCH_2023)
    sound, spoken = _steady(scene, 111, (50, 140), TICKS_48K, 14)
    heard, answered = _steady(scene, 111, (50, 140), TICKS_48K, 14)
    picture, shown = _steady(scene, 96, (700, 1100), 3600, 4, 40, 4)
    _send(scene, UP, spoken)
    _send(scene, DOWN, answered, 5 * MS)
    _send(scene, UP, shown, 6 * SECOND)
    return _expect(scene, [_entry(sound, "up", "voice", 700), _entry(heard, "down", "voice", 700),
                           _entry(picture, "up", "video", 400)], ["voice", "video"])


@case(
    "media-screen",
    "A shared screen at five small pictures a second beside the voice: its clock, not its sizes, shows that it is "
    "video.",
    "RFC 7741",
)
def screen():
    scene = Scene("media-screen", EPOCH_2023)
    sound, spoken = _steady(scene, 111, (50, 140), TICKS_48K, 8)
    heard, answered = _steady(scene, 111, (50, 140), TICKS_48K, 8)
    picture, shown = _steady(scene, 98, (260, 330), 18000, 8, 200)
    _send(scene, UP, spoken)
    _send(scene, DOWN, answered, 5 * MS)
    _send(scene, DOWN, shown, 9 * MS)
    return _expect(scene, [_entry(sound, "up", "voice", 400), _entry(heard, "down", "voice", 400),
                           _entry(picture, "down", "video", 40)], ["voice", "video"])


@case(
    "media-music",
    "Opus at the rate of music, 700 bytes a packet: the audio clock and single packets show that it is no video.",
    "RFC 7587",
)
def music():
    scene = Scene("media-music", EPOCH_2023)
    up, played = _steady(scene, 111, (600, 800), TICKS_48K, 6)
    down, answered = _steady(scene, 111, (50, 140), TICKS_48K, 6)
    _send(scene, UP, played)
    _send(scene, DOWN, answered, 5 * MS)
    return _expect(scene, [_entry(up, "up", "voice", 300), _entry(down, "down", "voice", 300)], ["voice"])


@case(
    "media-padding",
    "A voice call whose bandwidth is probed with padding: SSRC 0 and a repair stream of small packets on the video "
    "clock. No picture is sent.",
    "RFC 3550, RFC 4588",
)
def padding():
    scene = Scene("media-padding", EPOCH_2023)
    sound, spoken = _steady(scene, 111, (50, 140), TICKS_48K, 6)
    heard, answered = _steady(scene, 111, (50, 140), TICKS_48K, 6)
    repair, repeated = _steady(scene, 97, (200, 224), TICKS_90K, 6)
    probe, probed = _steady(scene, 99, (224, 255), TICKS_90K, 6)
    probe.ssrc, nobody = 0, bytes(4)
    _send(scene, UP, spoken)
    _send(scene, DOWN, answered, 5 * MS)
    _send(scene, UP, repeated, 7 * MS)
    _send(scene, UP, [(at, data[:8] + nobody + data[12:]) for at, data in probed], 9 * MS)
    return _expect(scene, [_entry(sound, "up", "voice", 300), _entry(heard, "down", "voice", 300),
                           _entry(repair, "up", "undecided", 300), _entry(probe, "up", "undecided", 300)], ["voice"])


@case(
    "media-telephone-event",
    "A key held down for two seconds in a G.711 call, and comfort noise: repeats of one timestamp are no picture.",
    "RFC 4733, RFC 3389",
)
def telephone_event():
    scene = Scene("media-telephone-event", EPOCH_2023)
    stream, spoken = _steady(scene, 0, (160, 160), TICKS_8K, 8)
    def changed(data, pt, timestamp, payload):
        return data[:1] + bytes([pt]) + data[2:4] + timestamp + data[8:12] + payload
    held = spoken[100][1][4:8]
    for i in range(100, 200):
        spoken[i] = (spoken[i][0], changed(spoken[i][1], 101, held, b"\x05\x0a" + (160 * (i - 99)).to_bytes(2, "big")))
    for i in range(300, 330):
        spoken[i] = (spoken[i][0], changed(spoken[i][1], 13, spoken[i][1][4:8], b"\x32"))
    back, answered = _steady(scene, 0, (160, 160), TICKS_8K, 8)
    _send(scene, UP, spoken)
    _send(scene, DOWN, answered, 5 * MS)
    return _expect(scene, [_entry(stream, "up", "voice", 400), _entry(back, "down", "voice", 400)], ["voice"])


@case(
    "media-keys-only",
    "Two keys pressed and nothing spoken: telephone events of four bytes that repeat the timestamp of their start. "
    "They are RTP of a call, and say nothing of voice.",
    "RFC 4733",
    ("udp.port == 23050",),
)
def keys_only():
    scene = Scene("media-keys-only", EPOCH_2023)
    ssrc, number = scene.random.getrandbits(32), 100
    for key in range(2):
        for i in range(8):
            end = 0x80 if i >= 5 else 0
            event = bytes([key + 5, end | 10]) + (160 * min(i + 1, 6)).to_bytes(2, "big")
            scene.udp((key * 400 + i * 20) * MS, *UP, rtp(101, number, 9000 + key * 3200, ssrc, event, i == 0))
            number += 1
    entry = {"ssrc": ssrc, "dir": "up", "pt": 101, "media": ["undecided"], "packets": 16, "lost": 0}
    return _expect(scene, [entry], ["undecided"])
