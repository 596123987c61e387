"""SSH, Tor and SOCKS: whole connections and single directions."""

from .. import ip, tls
from ..apps import ssh, tor
from ..registry import case, flow, flow_count, pcap_case
from ..scene import EPOCH_2021, Scene
from ..tcp_session import TcpSession

HOST = "192.168.1.20"
SSH = "RFC 4253, read 2026-11-22"
TOR = "tor's source, tor-spec and dir-spec, and public captures of 2013 and 2020, read 2026-11-22"
SOCKS = "RFC 1928, RFC 1929, SOCKS 4 and 4A, and public captures, read 2026-11-22"


def _session(name, port, server="203.0.113.120"):
    return TcpSession(Scene(name, EPOCH_2021), (HOST, 50122), (server, port))


def _case(session, **has):
    record = session.scene.flow(session.client, session.server, ip.TCP)
    return pcap_case(session.scene, [flow_count(1), flow(record, confidence="certain", **has)])


@case("ssh-login", "An SSH connection: not a tunnel by itself.", SSH, ("ssh",))
def ssh_login():
    session = _session("ssh-login", 22)
    ssh.log_in(session)
    return _case(session, app="ssh", service="other")


@case(
    "ssh-behind-http",
    "SSH behind a web request and its answer, as programs send it to get past filters and proxies.",
    SSH,
    ("http",),
)
def ssh_behind_http():
    session = _session("ssh-behind-http", 80)
    request = b"GET / HTTP/1.1\r\nHost: free.example.net\r\nUpgrade: websocket\r\n\r\n"
    ssh.log_in(session, before=(request, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"))
    return _case(session, app="ssh", service="tunnel")


@case(
    "tor-relay",
    "A Tor client and its relay on port 443, TLS 1.3: suites, SNI, cells.",
    TOR,
    ("tls.handshake.extensions_server_name",),
)
def relay():
    session = _session("tor-relay", 443)
    source = session.scene.random
    hello = tor.client_hello(source, tor.name(source, 12, 16, ".com"))
    session.open().up(tls.hello_record(hello)).down(tls.server_flight(source, hello))
    for _ in range(4):
        session.wait(30).up(tls.opaque(source, 514 + 17)).down(tls.opaque(source, 514 + 17))
    session.close()
    return _case(session, app="tor", service="tunnel")


@case(
    "tor-relay-only",
    "The relay's direction under TLS 1.2, without the client's: its certificate tells.",
    TOR,
    ("tls.handshake.type == 11",),
)
def relay_only():
    session = _session("tor-relay-only", 9001)
    source = session.scene.random
    session.segment("down", 0x12)
    session.next["down"] = session.next["down"] & 0xFFFFFFFF
    session.down(tor.server_flight_12(source), ack=False)
    for _ in range(3):
        session.wait(30).down(tls.opaque(source, 543), ack=False)
    return _case(session, app="tor", service="tunnel")


@case("tor-directory", "A consensus asked of a directory over HTTP.", TOR, ("http.request",))
def directory():
    session = _session("tor-directory", 9030)
    session.open().up(b"GET /tor/status-vote/current/consensus-microdesc.z HTTP/1.0\r\n"
                      b"Host: 203.0.113.120\r\n\r\n")
    session.down(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nX-Your-Address-Is: 203.0.113.9\r\n"
                 b"Content-Encoding: deflate\r\n\r\n" + session.scene.random.randbytes(900)).close()
    return _case(session, app="tor", service="tunnel")


@case(
    "not-tor-names",
    "TLS with names of Tor's form that people chose, and a random name asked by a browser.",
    TOR,
    ("tls.handshake.extensions_server_name",),
)
def chosen_names():
    scene = Scene("not-tor-names", EPOCH_2021)
    names = ("www.instagram.com", "www.perdu.com", "www.q4cyamnc6mtokjurvdclt.com")
    for number, name in enumerate(names):
        tls.talk(TcpSession(scene, (HOST, 50200 + number), (f"203.0.113.{130 + number}", 443),
                            number * 1_000_000_000), name)
    return pcap_case(scene, [flow_count(len(names))], [{"type": "flow", "app": "tor"}])


@case("socks-5", "SOCKS 5 with a password, the destination by name, then TLS.", SOCKS, ("socks",))
def socks_5():
    session = _session("socks-5", 1080)
    source = session.scene.random
    session.open().up(b"\x05\x02\0\x02").down(b"\x05\x02").up(b"\x01\x04user\x06secret").down(b"\x01\0")
    session.up(b"\x05\x01\0\x03\x0fwww.example.com\x01\xbb").down(b"\x05\0\0\x01" + bytes(6))
    hello = tls.client_hello(source, "www.example.com")
    session.up(tls.hello_record(hello)).down(tls.server_flight(source, hello)).close()
    return _case(session, app="socks", service="tunnel")


@case("socks-4a", "SOCKS 4A: the destination by name, granted.", SOCKS, ("socks",))
def socks_4a():
    session = _session("socks-4a", 1080)
    session.open().up(b"\x04\x01\x00\x50\0\0\0\x01user\0www.example.com\0").down(b"\0\x5a\x00\x50" + bytes(4))
    session.up(b"GET / HTTP/1.0\r\n\r\n").down(b"HTTP/1.0 200 OK\r\n\r\nhello").close()
    return _case(session, app="socks", service="tunnel")


@case(
    "socks-5-one-way",
    "The client's direction of SOCKS 5 without the proxy's, on an unusual port.",
    SOCKS,
    ("tcp.port == 8855",),
)
def socks_one_way():
    session = _session("socks-5-one-way", 8855)
    session.segment("up", 2)
    for data in (b"\x05\x01\0", b"\x05\x01\0\x01\xcb\x00\x71\x50\0\x50", b"GET / HTTP/1.0\r\n\r\n"):
        session.wait(40).up(data, ack=False)
    return _case(session, app="socks", service="tunnel")
