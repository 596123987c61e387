"""Names after which connections to the same server are torn down for a while, whatever they say."""

from .. import ip, tls, transport
from ..registry import case, flow_count, pcap_case
from ..scene import MS, SECOND, Scene
from ..tcp_session import TcpSession
from ..transport import ACK, PSH, RST

SOURCE = "RFC 9293 section 3.5; net4people/bbs issue 273 (Turkmenistan)"
CLIENT, SERVER, OTHER = "192.168.1.20", ("203.0.113.90", 443), ("203.0.113.200", 443)
PUBLIC = ["--public-net", "203.0.113.0/24"]
FORGED_TTL = 101


def _hello(scene, port, server, name, start):
    session = TcpSession(scene, (CLIENT, port), server, start)
    hello = tls.client_hello(scene.random, name)
    session.open().segment("up", PSH | ACK, tls.hello_record(hello))
    return session, hello


def _well(scene, port, server, name, start):
    session, hello = _hello(scene, port, server, name, start)
    session.now += session.rtt
    session.down(tls.server_flight(scene.random, hello))
    session.up(tls.record(tls.APPLICATION, scene.random.randbytes(300)))
    session.down(tls.record(tls.APPLICATION, scene.random.randbytes(6000))).wait(20).close()


def _torn(scene, port, name, start, forged):
    """Three resets: from a device 4 ms away, before the server's answer; or the server's own."""
    session, hello = _hello(scene, port, SERVER, name, start)
    session.now += 4 * MS if forged else session.rtt
    server, client = session.ends["down"]
    for number in range(3 if forged else 1):
        reset = transport.tcp(server, client, session.next["down"], session.next["up"], RST | ACK, b"", 1500)
        if not forged:
            scene.send(session.now, server, client, ip.TCP, reset)
            return
        datagram = ip.ip(server[0], client[0], ip.TCP, reset, FORGED_TTL, scene.random.getrandbits(16))
        scene.count(server, client, ip.TCP, len(datagram))
        scene.add(session.now + number * MS // 20, datagram)
    session.now += session.rtt - 4 * MS
    session.segment("down", PSH | ACK, tls.server_flight(scene.random, hello)[:1400])
    session.wait(0.1).segment("up", RST, window=0)


def _scene(name, forged):
    scene = Scene(name)
    for number, (said, start) in enumerate((("blocked.example", 2), ("page.test", 20), ("news.test", 45), ("page.test", 70))):
        _torn(scene, 51000 + number, said, start * SECOND, forged)
    for number, (said, start) in enumerate((("page.test", 100), ("news.test", 120))):
        _well(scene, 51100 + number, SERVER, said, start * SECOND)
    for number in range(8):
        _well(scene, 52000 + number, OTHER, "elsewhere.test", (5 + 12 * number) * SECOND)
    return scene


@case(
    "punished-by-resets",
    "After one name a device tears down whatever goes to the same server and port for 70 to 100 s, by resets with a TTL "
    "of its own, while the server's answers still come. The other names go well later: not they are meant.",
    SOURCE,
    ("tcp.flags.reset == 1 && ip.ttl == 101",),
)
def forged():
    scene = _scene("punished-by-resets", True)
    return pcap_case(scene, [
        flow_count(14),
        {"match": {"type": "finding", "id": "INJ.TTL", "level": "likely"}, "count": 4},
        {"match": {"type": "finding", "id": "RESIDUAL", "level": "anomalous"}, "count": 1}], args=PUBLIC)


@case(
    "banned-by-server",
    "The same, but the resets are the server's own: it bans the client for a while. No finding but the bare shapes.",
    SOURCE,
)
def own():
    scene = _scene("banned-by-server", False)
    return pcap_case(scene, [flow_count(14)], [
        {"type": "finding", "id": "RESIDUAL"},
        {"type": "finding", "level": {"any": ["likely", "confirmed_pattern"]}}], args=PUBLIC)
