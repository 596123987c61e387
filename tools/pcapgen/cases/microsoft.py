"""Skype and Teams: chat, site and calls, told apart by the names around the media."""

from .. import dns, ip, stun, tls
from ..apps import microsoft
from ..partial import Partial
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


CLIENT, RELAY, PEER = (HOST, 50016), ("52.114.250.141", 3478), ("203.0.113.205", 16332)
MEDIA_RELAY = ("52.114.252.8", 3479)


def _teams_names(scene):
    names = [("teams.microsoft.com", "52.113.194.132"),
             ("trouter2-asse-a.trouter.teams.microsoft.com", "52.114.15.45"),
             ("api.flightproxy.teams.microsoft.com", "52.114.77.136")]
    for number, (host, address) in enumerate(names):
        _connection(scene, number * 300 * MS, 50500 + number, host, address)


def _teams_set_up(scene, at):
    turn = microsoft.Turn(scene, CLIENT, RELAY)
    turn.allocate(at)
    transaction, check = microsoft.ice_check(scene.random, microsoft.TEAMS)
    turn.indication(at + 200 * MS, PEER, check)
    answer = microsoft.ice_answer(transaction, ("203.0.113.9", 50016), microsoft.TEAMS)
    turn.indication(at + 290 * MS, PEER, answer, outgoing=False)
    turn.framed(at + 300 * MS, check)
    microsoft.connect_peer(scene, at + 350 * MS, CLIENT, PEER, microsoft.TEAMS)


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
    _teams_names(scene)
    _teams_set_up(scene, 2 * SECOND)
    talk = _talk(scene, 3 * SECOND, CLIENT, PEER, "teams")
    relayed = flow(scene.flow(CLIENT, RELAY), lacks=["media"], app="teams", service="call")
    return pcap_case(scene, [relayed, talk], _not_other_apps("teams"))


def _one_way(name, side):
    scene = Partial(name, EPOCH_2021, side=side)
    _teams_set_up(scene, 2 * SECOND)
    talk = _talk(scene, 3 * SECOND, CLIENT, PEER, "teams")
    # Nothing in what a peer sends says which of the two is the client.
    talk["has"] = {key: talk["has"][key] for key in ("app", "service", "media")}
    relayed = flow(scene.flow(CLIENT, RELAY), app="teams", service="call")
    return pcap_case(scene, [flow_count(2), relayed, talk], _not_other_apps("teams"))


@case("teams-call-up", "The same call without names, the client's packets alone.", SOURCE,
      ("stun.type == 0x0003",))
def teams_call_up():
    return _one_way("teams-call-up", "up")


@case("teams-call-down", "The same call without names, what the client receives alone.", SOURCE,
      ("stun.type == 0x0113",))
def teams_call_down():
    return _one_way("teams-call-down", "down")


def _relayed_sound(scene):
    """The client's sound in FF 10 frames, the relay's bare."""
    token = b"\xff\x10"
    for src, dst in ((CLIENT, MEDIA_RELAY), (MEDIA_RELAY, CLIENT)):
        stream = RtpStream(scene.random, 104, (45, 80), 320, extension=True)
        session = scene.random.randbytes(8)

        def wrap(data, session=session):
            return token + (8 + len(data)).to_bytes(2, "big") + session + data
        play(scene, stream, src, dst, 0, 5, 25, wrap if src == CLIENT else lambda data: data)


def _midstream(name, side=None):
    scene = Partial(name, EPOCH_2021, side=side)
    _relayed_sound(scene)
    record = scene.flow(CLIENT, MEDIA_RELAY, app="teams", service="call", confidence="likely", media=["voice"])
    return pcap_case(scene, [flow_count(1), flow(record)], _not_other_apps("teams"))


@case("teams-call-midstream", "A Teams call joined in its middle: sound over the relay, framed on one side only.", SOURCE)
def midstream():
    return _midstream("teams-call-midstream")


@case("teams-call-midstream-up", "The same, the client's packets alone: sound in FF 10 frames.", SOURCE)
def midstream_up():
    return _midstream("teams-call-midstream-up", "up")


@case("teams-call-midstream-down", "The same, what the client receives alone: bare RTP from Teams' media network.", SOURCE)
def midstream_down():
    return _midstream("teams-call-midstream-down", "down")


@case(
    "teams-call-signalling",
    "Teams' call signalling over UDP on port 3478: 06 and 07 with encrypted messages, 03 with the GUID of what is "
    "acknowledged. Part of a call, without media.",
    SOURCE,
)
def signalling():
    scene = Scene("teams-call-signalling", EPOCH_2021)
    client, server = (HOST, 51681), ("52.114.77.136", 3478)
    exchange = microsoft.Signalling(scene, client, server)
    for number in range(4):
        exchange.exchange(number * 900 * MS, 61 - 12 * number)
    record = flow(scene.flow(client, server), lacks=["media"], app="teams", service="call", confidence="certain")
    return pcap_case(scene, [flow_count(1), record], _not_other_apps("teams"))


@case(
    "teams-call-tcp",
    "Teams without UDP: TURN on port 443 behind the pseudo-TLS of [MS-TURN].",
    SOURCE,
    ("tcp.port == 443",),
)
def teams_call_tcp():
    scene = Scene("teams-call-tcp", EPOCH_2021)
    session = TcpSession(scene, CLIENT, ("52.114.250.141", 443), 0).open()
    session.up(microsoft.pseudo_hello(scene.random)).down(microsoft.pseudo_answer(scene.random))
    microsoft.Turn(scene, CLIENT, RELAY).allocate_over(session)
    session.wait(300).close()
    record = scene.flow(session.client, session.server, ip.TCP, app="teams", service="call")
    return pcap_case(scene, [flow_count(1), flow(record)], _not_other_apps("teams"))


@case(
    "teams-lookalikes",
    "What is not Teams: Google Talk's relays with the same cookie, 03 and no GUID on port 3478, RTP and "
    "FF 10 at other hosts' ports, plain TURN.",
    SOURCE,
)
def lookalikes():
    scene = Scene("teams-lookalikes", EPOCH_2021)
    source = scene.random
    for number in range(20):
        at = number * 50 * MS
        allocate = stun.message(stun.ALLOCATE, source.randbytes(12),
                                [(microsoft.COOKIE, microsoft.MAGIC_COOKIE), (stun.USERNAME, b"pcapgenx")])
        scene.udp(at, (HOST, 40001), ("203.0.113.5", 19295), allocate)
        scene.udp(at, (HOST, 40002), ("203.0.113.6", 3478), b"\x03" + source.randbytes(36))
        scene.udp(at, (HOST, 40003), ("203.0.113.7", 9000), b"\xff\x10\0\x20" + source.randbytes(32))
        plain = stun.message(stun.ALLOCATE, source.randbytes(12), [(stun.REQUESTED_TRANSPORT, b"\x11\0\0\0")])
        scene.udp(at, (HOST, 40004), ("203.0.113.8", 3478), plain)
    return pcap_case(scene, [flow_count(4)], not_apps())


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


@case(
    "skype-call-unnamed",
    "The same call in a capture without names: the candidate identifier (0x8054), and none of Teams' own attributes, "
    "leave a guess.",
    SOURCE,
    ("stun.att.type == 0x8054",),
)
def skype_call_unnamed():
    scene = Scene("skype-call-unnamed", EPOCH_2021)
    client, server = (HOST, 49195), ("104.46.40.49", 60642)
    microsoft.connect_peer(scene, 0, client, server, microsoft.SKYPE)
    talk = _talk(scene, SECOND, client, server, "skype")
    talk["has"]["confidence"] = "guess"
    return pcap_case(scene, [talk], _not_other_apps("skype"))


def _skype_one_way(name, side):
    scene = Partial(name, EPOCH_2021, side=side)
    client, server = (HOST, 49195), ("104.46.40.49", 60642)
    microsoft.connect_peer(scene, 0, client, server, microsoft.SKYPE)
    return pcap_case(scene, [_talk(scene, SECOND, client, server, "skype")], _not_other_apps("skype"))


@case("skype-call-up", "The same, the client's packets alone.", SOURCE)
def skype_call_up():
    return _skype_one_way("skype-call-up", "up")


@case("skype-call-down", "The same, the server's packets alone.", SOURCE)
def skype_call_down():
    return _skype_one_way("skype-call-down", "down")


def _joined(name, app, client, other, dialect, side=None):
    """Sound is all there is for three seconds; then a check keeps the path alive."""
    scene = Partial(name, EPOCH_2021, side=side)
    talk = _talk(scene, 0, client, other, app)
    microsoft.connect_peer(scene, 3 * SECOND, client, other, dialect)
    talk = flow(scene.flow(client, other), app=app, service="call", media=["voice"])
    if side == "down":
        talk["has"] = {key: talk["has"][key] for key in ("app", "service", "media")}
    return pcap_case(scene, [flow_count(1), talk], _not_other_apps(app))


@case("skype-call-midstream", "A Skype call joined in its middle.", SOURCE, ("stun.att.type == 0x8054",))
def skype_midstream():
    return _joined("skype-call-midstream", "skype", (HOST, 49195), ("104.46.40.49", 60642), microsoft.SKYPE)


@case("teams-call-peer", "A Teams call between peers, joined in its middle.", SOURCE, ("stun.att.type == 0x8037",))
def teams_peer():
    return _joined("teams-call-peer", "teams", CLIENT, PEER, microsoft.TEAMS)


@case("teams-call-peer-up", "The same, the client's packets alone.", SOURCE, ("stun.att.type == 0x8037",))
def teams_peer_up():
    return _joined("teams-call-peer-up", "teams", CLIENT, PEER, microsoft.TEAMS, "up")


@case("teams-call-peer-down", "The same, the peer's packets alone.", SOURCE, ("stun.att.type == 0x8037",))
def teams_peer_down():
    return _joined("teams-call-peer-down", "teams", CLIENT, PEER, microsoft.TEAMS, "down")
