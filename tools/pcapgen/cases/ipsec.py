"""IPsec, L2TP and PPTP: key exchange, encrypted packets with and without UDP, control connections."""

from .. import ip
from ..apps import ipsec
from ..registry import case, flow, flow_count, pcap_case
from ..scene import EPOCH_2021, MS, Scene
from ..tcp_session import TcpSession

SOURCE = "RFC 2408, 2637, 2661, 3948, 4303, 7296 and public captures, read 2026-11-22"
HOST, GATEWAY = "192.168.1.20", "203.0.113.100"
ESP = 50


def _tunnel(record, app="ipsec"):
    return flow(record, app=app, service="tunnel", confidence="certain")


def _spis(scene):
    return scene.random.randbytes(8), bytes(8)


@case(
    "ipsec-ike2-esp",
    "IKEv2 on port 500, then ESP as IP protocol 50.",
    SOURCE,
    ("isakmp.exchangetype == 34", "isakmp.exchangetype == 35", "esp"),
)
def ike_esp():
    scene = Scene("ipsec-ike2-esp", EPOCH_2021)
    client, server = (HOST, 500), (GATEWAY, 500)
    spis = _spis(scene)
    answered = spis[0], scene.random.randbytes(8)
    scene.udp(0, client, server, ipsec.sa_init(scene.random, spis, ipsec.INITIATOR))
    scene.udp(30 * MS, server, client, ipsec.sa_init(scene.random, answered, ipsec.RESPONSE))
    for number, (ends, flags) in enumerate((((client, server), ipsec.INITIATOR),
                                            ((server, client), ipsec.RESPONSE))):
        scene.udp((60 + 30 * number) * MS, *ends,
                  ipsec.encrypted(scene.random, answered, ipsec.AUTH, flags, 1, 220))
    for src, dst in ((HOST, GATEWAY), (GATEWAY, HOST)):
        association = ipsec.Esp(scene.random)
        for number in range(5):
            scene.add((200 + 20 * number) * MS,
                      scene.datagram((src, 0), (dst, 0), ESP, association.packet(64)))
    encrypted = {"match": {"type": "flow", "proto": "esp"}, "count": 1,
                 "has": {"app": "ipsec", "service": "tunnel", "packets_up": 5, "packets_down": 5}}
    return pcap_case(scene, [flow_count(2), _tunnel(scene.flow(client, server)), encrypted])


@case(
    "ipsec-nat",
    "IKEv2 behind the marker of port 4500, ESP over UDP, keep-alives of one byte.",
    SOURCE,
    ("isakmp", "esp", "udp.length == 9"),
)
def nat():
    scene = Scene("ipsec-nat", EPOCH_2021)
    client, server = (HOST, 4500), (GATEWAY, 4500)
    spis = scene.random.randbytes(8), scene.random.randbytes(8)
    scene.udp(0, client, server,
              bytes(4) + ipsec.encrypted(scene.random, spis, ipsec.AUTH, ipsec.INITIATOR, 1, 200))
    _esp_udp(scene, client, server, 100 * MS)
    return pcap_case(scene, [flow_count(1), _tunnel(scene.flow(client, server))])


def _esp_udp(scene, src, dst, at, first=0):
    association = ipsec.Esp(scene.random)
    association.sequence = first
    for number in range(6):
        scene.udp(at + 20 * number * MS, src, dst, association.packet(64 + 4 * number))
    scene.udp(at + 200 * MS, src, dst, b"\xff")


@case(
    "ipsec-nat-one-way",
    "ESP over UDP met in its middle, one direction only.",
    SOURCE,
    ("esp",),
)
def nat_one_way():
    scene = Scene("ipsec-nat-one-way", EPOCH_2021)
    client, server = (HOST, 61500), (GATEWAY, 4500)
    _esp_udp(scene, server, client, 0, 81_000)
    record = scene.flow(client, server)
    either_way = {"type": "flow", "flow": record["flow"]}  # nothing tells which end is the client
    return pcap_case(scene, [flow_count(1), _tunnel(either_way)])


@case("ipsec-ike1", "The first message of IKEv1, unanswered.", SOURCE, ("isakmp.exchangetype == 2",))
def ike1():
    scene = Scene("ipsec-ike1", EPOCH_2021)
    client, server = (HOST, 500), (GATEWAY, 500)
    message = ipsec.main_mode(scene.random, _spis(scene))
    for number in range(3):
        scene.udp(number * 2000 * MS, client, server, message)
    return pcap_case(scene, [flow_count(1), _tunnel(scene.flow(client, server))])


@case(
    "l2tp-control",
    "L2TP's control connection: SCCRQ, SCCRP, SCCCN and acknowledgements.",
    SOURCE,
    ("l2tp",),
)
def l2tp():
    scene = Scene("l2tp-control", EPOCH_2021)
    client, server = (HOST, 1701), (GATEWAY, 1701)
    steps = ((client, 1, 0, 0, 0), (server, 2, 100, 0, 1), (client, 3, 100, 1, 1), (server, 0, 100, 1, 2))
    for number, (sender, kind, tunnel, sent, received) in enumerate(steps):
        ends = (client, server) if sender == client else (server, client)
        scene.udp(number * 30 * MS, *ends, ipsec.l2tp_control(kind, tunnel, sent, received, b"lac.example"))
    return pcap_case(scene, [flow_count(1), _tunnel(scene.flow(client, server), "l2tp")])


@case("pptp-control", "PPTP's control connection: start, answer, echo.", SOURCE, ("pptp",))
def pptp():
    scene = Scene("pptp-control", EPOCH_2021)
    session = TcpSession(scene, (HOST, 51723), (GATEWAY, 1723)).open()
    session.up(ipsec.pptp_start(1)).down(ipsec.pptp_start(2, 1)).wait(500).up(ipsec.pptp_echo(1)).close()
    return pcap_case(scene, [flow_count(1),
                             _tunnel(scene.flow(session.client, session.server, ip.TCP), "pptp")])
