"""OpenVPN: each wrapping of its control channel, both transports, one direction, data alone."""

from .. import ip, tls
from ..apps import openvpn
from ..registry import case, flow, flow_count, pcap_case
from ..scene import EPOCH_2021, MS, Scene
from ..tcp_session import TcpSession

SOURCE = ("OpenVPN's ssl_pkt.h, reliable.h and tls_crypt.h, and public captures of 2013 to 2024, "
          "read 2026-11-22")
CLIENT, SERVER = ("192.168.1.20", 50194), ("203.0.113.80", 1194)
TUNNEL = {"app": "openvpn", "service": "tunnel", "confidence": "certain"}


def _exchange(scene, wrapping, **more):
    """(side, packet) of a handshake and some data."""
    source = scene.random
    hmac = more.pop("hmac", openvpn.SHA1)
    peers = [openvpn.Peer(scene, 0, wrapping, hmac, more.pop("first_id", 0) if side == "client" else 0)
             for side in ("client", "server")]
    hello = tls.client_hello(source, None, alpn=())
    yield from openvpn.handshake(*peers, tls.hello_record(hello), tls.server_flight(source, hello), **more)
    for number in range(1, 9):
        for side in ("up", "down"):
            yield side, openvpn.data(source, number, source.choice((60, 100, 1200)))


def _udp(name, wrapping, sides=("up", "down"), server=SERVER, **more):
    scene = Scene(name, EPOCH_2021)
    for number, (side, packet) in enumerate(_exchange(scene, wrapping, **more)):
        if side in sides:
            scene.udp(number * 20 * MS, *((CLIENT, server) if side == "up" else (server, CLIENT)), packet)
    record = scene.flow(CLIENT, server)
    if "up" not in sides:  # nothing tells which end is the client
        record = {"type": "flow", "flow": record["flow"]}
    return pcap_case(scene, [flow_count(1), flow(record, **TUNNEL)])


def _tcp(name, wrapping, **more):
    scene = Scene(name, EPOCH_2021)
    session = TcpSession(scene, CLIENT, ("203.0.113.80", 443)).open()
    for side, packet in _exchange(scene, wrapping, **more):
        (session.up if side == "up" else session.down)(len(packet).to_bytes(2, "big") + packet)
    session.close()
    return pcap_case(scene, [flow_count(1), flow(scene.flow(session.client, session.server, ip.TCP), **TUNNEL)])


@case("openvpn-udp", "OpenVPN over UDP, TLS in the clear.", SOURCE, ("openvpn", "tls.handshake.type == 1"))
def plain():
    return _udp("openvpn-udp", "none")


@case(
    "openvpn-client-only",
    "The client's direction of the same, without the server's.",
    SOURCE,
    ("openvpn",),
)
def client_only():
    return _udp("openvpn-client-only", "none", ("up",))


@case(
    "openvpn-server-only",
    "The server's direction under tls-auth with SHA256, without the client's.",
    SOURCE,
    ("udp.srcport == 13680",),
)
def server_only():
    return _udp("openvpn-server-only", "auth", ("down",), ("203.0.113.80", 13680), hmac=openvpn.SHA256)


@case(
    "openvpn-tls-auth-tcp",
    "OpenVPN over TCP on port 443, signed by tls-auth.",
    SOURCE,
    ("tcp.port == 443",),
)
def auth():
    return _tcp("openvpn-tls-auth-tcp", "auth")


@case(
    "openvpn-tls-crypt",
    "OpenVPN over UDP on port 443, encrypted by tls-crypt: opcode, session, replay id and time show.",
    SOURCE,
    ("udp.port == 443",),
)
def crypt():
    return _udp("openvpn-tls-crypt", "crypt", server=("203.0.113.80", 443))


@case(
    "openvpn-tls-crypt-tcp",
    "The same over TCP.",
    SOURCE,
    ("tcp.port == 443",),
)
def crypt_tcp():
    return _tcp("openvpn-tls-crypt-tcp", "crypt")


@case(
    "openvpn-tls-crypt-v2",
    "OpenVPN with tls-crypt-v2: the client's reset (opcode 10) carries its wrapped key.",
    SOURCE,
    ("udp.port == 13681",),
)
def crypt_v2():
    return _udp("openvpn-tls-crypt-v2", "crypt", server=("203.0.113.80", 13681), first_id=openvpn.EARLY_NEGOTIATION,
                reset=openvpn.RESET_CLIENT_V3, key=bytes(range(256)) + b"\1" * 48)


@case(
    "openvpn-data-only",
    "Data packets of version 2 without a handshake: at most a guess.",
    SOURCE,
)
def data_only():
    scene = Scene("openvpn-data-only", EPOCH_2021)
    for number in range(1, 13):
        payload = openvpn.data(scene.random, 5000 + number, scene.random.choice((60, 100, 1200)))
        scene.udp(number * 20 * MS, CLIENT, SERVER, payload)
    record = flow(scene.flow(CLIENT, SERVER))
    return pcap_case(scene, [flow_count(1), record],
                     [{"type": "flow", "app": "openvpn", "confidence_min": "likely"}])
