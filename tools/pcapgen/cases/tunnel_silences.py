"""Tunnels whose handshakes pass and whose data does not."""

import struct

from ..apps.wireguard import Tunnel
from ..registry import case, flow_count, pcap_case
from ..scene import MS, SECOND, Scene

SOURCE = "'WireGuard: Next Generation Kernel Network Tunnel', sections 5.4 and 6.5, read 2026-11-22"
CLIENT, ELSEWHERE = "192.168.1.20", ("203.0.113.200", 3478)
SERVERS = ("203.0.113.60", "203.0.113.61")
PUBLIC = ["--public-net", "203.0.113.0/24"]
ROUND = 15_200  # ms: KEEPALIVE-TIMEOUT, REKEY-TIMEOUT and its jitter


def _binding(scene, number):
    """A STUN server answers: the network lets UDP pass."""
    client, at = (CLIENT, 47000 + number), number * 10 * SECOND
    ident = scene.random.randbytes(12)
    scene.udp(at, client, ELSEWHERE, struct.pack("!HHI", 1, 0, 0x2112A442) + ident)
    answer = struct.pack("!HHI", 0x0101, 12, 0x2112A442) + ident + b"\0\x20\0\x08\0\1" + scene.random.randbytes(6)
    scene.udp(at + 30 * MS, ELSEWHERE, client, answer)


def _tunnel(scene, port, server, start, kept_alive):
    """Six handshakes, each with a ping a second after it. A server that gets them says so after 10 s."""
    tunnel = Tunnel(scene, (CLIENT, port), (server, 51820))
    for number in range(6):
        begin = start + number * ROUND * MS
        tunnel.index[tunnel.client] += 77_777
        tunnel.index[tunnel.server] += 99_999
        tunnel.handshake(begin)
        for second in range(14):
            tunnel.send(begin + 100 * MS + second * SECOND, tunnel.client, tunnel.data(tunnel.client, 84))
        if kept_alive:
            tunnel.send(begin + 10_150 * MS, tunnel.server, tunnel.data(tunnel.server, 0))


def _scene(name, kept_alive):
    scene = Scene(name)
    for number in range(30):
        _binding(scene, number)
    for number in range(3):
        _tunnel(scene, 41820 + number, SERVERS[number % 2], number * 95 * SECOND, kept_alive)
    return scene


@case(
    "wireguard-data-dropped",
    "Three WireGuard tunnels to two servers: every handshake is answered, and no data ever. A server that got data "
    "would say so after 10 s, even with nothing to send: a device drops the data.",
    SOURCE,
    ("wg.type == 4",),
)
def dropped():
    scene = _scene("wireguard-data-dropped", False)
    return pcap_case(scene, [flow_count(33), {
        "match": {"type": "finding", "id": "VPN.DROP", "level": "likely"}, "count": 1}], args=PUBLIC)


@case(
    "wireguard-data-kept-alive",
    "The same, but the servers say that they got the data: nothing behind them answers the pings. No drop.",
    SOURCE,
    ("wg.type == 4",),
)
def kept_alive():
    scene = _scene("wireguard-data-kept-alive", True)
    return pcap_case(scene, [flow_count(33)], [
        {"type": "finding", "id": "VPN.DROP"},
        {"type": "finding", "level": {"any": ["anomalous", "likely", "confirmed_pattern"]}}], args=PUBLIC)
