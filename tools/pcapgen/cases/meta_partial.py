"""WhatsApp, Messenger and Meta's calls of which only a part was captured: one side, or from the middle on."""

import struct

from .. import ip, stun
from ..apps import tor, whatsapp
from ..apps.circumvention import certificate_flight
from ..apps.turn import CHANNEL, TurnClient
from ..dtls import handshake
from ..partial import Partial
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, EPOCH_2023, MS, SECOND
from ..tcp_session import TcpSession

SOURCE = ("public captures of 2015 to 2023 (nDPI's test set), measured with tshark on 2026-11-21; wacrg.org and "
          "oxidezap/whatsapp-rust, read 2026-11-22")
HOST = "192.168.1.20"
META, META_CHAT, ISP = ("31.13.86.48", 3478), ("157.240.20.53", 5222), ("93.57.123.227", 3478)
PEER, SOFTLAYER = ("198.51.100.65", 9344), ("158.85.58.15", 5222)
WHATSAPP_CALL = {"app": "whatsapp", "service": "call"}
UNPROVED = {"any": ["guess", "likely"]}


def _both_ways(scene, make, client, other, start, seconds, pps=20):
    for delay, src, dst in ((0, client, other), (3 * MS, other, client)):
        play(scene, make(), src, dst, start + delay, seconds, pps)


def _found(scene, client, other, **has):
    """A flow whose client nothing tells: whoever was heard first passes for it."""
    record = scene.flow(client, other, counts=False)
    return {"match": {"type": "flow", "flow": record["flow"]}, "count": 1, "has": has}


def _sound(scene):
    return lambda: RtpStream(scene.random, 120, (60, 150), 960)


@case(
    "whatsapp-call-server-only",
    "The call of 2015 of which only the other ends' packets were captured: relays' answers, pongs, media, a peer's "
    "checks and answers.",
    SOURCE,
    ("stun.type == 0x0103", "stun.type == 0x0101"),
)
def call_down():
    scene = Partial("whatsapp-call-server-only", side="down")
    client = (HOST, 51518)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS[:3])
    call.allocate(0)
    call.ping(SECOND, whatsapp.RELAYS[0])
    _both_ways(scene, _sound(scene), client, whatsapp.RELAYS[0], 2 * SECOND, 4)
    call.check_peer(5 * SECOND, PEER)
    _both_ways(scene, _sound(scene), client, PEER, 6 * SECOND, 4)
    call.bye(12 * SECOND)
    return pcap_case(scene, [
        flow_count(4), _found(scene, client, PEER, media=["voice"], **WHATSAPP_CALL),
        flow(scene.flow(client, whatsapp.RELAYS[0]), media=["voice"], **WHATSAPP_CALL),
        *[flow(scene.flow(client, relay), lacks=["media"], **WHATSAPP_CALL) for relay in whatsapp.RELAYS[1:3]]])


@case(
    "whatsapp-call-2023-server-only",
    "The same of 2023: answers with HMAC-SHA1, which may be Messenger's too; the header extension 0xdebe of the media "
    "names the application, and the shared port gives it to the silent relays.",
    SOURCE,
    ("stun.att.hmac", "udp.length == 76"),
)
def call_2023_down():
    scene = Partial("whatsapp-call-2023-server-only", EPOCH_2023, side="down")
    client = (HOST, 40123)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS[:3])
    call.allocate(0, key=b"pcapgen relay key")
    _both_ways(scene, lambda: whatsapp.Media(scene.random, 120, (60, 130), 960), client, META, SECOND, 3)
    return pcap_case(scene, [
        flow_count(3), flow(scene.flow(client, META), media=["voice"], confidence="certain", **WHATSAPP_CALL),
        *[flow(scene.flow(client, relay), lacks=["media"], **WHATSAPP_CALL) for relay in whatsapp.RELAYS[1:3]]])


@case(
    "whatsapp-call-2026",
    "The set-up that open clients of 2026 speak: Allocate with 0x4025 and 0x4024, sound of type 120 with 0xdebe.",
    SOURCE,
    ("stun.type == 0x0003",),
)
def call_2026():
    scene = Partial("whatsapp-call-2026", EPOCH_2023)
    client = (HOST, 40200)
    call = whatsapp.Call(scene, client, [META])
    sound = whatsapp.Media(scene.random, 120, (60, 130), 960)
    call.allocate_2026(META, b"pcapgen relay key", sound.ssrc, 0)
    call.ping(SECOND, META)
    play(scene, sound, client, META, 2 * SECOND, 4, 17)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, META), media=["voice"], confidence="certain",
                                                 **WHATSAPP_CALL)])


@case(
    "whatsapp-call-midstream",
    "Media and pings, nothing before: sound beside pings on a relay outside Meta's networks, sound on one of Meta's, "
    "pictures with 0xdebe to a peer, sound of 2015 to a peer that only WhatsApp's reports betray.",
    SOURCE,
    ("udp",),
)
def call_midstream():
    scene = Partial("whatsapp-call-midstream")
    ends = [((HOST, 51700 + number), other) for number, other in enumerate(
        (ISP, META, ("198.51.100.66", 32641), PEER))]
    _both_ways(scene, _sound(scene), *ends[0], 0, 3)
    whatsapp.Call(scene, ends[0][0], []).ping(150 * MS, ISP)
    _both_ways(scene, _sound(scene), *ends[1], 0, 3)
    _both_ways(scene, lambda: whatsapp.Media(scene.random, 102, (700, 1050), 6000, 3), *ends[2], 0, 2, 12)
    sound = RtpStream(scene.random, 120, (60, 150), 960)
    play(scene, sound, *ends[3], 0, 3, 20)
    for second in (0, 1, 2):
        scene.udp(second * SECOND + 77 * MS, *ends[3], whatsapp.report(scene.random, sound.ssrc))
    sure = (UNPROVED, UNPROVED, "certain", UNPROVED)
    media = ("voice", "voice", "video", "voice")
    return pcap_case(scene, [flow_count(4)] + [
        flow(scene.flow(*pair), media=[kind], confidence=confidence, **WHATSAPP_CALL)
        for pair, kind, confidence in zip(ends, media, sure)])


@case(
    "whatsapp-call-probes",
    "A relay of a video call in mid-stream: 512 bytes of bandwidth probing and their answers, of 2019 and of 2023.",
    SOURCE,
    ("udp.length == 520", "udp.length == 53"),
)
def probes():
    scene = Partial("whatsapp-call-probes")
    ends = ((HOST, 53688), META), ((HOST, 53689), ISP)
    for number in range(5):
        whatsapp.Call(scene, ends[0][0], []).probe(number * 60 * MS, META)
        whatsapp.Call(scene, ends[1][0], []).probe_2023(number * 60 * MS, ISP)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(*pair), confidence="certain", **WHATSAPP_CALL) for pair in ends])


@case(
    "whatsapp-call-peer-only",
    "Checks of MESSAGE-INTEGRITY alone to a peer that never answers; no relay was captured.",
    SOURCE,
    ("stun.type == 0x0001",),
)
def peer_only():
    scene = Partial("whatsapp-call-peer-only")
    client = (HOST, 53700)
    call = whatsapp.Call(scene, client, [])
    for number in range(6):
        call.check_peer(number * 625 * MS, PEER, answered=False)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, PEER), lacks=["media"], confidence="guess",
                                                 **WHATSAPP_CALL)])


@case(
    "whatsapp-text-server-only",
    "The server's side of three chats: its Noise hello, its stream start of 2015, and its certificate where chat or "
    "transfer goes by TLS 1.2.",
    SOURCE,
    ("tls.handshake.type == 11",),
)
def text_down():
    scene = Partial("whatsapp-text-server-only", side="down")
    noise = TcpSession(scene, (HOST, 49301), META_CHAT).open()
    noise.down(whatsapp.noise_server_hello(scene.random)).down(whatsapp.frame(scene.random.randbytes(60))).close()
    old = TcpSession(scene, (HOST, 49302), SOFTLAYER, SECOND).open()
    old.down(whatsapp.xmpp_server_start(scene.random)).down(whatsapp.marked_frame(scene.random, 18)).close()
    web = TcpSession(scene, (HOST, 49303), ("185.60.216.53", 443), 2 * SECOND).open()
    der = tor.certificate(scene.random, "*.whatsapp.net", "pcapgen CA")
    web.down(certificate_flight(scene.random, der)).close()
    text = {"app": "whatsapp", "service": "text"}
    sure = ((noise, "likely", text), (old, "certain", text), (web, "likely", {"app": "whatsapp"}))
    return pcap_case(scene, [flow_count(3)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), confidence=confidence, **has) for s, confidence, has in sure])


@case(
    "whatsapp-text-midstream",
    "Frames without a hello: plain lengths to Meta's port 5222, marked ones of 2015 to a host that is not Meta's; "
    "never certain.",
    SOURCE,
    ("tcp.port == 5222",),
)
def text_midstream():
    scene = Partial("whatsapp-text-midstream")
    today = TcpSession(scene, (HOST, 49310), META_CHAT)
    whatsapp.frames(today, lambda source, size: whatsapp.frame(source.randbytes(size)), 3)
    old = TcpSession(scene, (HOST, 49311), SOFTLAYER, 3 * SECOND)
    whatsapp.frames(old, whatsapp.marked_frame, 3)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), app="whatsapp", service="text", confidence=UNPROVED)
        for s in (today, old)])


@case(
    "not-whatsapp-midstream",
    "What resembles WhatsApp in mid-stream: frames with plain 24-bit lengths elsewhere, ONC RPC's record marks, TLS "
    "records to Meta, RTP of type 120 elsewhere, one STUN check of a broken client.",
    "RFC 5531 section 11; RFC 8446; invented bytes",
    ("stun.type == 0x0001",),
)
def not_midstream():
    scene = Partial("not-whatsapp-midstream")
    source = scene.random
    sessions = [TcpSession(scene, (HOST, 49320 + n), server) for n, server in enumerate(
        (("203.0.113.30", 5222), ("203.0.113.31", 2049), ("157.240.20.53", 443)))]
    for number in range(5):
        sessions[0].up(whatsapp.frame(source.randbytes(40 + number))).down(whatsapp.frame(source.randbytes(30)))
        call = struct.pack("!II", 0x80000000 | 44, source.getrandbits(32)) + bytes(3) + b"\0" + source.randbytes(36)
        sessions[1].up(call).down(call)
        sessions[2].up(b"\x17\x03\x03\0\x20" + source.randbytes(32)).down(b"\x17\x03\x03\0\x40" + source.randbytes(64))
    _both_ways(scene, _sound(scene), (HOST, 49330), ("203.0.113.32", 50004), 0, 2)
    whatsapp.Call(scene, (HOST, 49331), []).check_peer(0, ("203.0.113.33", 3478), answered=False)
    return pcap_case(scene, [flow_count(5)], not_apps("whatsapp", "facebook", "meta"))


def _talk(scene, client, relay, start, seconds):
    """Sound both ways and reports, in ChannelData."""
    wrap = lambda data: stun.channel_data(CHANNEL, data)  # noqa: E731
    for src, dst in ((client, relay), (relay, client)):
        stream = RtpStream(scene.random, 111, (50, 110), 960, extension=True)
        play(scene, stream, src, dst, start, seconds, 20, wrap)
        scene.udp(start + 30 * MS, src, dst, wrap(srtcp(scene.random, 201, stream.ssrc, 8)))


@case(
    "facebook-call-midstream",
    "A Messenger call through TURN caught after its set-up: indications 0x0016 and 0x0017, ChannelData 0x4003 with "
    "sound and RTCP 201, towards Meta's ports 3478 and 40003; the realm was not captured.",
    SOURCE,
    ("stun.type == 0x0016", "stun.type == 0x0017", "stun.channel"),
)
def call_turn():
    scene = Partial("facebook-call-midstream", EPOCH_2021)
    ends = ((HOST, 55123), ("31.13.86.49", 40003)), ((HOST, 55124), META)
    TurnClient(scene, *ends[0], "turner.facebook").indications(0, ("203.0.113.61", 40210))
    for pair in ends:
        _talk(scene, *pair, SECOND, 3)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(*pair), app="facebook", service="call", media=["voice"], confidence=UNPROVED)
        for pair in ends])


@case(
    "facebook-call-one-side",
    "TURN of Messenger at an address that is not Meta's: the client's side of one call, whose authenticated requests "
    "name the realm, and the server's of another, whose challenge does.",
    SOURCE,
    ("stun.att.realm == \"turner.facebook\"",),
)
def call_realm():
    sides = {"up": (HOST, 55130), "down": (HOST, 55131)}
    scenes = {side: Partial(f"facebook-call-one-side {side}", EPOCH_2021, side=side) for side in sides}
    whole = Partial("facebook-call-one-side", EPOCH_2021)
    relay = ("198.51.100.90", 40003)
    for side, client in sides.items():
        turn = TurnClient(scenes[side], client, relay, "turner.facebook")
        turn.bind(turn.permit(turn.allocate(0), ("203.0.113.61", 40210)), ("203.0.113.61", 40210))
        for at, packet in scenes[side].frames():
            whole.add(at - whole.start, packet)
    return pcap_case(whole, [flow_count(2)] + [
        _found(scenes[side], client, relay, app="facebook", service="call", confidence="certain")
        for side, client in sides.items()])


@case(
    "facebook-call-tcp",
    "TURN of Messenger over TCP port 443, where the network lets no UDP through.",
    SOURCE,
    ("tcp",),
)
def call_tcp():
    scene = Partial("facebook-call-tcp", EPOCH_2021)
    session = TcpSession(scene, (HOST, 55140), ("157.240.20.49", 443)).open()
    transport = [(stun.REQUESTED_TRANSPORT, b"\x11\0\0\0")]
    realm = [(stun.REALM, b"turner.facebook"), (stun.NONCE, scene.random.randbytes(16).hex().encode())]
    refusal = [(stun.ERROR_CODE, stun.error_code(401, "Unauthorized")), *realm]
    ident = scene.random.randbytes(12)
    session.up(stun.message(stun.ALLOCATE, ident, transport))
    session.down(stun.message(stun.ALLOCATE | stun.ERROR, ident, refusal)).close()
    return pcap_case(scene, [flow_count(1), flow(scene.flow(session.client, session.server, ip.TCP), app="facebook",
                                                 service="call", confidence="certain")])


@case(
    "facebook-server-only",
    "The server's side of TLS 1.2 at an address of Meta's: the certificate is for *.facebook.com.",
    SOURCE,
    ("tls.handshake.type == 11",),
)
def certificate():
    scene = Partial("facebook-server-only", EPOCH_2021, side="down")
    session = TcpSession(scene, (HOST, 50440), ("157.240.20.35", 443)).open()
    der = tor.certificate(scene.random, "*.facebook.com", "pcapgen CA")
    session.down(certificate_flight(scene.random, der)).close()
    return pcap_case(scene, [flow_count(1), flow(scene.flow(session.client, session.server, ip.TCP), app="facebook",
                                                 service="web", confidence="likely")])


@case(
    "meta-call-webrtc",
    "WebRTC to Meta's addresses without any of Meta's own attributes: ICE and DTLS, and RTP in mid-stream. Which of "
    "its applications calls is not told.",
    SOURCE,
    ("stun.att.username", "dtls"),
)
def meta_webrtc():
    scene = Partial("meta-call-webrtc", EPOCH_2023)
    first, second = ((HOST, 45700), META), ((HOST, 45701), ("57.144.15.1", 3478))
    for number in range(3):
        transaction = scene.random.randbytes(12)
        scene.udp(number * 50 * MS, *first, stun.ice_check(transaction, "pEEr:cLnt", "password"))
        scene.udp(number * 50 * MS + 20 * MS, *reversed(first), stun.ice_answer(transaction, ("203.0.113.9", 45700),
                                                                               "password"))
    for number, (side, datagram) in enumerate(handshake(scene.random)):
        scene.udp((200 + 30 * number) * MS, *(first if side == "up" else reversed(first)), datagram)
    _both_ways(scene, lambda: RtpStream(scene.random, 111, (60, 120), 960, extension=True), *second, 0, 3)
    meta = {"app": "meta", "service": "call", "confidence": "likely"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(*first), lacks=["media"], **meta),
                             flow(scene.flow(*second), media=["voice"], **meta)])
