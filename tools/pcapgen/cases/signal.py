"""Signal: calls through its relay, between peers and in groups, chat, attachments and site."""

from .. import stun
from ..apps import signal, tlsnames
from ..apps.turn import CHANNEL, TurnClient
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = ("signalapp/ringrtc and signalapp/webrtc (payload types, SSRCs, demux ids), Signal-iOS and Signal-TLS-Proxy "
          "(host names), RFC 8656 and a public capture (nDPI's test set); read 2026-11-22")
HOST = "192.168.1.20"


def _both_ways(scene, client, server, start, seconds=4, wrap=lambda data: data):
    for src, dst, base in ((client, server, signal.CALLER), (server, client, signal.CALLEE)):
        play(scene, signal.data(scene.random), src, dst, start, seconds, 1, wrap)
        play(scene, signal.sound(scene.random, base), src, dst, start + 100 * MS, seconds, 30, wrap)


@case(
    "signal-call",
    "A Signal call relayed by TURN with realm signal.org: allocation, permission, indications, channel, then RTP "
    "in ChannelData: PT 102 with SSRC 1002 and 2002, data PT 101 with SSRC 13.",
    SOURCE,
    ("stun.att.realm == \"signal.org\"", "stun.channel"),
)
def call():
    scene = Scene("signal-call", EPOCH_2023)
    client, relay, peer = (HOST, 47767), ("203.0.113.150", 3478), ("203.0.113.63", 40210)
    turn = TurnClient(scene, client, relay, "signal.org")
    at = turn.bind(turn.indications(turn.permit(turn.allocate(0), peer), peer), peer)
    _both_ways(scene, client, relay, at + SECOND, wrap=lambda data: stun.channel_data(CHANNEL, data))
    record = scene.flow(client, relay, app="signal", service="call", media=["voice"])
    return pcap_case(scene, [flow_count(1), flow(record)])


@case(
    "signal-call-peer",
    "A video call straight between peers, its relay another provider's: ICE, sound, then pictures (PT 108, SSRC "
    "1003 and 2003).",
    SOURCE,
    ("stun.type == 0x0001",),
)
def peer():
    scene = Scene("signal-call-peer", EPOCH_2023)
    client, other = (HOST, 47768), ("203.0.113.64", 51222)
    for number in range(3):
        transaction = scene.random.randbytes(12)
        scene.udp(number * 2 * SECOND, client, other,
                  stun.ice_check(transaction, "pEEr:cLnt", "pcapgen password"))
        scene.udp(number * 2 * SECOND + 30 * MS, other, client,
                  stun.ice_answer(transaction, ("203.0.113.9", 47768), "pcapgen password"))
    _both_ways(scene, client, other, SECOND, 6)
    for src, dst, base in ((client, other, signal.CALLER), (other, client, signal.CALLEE)):
        play(scene, signal.picture(scene.random, base), src, dst, 3 * SECOND, 3, 50)
    record = scene.flow(client, other, app="signal", service="call", media=["video", "voice"])
    return pcap_case(scene, [flow_count(1), flow(record)])


@case(
    "signal-call-one-way",
    "Only what the other side sends, in mid-stream: PT 102 with SSRC 2002 and nothing else.",
    SOURCE,
    ("udp.srcport == 51223",),
)
def one_way():
    scene = Scene("signal-call-one-way", EPOCH_2023)
    client, other = (HOST, 47769), ("203.0.113.65", 51223)
    play(scene, signal.sound(scene.random, signal.CALLEE), other, client, 0, 4, 30)
    return pcap_case(scene, [flow_count(1), {"match": {"type": "flow"}, "count": 1, "has": {
        "app": "signal", "service": "call", "confidence": "certain", "media": ["voice"]}}])


@case(
    "signal-call-group",
    "A group call in mid-stream: sound and pictures of two devices from the group call server on port 10000, SSRCs "
    "numbered from each device's demux id.",
    SOURCE,
    ("udp.srcport == 10000",),
)
def group():
    scene = Scene("signal-call-group", EPOCH_2023)
    client, server = (HOST, 47770), ("203.0.113.151", 10000)
    for number, demux in enumerate((0x5BC31D70, 0x91E40A20)):
        start = number * 20 * MS
        play(scene, signal.stream(scene.random, signal.OPUS, demux), server, client, start, 4, 30)
        video = signal.stream(scene.random, signal.VP8, demux + 2, (800, 1100), 3000, True, 4)
        play(scene, video, server, client, start + 5 * MS, 4, 40)
    return pcap_case(scene, [flow_count(1), {"match": {"type": "flow"}, "count": 1, "has": {
        "app": "signal", "service": "call", "confidence": "certain"}}])


@case("signal-text", "Signal's chat: TLS with SNI chat.signal.org.", SOURCE,
      tlsnames.sni_filter("chat.signal.org"))
def text():
    return tlsnames.named("signal-text", "signal", "text", "chat.signal.org", "76.223.92.165")


@case("signal-transfer", "An attachment: TLS with SNI cdn2.signal.org.", SOURCE,
      tlsnames.sni_filter("cdn2.signal.org"))
def transfer():
    return tlsnames.named("signal-transfer", "signal", "transfer", "cdn2.signal.org", "104.18.37.148")


@case("signal-web", "Signal's site: TLS with SNI signal.org.", SOURCE, tlsnames.sni_filter("signal.org"))
def web():
    return tlsnames.named("signal-web", "signal", "web", "signal.org", "13.249.9.20")


@case(
    "not-signal-rtp",
    "RTP of the same payload types from another application: random SSRCs that share nothing.",
    "RFC 3550",
)
def other_rtp():
    scene = Scene("not-signal-rtp", EPOCH_2023)
    client, peer_end = (HOST, 53300), ("203.0.113.72", 10000)
    for src, dst in ((client, peer_end), (peer_end, client)):
        for pt in (102, 108):
            stream = RtpStream(scene.random, pt, (60, 150), 960)
            stream.ssrc &= ~0xF | (0 if pt == 102 else 2)  # numbered alike, of different devices
            play(scene, stream, src, dst, 0, 3, 15)
    generic = {"any": ["unknown", "rtp"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, peer_end), app=generic)],
                     not_apps("signal"))
