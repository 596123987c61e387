"""Telegram: calls of three generations, chat in every transport, files and web."""

from .. import dns, ip, stun, tls
from ..apps import telegram, turn
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, rtp
from ..scene import EPOCH_2021, EPOCH_2023, MS, SECOND, Scene
from ..tcp_session import TcpSession

CAPTURE = "a public capture of 2017 (nDPI's test set), measured with tshark on 2026-11-22"
SOURCES = "the sources of libtgvoip and tgcalls, read 2026-11-22"
PAGES = "core.telegram.org/mtproto, read 2026-11-22"
HOST = "192.168.1.20"
CLIENT = (HOST, 23174)
CALL = {"app": "telegram", "service": "call", "confidence": "certain"}
TEXT = {"app": "telegram", "service": "text", "confidence": "certain"}


@case(
    "telegram-call-2017",
    "A voice call of libtgvoip: three reflectors asked, sound up through one and down through another, then "
    "peer to peer as pure ciphertext from the same local port.",
    CAPTURE,
    ("frame[58:12] == ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff",),
)
def call_2017():
    scene = Scene("telegram-call-2017")
    call, peer = telegram.Reflected(scene, CLIENT), ("198.51.100.52", 31482)
    first, second, third = telegram.REFLECTORS
    for number, reflector in enumerate(telegram.REFLECTORS):
        for half in range(2):
            call.hello(half * 500 * MS + number * MS, reflector)
        call.peer_info(1200 * MS + number * MS, reflector)
        call.set_up(900 * MS + number * MS, (CLIENT, reflector))
        call.set_up(950 * MS + number * MS, (reflector, CLIENT))
    call.talk(2 * SECOND, (CLIENT, first), 4)
    call.talk(2 * SECOND + 20 * MS, (second, CLIENT), 4)
    for ends in ((CLIENT, peer), (peer, CLIENT)):
        call.talk(8 * SECOND, ends, 2, relayed=False)
    return pcap_case(scene, [
        flow_count(4), flow(scene.flow(CLIENT, first), media=["voice"], **CALL),
        flow(scene.flow(CLIENT, second), media=["voice"], **CALL),
        flow(scene.flow(CLIENT, third), lacks=["media"], **CALL),
        flow(scene.flow(CLIENT, peer), app="telegram", service="call", confidence="likely")])


@case("telegram-call-unanswered", "Reflectors that never answer: an attempt, no media.", CAPTURE)
def call_unanswered():
    scene = Scene("telegram-call-unanswered")
    call = telegram.Reflected(scene, CLIENT)
    for number, reflector in enumerate(telegram.REFLECTORS):
        for half in range(6):
            call.hello(half * 500 * MS + number * MS, reflector, answered=False)
    return pcap_case(scene, [flow_count(3)] + [
        flow(scene.flow(CLIENT, reflector), lacks=["media"], **CALL) for reflector in telegram.REFLECTORS])


@case(
    "telegram-call-one-way",
    "The middle of a call of libtgvoip, only the reflector's datagrams: the constant tag and the address tell.",
    CAPTURE,
)
def call_one_way():
    scene = Scene("telegram-call-one-way")
    call, reflector = telegram.Reflected(scene, CLIENT), telegram.REFLECTORS[0]
    call.talk(0, (reflector, CLIENT), 5)
    record = scene.flow(CLIENT, reflector)
    return pcap_case(scene, [flow_count(1), flow(record, media=["voice"], **CALL)])


@case(
    "telegram-call-2021",
    "A call of tgcalls through a reflector at an address that is not Telegram's: hello, then frames that hold "
    "STUN, DTLS and SRTP.",
    SOURCES,
)
def call_2021():
    scene = Scene("telegram-call-2021", EPOCH_2021)
    reflector = ("203.0.113.40", 1400)
    call = telegram.Framed(scene, CLIENT, reflector)
    call.hello(0)
    cut = telegram.Framed(scene, (HOST, 23175), reflector)  # caught behind its hello
    for one in (call, cut):
        for number in range(3):
            transaction = scene.random.randbytes(12)
            at = SECOND + number * 50 * MS
            one.send(at, stun.ice_check(transaction, "pEEr:cLnt", "pcapgen password"))
            one.send(at + 20 * MS, stun.ice_answer(transaction, CLIENT, "pcapgen password"), up=False)
        one.send(2 * SECOND, bytes.fromhex("16fefd0000000000000000") + scene.random.randbytes(120))
        for up in (True, False):
            ends = (one.client, reflector) if up else (reflector, one.client)
            sound = RtpStream(scene.random, 111, (60, 130), 2880)
            play(scene, sound, *ends, 3 * SECOND, 4, 16, lambda data, one=one, up=up: one.frame(data, up))
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(one.client, reflector), media=["voice"], **CALL) for one in (call, cut)])


@case(
    "telegram-call-turn",
    "A call of 2020 to 2023: TURN with realm telegram.org on port 1400, ciphertext in a channel, and peer to "
    "peer from the same local port.",
    "a public capture of 2023 (nDPI's test set), as described by others; RFC 8656",
    ('stun.att.realm == "telegram.org"',),
)
def call_turn():
    scene = Scene("telegram-call-turn", EPOCH_2023)
    server, peer = ("91.108.9.67", 1400), ("198.51.100.53", 40444)
    client = turn.TurnClient(scene, CLIENT, server, "telegram.org")
    at = client.permit(client.allocate(0), peer)
    at = client.bind(at, peer)
    for number in range(120):
        for ends in ((CLIENT, server), (server, CLIENT)):
            sealed = bytes([0x80 | number]) + scene.random.randbytes(scene.random.randint(70, 140))
            scene.udp(at + number * 50 * MS, *ends, stun.channel_data(turn.CHANNEL, sealed))
    for number in range(60):
        scene.udp(at + number * 60 * MS, CLIENT, peer, scene.random.randbytes(120))
    return pcap_case(scene, [
        flow_count(2), flow(scene.flow(CLIENT, server), media=["voice"], **CALL),
        flow(scene.flow(CLIENT, peer), app="telegram", service="call", confidence="likely")])


def _hidden(scene, port, server, start, tag, frames):
    """An obfuscated connection: header and first frame together, then frames both ways."""
    session = TcpSession(scene, (HOST, port), server, start).open()
    hidden = telegram.Obfuscated(scene.random, tag)
    session.up(hidden.header + hidden.up(frames[0][1]))
    for side, data in frames[1:]:
        session.up(hidden.up(data)) if side == "up" else session.down(hidden.down(data))
    return session.close()


@case(
    "telegram-text-obfuscated",
    "Chat in the obfuscated transport, three framings, to addresses of Telegram's and of nobody's.",
    PAGES,
)
def text_obfuscated():
    scene = Scene("telegram-text-obfuscated", EPOCH_2021)
    source, key = scene.random, scene.random.randbytes(8)
    sessions = []
    for number, (tag, wrap, server) in enumerate((
            (telegram.ABRIDGED, telegram.abridged, telegram.DATA_CENTRE),
            (telegram.INTERMEDIATE, telegram.intermediate, ("203.0.113.51", 80)),
            (telegram.PADDED, lambda data: telegram.intermediate(data + source.randbytes(7)),
             ("203.0.113.52", 5222)))):
        frames = [(side, wrap(telegram.message(source, key))) for side in ("up", "down", "up", "down")]
        sessions.append(_hidden(scene, 49500 + number, server, number * SECOND, tag, frames))
    return pcap_case(scene, [flow_count(3)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), **TEXT) for s in sessions])


@case(
    "telegram-text-plain",
    "Chat in the transports that hide nothing: key exchange in the abridged one, a running key in the abridged, "
    "the intermediate and the full one; and a key exchange of which only the server's side was captured.",
    PAGES,
)
def text_plain():
    scene = Scene("telegram-text-plain", EPOCH_2021)
    source, key = scene.random, scene.random.randbytes(8)
    ask, answer = telegram.key_exchange(source, scene.start)
    server = ("203.0.113.53", 443)

    def begun(number):
        return TcpSession(scene, (HOST, 49600 + number), server, number * SECOND).open()
    sessions = [begun(number) for number in range(4)]
    sessions[0].up(b"\xef" + telegram.abridged(ask)).down(telegram.abridged(answer))
    first, second = (telegram.message(source, key, blocks) for blocks in (4, 40))
    sessions[1].up(b"\xef" + telegram.abridged(first) + telegram.abridged(second))
    sessions[2].up(telegram.INTERMEDIATE + telegram.intermediate(first))
    sessions[3].up(telegram.full(first, 0)).down(telegram.full(second, 0))
    half = TcpSession(scene, (HOST, 49604), server, 5 * SECOND)
    half.down(telegram.abridged(answer), ack=False)
    for session in sessions:
        session.close()
    return pcap_case(scene, [flow_count(5)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), **TEXT) for s in (*sessions, half)])


@case(
    "telegram-text-midstream",
    "Ciphertext on TCP 443 to and from addresses of Telegram's, caught in mid-stream and one way: likely chat.",
    PAGES,
)
def text_midstream():
    scene = Scene("telegram-text-midstream", EPOCH_2021)
    cut = TcpSession(scene, (HOST, 49700), telegram.DATA_CENTRE)
    down = TcpSession(scene, (HOST, 49701), ("149.154.175.50", 443), SECOND)
    for _ in range(4):
        cut.up(b"\x9c" + scene.random.randbytes(180)).down(scene.random.randbytes(300))
        down.down(b"\x8d" + scene.random.randbytes(400), ack=False).wait(60)
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), app="telegram", service="text", confidence="likely")
        for s in (cut, down)])


@case(
    "telegram-call-tcp",
    "A reflector reached over TCP: the obfuscated stream's first frame is a reflector's hello, so it is a call.",
    SOURCES,
)
def call_tcp():
    scene = Scene("telegram-call-tcp", EPOCH_2021)
    source = scene.random
    tagged = source.randbytes(16) + telegram.SERVICE + b"\xfe\xff\xff\xff" + source.randbytes(8)
    frames = [("up", telegram.abridged(tagged))]
    frames += [(side, telegram.abridged(tagged[:16] + source.randbytes(160))) for side in ("down", "up")] * 3
    session = _hidden(scene, 49800, ("203.0.113.54", 443), 0, telegram.ABRIDGED, frames)
    return pcap_case(scene, [flow_count(1), flow(
        scene.flow(session.client, session.server, ip.TCP), **CALL)])


def _named(name, host, service):
    scene = Scene(name, EPOCH_2021)
    dns.look_up(scene, 0, HOST, "192.168.1.1", host, ["149.154.167.99"])
    session = TcpSession(scene, (HOST, 49400), ("149.154.167.99", 443), 15 * MS)
    tls.talk(session, host)
    return pcap_case(scene, [flow_count(2), flow(
        scene.flow(session.client, session.server, ip.TCP), app="telegram", service=service, host=host)])


@case("telegram-transfer", "A file of a public channel: TLS with SNI cdn4.telesco.pe.",
      "v2fly's domain list, 2026-11-22", ('tls.handshake.extensions_server_name == "cdn4.telesco.pe"',))
def transfer():
    return _named("telegram-transfer", "cdn4.telesco.pe", "transfer")


@case("telegram-web", "A link: TLS with SNI t.me.", "v2fly's domain list, 2026-11-22",
      ('tls.handshake.extensions_server_name == "t.me"',))
def web():
    return _named("telegram-web", "t.me", "web")


@case("telegram-web-chat", "The web client's chat: TLS with SNI venus.web.telegram.org.",
      "sources of web clients, 2026-11-22",
      ('tls.handshake.extensions_server_name == "venus.web.telegram.org"',))
def web_chat():
    return _named("telegram-web-chat", "venus.web.telegram.org", "text")


@case(
    "not-telegram-random",
    "What Telegram could be taken for: random bytes on TCP 443 (an MTProxy with a secret looks so, and cannot be "
    "told), silence in G.711 that puts 12 times ff behind 16 bytes, datagrams with a constant start elsewhere.",
    SOURCES,
)
def not_random():
    scene = Scene("not-telegram-random", EPOCH_2021)
    session = TcpSession(scene, (HOST, 49900), ("203.0.113.60", 443)).open()
    session.up(b"\xa1" + scene.random.randbytes(260)).down(scene.random.randbytes(500))
    session.up(scene.random.randbytes(90)).close()
    for number in range(40):
        packet = rtp(0, number, number * 160, 0x11223344, b"\xff" * 160)
        scene.udp(number * 20 * MS, (HOST, 40000), ("203.0.113.61", 30000), packet)
    tag = scene.random.randbytes(16)
    for number in range(20):
        scene.udp(number * 60 * MS, (HOST, 40002), ("203.0.113.62", 529), tag + scene.random.randbytes(160))
    return pcap_case(scene, [flow_count(3)], not_apps("telegram"))
