"""The made-up application that new ones are copied from, and names that only resemble those of known services."""

from .. import dns, ip, tls
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..scene import EPOCH_2023, MS, SECOND, Scene
from ..tcp_session import TcpSession

HOST, RESOLVER = "192.168.1.20", "192.168.1.1"
RESEMBLING = ("notdiscord.com", "discord.com.example.net", "notsignal.org", "signal.org.example.net", "mytelegram.org",
              "t.me.example.net", "notviber.com", "zoom.us.example.net", "myzoom.us", "notmeet.turns.goog",
              "mail.proton.me", "notnordvpn.com", "airdns.org", "engage.cloudflare.com", "notpsiphon3.net",
              "ultrasurf.us.example.net", "chat.example.net")
OTHERS = ("discord", "signal", "telegram", "viber", "zoom", "meet", "vpn", "psiphon", "ultrasurf", "example")


def _talk(scene, number, port, up, down):
    server = (f"198.51.100.{20 + number}", port)
    session = TcpSession(scene, (HOST, 40300 + number), server, number * SECOND).open()
    session.up(up).wait(30).down(down).wait(30).close()
    return session


@case(
    "example-text",
    "The made-up application of classifiers/example: a stream that begins with its hello, and TLS to a name of its own.",
    "invented",
    ('tcp.payload contains "EXAMPLE/1 "', 'tls.handshake.extensions_server_name == "eu.chat.example"'),
)
def example_text():
    scene = Scene("example-text", EPOCH_2023)
    hello = _talk(scene, 0, 5000, b"EXAMPLE/1 hello\r\n", b"EXAMPLE/1 welcome\r\n")
    dns.look_up(scene, SECOND, HOST, RESOLVER, "eu.chat.example", ["198.51.100.40"])
    named = TcpSession(scene, (HOST, 40310), ("198.51.100.40", 443), SECOND + 20 * MS)
    tls.talk(named, "eu.chat.example")
    claimed = {"app": "example", "service": "text"}
    return pcap_case(scene, [flow_count(3), *(
        flow(scene.flow(session.client, session.server, ip.TCP), **claimed, confidence="certain")
        for session in (hello, named))])


@case(
    "not-example",
    "Streams that begin almost as the made-up application's do: another version, other letters, the hello not in front.",
    "invented",
    ("tcp.port == 5000",),
)
def not_example():
    scene = Scene("not-example", EPOCH_2023)
    greetings = (b"EXAMPLE/2 hello\r\n", b"example/1 hello\r\n", b" EXAMPLE/1 hello\r\n", b"EXAMPLE/1\r\n")
    for number, greeting in enumerate(greetings):
        _talk(scene, number, 5000, greeting, b"What?\r\n")
    record = {"match": {"type": "flow", "proto": "tcp"}, "count": len(greetings), "has": {"app": "unknown"}}
    return pcap_case(scene, [flow_count(len(greetings)), record], not_apps("example"))


@case(
    "not-service-names",
    "TLS with names that contain or extend names of messengers, conferences and VPN services, and are others'.",
    "none: invented names, and neighbours of real ones",
    ("tls.handshake.extensions_server_name",),
)
def not_service_names():
    scene = Scene("not-service-names", EPOCH_2023)
    for number, name in enumerate(RESEMBLING):
        address, at = f"203.0.113.{150 + number}", number * SECOND
        dns.look_up(scene, at, HOST, RESOLVER, name, [address])
        tls.talk(TcpSession(scene, (HOST, 53100 + number), (address, 443), at + 20 * MS), name, exchanges=((180, 420),))
    record = {"match": {"type": "flow", "proto": "tcp"}, "count": len(RESEMBLING), "has": {"app": "unknown"}}
    return pcap_case(scene, [flow_count(2 * len(RESEMBLING)), record], not_apps(*OTHERS))
