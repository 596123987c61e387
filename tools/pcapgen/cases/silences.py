"""Names whose connections fall silent, beside one connection that lasts all the while."""

from .. import tls
from ..registry import case, flow_count, pcap_case
from ..scene import MS, SECOND, Scene
from ..tcp_session import TcpSession
from ..transport import ACK, PSH

SOURCE = "RFC 6298, RFC 7323, RFC 8446, RFC 9293"
CLIENT, SERVER, LONG = "192.168.1.20", ("203.0.113.90", 443), ("203.0.113.200", 443)
PUBLIC = ["--public-net", "203.0.113.0/24"]
BACK_OFF = (250, 250, 500, 1000, 2000, 4000, 8000)  # ms


def _fetch(scene, port, name, start):
    """A page under `name`, and the client's FIN."""
    session = TcpSession(scene, (CLIENT, port), SERVER, start)
    hello = tls.client_hello(scene.random, name)
    session.open().up(tls.hello_record(hello)).down(tls.server_flight(scene.random, hello))
    session.up(tls.record(tls.APPLICATION, scene.random.randbytes(300)))
    session.down(tls.record(tls.APPLICATION, scene.random.randbytes(6000))).wait(20).close()


def _dropped(scene, port, name, start):
    """The hello never arrives, however often it is sent. Returns when it was sent first and last."""
    session = TcpSession(scene, (CLIENT, port), SERVER, start)
    hello = tls.hello_record(tls.client_hello(scene.random, name))
    session.open()
    seq, first = session.next["up"], session.now
    session.segment("up", PSH | ACK, hello)
    for ms in BACK_OFF:
        session.wait(ms).segment("up", PSH | ACK, hello, seq=seq)
    return first, session.now


def _long(scene, until, silences=()):
    """A message and its answer every 4 s; in `silences` the same message again and again, in vain."""
    session = TcpSession(scene, (CLIENT, 50001), LONG, 0)
    hello = tls.client_hello(scene.random, "news.example.org")
    session.open().up(tls.hello_record(hello)).down(tls.server_flight(scene.random, hello))
    while session.now < until:
        message = tls.record(tls.APPLICATION, scene.random.randbytes(40))
        dead = next((end for begin, end in silences if begin <= session.now <= end), None)
        if dead is not None:
            seq, wait = session.next["up"], 300
            session.segment("up", PSH | ACK, message)
            while session.now + wait * MS < dead:
                session.wait(wait).segment("up", PSH | ACK, message, seq=seq)
                wait *= 2
            session.now = dead + 100 * MS
            session.segment("up", PSH | ACK, message, seq=seq)
        else:
            session.segment("up", PSH | ACK, message)
        session.now += session.rtt
        session.down(tls.record(tls.APPLICATION, scene.random.randbytes(60)), ack=False)
        session.wait(40).segment("up", ACK)
        session.wait(3900)
    return session


def _scene(name, line_dead):
    scene = Scene(name)
    spans = []
    for number in range(3):
        start = (10 + 40 * number) * SECOND
        spans.append(_dropped(scene, 51000 + number, "blocked.example", start))
        _fetch(scene, 52000 + number, f"page{number}.test", start + 28 * SECOND)
    _long(scene, 130 * SECOND, [(begin, end + SECOND) for begin, end in spans] if line_dead else ())
    return scene


@case(
    "drop-beside-long-connection",
    "A name is asked for three times and never answered, others at the same server are; meanwhile nothing but one "
    "connection goes on that began before and ends after. The line was alive: a device drops the name.",
    SOURCE,
    ("tls.handshake.extensions_server_name == blocked.example",),
)
def beside():
    scene = _scene("drop-beside-long-connection", False)
    return pcap_case(scene, [flow_count(7), {
        "match": {"type": "finding", "id": "DROP.TRIGGER.SNI", "level": "likely"}, "count": 1}], args=PUBLIC)


@case(
    "drop-beside-long-connection-dead",
    "The same, but the long connection asks in vain as well: the line was dead three times. Nothing is found.",
    SOURCE,
)
def dead():
    scene = _scene("drop-beside-long-connection-dead", True)
    return pcap_case(scene, [flow_count(7)], [
        {"type": "finding", "id": "DROP.TRIGGER.SNI"},
        {"type": "finding", "level": {"any": ["anomalous", "likely", "confirmed_pattern"]}}], args=PUBLIC)
