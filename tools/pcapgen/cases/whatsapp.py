"""WhatsApp: chat of two eras, transfers, web, and calls that connect or do not."""

from .. import dns, ip, tls
from ..apps import whatsapp
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, EPOCH_2023, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = ("public captures of 2014 to 2023 (nDPI's test set), measured with tshark on 2026-11-21")
HOST = "192.168.1.20"
VIDEO_ONLY = {"type": "flow", "media": ["video"]}


@case(
    "whatsapp-text-noise",
    "The Noise-era chat: edge routing `ED` and hello `WA` split over three segments, server hello,"
    " short messages; then the same with the head in one segment on port 443.",
    SOURCE,
)
def text_noise():
    scene = Scene("whatsapp-text-noise")
    split = TcpSession(scene, (HOST, 49301), whatsapp.CHAT_SERVER)
    whatsapp.chat(split)
    whole = TcpSession(scene, (HOST, 49302), ("157.240.20.53", 443), 9 * SECOND).open()
    whole.up(b"".join(whatsapp.chat_head(scene.random)))
    whole.down(whatsapp.noise_server_hello(scene.random)).wait(200).close()
    has = {"app": "whatsapp", "service": "text", "confidence": "certain", "tcp_state": "closed"}
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), **has) for s in (split, whole)])


@case(
    "whatsapp-text-byte-by-byte",
    "The chat head arrives in segments of one byte and out of order: only the reassembled stream "
    "shows it.",
    SOURCE,
)
def text_bytes():
    scene = Scene("whatsapp-text-byte-by-byte")
    session = TcpSession(scene, (HOST, 49303), whatsapp.CHAT_SERVER).open()
    head = b"".join(whatsapp.chat_head(scene.random))
    base = session.next["up"]
    for at in (1, 0, 2, 3, 5, 4, 6, 8, 7, 9, 10, 12, 11, 14, 13):
        session.segment("up", 0x18, head[at:at + 1], seq=base + at)
        session.wait(0.1)
    session.next["up"] = base + 15
    session.up(head[15:]).down(whatsapp.noise_server_hello(scene.random)).close()
    return pcap_case(scene, [flow_count(1), flow(scene.flow(session.client, session.server, ip.TCP),
                                                 app="whatsapp", service="text")])


@case(
    "whatsapp-text-2015",
    "The chat of 2013 to 2015, `WA` and protocol 1.5, on port 5222 and on port 443 without TLS, to"
    " a host that is not Meta's.",
    SOURCE,
)
def text_2015():
    scene = Scene("whatsapp-text-2015")
    sessions = []
    for number, server in enumerate((("158.85.58.15", 5222), ("184.173.179.37", 443))):
        session = TcpSession(scene, (HOST, 49206 + number), server, number * 3 * SECOND, rtt_ms=120)
        whatsapp.chat_2015(session)
        sessions.append(session)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), app="whatsapp", service="text",
             confidence="certain", rtt_ms=120.2) for s in sessions])


def _tls(name, host, service, app="whatsapp", address="157.240.20.52"):
    scene = Scene(name, EPOCH_2021)
    dns.look_up(scene, 0, HOST, "192.168.1.1", host, [address])
    session = TcpSession(scene, (HOST, 49400), (address, 443), 15 * MS)
    tls.talk(session, host)
    return pcap_case(scene, [flow_count(2), flow(scene.flow(session.client, session.server, ip.TCP),
                                                 app=app, service=service, host=host)])


@case("whatsapp-transfer", "A media transfer: TLS with SNI mmg.whatsapp.net. Not a call.", SOURCE,
      ('tls.handshake.extensions_server_name == "mmg.whatsapp.net"',))
def transfer():
    return _tls("whatsapp-transfer", "mmg.whatsapp.net", "transfer")


@case("whatsapp-web", "The web site: TLS with SNI www.whatsapp.com.", SOURCE,
      ('tls.handshake.extensions_server_name == "www.whatsapp.com"',))
def web():
    return _tls("whatsapp-web", "www.whatsapp.com", "web")


@case(
    "whatsapp-call-voice",
    "A connected voice call of the 2015 to 2019 form: eight relays asked twice with a 106-byte "
    "(unaligned) STUN message, keepalives, media first on a relay and then peer to peer from the "
    "same local port, a peer candidate that never answers, and 0x0800 to every relay at the end.",
    SOURCE,
    ("stun.type == 0x0003", "icmp.type == 3"),
)
def call_voice():
    scene = Scene("whatsapp-call-voice")
    client, relay, peer, deaf = (HOST, 51518), whatsapp.RELAYS[0], ("198.51.100.65", 9344), \
        ("203.0.113.191", 60312)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS)
    call.allocate(0)
    for second in (1, 2):
        call.ping(second * SECOND, relay)
    streams = [RtpStream(scene.random, 120, (60, 150), 960) for _ in "ab"]
    _both_ways(scene, streams, client, relay, 3 * SECOND, 2.4)
    scene.udp(3 * SECOND, relay, client, srtcp(scene.random, 201, streams[1].ssrc, 10))
    refused = call.check_peer(5 * SECOND, deaf, answered=False)
    scene.refuse(5 * SECOND + 88 * MS, refused, deaf[0], HOST)
    call.check_peer(5 * SECOND + 600 * MS, deaf, answered=False)
    call.check_peer(5 * SECOND + 20 * MS, peer)
    _both_ways(scene, streams, client, peer, int(5.5 * SECOND), 6)
    scene.udp(7 * SECOND, client, peer, srtcp(scene.random, 200, streams[0].ssrc, 12))
    call.bye(12 * SECOND)
    talk = {"app": "whatsapp", "service": "call", "media": ["voice"]}
    idle = [flow(scene.flow(client, end), lacks=["media"], app="whatsapp", service="call")
            for end in (*whatsapp.RELAYS[1:], deaf)]
    return pcap_case(scene, [
        {"match": {"type": "flow", "proto": "udp"}, "count": 10},
        flow(scene.flow(client, relay), **talk), flow(scene.flow(client, peer), **talk), *idle], [VIDEO_ONLY])


def _both_ways(scene, streams, client, other, start, seconds, pps=20):
    play(scene, streams[0], client, other, start, seconds, pps)
    play(scene, streams[1], other, client, start + 7 * MS, seconds, pps)


@case(
    "whatsapp-call-streams",
    "A call whose RTP streams are measured: 40 packets up of which two never came, 20 down.",
    SOURCE,
)
def call_streams():
    scene = Scene("whatsapp-call-streams")
    client, relay = (HOST, 51600), whatsapp.RELAYS[0]
    whatsapp.Call(scene, client, [relay]).allocate(0)
    up, down = (RtpStream(scene.random, 120, (60, 150), 960) for _ in "ab")
    play(scene, up, client, relay, SECOND, 1, 20)
    up.packet(), up.packet()
    play(scene, up, client, relay, int(2.1 * SECOND), 1, 20)
    play(scene, down, relay, client, SECOND, 2, 10)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, relay), app="whatsapp",
                                                 service="call", media=["voice"])])


@case(
    "whatsapp-call-unanswered-relays",
    "A call attempt whose relays never answer, in the cut 2015 to 2019 form, while the chat works:"
    " set-up seen, no media anywhere.",
    SOURCE,
)
def call_unanswered():
    scene = Scene("whatsapp-call-unanswered-relays")
    session = TcpSession(scene, (HOST, 49310), whatsapp.CHAT_SERVER)
    whatsapp.chat(session, messages=6)
    client = (HOST, 52794)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS)
    for second in (1, 2, 3):
        call.allocate(second * SECOND, answered=())
    call.bye(5 * SECOND)
    relays = [flow(scene.flow(client, relay), lacks=["media"], app="whatsapp",
                   service="call") for relay in whatsapp.RELAYS]
    chat = flow(scene.flow(session.client, session.server, ip.TCP), app="whatsapp", service="text")
    return pcap_case(scene, [flow_count(9), chat, *relays], [VIDEO_ONLY])


def _video(name, video_pt, relay, client, peer, start=None, key=None):
    """A camera in one direction keeps the file small; sound goes both ways."""
    scene = Scene(name) if start is None else Scene(name, start)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS[:5])
    call.allocate(0, key=key)
    call.check_peer(SECOND, peer)
    sound = [whatsapp.Media(scene.random, 120, (60, 130), 960) for _ in "ab"]
    picture = whatsapp.Media(scene.random, video_pt, (700, 1050), 6000, burst=3)
    begin = int(1.5 * SECOND)
    play(scene, picture, client, peer, begin, 4, 16)
    _both_ways(scene, sound, client, peer, begin, 4, 6)
    call.bye(6 * SECOND)
    idle = [flow(scene.flow(client, end), lacks=["media"], app="whatsapp", service="call")
            for end in whatsapp.RELAYS[:5]]
    return pcap_case(scene, [flow_count(6), flow(scene.flow(client, peer), app="whatsapp",
                                                 service="call", media=["video"]), *idle])


@case(
    "whatsapp-call-video",
    "A video call of 2019, peer to peer: payload type 102 of 700 to 1050 bytes with an RTP header "
    "extension, and sound.",
    SOURCE,
)
def call_video():
    return _video("whatsapp-call-video", 102, whatsapp.RELAYS[0], (HOST, 53688), ("198.51.100.51", 32641))


@case(
    "whatsapp-call-camera-on",
    "A voice call that turns its camera on after 4 s: voice, then voice and video on the same "
    "flow.",
    SOURCE,
)
def call_camera_on():
    scene = Scene("whatsapp-call-camera-on")
    client, peer = (HOST, 53700), ("198.51.100.53", 32800)
    call = whatsapp.Call(scene, client, whatsapp.RELAYS[:5])
    call.allocate(0)
    call.check_peer(SECOND, peer)
    sound = [whatsapp.Media(scene.random, 120, (60, 130), 960) for _ in "ab"]
    picture = whatsapp.Media(scene.random, 102, (700, 1050), 6000, burst=3)
    _both_ways(scene, sound, client, peer, 2 * SECOND, 8, 6)
    play(scene, picture, client, peer, 6 * SECOND, 4, 14)
    call.bye(11 * SECOND)
    return pcap_case(scene, [flow_count(6), flow(scene.flow(client, peer), app="whatsapp",
                                                 service="call", media=["voice", "video"])])


@case(
    "whatsapp-call-one-relay-at-a-time",
    "Android behind a VPN asks one relay every 0.6 s, eight in all; none answers.",
    SOURCE,
)
def call_one_by_one():
    scene = Scene("whatsapp-call-one-relay-at-a-time")
    client = (HOST, 44819)
    for number, relay in enumerate(whatsapp.RELAYS):
        whatsapp.Call(scene, client, [relay]).allocate(number * 600 * MS, answered=())
    return pcap_case(scene, [flow_count(8)] + [
        flow(scene.flow(client, relay), lacks=["media"], app="whatsapp", service="call")
        for relay in whatsapp.RELAYS])


@case(
    "whatsapp-call-2023",
    "The set-up of 2023: 212-byte Allocate with a 150-byte 0x4000, 0x0016 and a real HMAC-SHA1; "
    "video with payload type 97.",
    SOURCE,
    ("stun.att.hmac", "stun.type == 0x0103"),
)
def call_2023():
    return _video("whatsapp-call-2023", 97, whatsapp.RELAYS[0], (HOST, 40123), ("198.51.100.52", 32700),
                  EPOCH_2023, key=b"pcapgen relay key")


@case(
    "whatsapp-call-relay-in-isp",
    "All relays, hosted by an access provider, lie outside Meta's addresses: the messages decide, "
    "not the prefix.",
    SOURCE,
)
def call_isp_relay():
    scene = Scene("whatsapp-call-relay-in-isp")
    client, relays = (HOST, 51700), [("93.57.123.227", 3478), ("203.0.113.20", 3478)]
    call = whatsapp.Call(scene, client, relays)
    call.allocate(0)
    streams = [RtpStream(scene.random, 120, (60, 150), 960) for _ in "ab"]
    _both_ways(scene, streams, client, relays[0], SECOND, 3)
    call.bye(5 * SECOND)
    has = {"app": "whatsapp", "service": "call"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(client, relays[0]), media=["voice"], **has),
                             flow(scene.flow(client, relays[1]), lacks=["media"], **has)],
                     not_apps("facebook", "meta"))


@case(
    "whatsapp-call-peer-first",
    "Media between peers comes first, the relays are asked seconds later from the same local port: "
    "the earlier flow is the call's too.",
    SOURCE,
)
def call_peer_first():
    scene = Scene("whatsapp-call-peer-first")
    client, relay, peer = (HOST, 51800), whatsapp.RELAYS[0], ("198.51.100.66", 9344)
    streams = [RtpStream(scene.random, 120, (60, 150), 960) for _ in "ab"]
    _both_ways(scene, streams, client, peer, 0, 5)
    call = whatsapp.Call(scene, client, [relay])
    call.allocate(12 * SECOND)
    call.bye(20 * SECOND)
    has = {"app": "whatsapp", "service": "call"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(client, peer), media=["voice"], **has),
                             flow(scene.flow(client, relay), lacks=["media"], **has)], [VIDEO_ONLY])
