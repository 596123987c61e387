"""Google Meet: calls through its media servers, and the site."""

import struct

from ..apps import tlsnames
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2023, MS, SECOND, Scene
from .. import ip, stun
from ..tcp_session import TcpSession

SOURCE = ("RFC 8445, 8489, Google's \"Prepare your network for Meet meetings\", WebRTC's rtc_base/socket_adapters.cc "
          "and a public capture of 2023 (nDPI's test set), read 2026-11-22")
HOST = "192.168.1.20"
GOOGLE_NETWORK_INFO = (0xC057, struct.pack("!HH", 1, 10))
USER, PASSWORD = "HrRgpad7PfoKaAoKAAiKAiADEA:P8/L", "kR4sLw8vN1xY6bC3dF5gH7jK"


def _check(scene, client, server, at):
    transaction = scene.random.randbytes(12)
    scene.udp(at, client, server, stun.ice_check(transaction, USER, PASSWORD, extra=[GOOGLE_NETWORK_INFO]))
    scene.udp(at + 18 * MS, server, client, stun.ice_answer(transaction, ("203.0.113.9", client[1]), PASSWORD))


def _sound(scene, src, dst, start, seconds=4):
    play(scene, RtpStream(scene.random, 111, (50, 110), 960, True), src, dst, start, seconds, 40)


@case(
    "meet-call",
    "A Meet call: a plain STUN question to Google's public server, ICE checks to a media server on ports 19305 "
    "and 3478, padding probes (PT 97, SSRC 0), sound (PT 111) and pictures (PT 96).",
    SOURCE,
    ("stun.type == 0x0001", "stun.att.username contains \"HrRgpad7\""),
)
def call():
    scene = Scene("meet-call", EPOCH_2023)
    client, media, other = (HOST, 38152), ("142.250.82.19", 19305), ("142.250.82.19", 3478)
    public = ("74.125.128.127", 19302)
    transaction = scene.random.randbytes(12)
    scene.udp(0, client, public, stun.message(stun.BINDING, transaction))
    scene.udp(18 * MS, public, client, stun.message(stun.BINDING | stun.SUCCESS, transaction, [
        (stun.XOR_MAPPED, stun.xor_address(("203.0.113.9", 38152), transaction))]))
    for number in range(3):
        _check(scene, client, media, 200 * MS + number * 2 * SECOND)
        _check(scene, client, other, 300 * MS + number * 2 * SECOND)
    probe = RtpStream(scene.random, 97, (236, 236), 0)
    probe.ssrc = 0
    play(scene, probe, media, client, 400 * MS, 0.2, 50)
    for src, dst in ((client, media), (media, client)):
        _sound(scene, src, dst, SECOND)
        play(scene, RtpStream(scene.random, 96, (800, 1100), 3000, True, 4), src, dst, 3 * SECOND, 3, 30)
        scene.udp(2 * SECOND, src, dst, srtcp(scene.random, 201, 0x11223344, 8))
    called = {"app": "meet", "service": "call"}
    return pcap_case(scene, [
        flow_count(3), flow(scene.flow(client, media, **called, media=["video", "voice"])),
        flow(scene.flow(client, other, **called), lacks=["media"]),
        flow(scene.flow(client, public, **called), lacks=["media"])])


@case(
    "meet-call-midstream",
    "Only what a Meet media server sends over IPv6, in mid-stream: RTP PT 111, no STUN in it.",
    SOURCE,
    ("ipv6.src == 2001:4860:4864:6::81",),
)
def midstream():
    scene = Scene("meet-call-midstream", EPOCH_2023)
    client, media = ("2001:db8:1::20", 45572), ("2001:4860:4864:6::81", 19305)
    _sound(scene, media, client, 0)
    return pcap_case(scene, [flow_count(1), {"match": {"type": "flow"}, "count": 1, "has": {
        "app": "meet", "service": "call", "media": ["voice"]}}])


@case(
    "meet-call-relay",
    "ICE checks and sound through the relay that Google lists for Meet and other services of Google's use too: "
    "likely, never certain.",
    SOURCE + "; notes on NotebookLM and Chrome Remote Desktop in public repositories, read 2026-11-22",
    ("ip.addr == 74.125.247.128",),
)
def relay():
    scene = Scene("meet-call-relay", EPOCH_2023)
    client, server = (HOST, 38160), ("74.125.247.128", 3478)
    _check(scene, client, server, 0)
    for src, dst in ((client, server), (server, client)):
        _sound(scene, src, dst, SECOND)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(
        client, server, app="meet", service="call", confidence="likely", media=["voice"]))])


@case(
    "meet-call-tcp",
    "UDP is blocked: WebRTC's greeting that looks like TLS, to a Meet media server on TCP port 443, and STUN with "
    "a length in front behind it.",
    SOURCE,
    ("tcp.port == 443",),
)
def tcp():
    scene = Scene("meet-call-tcp", EPOCH_2023)
    session = TcpSession(scene, (HOST, 50500), ("74.125.250.71", 443)).open()
    hello = bytes.fromhex("804601030100 2d 0000 0010 010080030080070 0c0 060040020080040080 00000400feff00000a"
                          "00fefe0000090000640000620000030000061f170ca62f00fc783463 9e2f5a8a9bd4".replace(" ", ""))
    session.up(hello[:72].ljust(72, b"\x5a"))
    session.wait(20).down(bytes.fromhex("160301004a02000046030142") + scene.random.randbytes(67))
    check = stun.ice_check(scene.random.randbytes(12), USER, PASSWORD, extra=[GOOGLE_NETWORK_INFO])
    session.wait(5).up(struct.pack("!H", len(check)) + check)
    session.wait(50).close()
    record = scene.flow(session.client, session.server, ip.TCP, app="meet", service="call")
    return pcap_case(scene, [flow_count(1), flow(record)])


@case("meet-call-turns", "A Meet call over TLS to its relay: SNI meet.turns.goog.", SOURCE,
      tlsnames.sni_filter("meet.turns.goog"))
def turns():
    return tlsnames.named("meet-call-turns", "meet", "call", "meet.turns.goog", "142.250.82.129")


@case("meet-web", "Meet's site: TLS with SNI meet.google.com.", SOURCE, tlsnames.sni_filter("meet.google.com"))
def web():
    return tlsnames.named("meet-web", "meet", "web", "meet.google.com", "142.250.184.238")


@case(
    "not-meet-webrtc",
    "Somebody else's WebRTC call that asks Google's public STUN server for its address: neither that question nor "
    "attribute 0xC057 makes it Meet.",
    SOURCE,
    ("stun",),
)
def other_webrtc():
    scene = Scene("not-meet-webrtc", EPOCH_2023)
    client, peer = (HOST, 53200), ("203.0.113.71", 40100)
    public = ("74.125.128.127", 19302)
    transaction = scene.random.randbytes(12)
    scene.udp(0, client, public, stun.message(stun.BINDING, transaction))
    scene.udp(18 * MS, public, client, stun.message(stun.BINDING | stun.SUCCESS, transaction, [
        (stun.XOR_MAPPED, stun.xor_address(("203.0.113.9", 53200), transaction))]))
    for number in range(3):
        _check(scene, client, peer, 200 * MS + number * SECOND)
    for src, dst in ((client, peer), (peer, client)):
        _sound(scene, src, dst, SECOND, 3)
    return pcap_case(scene, [flow_count(2)], not_apps("meet"))
