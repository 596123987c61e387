"""Facebook and Messenger: chat, site and a call through Meta's TURN."""

from .. import dns, ip, stun, tls
from ..apps.turn import CHANNEL, TurnClient
from ..registry import case, flow, flow_count, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = ("RFC 8489, 8656, 8446 and public captures (nDPI's and JA4's test sets), measured with tshark on "
          "2026-11-21")
HOST = "192.168.1.20"


def _tls(name, host, service, address):
    scene = Scene(name, EPOCH_2021)
    dns.look_up(scene, 0, HOST, "192.168.1.1", host, [address], alias="star-mini.c10r.facebook.com")
    session = TcpSession(scene, (HOST, 50400), (address, 443), 15 * MS)
    tls.talk(session, host)
    return pcap_case(scene, [flow_count(2), flow(scene.flow(session.client, session.server, ip.TCP),
                                                 app="facebook", service=service, host=host)])


@case("facebook-text", "Messenger's chat: TLS with SNI edge-mqtt.facebook.com.", SOURCE,
      ('tls.handshake.extensions_server_name == "edge-mqtt.facebook.com"',))
def text():
    return _tls("facebook-text", "edge-mqtt.facebook.com", "text", "157.240.229.17")


@case("facebook-web", "The site: TLS with SNI www.facebook.com.", SOURCE,
      ('tls.handshake.extensions_server_name == "www.facebook.com"',))
def web():
    return _tls("facebook-web", "www.facebook.com", "web", "31.13.66.35")


@case(
    "facebook-call",
    "A Messenger call through TURN with realm turner.facebook on port 40003: allocation with long-"
    "term credentials, permission, indications around ICE checks, channel, RTP in ChannelData.",
    SOURCE,
    ("stun.att.realm == \"turner.facebook\"", "stun.channel", "stun.type == 0x0016"),
)
def call():
    scene = Scene("facebook-call", EPOCH_2021)
    client, relay, peer = (HOST, 55123), ("31.13.86.49", 40003), ("203.0.113.61", 40210)
    turn = TurnClient(scene, client, relay, "turner.facebook")
    at = turn.bind(turn.indications(turn.permit(turn.allocate(0), peer), peer), peer)
    wrap = lambda data: stun.channel_data(CHANNEL, data)  # noqa: E731
    for src, dst in ((client, relay), (relay, client)):
        stream = RtpStream(scene.random, 111, (50, 110), 960, extension=True)
        play(scene, stream, src, dst, at + SECOND, 4, 25, wrap)
        scene.udp(at + 2 * SECOND, src, dst, wrap(srtcp(scene.random, 201, stream.ssrc, 8)))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, relay), app="facebook",
                                                 service="call", media=["voice"])])
