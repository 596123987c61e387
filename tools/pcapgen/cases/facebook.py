"""Facebook and Messenger: chat, site and a call through Meta's TURN."""

import struct

from .. import dns, ip, stun, tls
from ..apps.turn import CHANNEL, TurnClient
from ..registry import case, flow, flow_count, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, EPOCH_2023, MS, SECOND, Scene
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


@case(
    "facebook-transfer",
    "An upload of a picture: TLS with SNI rupload.facebook.com.",
    SOURCE,
    ('tls.handshake.extensions_server_name == "rupload.facebook.com"',),
)
def transfer():
    return _tls("facebook-transfer", "rupload.facebook.com", "transfer", "157.240.229.19")


def _zero_message(tag: bytes, entries) -> bytes:
    """`1QTV`, version digit, length, tag, number of entries, (name, end offset) pairs, values."""
    index, values = b"", b""
    for name, value in entries:
        values += value
        index += name + struct.pack("<I", len(values))
    body = tag + struct.pack("<HH", len(entries), 0) + index + values
    return b"1QTV0" + struct.pack("<I", len(body)) + body


@case(
    "facebook-zero",
    "Facebook Zero, the handshake that Facebook's Android application spoke over TCP port 443 "
    "before TLS 1.3: `1QTV` instead of a TLS record.",
    SOURCE,
)
def zero():
    scene = Scene("facebook-zero")
    session = TcpSession(scene, (HOST, 50410), ("31.13.86.36", 443)).open()
    hello = [(b"SNI\0", b"graph.facebook.com"), (b"VERS", b"QTV0"), (b"SNO\0", scene.random.randbytes(32)),
             (b"AEAD", b"AESG"), (b"PUBS", scene.random.randbytes(32))]
    session.up(_zero_message(b"CHLO", hello))
    session.down(_zero_message(b"SHLO", [(b"PUBS", scene.random.randbytes(32))]))
    session.wait(20).up(scene.random.randbytes(400)).down(scene.random.randbytes(900)).close()
    return pcap_case(scene, [flow_count(1), flow(scene.flow(session.client, session.server, ip.TCP),
                                                 app="facebook")])


def _long_header(source, version: int, packet_type: int, size: int) -> bytes:
    """A QUIC long header packet (RFC 9000 section 17.2) whose protected part is random."""
    head = struct.pack("!BIB", 0xC0 | packet_type << 4, version, 8) + source.randbytes(8) + b"\0"
    if packet_type == 0:  # Initial: token length, then length
        head += b"\0" + struct.pack("!H", 0x4000 | size - len(head) - 3)
    return head + source.randbytes(size - len(head))


@case(
    "facebook-quic-version",
    "QUIC of Meta's own library, which numbers its versions faceb00x.",
    SOURCE,
    ("quic.version == 0xfaceb002",),
)
def quic_version():
    scene = Scene("facebook-quic-version", EPOCH_2021)
    client, server = (HOST, 50420), ("157.240.229.35", 443)
    for number, ends in enumerate(((client, server), (server, client), (client, server))):
        scene.udp(number * 20 * MS, *ends, _long_header(scene.random, 0xFACEB002, 0, 1232))
    for number in range(10):
        ends = (client, server) if number % 3 == 0 else (server, client)
        scene.udp((80 + number) * MS, *ends, b"\x43" + scene.random.randbytes(300))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, server), app="facebook")])


EDGERAY = b"EDGERAY_DEFAULT_USERNAME:EDGERAY_DEFAULT_USERNAME"
META_RELAY6 = ("2a03:2880:f201:d6:face:b00c:0:74fd", 3478)


@case(
    "meta-call",
    "A call of Meta's over IPv6 whose application the packets do not tell: ICE with attributes "
    "0xDAB9 and 0xDABA and a constant user name, then RTCP. 0xC057 beside them is Google's.",
    SOURCE,
    ("stun.att.username",),
)
def meta_call():
    scene = Scene("meta-call", EPOCH_2023)
    client = ("2001:db8:1::20", 45658)
    google = (0xC057, struct.pack("!HH", 3, 10))
    checks = ((0, (client, META_RELAY6), (0xDABA, struct.pack("!I", 2580))),
              (200 * MS, (META_RELAY6, client), (0xDAB9, bytes.fromhex("00000000036c9c52"))))
    for second in range(3):
        for offset, ends, own in checks:
            transaction, at = scene.random.randbytes(12), second * SECOND + offset
            attributes = [(stun.USERNAME, EDGERAY), own, google,
                          (stun.CONTROLLED, scene.random.randbytes(8)),
                          (stun.PRIORITY, struct.pack("!I", 0x6E7F28FF))]
            check = stun.message(stun.BINDING, transaction, attributes, b"pcapgen", fingerprint=True)
            answer = stun.message(stun.BINDING | stun.SUCCESS, transaction, [google], b"pcapgen",
                                  fingerprint=True)
            scene.udp(at, *ends, check)
            scene.udp(at + 35 * MS, *reversed(ends), answer)
            scene.udp(at + 60 * MS, *ends, srtcp(scene.random, 201, 0x91395F11, 1))
    app = {"any": ["meta", "facebook", "whatsapp"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, META_RELAY6), app=app,
                                                 service="call")])


@case(
    "not-call-keepalive",
    "A plain STUN Binding to Meta every 9 s, as an idle application sends: not a call.",
    SOURCE,
    ("stun.type == 0x0101",),
)
def keepalive():
    scene = Scene("not-call-keepalive", EPOCH_2021)
    client, server = (HOST, 50430), ("157.240.229.62", 3478)
    for number in range(7):
        transaction = scene.random.randbytes(12)
        seen = ("203.0.113.9", client[1])
        scene.udp(number * 9 * SECOND, client, server, stun.message(stun.BINDING, transaction))
        answer = [(stun.XOR_MAPPED, stun.xor_address(seen, transaction)), (stun.MAPPED, stun.address(seen))]
        scene.udp(number * 9 * SECOND + 20 * MS, server, client,
                  stun.message(stun.BINDING | stun.SUCCESS, transaction, answer))
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, server), lacks=["media"])],
                     [{"type": "flow", "service": "call"}])
