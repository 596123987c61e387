"""TCP behaviour: how connections begin, lose, repeat and end."""

from .. import ip
from ..registry import case, flow, flow_count, pcap_case
from ..scene import MS, SECOND, Scene
from ..tcp_session import TcpSession
from ..transport import ACK, FIN, PSH, RST, SYN

SOURCE = "RFC 9293, RFC 7323, RFC 5961"
CLIENT, SERVER = ("192.168.1.20", 50000), ("203.0.113.80", 80)
REQUEST = b"GET /a HTTP/1.1\r\nHost: files.example.org\r\nAccept: */*\r\n\r\n"
CLEAN = ("retransmitted_up", "retransmitted_down", "missed_bytes")


def response(size: int) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % size
    return head + (b"0123456789abcdef" * (size // 16 + 1))[:size]


def _case(name, shows, lacks=CLEAN, **has):
    """Registers a connection that `play(session)` acts out and whose only flow record must show `has`."""
    def register(play):
        @case(f"tcp-{name}", shows, SOURCE)
        def build():
            scene = Scene(f"tcp-{name}")
            session = TcpSession(scene, CLIENT, SERVER)
            play(session)
            record = scene.flow(CLIENT, SERVER, ip.TCP)
            left_out = [key for key in lacks if key not in has]
            return pcap_case(scene, [flow_count(1), flow(record, left_out, **has)])
        return play
    return register


@_case("closed", "A clean exchange, FIN both ways.", tcp_state="closed", rtt_ms=40.2)
def closed(session):
    session.open().up(REQUEST).down(response(5000)).wait(20).close()


@_case(
    "established",
    "An exchange that the end of the capture interrupts.",
    tcp_state="established",
    rtt_ms=40.2,
)
def established(session):
    session.open().up(REQUEST).down(response(3000))


@_case(
    "syn-unanswered",
    "A SYN sent four times (0, 1, 3, 7 s) that nobody answers.",
    lacks=("missed_bytes", "rtt_ms"),
    tcp_state="syn_sent",
    packets_up=4,
)
def syn_unanswered(session):
    isn = session.next["up"]
    for second in (0, 1, 3, 7):
        session.segment("up", SYN, seq=isn, at=second * SECOND, window=64240)


@_case(
    "syn-received",
    "SYN and SYN+ACK, but the handshake's last ACK never comes.",
    lacks=("missed_bytes",),
    tcp_state="syn_received",
)
def syn_received(session):
    session.segment("up", SYN)
    session.wait(40).segment("down", SYN | ACK)


@_case("rejected", "The server answers the SYN with RST: port closed.", tcp_state="rejected")
def rejected(session):
    session.segment("up", SYN)
    session.wait(40).segment("down", RST | ACK, seq=0)


@_case("reset-by-server", "The server resets after the request.", tcp_state="reset_server")
def reset_by_server(session):
    session.open().up(REQUEST).wait(5).reset("down")


@_case(
    "reset-by-client",
    "The client resets in the middle of the response.",
    tcp_state="reset_client",
)
def reset_by_client(session):
    session.open().up(REQUEST).down(response(4000)).wait(5).reset("up")


@_case("closing", "The client sends FIN, the server acknowledges and goes on; the capture ends.",
       tcp_state="closing")
def closing(session):
    session.open().up(REQUEST)
    session.segment("up", FIN | ACK)
    session.wait(40).ack("down").down(response(2000))


@_case(
    "rst-after-fin",
    "Both sides have closed when a late RST comes, as browsers cause all day: no reset.",
    tcp_state="closed",
)
def rst_after_fin(session):
    session.open().up(REQUEST).down(response(1200)).close()
    session.wait(5).segment("up", RST, seq=session.next["up"])


@_case("simultaneous-close", "Both FINs cross on the path.", tcp_state="closed")
def simultaneous_close(session):
    session.open().up(REQUEST).down(response(900))
    up, down = session.next["up"], session.next["down"]
    session.segment("up", FIN | ACK, ack=down)
    session.wait(15).segment("down", FIN | ACK, ack=up)
    session.wait(0.2).segment("up", ACK)
    session.wait(25).segment("down", ACK)


@_case(
    "simultaneous-open",
    "Both SYNs cross on the path (RFC 9293 section 3.5): the first sender is the client.",
    lacks=("missed_bytes",),
    tcp_state="closed",
)
def simultaneous_open(session):
    up, down = session.next["up"], session.next["down"]
    session.segment("up", SYN)
    session.wait(15).segment("down", SYN)
    session.wait(0.2).segment("up", SYN | ACK, seq=up, ack=down + 1)
    session.wait(25).segment("down", SYN | ACK, seq=down, ack=up + 1)
    session.wait(1).up(REQUEST).down(response(700)).close()


@_case(
    "retransmission",
    "Three of the server's segments are lost behind the capture point and come twice, one of the "
    "client's too.",
    retransmitted_up=1,
    retransmitted_down=3,
    tcp_state="closed",
)
def retransmission(session):
    session.open()
    sent = session.next["up"]
    session.up(REQUEST, ack=False).wait(240)
    session.segment("up", PSH | ACK, REQUEST, seq=sent)
    body, base = response(8 * 1448 - 83), session.next["down"]
    session.ack("down").down(body, ack=False)
    for number in (2, 3, 5):
        data = body[number * 1448:(number + 1) * 1448]
        session.wait(210).segment("down", ACK, data, seq=base + number * 1448)
    session.ack("up").close()


@_case(
    "out-of-order",
    "Two pairs of the server's segments are swapped within a millisecond: reordered, not repeated,"
    " nothing missing.",
    tcp_state="closed",
)
def out_of_order(session):
    session.open().up(REQUEST)
    body, base = response(8 * 1448 - 83), session.next["down"]
    for number in (0, 2, 1, 3, 5, 4, 6, 7):
        data = body[number * 1448:(number + 1) * 1448]
        session.segment("down", ACK, data, seq=base + number * 1448)
        session.wait(0.3)
    session.next["down"] = base + len(body)
    session.ack("up").close()


@_case(
    "missed-bytes",
    "Two of the server's segments were acknowledged by the client but are not in the capture.",
    missed_bytes=2896,
    tcp_state="closed",
)
def missed_bytes(session):
    session.open().up(REQUEST)
    body = response(8 * 1448 - 83)
    for number in range(8):
        data = body[number * 1448:(number + 1) * 1448]
        session.segment("down", ACK, data, captured=number not in (3, 4))
        session.wait(0.3)
    session.ack("up").wait(20).close()


@_case(
    "zero-window",
    "The client closes its window; the server probes with empty segments one byte back, the window"
    " opens, data goes on. A probe is no retransmission.",
    tcp_state="closed",
)
def zero_window(session):
    session.open().up(REQUEST)
    body = response(6 * 1448 - 83)
    session.down(body[:2896], ack=False)
    session.segment("up", ACK, window=0)
    for wait in (200, 400, 800):
        session.wait(wait).segment("down", ACK, seq=session.next["down"] - 1)
        session.wait(0.2).segment("up", ACK, window=0)
    session.wait(300).segment("up", ACK, window=2058)
    session.wait(40).down(body[2896:]).close()


@_case(
    "keep-alive",
    "Two keep-alives of one garbage byte before the next sequence number, each answered: no "
    "retransmission.",
    tcp_state="closed",
)
def keep_alive(session):
    session.open().up(REQUEST).down(response(600))
    for _ in range(2):
        session.wait(45_000).segment("up", ACK, b"\0", seq=session.next["up"] - 1)
        session.wait(40).segment("down", ACK)
    session.wait(1000).close()


@_case(
    "sequence-wrap",
    "Both sequence numbers pass 2^32 during the exchange.",
    tcp_state="closed",
    rtt_ms=40.2,
)
def sequence_wrap(session):
    session.next = {"up": 0xFFFFFFF0, "down": 0xFFFFF000}
    session.open().up(REQUEST).down(response(9000)).close()


@_case(
    "midstream",
    "The capture begins within a download: the first packet is the server's, its port 80 tells who"
    " serves.",
    lacks=("rtt_ms", *CLEAN),
    tcp_state="midstream",
)
def midstream(session):
    session.down(response(5000)).wait(100).up(REQUEST).down(response(2000))


@_case(
    "one-way-up",
    "Only the client's packets were captured: it is still the client, and nothing came down.",
    lacks=("rtt_ms", "retransmitted_up"),
)
def one_way_up(session):
    _one_way(session, "up")


@_case(
    "one-way-down",
    "Only the server's packets were captured: a SYN+ACK comes from the server, so the other end is"
    " the client.",
    lacks=("rtt_ms", "retransmitted_down"),
)
def one_way_down(session):
    _one_way(session, "down")


def _one_way(session, kept):
    def segment(side, flags, data=b""):
        session.segment(side, flags, data, captured=side == kept)
        session.wait(20)
    steps = [("up", SYN), ("down", SYN | ACK), ("up", ACK), ("up", PSH | ACK, REQUEST),
             ("down", PSH | ACK, response(1000)), ("up", ACK), ("up", FIN | ACK),
             ("down", FIN | ACK), ("up", ACK)]
    for step in steps:
        segment(*step)


@case(
    "tcp-port-reuse",
    "Two connections with the same ends, the second 3 s after the first closed: two flow records.",
    SOURCE,
)
def port_reuse():
    scene = Scene("tcp-port-reuse")
    for second in (0, 3):
        session = TcpSession(scene, CLIENT, SERVER, second * SECOND)
        session.open().up(REQUEST).down(response(1500)).close()
    record = scene.flow(CLIENT, SERVER, ip.TCP)
    expected = {"match": {"type": "flow", "flow": record["flow"]}, "count": 2,
                "has": {"packets_up": record["packets_up"] // 2, "bytes_up": record["bytes_up"] // 2,
                        "packets_down": record["packets_down"] // 2, "tcp_state": "closed"},
                "lacks": list(CLEAN)}
    return pcap_case(scene, [flow_count(2), expected])


@case(
    "tcp-idle-timeout",
    "One connection, silent for 400 s of packet time (the limit is 300 s), then used again: two "
    "flow records, the second midstream.",
    SOURCE,
)
def idle_timeout():
    scene = Scene("tcp-idle-timeout")
    session = TcpSession(scene, CLIENT, SERVER).open().up(REQUEST).down(response(500))
    session.wait(400_000).up(REQUEST).down(response(800))
    record = {"type": "flow", "flow": scene.flow(CLIENT, SERVER, ip.TCP)["flow"]}
    return pcap_case(scene, [flow_count(2), {"match": record | {"tcp_state": "established"}, "count": 1},
                             {"match": record | {"tcp_state": "midstream"}, "count": 1}])


@case(
    "udp-idle-timeout",
    "One pair of UDP ends, silent for 90 s of packet time (the limit is 60 s): two flow records.",
    SOURCE,
)
def udp_idle_timeout():
    scene = Scene("udp-idle-timeout")
    client, server = ("192.168.1.20", 50001), ("203.0.113.81", 7000)
    for second in (0, 10, 100, 130):
        scene.udp(second * SECOND, client, server, b"deadair case %d" % second)
        scene.udp(second * SECOND + 30 * MS, server, client, b"deadair case reply")
    record = {"type": "flow", "flow": scene.flow(client, server)["flow"]}
    return pcap_case(scene, [flow_count(2), {"match": record, "count": 2,
                                             "has": {"packets_up": 2, "packets_down": 2}}])
