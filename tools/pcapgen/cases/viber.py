"""Viber: calls that connect or do not, chat bare and in false TLS, files and web."""

from .. import dns, ip, tls
from ..apps import viber
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = "a public capture of 2016 (nDPI's test set), measured with tshark on 2026-11-22"
HOST = "192.168.1.20"
CLIENT, RELAY = (HOST, 48564), ("203.0.113.186", 7985)
UP, DOWN = (CLIENT, RELAY), (RELAY, CLIENT)
VOICE = {"app": "viber", "service": "call", "media": ["voice"], "confidence": "certain"}


def _talk(scene, call, far, start, seconds, ways=(UP, DOWN)) -> None:
    """Media of both sides behind their tags, with the messages that go on beside it."""
    for ends in ways:
        side = call if ends == UP else far
        sound = RtpStream(scene.random, 107, (60, 150), 960, extension=True)
        play(scene, sound, *ends, start, seconds, 20, side.media)
        for half in range(int(seconds * 2)):
            side.alive(start + half * 500 * MS, ends)


def _call(scene):
    return viber.Call(scene, CLIENT, RELAY), viber.Call(scene, CLIENT, RELAY, b"\xa0\x16")


@case(
    "viber-call",
    "A connected voice call: frames on TCP 4244, set-up, bandwidth probes, pings, a second port of "
    "the relay, candidates of the peer that never answer, then RTP behind a 2-byte tag, and a bye.",
    SOURCE,
    ("udp.length == 558", "frame[44:2] == 03:00"),
)
def call():
    scene = Scene("viber-call")
    chat = TcpSession(scene, (HOST, 43454), viber.SERVER).open()
    for number in range(3):
        chat.down(viber.frame(scene.random, 10 + number, 125)).up(viber.frame(scene.random, 7 + number, 67))
    mine, far = _call(scene)
    other, candidates = ("203.0.113.186", 7987), [("198.51.100.135", port) for port in (37299, 37300)]
    ask = mine.control(0x19, mine.token + scene.random.randbytes(20) + bytes(2))
    scene.udp(SECOND, CLIENT, other, ask)
    scene.udp(SECOND + 54 * MS, other, CLIENT, mine.control(0x1A, mine.token + bytes(8)))
    for half in range(3):
        mine.set_up(SECOND + half * 500 * MS)
    mine.probe(SECOND + 5 * MS)
    for second in range(1, 8):
        mine.ping(second * SECOND + 8 * MS)
    for number in range(6):
        for peer in candidates:
            mine.seek(3 * SECOND + number * 200 * MS, peer)
    _talk(scene, mine, far, 4 * SECOND, 4)
    mine.bye(9 * SECOND)
    tried = {"app": "viber", "service": "call", "confidence": "likely"}
    return pcap_case(scene, [
        flow_count(5), flow(scene.flow(*UP), **VOICE), flow(scene.flow(CLIENT, other), **tried),
        flow(scene.flow(chat.client, chat.server, ip.TCP), app="viber", service="text", confidence="certain"),
        *(flow(scene.flow(CLIENT, peer), lacks=["media"], **tried) for peer in candidates)])


@case(
    "viber-call-unanswered",
    "A call attempt: five set-ups to two relays and a ping, nothing comes back; one relay's set-ups hold "
    "no clock that could be read.",
    SOURCE,
)
def unanswered():
    scene = Scene("viber-call-unanswered")
    silent = ("203.0.113.187", 9785)
    first, second = viber.Call(scene, CLIENT, RELAY), viber.Call(scene, (HOST, 48565), silent)
    for number in range(5):
        first.set_up(number * 500 * MS, answered=False)
        second.set_up(number * 500 * MS, answered=False, clock=False)
    first.ping(SECOND, answered=False)
    has = {"app": "viber", "service": "call", "confidence": "certain"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(*UP), lacks=["media"], **has),
                             flow(scene.flow((HOST, 48565), silent), lacks=["media"], **has)])


def _cut(name, ways):
    """A call caught in its middle."""
    scene = Scene(name)
    mine, far = _call(scene)
    _talk(scene, mine, far, 0, 5, ways)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(*UP), **VOICE)])


@case("viber-call-midstream", "A call caught in its middle: media and keep-alives, no set-up.", SOURCE)
def midstream():
    return _cut("viber-call-midstream", (UP, DOWN))


@case("viber-call-one-way", "The same call of which only the relay's datagrams were captured; its tag begins like an RTP header.", SOURCE)
def one_way():
    return _cut("viber-call-one-way", (DOWN,))


@case("viber-call-tagged-media", "Nothing but RTP behind a constant tag: a guess, with its media.", SOURCE)
def tagged_media():
    scene = Scene("viber-call-tagged-media")
    mine, far = _call(scene)
    for ends, side in ((UP, mine), (DOWN, far)):
        play(scene, RtpStream(scene.random, 107, (60, 150), 960), *ends, 0, 5, 20, side.media)
    return pcap_case(scene, [flow_count(1), flow(scene.flow(*UP), app="viber", service="call",
                                                 media=["voice"], confidence="guess")])


@case(
    "viber-text",
    "Chat: the client's and the server's first frames on TCP 4244, then frames whose counters go on; the "
    "same on 443 inside what imitates a resumed TLS connection; and frames caught in mid-stream on 5242.",
    SOURCE,
    ("tls.handshake.ciphersuite == 0x0005",),
)
def text():
    scene = Scene("viber-text")
    source = scene.random
    bare = TcpSession(scene, (HOST, 43454), viber.SERVER).open()
    bare.up(viber.hello(source)).down(viber.hello_answer(source))
    false = TcpSession(scene, (HOST, 43287), ("52.0.253.46", 443), SECOND).open()
    false.up(viber.false_tls_hello(source)).down(viber.false_tls_flight(source))
    cut = TcpSession(scene, (HOST, 43600), ("52.0.253.46", 5242), 2 * SECOND)
    for number in range(4):
        bare.up(viber.frame(source, 12 + number, 101)).down(viber.frame(source, 15 + number, 252))
        false.down(viber.false_tls_record(viber.frame(source, 15 + number, 482)))
        false.up(viber.false_tls_record(viber.frame(source, 13 + number, 56)))
        cut.up(viber.frame(source, 90 + number, 93)).down(viber.frame(source, 140 + number, 66))
    bare.close(), false.close()
    has = {"app": "viber", "service": "text", "confidence": "certain"}
    return pcap_case(scene, [flow_count(3)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), **has) for s in (bare, false, cut)])


@case(
    "viber-text-one-way",
    "Frames on 4244 and false TLS on 443, of which only the server's side was captured, from the middle on.",
    SOURCE,
)
def text_one_way():
    scene = Scene("viber-text-one-way")
    source = scene.random
    bare = TcpSession(scene, (HOST, 43454), viber.SERVER)
    false = TcpSession(scene, (HOST, 43287), ("52.0.253.46", 443), SECOND)
    for number in range(4):
        bare.down(viber.frame(source, 15 + number, 252), ack=False).wait(60)
        false.down(viber.false_tls_record(viber.frame(source, 15 + number, 482)), ack=False).wait(60)
    has = {"app": "viber", "service": "text", "confidence": "certain"}
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), **has) for s in (bare, false)])


def _named(name, host, service):
    scene = Scene(name, EPOCH_2021)
    dns.look_up(scene, 0, HOST, "192.168.1.1", host, ["203.0.113.96"])
    session = TcpSession(scene, (HOST, 49400), ("203.0.113.96", 443), 15 * MS)
    tls.talk(session, host)
    return pcap_case(scene, [flow_count(2), flow(
        scene.flow(session.client, session.server, ip.TCP), app="viber", service=service, host=host)])


@case("viber-transfer", "A photo: TLS with SNI media.cdn.viber.com.", "v2fly's domain list, 2026-11-22",
      ('tls.handshake.extensions_server_name == "media.cdn.viber.com"',))
def transfer():
    return _named("viber-transfer", "media.cdn.viber.com", "transfer")


@case("viber-web", "The web site: TLS with SNI www.viber.com.", "v2fly's domain list, 2026-11-22",
      ('tls.handshake.extensions_server_name == "www.viber.com"',))
def web():
    return _named("viber-web", "www.viber.com", "web")


@case(
    "not-viber-ports",
    "On Viber's ports and not Viber: random datagrams on 7985, plain RTP on 7987, length-prefixed messages "
    "without a counter on 4244, a resumed TLS connection with the same old cipher suites on 443.",
    SOURCE,
)
def not_ports():
    scene = Scene("not-viber-ports")
    source = scene.random
    for number in range(30):
        scene.udp(number * 30 * MS, CLIENT, RELAY, source.randbytes(source.randint(12, 300)))
    play(scene, RtpStream(source, 107, (60, 150), 960), (HOST, 40000), ("203.0.113.186", 7987), 0, 3, 20)
    records = TcpSession(scene, (HOST, 43454), ("203.0.113.22", 4244)).open()
    for _ in range(3):
        body = source.randbytes(90)
        records.up(len(body).to_bytes(2, "little") + bytes(4) + body)
    old = viber.false_tls_hello(source)
    old = old.replace(bytes.fromhex("fcff0380"), source.randbytes(4))
    session = TcpSession(scene, (HOST, 43287), ("203.0.113.23", 443), SECOND).open()
    session.up(old).down(tls.record(tls.HANDSHAKE, source.randbytes(80)) + tls.opaque(source, 300))
    return pcap_case(scene, [flow_count(4)], not_apps("viber"))
