"""Calls and data channels of browsers and their like, by ICE, DTLS and TURN."""

from .. import dtls, stun
from ..apps.turn import CHANNEL, TurnClient
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = "RFC 8445, RFC 5764, RFC 8656"
HOST, PEER = ("192.168.1.20", 53010), ("203.0.113.70", 40010)
PASSWORD = "kR4sLw8vN1xY6bC3dF5gH7jK"
CALL = {"app": "webrtc", "service": "call"}
NO_CALL = [{"type": "flow", "service": "call"}]


def _check(scene, at, ends, controlling=True, answered=True) -> None:
    transaction = scene.random.randbytes(12)
    check = stun.ice_check(transaction, "8hT2:Qm9z", PASSWORD, controlling=controlling)
    scene.udp(at, *ends, check)
    if answered:
        scene.udp(at + 30 * MS, *ends[::-1], stun.ice_answer(transaction, ("203.0.113.9", 53010), PASSWORD))


def _connect(scene, at=0, ends=(HOST, PEER)) -> int:
    """Checks of both sides and the handshake; returns the time after."""
    _check(scene, at, ends)
    _check(scene, at + 10 * MS, ends[::-1], controlling=False)
    for number, (side, data) in enumerate(dtls.handshake(scene.random)):
        scene.udp(at + (60 + 20 * number) * MS, *(ends if side == "up" else ends[::-1]), data)
    return at + 150 * MS


@case(
    "webrtc-call",
    "Sound and picture of a browser on one 5-tuple: checks, DTLS with use_srtp, SRTP, SRTCP.",
    SOURCE,
    ("dtls.handshake.extension.type == 14", "stun.att.username"),
)
def call():
    scene = Scene("webrtc-call", EPOCH_2023)
    at = _connect(scene)
    for src, dst in ((HOST, PEER), (PEER, HOST)):
        play(scene, RtpStream(scene.random, 111, (60, 120), 960, True), src, dst, at, 2, 50)
        play(scene, RtpStream(scene.random, 96, (800, 1150), 3000, True, burst=3), src, dst, at, 2, 40)
        for second in range(2):
            scene.udp(at + second * SECOND, src, dst, srtcp(scene.random, 200, 0x1234 + second))
    for second in range(1, 3):
        _check(scene, at + second * SECOND, (HOST, PEER))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice", "video"], **CALL)])


@case(
    "webrtc-call-late-media",
    "It rings for long: checks go on for 20 s before the call is taken and media flows, behind all that is looked "
    "at for signatures.",
    SOURCE,
    ("stun.att.username",),
)
def late_media():
    scene = Scene("webrtc-call-late-media", EPOCH_2023)
    _connect(scene)
    for number in range(20):
        _check(scene, SECOND + number * SECOND, (HOST, PEER))
    for late, (src, dst) in enumerate(((HOST, PEER), (PEER, HOST))):
        play(scene, RtpStream(scene.random, 111, (60, 120), 960, True), src, dst, 21 * SECOND + late * 5 * MS, 2, 50)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice"], **CALL)])


@case(
    "webrtc-call-midstream",
    "The capture begins in a running call: SRTP first, a consent check 2 s later.",
    SOURCE,
    ("stun.att.username",),
)
def midstream():
    scene = Scene("webrtc-call-midstream", EPOCH_2023)
    for late, (src, dst) in enumerate(((HOST, PEER), (PEER, HOST))):
        play(scene, RtpStream(scene.random, 111, (60, 120), 960, True), src, dst, late * 5 * MS, 3, 5)
    _check(scene, 1500 * MS, (HOST, PEER))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), media=["voice"], **CALL)])


@case(
    "webrtc-call-relayed",
    "A call through a TURN relay of nobody known: allocation with a realm, checks in indications, SRTP in "
    "ChannelData.",
    SOURCE,
    ("stun.att.realm == \"turn.example.net\"", "stun.channel"),
)
def relayed():
    scene = Scene("webrtc-call-relayed", EPOCH_2023)
    relay = ("203.0.113.77", 3478)
    turn = TurnClient(scene, HOST, relay, "turn.example.net")
    at = turn.bind(turn.indications(turn.permit(turn.allocate(0), PEER), PEER), PEER)
    for src, dst in ((HOST, relay), (relay, HOST)):
        stream = RtpStream(scene.random, 111, (60, 120), 960, True)
        play(scene, stream, src, dst, at, 3, 50, lambda data: stun.channel_data(CHANNEL, data))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, relay), media=["voice"], **CALL)])


@case(
    "webrtc-data-channel",
    "A file over a data channel: the checks and the DTLS hello of a call, use_srtp included, then nothing but "
    "DTLS data. No call.",
    SOURCE,
    ("dtls.handshake.extension.type == 14", "dtls.record.content_type == 23"),
)
def data_channel():
    scene = Scene("webrtc-data-channel", EPOCH_2023)
    at = _connect(scene)
    for number in range(60):
        ends = (PEER, HOST) if number % 4 == 0 else (HOST, PEER)
        size = 60 if number % 4 == 0 else 1100
        scene.udp(at + number * 10 * MS, *ends, dtls.opaque(scene.random, number + 1, size))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(HOST, PEER), lacks=["media"], app="webrtc",
                                                 service="other")], NO_CALL)


@case(
    "webrtc-unanswered",
    "Checks to two candidates that nobody answers: an attempt to connect, for whatever purpose.",
    SOURCE,
    ("stun.att.username",),
)
def unanswered():
    scene = Scene("webrtc-unanswered", EPOCH_2023)
    peers = [PEER, ("198.51.100.9", 40011)]
    for number in range(12):
        _check(scene, number * 250 * MS, (HOST, peers[number % 2]), answered=False)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(HOST, peer), lacks=["media"], app="webrtc", service="other") for peer in peers], NO_CALL)


@case(
    "webrtc-not-dtls",
    "DTLS of a VPN: no use_srtp, then data. And plain STUN Bindings on another flow.",
    "RFC 6347, RFC 8489",
    ("dtls.handshake.type == 1", "stun.type == 0x0101"),
)
def plain_dtls():
    scene = Scene("webrtc-not-dtls", EPOCH_2023)
    vpn, server = ("203.0.113.80", 443), ("203.0.113.34", 3478)
    for number, (side, data) in enumerate(dtls.handshake(scene.random, srtp=False)):
        scene.udp(number * 20 * MS, *((HOST, vpn) if side == "up" else (vpn, HOST)), data)
    for number in range(30):
        scene.udp((100 + number * 10) * MS, HOST, vpn, dtls.opaque(scene.random, number + 1, 900))
    for number in range(3):
        transaction = scene.random.randbytes(12)
        mapped = [(stun.XOR_MAPPED, stun.xor_address(("203.0.113.9", 53010), transaction))]
        scene.udp(number * SECOND, HOST, server, stun.message(stun.BINDING, transaction))
        scene.udp(number * SECOND + 25 * MS, server, HOST,
                  stun.message(stun.BINDING | stun.SUCCESS, transaction, mapped))
    return pcap_case(scene, [flow_count(2)], not_apps("webrtc", "rtp", "sip"))
