"""Resets that a server, or another machine of its address, sends by itself, beside others that look like them."""

from .. import ip, tls, transport
from ..registry import case, flow_count, pcap_case
from ..scene import MS, SECOND, Scene
from ..tcp_session import TcpSession
from ..transport import ACK, PSH, RST

CLIENT, SERVER = "192.168.1.20", ("203.0.113.90", 443)
PUBLIC = ["--public-net", "203.0.113.0/24"]
WATCHED = "web.whatsapp.com"
LONG = 1300  # bytes of padding: with them a hello takes two segments


def _none_above_anomalous(*ids):
    return [{"type": "finding", "id": name, "level": {"any": ["likely", "confirmed_pattern"]}} for name in ids]


def _hello(scene, name, padding):
    return tls.client_hello(scene.random, name, padding=padding)


def _fetch(scene, port, name, start, padding=0):
    session = TcpSession(scene, (CLIENT, port), SERVER, start)
    hello = _hello(scene, name, padding)
    session.open().up(tls.hello_record(hello)).down(tls.server_flight(scene.random, hello))
    session.up(tls.record(tls.APPLICATION, scene.random.randbytes(300)))
    session.down(tls.record(tls.APPLICATION, scene.random.randbytes(6000))).wait(20).close()


def _refused(name, long_passes) -> Scene:
    """Ten hellos of two segments for one name, reset; others go well at the server, one of them as long or none."""
    scene = Scene(name)
    for number in range(10):
        start = (10 + 20 * number) * SECOND
        session = TcpSession(scene, (CLIENT, 51000 + number), SERVER, start)
        session.open().up(tls.hello_record(_hello(scene, WATCHED, LONG)), ack=False)
        session.now += session.rtt
        session.reset("down")
        padding = LONG if long_passes and number == 4 else 0
        _fetch(scene, 52000 + number, f"www.page{number}.test", start + 9 * SECOND, padding)
    return scene


@case(
    "reset-long-hello",
    "A server resets every hello that comes in two segments, as with a post-quantum key, and answers shorter ones, which "
    "say other names. The name is not what it goes by: no more than anomalous.",
    "RFC 8446, RFC 9293; https://tldr.fail",
    ("tls.handshake.extensions_server_name == web.whatsapp.com", "tcp.flags.reset == 1"),
)
def long_hello():
    scene = _refused("reset-long-hello", False)
    return pcap_case(scene, [flow_count(20), {
        "match": {"type": "finding", "id": "RST.TRIGGER.SNI", "level": "anomalous"}, "count": 10}],
        _none_above_anomalous("RST.TRIGGER.SNI", "RST.DATA.RA"), args=PUBLIC)


@case(
    "reset-long-hello-answered",
    "The same, but one hello as long for another name is answered: it is the name that is reset.",
    "RFC 8446, RFC 9293; https://tldr.fail",
    ("tls.handshake.extensions_server_name == web.whatsapp.com", "tcp.flags.reset == 1"),
)
def long_hello_answered():
    scene = _refused("reset-long-hello-answered", True)
    return pcap_case(scene, [flow_count(20), {
        "match": {"type": "finding", "id": "RST.TRIGGER.SNI", "level": "likely"}, "count": 10}], args=PUBLIC)


def _stray_reset(session, number, at):
    """Of a machine three routers nearer that does not know the connection."""
    src, dst = session.ends["down"]
    packet = ip.ip(src[0], dst[0], ip.TCP, transport.tcp(src, dst, number, 0, RST, b"", 0, b""), 58, 0)
    session.scene.count(src, dst, ip.TCP, len(packet))
    session.scene.add(at, packet)


def _begun(scene, number):
    session = TcpSession(scene, (CLIENT, 51000 + number), SERVER, (10 + 20 * number) * SECOND)
    hello = _hello(scene, WATCHED, 0)
    session.open().up(tls.hello_record(hello))
    return session, hello


@case(
    "reset-other-node",
    "In the midst of a download packets reach another machine of the same address, which knows nothing of the connection "
    "and answers each acknowledgement with a reset of that number; what the first machine had under way still arrives. "
    "No more than anomalous.",
    "RFC 4786, RFC 9293 section 3.10.7.1",
    ("tcp.flags.reset == 1 && ip.ttl == 58",),
)
def other_node():
    scene = Scene("reset-other-node")
    for number in range(3):
        session, hello = _begun(scene, number)
        session.down(tls.server_flight(scene.random, hello))
        asked = []
        for count in range(8):
            session.segment("down", ACK, scene.random.randbytes(1200))
            session.wait(4)
            if count % 2:
                session.segment("up", ACK)
                asked.append((session.next["down"], session.now))
            session.wait(1)
        for acknowledged, at in asked[2:]:
            _stray_reset(session, acknowledged, at + session.rtt - 3 * MS)
        session.now = asked[2][1] + session.rtt - 2 * MS
        session.segment("down", ACK, scene.random.randbytes(1200))
    return pcap_case(scene, [flow_count(3), {
        "match": {"type": "finding", "id": "INJ.TTL", "level": "anomalous"}, "count": 3}],
        _none_above_anomalous("INJ.TTL", "INJ.RST_SEQ_DATA", "INJ.RST_SEQ_CHANGE"), args=PUBLIC)


@case(
    "reset-other-node-forged",
    "A reset of the same shape answers a hello that the server itself acknowledges and answers: nothing went astray, the "
    "reset is likely somebody else's.",
    "RFC 9293 section 3.10.7.1",
    ("tcp.flags.reset == 1 && ip.ttl == 58",),
)
def forged():
    scene = Scene("reset-other-node-forged")
    for number in range(3):
        session = TcpSession(scene, (CLIENT, 51000 + number), SERVER, (10 + 20 * number) * SECOND)
        hello = _hello(scene, WATCHED, 0)
        session.open().segment("up", PSH | ACK, tls.hello_record(hello))
        _stray_reset(session, session.next["down"], session.now + 2 * MS)
        session.now += session.rtt
        session.segment("down", ACK)
        session.segment("down", PSH | ACK, tls.server_flight(scene.random, hello)[:1400])
    return pcap_case(scene, [flow_count(3), {
        "match": {"type": "finding", "id": "INJ.RST_SEQ_DATA", "level": "likely"}, "count": 3}], args=PUBLIC)
