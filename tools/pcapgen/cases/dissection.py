"""TLS hellos cut in awkward places, and names that only DNS has told."""

from .. import dns, ip, tls
from ..registry import APPS, case, flow, flow_count, not_apps, pcap_case
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession
from ..transport import ACK, PSH

SOURCE = "RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3, RFC 1035"
HOST = "192.168.1.20"
META, NAME = ("157.240.229.17", 443), "edge-mqtt.facebook.com"


def _expect(scene, session):
    record = scene.flow(session.client, session.server, ip.TCP)
    return pcap_case(scene, [flow_count(1), flow(record, app="facebook", service="text", host=NAME)])


@case(
    "tls-hello-split",
    "A ClientHello in two TLS records and three TCP segments: the name is cut by both.",
    SOURCE,
)
def split():
    scene = Scene("tls-hello-split", EPOCH_2021)
    session = TcpSession(scene, (HOST, 51000), META)
    tls.talk(session, NAME, hello_size=130, cut=115)
    return _expect(scene, session)


@case(
    "tls-hello-large",
    "A ClientHello padded to 5 kB, as those with post-quantum key shares are long: four full "
    "segments.",
    SOURCE,
)
def large():
    scene = Scene("tls-hello-large", EPOCH_2021)
    session = TcpSession(scene, (HOST, 51001), META).open()
    hello = tls.client_hello(scene.random, NAME, padding=4800)
    session.up(tls.hello_record(hello)).down(tls.server_flight(scene.random, hello)).close()
    return _expect(scene, session)


def _pieces(session, order):
    """Sends (start, end) slices of the hello in the given order, then lets the server answer."""
    hello = tls.client_hello(session.scene.random, NAME)
    data, base = tls.hello_record(hello), session.next["up"]
    for start, end in order(len(data)):
        session.segment("up", PSH | ACK, data[start:end], seq=base + start)
        session.wait(0.2)
    session.next["up"] = base + len(data)
    session.ack("down").down(tls.server_flight(session.scene.random, hello)).wait(50).close()


@case("tls-hello-out-of-order", "The three segments of a ClientHello arrive as 3, 1, 2.", SOURCE)
def out_of_order():
    scene = Scene("tls-hello-out-of-order", EPOCH_2021)
    session = TcpSession(scene, (HOST, 51002), META).open()
    _pieces(session, lambda size: [(160, size), (0, 80), (80, 160)])
    return _expect(scene, session)


@case(
    "tls-hello-overlap",
    "The first segment of a ClientHello is repeated longer, so that segments overlap.",
    SOURCE,
)
def overlap():
    scene = Scene("tls-hello-overlap", EPOCH_2021)
    session = TcpSession(scene, (HOST, 51003), META).open()
    _pieces(session, lambda size: [(0, 70), (0, 120), (90, 180), (150, size)])
    return _expect(scene, session)


@case(
    "dns-named",
    "A TLS connection without SNI to an address that DNS has given this client for mmg-"
    "fna.whatsapp.net, behind a CNAME; the address itself says nothing. The same address without a"
    " look-up stays unknown.",
    SOURCE,
    ("dns.cname",),
)
def named():
    scene = Scene("dns-named", EPOCH_2021)
    address, stranger = ("203.0.113.50", 443), "192.168.1.99"
    dns.look_up(scene, 0, HOST, "192.168.1.1", "mmg-fna.whatsapp.net", [address[0], "203.0.113.51"],
                alias="media-fra3-1.fna.whatsapp.net")
    sessions = [TcpSession(scene, (host, 51010), address, at)
                for host, at in ((HOST, 20 * MS), (stranger, SECOND))]
    for session in sessions:
        tls.talk(session, None)
    client, other = (scene.flow(s.client, s.server, ip.TCP) for s in sessions)
    return pcap_case(scene, [flow_count(3), flow(client, app="whatsapp", service="transfer"),
                             flow(other, app="unknown")])


@case(
    "dns-named-v6",
    "The same over IPv6: a AAAA answer names the address of a connection without SNI.",
    SOURCE,
    ("dns.aaaa",),
)
def named_v6():
    scene = Scene("dns-named-v6", EPOCH_2021)
    client, address = "2001:db8:1::20", "2001:db8:50::7"
    dns.look_up(scene, 0, client, "2001:db8:1::1", "edge-mqtt.facebook.com", [address])
    session = TcpSession(scene, (client, 51011), (address, 443), 30 * MS)
    tls.talk(session, None)
    record = scene.flow(session.client, session.server, ip.TCP)
    return pcap_case(scene, [flow_count(2), flow(record, app="facebook", service="text")])


@case(
    "dns-shared-address",
    "DNS has given the address for a name that is nobody's: the connection without SNI stays "
    "unknown, even though another client learnt the address as WhatsApp's.",
    SOURCE,
)
def shared_address():
    scene = Scene("dns-shared-address", EPOCH_2021)
    address = ("203.0.113.52", 443)
    dns.look_up(scene, 0, "192.168.1.99", "192.168.1.1", "mmg.whatsapp.net", [address[0]])
    dns.look_up(scene, 100 * MS, HOST, "192.168.1.1", "cdn.example.org", [address[0]])
    session = TcpSession(scene, (HOST, 51012), address, 200 * MS)
    tls.talk(session, None)
    record = scene.flow(session.client, session.server, ip.TCP)
    likely = {"client_ip": HOST, "server_port": 443}
    return pcap_case(scene, [flow_count(3), flow(record, app="unknown")], not_apps(*APPS, **likely))
