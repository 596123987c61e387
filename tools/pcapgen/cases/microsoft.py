"""Skype and Teams: chat, site and calls, told apart by the names around the media."""

from .. import dns, ip, tls
from ..apps import microsoft
from ..registry import APPS, case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = ("[MS-TURN], [MS-ICE2BWM], RFC 8446 and public captures of 2015 and 2020 (nDPI's test set), "
          "measured with tshark on 2026-11-21")
HOST = "192.168.1.20"
NO_VIDEO = {"type": "flow", "media": ["video"]}


def _connection(scene, at, port, host, address):
    """A name looked up and a TLS connection to it."""
    dns.look_up(scene, at, HOST, "192.168.1.1", host, [address])
    session = TcpSession(scene, (HOST, port), (address, 443), at + 15 * MS)
    tls.talk(session, host)
    return scene.flow(session.client, session.server, ip.TCP, host=host)


def _tls(name, app, service, hosts):
    scene = Scene(name, EPOCH_2021)
    records = [flow(_connection(scene, n * SECOND, 50400 + n, host, address), app=app, service=service)
               for n, (host, address) in enumerate(hosts)]
    return pcap_case(scene, [flow_count(2 * len(hosts)), *records])


@case(
    "skype-text",
    "Skype's chat: TLS to its messenger gateway.",
    SOURCE,
    ("tls.handshake.type == 1",),
)
def skype_text():
    return _tls("skype-text", "skype", "text", [("client-s.gateway.messenger.live.com", "52.114.88.20")])


@case("skype-web", "Skype's site.", SOURCE, ("tls.handshake.type == 1",))
def skype_web():
    return _tls("skype-web", "skype", "web", [("www.skype.com", "52.113.194.133")])


@case(
    "teams-text",
    "Teams' chat: message service, trouter and presence.",
    SOURCE,
    ("tls.handshake.type == 1",),
)
def teams_text():
    return _tls("teams-text", "teams", "text", [
        ("emea.ng.msg.teams.microsoft.com", "52.114.108.8"),
        ("trouter2-asse-a.trouter.teams.microsoft.com", "52.114.15.45"),
        ("presence.teams.microsoft.com", "52.114.77.58")])


@case("teams-web", "The Teams client's site.", SOURCE, ("tls.handshake.type == 1",))
def teams_web():
    service = {"any": ["web", "text"]}
    return _tls("teams-web", "teams", service, [("teams.microsoft.com", "52.113.194.132")])


@case("skype-transfer", "A picture in Skype's storage.", SOURCE, ("tls.handshake.type == 1",))
def skype_transfer():
    return _tls("skype-transfer", "skype", "transfer", [("api.asm.skype.com", "52.114.75.71")])


@case("teams-transfer", "A picture in Teams' storage.", SOURCE, ("tls.handshake.type == 1",))
def teams_transfer():
    hosts = [("eu-prod.asyncgw.teams.microsoft.com", "52.114.75.70")]
    return _tls("teams-transfer", "teams", "transfer", hosts)


def _talk(scene, at, client, peer, app):
    """Sound both ways on an established path, and what its flow must show."""
    for src, dst in ((client, peer), (peer, client)):
        stream = RtpStream(scene.random, 104, (45, 80), 320, extension=True)
        play(scene, stream, src, dst, at, 5, 25)
        scene.udp(at + 2 * SECOND, src, dst, srtcp(scene.random, 201, stream.ssrc, 8))
    return flow(scene.flow(client, peer), app=app, service="call", media=["voice"])


def _not_other_apps(app):
    return [NO_VIDEO, *not_apps(*(other for other in APPS if other != app))]


@case(
    "teams-call",
    "A Teams call: Microsoft TURN (magic cookie 0x000F, version 0x8008) with unpadded attributes, "
    "FF 10 frames, ICE with 0x8070, 0x8036 and 0x8037, then sound (PT 104) peer to peer from the "
    "same local port.",
    SOURCE,
    ("stun.type == 0x0003", "stun.att.type == 0x8070"),
)
def teams_call():
    scene = Scene("teams-call", EPOCH_2021)
    names = [("teams.microsoft.com", "52.113.194.132"),
             ("trouter2-asse-a.trouter.teams.microsoft.com", "52.114.15.45"),
             ("api.flightproxy.teams.microsoft.com", "52.114.77.136")]
    for number, (host, address) in enumerate(names):
        _connection(scene, number * 300 * MS, 50500 + number, host, address)
    client, relay, peer = (HOST, 50016), ("52.114.250.141", 3478), ("203.0.113.205", 16332)
    turn, at = microsoft.Turn(scene, client, relay), 2 * SECOND
    turn.allocate(at)
    transaction, check = microsoft.ice_check(scene.random, microsoft.TEAMS)
    turn.indication(at + 200 * MS, peer, check)
    answer = microsoft.ice_answer(transaction, ("203.0.113.9", 50016), microsoft.TEAMS)
    turn.indication(at + 290 * MS, peer, answer, outgoing=False)
    turn.framed(at + 300 * MS, check)
    microsoft.connect_peer(scene, at + 350 * MS, client, peer, microsoft.TEAMS)
    talk = _talk(scene, at + SECOND, client, peer, "teams")
    relayed = flow(scene.flow(client, relay), lacks=["media"], app="teams", service="call")
    return pcap_case(scene, [relayed, talk], _not_other_apps("teams"))


@case(
    "skype-call",
    "A Skype call on a conference server outside the networks that Teams uses: ICE with 0x8070 and "
    "0x8054 alone, which Teams speaks as well; the names looked up by the same host say Skype. "
    "Sound has PT 104.",
    SOURCE,
    ("stun.att.type == 0x8054",),
)
def skype_call():
    scene = Scene("skype-call", EPOCH_2021)
    names = [("client-s.gateway.messenger.live.com", "52.114.88.20"), ("api.skype.com", "52.114.77.34")]
    for number, (host, address) in enumerate(names):
        _connection(scene, number * 300 * MS, 50500 + number, host, address)
    client, server, at = (HOST, 49195), ("104.46.40.49", 60642), 2 * SECOND
    microsoft.connect_peer(scene, at, client, server, microsoft.SKYPE)
    return pcap_case(scene, [_talk(scene, at + SECOND, client, server, "skype")],
                     _not_other_apps("skype"))


def _fake_tls(scene, at, port, server):
    """Skype's log-in of 2015: zero-length records where a TLS hello would be."""
    session = TcpSession(scene, (HOST, port), server, at).open()
    session.up(bytes.fromhex("1603010000")).down(bytes.fromhex("1703010000"))
    session.up(bytes.fromhex("160301004e42cdefe740d72f1d") + scene.random.randbytes(70))
    session.down(bytes.fromhex("1703010040") + scene.random.randbytes(64)).wait(500).close()
    return session


@case(
    "skype-2015-fake-tls",
    "Skype of 2015 over TCP: empty TLS records and eight constant bytes instead of a handshake, on"
    " ports 443 and 40015.",
    SOURCE,
)
def skype_fake_tls():
    scene = Scene("skype-2015-fake-tls")
    sessions = [_fake_tls(scene, n * SECOND, 50100 + n, server)
                for n, server in enumerate((("91.190.216.24", 443), ("157.55.130.148", 40015)))]
    return pcap_case(scene, [flow_count(2)] + [
        flow(scene.flow(s.client, s.server, ip.TCP), app="skype") for s in sessions],
        [{"type": "flow", "service": "call"}])


@case(
    "skype-2015-pings",
    "Skype of 2015 over UDP: one local port pings 40 supernodes, none answers. Neither a call nor "
    "any other application's traffic.",
    SOURCE,
)
def skype_pings():
    scene = Scene("skype-2015-pings")
    client, ident = (HOST, 13021), 0x3D7A
    for number in range(40):
        node = (f"157.55.{130 + number % 3}.{140 + number}", 40001 + number % 47)
        payload = ident.to_bytes(2, "big") + b"\x02" + scene.random.randbytes(scene.random.randint(19, 34))
        ident += 2
        scene.udp(number * 50 * MS, client, node, payload)
    return pcap_case(scene, [{"match": {"type": "flow", "client_port": 13021}, "count": 40,
                              "has": {"app": {"any": ["skype", "unknown"]}, "packets_up": 1}}],
                     [{"type": "flow", "service": "call"}])
