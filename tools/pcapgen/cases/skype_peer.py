"""Peer-to-peer Skype, until 2017: log-in, probes and a call between two hosts, and what resembles them."""

from .. import dns, ip, tls
from ..apps import skype_peer as skype
from ..partial import Partial
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = ("Biondi and Desclaux 2006, Baset and Schulzrinne 2004, Bonfiglio et al. 2007, and a public capture of 2015 "
          "(nDPI's test set), measured with tshark on 2026-11-21")
HOST, RESOLVER = "192.168.1.20", "192.168.1.1"
EPOCH_2015 = 1_431_969_645 * SECOND  # 2015-05-18T17:20:45Z
NO_CALL = [{"type": "flow", "service": "call"}]


def _names(scene):
    for number, (name, address) in enumerate((("dsn4.d.skype.net", "91.190.216.52"),
                                              ("conn.skype.akadns.net", "91.190.218.66"))):
        dns.look_up(scene, number * 20 * MS, HOST, RESOLVER, name, [address])


def _probes(scene, count=40):
    """Each node is asked once; none answers."""
    client, socket = (HOST, 13021), skype.Socket(scene, 0x3D7A)
    for number in range(count):
        node = (f"157.55.{130 + number % 3}.{140 + number}", 40001 + number % 47)
        size = scene.random.randint(22, 37)
        scene.udp(SECOND + number * 50 * MS, client, node, skype.probe(scene.random, socket.ident(), size))


def _expect_probes(count, **has):
    return {"match": {"type": "flow", "client_port": 13021}, "count": count,
            "has": {"app": "skype", "service": "text", "packets_up": 1} | has}


@case(
    "skype-2015-pings",
    "Skype of 2015 over UDP: one local port pings 40 supernodes, none answers; names of Skype's were "
    "looked up before. Signalling, and no call.",
    SOURCE,
)
def pings():
    scene = Scene("skype-2015-pings", EPOCH_2015)
    _names(scene)
    _probes(scene)
    return pcap_case(scene, [_expect_probes(40, confidence="likely")], NO_CALL)


@case(
    "skype-2015-pings-alone",
    "The same pings without any name: a guess.",
    SOURCE,
)
def pings_alone():
    scene = Scene("skype-2015-pings-alone", EPOCH_2015)
    _probes(scene)
    return pcap_case(scene, [flow_count(40), _expect_probes(40, confidence="guess")], NO_CALL)


@case(
    "skype-2015-peer-probes",
    "Skype of 2015: a host at home, which was a peer, is asked five times and does not answer.",
    SOURCE,
)
def peer_probes():
    scene = Scene("skype-2015-peer-probes", EPOCH_2015)
    _names(scene)
    client, peer = (HOST, 13021), ("203.0.113.77", 63773)
    for number, ident in enumerate((0x9CF4, 0x9E6D, 0x9E80, 0x9E93, 0x9E9F)):
        scene.udp((1 + 5 * number) * SECOND, client, peer, skype.probe(scene.random, ident, 18))
    record = scene.flow(client, peer, app="skype", service="text", confidence="likely")
    return pcap_case(scene, [flow(record)], NO_CALL)


def _fake_tls(scene, at, port, server):
    """Zero-length records where a TLS hello would be."""
    session = TcpSession(scene, (HOST, port), server, at).open()
    session.up(bytes.fromhex("1603010000")).down(bytes.fromhex("1703010000"))
    session.up(bytes.fromhex("160301004e42cdefe740d72f1d") + scene.random.randbytes(70))
    session.down(bytes.fromhex("1703010040") + scene.random.randbytes(64)).wait(500).close()
    return session


def _fake_tls_case(name, **partial):
    scene = Partial(name, EPOCH_2015, **partial)
    sessions = [_fake_tls(scene, n * SECOND, 50100 + n, server)
                for n, server in enumerate((("91.190.216.24", 443), ("157.55.130.148", 40015)))]
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), app="skype", service="text") for s in sessions], NO_CALL)


@case(
    "skype-2015-fake-tls",
    "Skype of 2015 over TCP: empty TLS records and eight constant bytes instead of a handshake, on"
    " ports 443 and 40015.",
    SOURCE,
)
def fake_tls():
    return _fake_tls_case("skype-2015-fake-tls")


@case("skype-2015-fake-tls-up", "The same, the client's packets alone.", SOURCE)
def fake_tls_up():
    return _fake_tls_case("skype-2015-fake-tls-up", side="up")


@case("skype-2015-fake-tls-down", "The same, the server's packets alone.", SOURCE)
def fake_tls_down():
    return _fake_tls_case("skype-2015-fake-tls-down", side="down")


def _ssl2(scene, at, port, server):
    session = TcpSession(scene, (HOST, port), server, at).open()
    session.up(skype.ssl2_hello(scene.random.randbytes(16))).down(skype.server_hello())
    session.up(b"\x4c" + scene.random.randbytes(26)).down(scene.random.randbytes(48)).wait(300).close()
    return session


def _ssl2_case(name, confidence, **partial):
    scene = Partial(name, EPOCH_2015, **partial)
    session = _ssl2(scene, 0, 50030, ("65.55.223.33", 443))
    record = scene.flow(session.client, session.server, ip.TCP, app="skype", service="text",
                        confidence=confidence)
    return pcap_case(scene, [flow_count(1), flow(record)], NO_CALL)


@case(
    "skype-2015-ssl2",
    "Skype of 2015 at a supernode's port 443: a hello in SSL 2.0 form, the ServerHello whose random never "
    "changes, and no TLS behind them.",
    SOURCE,
    ("frame contains 40:1b:e4:86:02:ad:e0:29",),
)
def ssl2():
    return _ssl2_case("skype-2015-ssl2", "certain")


@case("skype-2015-ssl2-up", "The same, the client's packets alone: a guess.", SOURCE)
def ssl2_up():
    return _ssl2_case("skype-2015-ssl2-up", "guess", side="up")


@case("skype-2015-ssl2-down", "The same, the server's packets alone.", SOURCE)
def ssl2_down():
    return _ssl2_case("skype-2015-ssl2-down", "certain", side="down")


def _call(scene, start=0):
    """Probe, refusal, repetition, answer, then five seconds of sound both ways."""
    client, peer = (HOST, 13021), ("203.0.113.77", 63773)
    mine, its = skype.Socket(scene, 0x4A0E), skype.Socket(scene, 0xC232)
    first = mine.ident()
    scene.udp(start, client, peer, skype.probe(scene.random, first, 18))
    scene.udp(start + 40 * MS, peer, client, skype.refusal(scene.random, first, "198.51.100.9"))
    scene.udp(start + 41 * MS, client, peer, skype.resend(scene.random, first, 18))
    scene.udp(start + 82 * MS, peer, client, skype.probe(scene.random, its.ident(), 26))
    for number in range(250):
        at = start + 300 * MS + number * 20 * MS
        for offset, socket, src, dst in ((0, mine, client, peer), (7 * MS, its, peer, client)):
            function = skype.DATA | scene.random.randrange(8) << 4
            size = scene.random.randint(60, 150)
            scene.udp(at + offset + scene.random.randrange(2 * MS), src, dst,
                      skype.datagram(scene.random, socket.ident(), function, size))
    return client, peer


@case(
    "skype-2010-call",
    "A call of peer-to-peer Skype as publications describe it: a refused datagram, its repetition, then data both "
    "ways at the rate of speech.",
    SOURCE,
)
def call():
    scene = Scene("skype-2010-call", 1_273_695_645 * SECOND)
    client, peer = _call(scene)
    record = scene.flow(client, peer, app="skype", service="call", confidence="certain", media=["voice"])
    return pcap_case(scene, [flow_count(1), flow(record)])


@case("skype-2010-call-up", "The same call, the client's packets alone.", SOURCE)
def call_up():
    scene = Partial("skype-2010-call-up", 1_273_695_645 * SECOND, side="up")
    client, peer = _call(scene)
    record = scene.flow(client, peer, app="skype", service="call", confidence="certain", media=["voice"])
    return pcap_case(scene, [flow_count(1), flow(record)])


@case(
    "skype-lookalikes",
    "What is not Skype: datagrams with 02 in their third byte (SNMP, CAPWAP, a counter before a "
    "constant header, single probes at other ports, random ones years after supernodes were gone), a "
    "browser of Windows XP and a server that is what it says.",
    SOURCE,
)
def lookalikes():
    scene = Scene("skype-lookalikes", EPOCH_2015)
    client = (HOST, 13021)
    for number in range(14):
        scene.udp(number * 40 * MS, client, ("203.0.113.5", 1610), bytes.fromhex("302902010004067075626c6963a11c02")
                  + scene.random.randbytes(27))
        scene.udp(number * 41 * MS, client, ("203.0.113.6", 52460), bytes.fromhex("0020021000000000")
                  + scene.random.randbytes(30))
        scene.udp(number * 42 * MS, client, ("203.0.113.7", 9999), number.to_bytes(2, "big")
                  + bytes.fromhex("0200112233445566") + scene.random.randbytes(20))
    scene.udp(SECOND, client, ("157.55.130.140", 3545), skype.probe(scene.random, 0x3D7C, 30))
    scene.udp(SECOND, client, ("203.0.113.8", 40015), skype.probe(scene.random, 0x3D7E, 30))
    session = TcpSession(scene, (HOST, 50030), ("203.0.113.9", 443), 2 * SECOND).open()
    session.up(skype.ssl2_hello(scene.random.randbytes(16)))
    session.down(tls.record(22, b"\x02\0\0\x26\x03\x01" + scene.random.randbytes(32) + b"\0\0\x05\0"))
    session.up(tls.record(22, b"\x10\0\0\x82\0\x80" + scene.random.randbytes(128))).wait(100).close()
    return pcap_case(scene, [flow_count(6)], not_apps())


@case(
    "skype-after-2017",
    "Datagrams like a supernode's probes, and a random stream to such a port, years after there was any.",
    SOURCE,
)
def after():
    scene = Scene("skype-after-2017", EPOCH_2021)
    _probes(scene, 10)
    session = TcpSession(scene, (HOST, 50030), ("65.55.223.33", 40002), 2 * SECOND).open()
    session.up(scene.random.randbytes(57)).down(scene.random.randbytes(98)).wait(100).close()
    return pcap_case(scene, [flow_count(11)], not_apps())
