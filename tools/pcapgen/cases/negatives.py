"""Traffic that resembles an application's and is not: none may be labelled as one."""

import struct

from .. import dns, ip, stun, tls
from ..apps import whatsapp
from ..registry import APPS, case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = "public captures of the applications imitated, measured with tshark on 2026-11-21"
HOST = "192.168.1.20"
GOOGLE_NETWORK_INFO = 0xC057


def _chat_like(name, exchanges, server=("203.0.113.22", 5222), app="unknown"):
    """TCP on port 5222 with the given (side, data) exchanges."""
    scene = Scene(name)
    session = TcpSession(scene, (HOST, 52000), server).open()
    for side, data in exchanges(scene.random):
        (session.up if side == "up" else session.down)(data).wait(40)
    session.close()
    record = scene.flow(session.client, session.server, ip.TCP)
    return pcap_case(scene, [flow_count(1), flow(record, app=app)], not_apps())


@case("not-xmpp", "XMPP on port 5222: a stream header, features, STARTTLS.", "RFC 6120", ("xmpp",))
def xmpp():
    header = (b"<?xml version='1.0'?><stream:stream to='jabber.example.org' xmlns='jabber:client' "
              b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
    features = (b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>")
    starttls = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    proceed = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    return _chat_like("not-xmpp", lambda source: [
        ("up", header), ("down", header + features), ("up", starttls), ("down", proceed),
        ("up", tls.hello_record(tls.client_hello(source, "jabber.example.org", None)))],
        app={"any": ["unknown", "xmpp"]})


@case("not-random-5222", "A random 48-byte hello on port 5222, as Threema sends.", SOURCE)
def random_hello():
    return _chat_like("not-random-5222", lambda source: [
        ("up", source.randbytes(48)), ("down", source.randbytes(80)), ("up", source.randbytes(208))])


@case("not-push-5222", "A push service on port 5222 whose messages begin with C2 FE 00 05.", SOURCE)
def push():
    return _chat_like("not-push-5222", lambda source: [
        ("up", bytes.fromhex("c2fe0005") + source.randbytes(90)),
        ("down", bytes.fromhex("c2fe0005") + source.randbytes(120))])


@case(
    "not-ed-without-wa",
    "A stream that begins with `ED` and a plausible length but has no `WA` after it.",
    SOURCE,
)
def ed_only():
    return _chat_like("not-ed-without-wa", lambda source: [
        ("up", whatsapp.edge_routing(bytes.fromhex("08090802")) + b"XY" + source.randbytes(120)),
        ("down", source.randbytes(60))])


@case("not-wa-text", "A line of text that begins with the letters WA on port 5222.", SOURCE)
def wa_text():
    return _chat_like("not-wa-text", lambda _: [("up", b"WATCH 3 queue=orders\r\n"), ("down", b"OK 3\r\n")])


def _ice(scene, client, server, extra, at=0):
    """A WebRTC consent check and its answer."""
    transaction = scene.random.randbytes(12)
    check = stun.ice_check(transaction, "8hT2:Qm9z", "kR4sLw8vN1xY6bC3dF5gH7jK", extra=extra)
    scene.udp(at, client, server, check)
    scene.udp(at + 30 * MS, server, client,
              stun.ice_answer(transaction, ("203.0.113.9", client[1]), "kR4sLw8vN1xY6bC3dF5gH7jK"))


@case(
    "not-webrtc",
    "A browser call between two hosts: ICE with Google's attribute 0xC057, then RTP PT 111 and 96."
    " 0xC057 is not Meta's.",
    "RFC 8445 and a public capture of Google Meet, read 2026-11-21",
    ("stun",),
)
def webrtc():
    scene = Scene("not-webrtc", EPOCH_2021)
    client, peer = (HOST, 53000), ("203.0.113.70", 19305)
    for second in range(4):
        _ice(scene, client, peer, [(GOOGLE_NETWORK_INFO, struct.pack("!HH", 1, 10))], second * SECOND)
    for src, dst in ((client, peer), (peer, client)):
        play(scene, RtpStream(scene.random, 111, (50, 100), 960, True), src, dst, 200 * MS, 3, 25)
    generic = {"any": ["unknown", "webrtc", "rtp", "meet"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, peer), app=generic)], not_apps())


@case(
    "not-stun-3478",
    "Plain STUN to a public server on port 3478: a Binding request without attributes and its "
    "answer.",
    "RFC 8489",
    ("stun.type == 0x0001",),
)
def plain_stun():
    scene = Scene("not-stun-3478")
    client, server = (HOST, 53001), ("203.0.113.34", 3478)
    for number in range(3):
        transaction = scene.random.randbytes(12)
        scene.udp(number * 500 * MS, client, server, stun.message(stun.BINDING, transaction))
        mapped = [(stun.XOR_MAPPED, stun.xor_address(("203.0.113.9", 53001), transaction))]
        scene.udp(number * 500 * MS + 25 * MS, server, client,
                  stun.message(stun.BINDING | stun.SUCCESS, transaction, mapped))
    generic = {"any": ["unknown", "webrtc"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, server), app=generic)], not_apps())


@case("not-noise-3478", "Random bytes on UDP port 3478, both ways.", "none: random bytes")
def noise():
    scene = Scene("not-noise-3478")
    client, server = (HOST, 53002), ("203.0.113.35", 3478)
    for number in range(40):
        ends = (client, server) if number % 2 else (server, client)
        first = bytes([0xC0 | scene.random.randrange(64)])
        scene.udp(number * 30 * MS, *ends, first + scene.random.randbytes(scene.random.randint(30, 400)))
    scene_record = scene.flow(server, client)
    record = {"match": {"type": "flow", "flow": scene_record["flow"]}, "count": 1, "has": {"app": "unknown"}}
    return pcap_case(scene, [flow_count(1), record], not_apps())


def _sip(method, via, body=b"", status=None, to_tag="") -> bytes:
    first = f"SIP/2.0 {status}" if status else f"{method} sip:200@203.0.113.40 SIP/2.0"
    lines = [first, f"Via: SIP/2.0/UDP {via};branch=z9hG4bKpcapgen1;rport", "Max-Forwards: 70",
             "From: <sip:100@203.0.113.40>;tag=a1", f"To: <sip:200@203.0.113.40>{to_tag}",
             "Call-ID: pcapgen-1@192.168.1.20", f"CSeq: {1 if method != 'BYE' else 2} {method}",
             "Contact: <sip:100@192.168.1.20:5060>"]
    lines += ["Content-Type: application/sdp"] if body else []
    return ("\r\n".join(lines + [f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode() + body


def _sdp(address, port) -> bytes:
    return (f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n").encode()


@case(
    "not-sip",
    "A telephone call to a PBX: STUN, SIP, RTP PT 0 (G.711).",
    "RFC 3261, RFC 3551",
    ("sip", "sdp", "rtp"),
)
def sip():
    scene = Scene("not-sip")
    phone, pbx = (HOST, 5060), ("203.0.113.40", 5060)
    media, remote = (HOST, 16384), ("203.0.113.40", 18002)
    transaction = scene.random.randbytes(12)
    scene.udp(0, media, ("203.0.113.34", 3478), stun.message(stun.BINDING, transaction))
    steps = [(phone, "INVITE", None, _sdp(HOST, 16384)), (pbx, "INVITE", "100 Trying", b""),
             (pbx, "INVITE", "180 Ringing", b""), (pbx, "INVITE", "200 OK", _sdp(remote[0], 18002)),
             (phone, "ACK", None, b"")]
    for number, (source, method, status, body) in enumerate(steps):
        target = pbx if source == phone else phone
        tag = ";tag=b2" if status and not status.startswith("100") else ""
        scene.udp((number + 1) * 300 * MS, source, target, _sip(method, f"{HOST}:5060", body, status, tag))
    for src, dst in ((media, remote), (remote, media)):
        play(scene, RtpStream(scene.random, 0, (160, 160), 160), src, dst, 2 * SECOND, 2, 50)
    for offset, ends, status in ((0, (phone, pbx), None), (40 * MS, (pbx, phone), "200 OK")):
        bye = _sip("BYE", f"{HOST}:5060", status=status, to_tag=";tag=b2")
        scene.udp(5 * SECOND + offset, *ends, bye)
    generic = {"any": ["unknown", "sip", "rtp", "webrtc"]}
    return pcap_case(scene, [flow_count(3), flow(scene.flow(phone, pbx), app=generic),
                             flow(scene.flow(media, remote), app=generic)], not_apps())


@case(
    "not-cloud-gaming",
    "A game stream: ICE with 0xC057, then 1100-byte datagrams at a steady rate down and small "
    "input packets up.",
    SOURCE,
    ("stun",),
)
def cloud_gaming():
    scene = Scene("not-cloud-gaming", EPOCH_2021)
    client, server = (HOST, 53005), ("203.0.113.44", 49005)
    _ice(scene, client, server, [(GOOGLE_NETWORK_INFO, struct.pack("!HH", 0, 50))])
    play(scene, RtpStream(scene.random, 98, (1050, 1150), 1500, True), server, client, 100 * MS, 2, 30)
    play(scene, RtpStream(scene.random, 101, (20, 40), 160), client, server, 100 * MS, 2, 30)
    generic = {"any": ["unknown", "webrtc", "rtp"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, server), app=generic)], not_apps())


@case(
    "not-meta-without-name",
    "TLS without SNI to an address of Meta's that DNS never named: the prefix alone is at most a "
    "guess.",
    SOURCE,
    ("tls.handshake.type == 1",),
)
def meta_without_name():
    scene = Scene("not-meta-without-name", EPOCH_2021)
    session = TcpSession(scene, (HOST, 53006), ("157.240.20.35", 443))
    tls.talk(session, None)
    return pcap_case(scene, [flow_count(1)], not_apps(*APPS, confidence_min="likely"))


@case(
    "not-fake-sni",
    "TLS with SNI www.facebook.com to addresses that are not Meta's, as tunnels do: at most a "
    "guess.",
    SOURCE,
    ("tls.handshake.type == 1",),
)
def fake_sni():
    scene = Scene("not-fake-sni", EPOCH_2021)
    for host, server in ((HOST, ("198.51.100.23", 443)), ("fd12::2", ("fd12::443", 443))):
        tls.talk(TcpSession(scene, (host, 53007), server), "www.facebook.com")
    return pcap_case(scene, [flow_count(2)], not_apps(confidence_min="likely"))


@case(
    "not-lookalike-names",
    "TLS with names that contain the applications' names but are others': notwhatsapp.net, "
    "whatsapp.net.example.com, facebook.com.evil.example, myskype.com.",
    "none: invented names",
    ("tls.handshake.extensions_server_name",),
)
def lookalikes():
    scene = Scene("not-lookalike-names", EPOCH_2021)
    names = ("notwhatsapp.net", "whatsapp.net.example.com", "facebook.com.evil.example", "myskype.com",
             "xteams.microsoft.com.example.org")
    for number, name in enumerate(names):
        address = f"203.0.113.{90 + number}"
        dns.look_up(scene, number * SECOND, HOST, "192.168.1.1", name, [address])
        tls.talk(TcpSession(scene, (HOST, 53010 + number), (address, 443), number * SECOND + 20 * MS), name)
    record = {"match": {"type": "flow", "proto": "tcp"}, "count": len(names), "has": {"app": "unknown"}}
    return pcap_case(scene, [flow_count(2 * len(names)), record], not_apps())


@case(
    "local-port-reused",
    "The local port of a WhatsApp call is used minutes later for something else: the binding by "
    "port must have ended.",
    SOURCE,
)
def port_shared_later():
    scene = Scene("local-port-reused")
    client, other = (HOST, 51820), ("203.0.113.55", 51820)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS[:3])
    call.allocate(0)
    call.bye(SECOND)
    for number in range(20):
        ends = (client, other) if number % 2 else (other, client)
        scene.udp(900 * SECOND + number * 100 * MS, *ends,
                  struct.pack("<IIQ", 4, 77, number) + scene.random.randbytes(96))
    record = {"match": {"type": "flow", "flow": scene.flow(client, other)["flow"]}, "count": 1,
              "has": {"app": "unknown"}}
    return pcap_case(scene, [flow_count(4), record])
