"""Zoom: a meeting through media servers, a call between peers, chat, files and site."""

from .. import dns, ip, transport
from ..apps import tlsnames, zoom
from ..checksums import internet_checksum
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = ("Michel et al., \"Enabling passive measurement of Zoom performance in production networks\" (IMC 2022) "
          "and its Wireshark plugin; the plugin of the RTC Measurement Project; RFC 3489; read 2026-11-22")
HOST = "192.168.1.20"
SERVER = ("144.195.73.12", 8801)


class _Leg:
    """One socket of a meeting: join, bind, media each way."""

    def __init__(self, scene, client, cookie):
        self.scene, self.client, self.cookie = scene, client, cookie
        self._seq = {True: 0, False: 0}

    def join(self, at):
        source = self.scene.random
        ident, meeting = source.randbytes(16), source.randbytes(16)
        self.scene.udp(at, self.client, SERVER, zoom.join(source, ident))
        self.scene.udp(at + 40 * MS, SERVER, self.client, zoom.join_answer(ident, self.cookie))
        self.scene.udp(at + 41 * MS, SERVER, self.client, zoom.alive(3, 1, 90_000_000, self.cookie))
        self.scene.udp(at + 60 * MS, self.client, SERVER,
                       self._wrap(zoom.bind(12, meeting, b"data_bind_replace"), False))
        self.scene.udp(at + 99 * MS, SERVER, self.client, self._wrap(zoom.bind(13, meeting, b"rid"), True))

    def _wrap(self, inner, from_server):
        self._seq[from_server] += 1
        return zoom.sfu(self._seq[from_server], self.cookie, from_server, inner)

    def media(self, at, seconds, pps, stream, header, directions=(False, True)):
        for from_server in directions:
            src, dst = (SERVER, self.client) if from_server else (self.client, SERVER)
            wrap = lambda data, d=from_server: self._wrap(header(self._seq[d], data), d)  # noqa: E731
            play(self.scene, stream(), src, dst, at, seconds, pps, wrap)

    def alive(self, at):
        source, token = self.scene.random, self.scene.random.randbytes(64)
        self.scene.udp(at, self.client, SERVER, zoom.alive(3, 2, 7_400_000, self.cookie, (5, token)))
        self.scene.udp(at + 40 * MS, SERVER, self.client,
                       zoom.alive(4, 2, 7_400_000, self.cookie, (5, source.randbytes(64))))
        self.scene.udp(at + 60 * MS, self.client, SERVER,
                       zoom.alive(4, 3, 91_000_000, self.cookie, (1, source.randbytes(26)), (5, token)))

    def leave(self, at):
        self.scene.udp(at, self.client, SERVER, zoom.leave(self.scene.random, self.cookie))


def _audio(seq, rtp):
    return zoom.audio(seq, 7_300_000 + 20 * seq, rtp)


def _video(seq, rtp):
    return zoom.video(seq, 7_300_000 + 33 * seq, seq // 4, 4, rtp)


def _screen(seq, rtp):
    return zoom.screen(seq, 7_300_000 + 100 * seq, rtp)


def _stream(scene, pt, sizes, step, burst=1):
    return lambda: RtpStream(scene.random, pt, sizes, step, True, burst)


@case(
    "zoom-call",
    "A Zoom meeting over three sockets to a media server on port 8801: join, binding, sound (media header 15, "
    "RTP PT 112), pictures (16, PT 98) and a shared screen (13 around 30), RTCP, keep-alives and leave.",
    SOURCE,
    ("udp.port == 8801",),
)
def call():
    scene = Scene("zoom-call", EPOCH_2023)
    legs = [_Leg(scene, (HOST, 58117 + i), 0x004F8378 + i) for i in range(3)]
    for number, leg in enumerate(legs):
        leg.join(number * 300 * MS)
    legs[0].media(SECOND, 4, 40, _stream(scene, 112, (60, 160), 640), _audio)
    legs[1].media(SECOND, 4, 20, _stream(scene, 98, (800, 1100), 3000, 4), _video)
    legs[2].media(SECOND, 4, 12, _stream(scene, 99, (700, 1000), 9000), _screen, (True,))
    scene.udp(2 * SECOND, SERVER, legs[0].client,
              legs[0]._wrap(zoom.rtcp(9, 7_300_500, srtcp(scene.random, 200, 0x1000401, 6)), True))
    for leg in legs:
        leg.alive(3 * SECOND)
        leg.leave(6 * SECOND)
    voice, video, screen = (scene.flow(leg.client, SERVER, app="zoom", service="call") for leg in legs)
    return pcap_case(scene, [flow_count(3), flow(voice, media=["voice"]), flow(video, media=["video"]),
                             flow(screen, media=["video"])])


@case(
    "zoom-call-one-way",
    "The same media in mid-stream, and only what the server sends: neither join nor keep-alive is seen, and the "
    "server lies outside Zoom's networks (a connector on the customer's premises).",
    SOURCE,
    ("udp.srcport == 8801",),
)
def one_way():
    scene = Scene("zoom-call-one-way", EPOCH_2023)
    server, client = ("203.0.113.88", 8801), (HOST, 58200)
    play(scene, RtpStream(scene.random, 112, (60, 160), 640, True), server, client, 0, 4, 30,
         lambda rtp: zoom.sfu(7, 0x00AB0001, True, zoom.audio(77, 7_300_000, rtp)))
    record = scene.flow(client, server, app="zoom", service="call", media=["voice"])
    return pcap_case(scene, [flow_count(1), flow(record)])


def _admin_prohibited(scene, at, original, router, client):
    """ICMP type 3 code 13: the hosts that a client tries beside its server answer so."""
    message = bytearray(transport.icmp_port_unreachable(original))
    message[1] = 13
    message[2:4] = bytes(2)
    message[2:4] = internet_checksum(bytes(message)).to_bytes(2, "big")
    scene.add(at, scene.datagram((router, 0), (client, 0), ip.ICMP, bytes(message)))


@case(
    "zoom-call-peer",
    "A call of two: STUN without magic cookie (attribute 0x0101) to Zoom's servers on ports 3478 and 3479, of "
    "which one refuses by ICMP, then type 31 and media headers straight between the peers from the same socket.",
    SOURCE,
    ("udp.port == 3478", "icmp.type == 3"),
)
def peer_call():
    scene = Scene("zoom-call-peer", EPOCH_2023)
    client, peer = (HOST, 41200), ("203.0.113.62", 50332)
    servers = [("134.224.90.111", 3478), ("134.224.90.111", 3479)]
    for number, server in enumerate(servers):
        request = zoom.stun(1, scene.random.randbytes(16), 0x0101, b"12345678901234567890")
        packet = scene.udp(number * 50 * MS, client, server, request)
        if number == 0:
            scene.udp(40 * MS, server, client,
                      zoom.stun(0x0101, request[4:20], 0x0001, bytes.fromhex("0001a0f0cb007109")))
        else:
            _admin_prohibited(scene, 120 * MS, packet, server[0], HOST)
    scene.udp(300 * MS, client, peer, zoom.peer_hello(scene.random, "203.0.113.62"))
    scene.udp(360 * MS, peer, client, zoom.peer_hello(scene.random, "203.0.113.9"))
    for src, dst in ((client, peer), (peer, client)):
        play(scene, RtpStream(scene.random, 112, (60, 160), 640, True), src, dst, SECOND, 4, 30,
             lambda rtp: zoom.audio(5, 7_300_000, rtp))
    called = {"app": "zoom", "service": "call"}
    return pcap_case(scene, [flow(scene.flow(client, servers[0], **called)),
                             flow(scene.flow(client, servers[1], **called)),
                             flow(scene.flow(client, peer, **called, media=["voice"]))])


@case("zoom-call-tcp", "Port 8801 is blocked: the meeting goes over TLS to the media server.", SOURCE,
      tlsnames.sni_filter("zoomsjcbc12mmr.sjc.zoom.us"))
def tcp():
    return tlsnames.named("zoom-call-tcp", "zoom", "call", "zoomsjcbc12mmr.sjc.zoom.us", "144.195.73.12")


@case("zoom-text", "Zoom's chat: TLS with SNI us04xmpp1.zoom.us.", SOURCE,
      tlsnames.sni_filter("us04xmpp1.zoom.us"))
def text():
    return tlsnames.named("zoom-text", "zoom", "text", "us04xmpp1.zoom.us", "170.114.4.10")


@case("zoom-transfer", "A file of Zoom's chat: TLS with SNI us04file.zoom.us.", SOURCE,
      tlsnames.sni_filter("us04file.zoom.us"))
def transfer():
    return tlsnames.named("zoom-transfer", "zoom", "transfer", "us04file.zoom.us", "170.114.4.11")


@case("zoom-web", "Zoom's site: TLS with SNI www.zoom.us.", SOURCE, tlsnames.sni_filter("www.zoom.us"))
def web():
    return tlsnames.named("zoom-web", "zoom", "web", "www.zoom.us", "170.114.10.85")


@case(
    "not-zoom-8801",
    "Another protocol on UDP port 8801: its messages begin with the same type bytes, a counter and random bytes.",
    "none: invented bytes",
)
def other_protocol():
    scene = Scene("not-zoom-8801", EPOCH_2023)
    client, server = (HOST, 53801), ("203.0.113.81", 8801)
    for number in range(12):
        for src, dst in ((client, server), (server, client)):
            payload = bytes([1 + number % 5, 0, number]) + scene.random.randbytes(60 + number)
            scene.udp(number * 200 * MS, src, dst, payload)
    dns.look_up(scene, 4 * SECOND, HOST, "192.168.1.1", "notzoom.us", ["203.0.113.82"])
    return pcap_case(scene, [flow_count(2)], not_apps("zoom"))
