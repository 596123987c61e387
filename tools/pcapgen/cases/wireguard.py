"""WireGuard: whole sessions, one direction, a session met in its middle, Cloudflare's reserved bytes."""

from ..apps.wireguard import Tunnel
from ..registry import case, flow, flow_count, pcap_case
from ..scene import EPOCH_2023, MS, SECOND, Scene

SOURCE = ("'WireGuard: Next Generation Kernel Network Tunnel' and public captures of 2019 to 2023, "
          "read 2026-11-22")
CLIENT, SERVER = ("192.168.1.20", 41820), ("203.0.113.60", 51820)
TUNNEL = {"app": "wireguard", "service": "tunnel", "confidence": "certain"}


def _expect(scene, tunnel):
    return pcap_case(scene, [flow_count(1), flow(scene.flow(tunnel.client, tunnel.server), **TUNNEL)])


@case("wireguard-session", "A WireGuard session: handshake, keep-alive, data both ways.", SOURCE, ("wg",))
def session():
    scene = Scene("wireguard-session", EPOCH_2023)
    tunnel = Tunnel(scene, CLIENT, SERVER)
    tunnel.handshake(0)
    tunnel.traffic(100 * MS, 30)
    return _expect(scene, tunnel)


@case(
    "wireguard-under-load",
    "A server under load answers with a cookie; the second handshake carries a second mac.",
    SOURCE,
    ("wg.type == 3",),
)
def under_load():
    scene = Scene("wireguard-under-load", EPOCH_2023)
    tunnel = Tunnel(scene, CLIENT, ("203.0.113.60", 443))
    tunnel.send(0, tunnel.client, tunnel.initiation(scene.random.randbytes(16)))
    tunnel.send(30 * MS, tunnel.server, tunnel.cookie_reply())
    return _expect(scene, tunnel)


@case(
    "wireguard-midstream-one-way",
    "Data of a WireGuard session, one direction only and without its handshake.",
    SOURCE,
    ("wg.type == 4",),
)
def midstream():
    scene = Scene("wireguard-midstream-one-way", EPOCH_2023)
    tunnel = Tunnel(scene, CLIENT, ("203.0.113.60", 8443))
    tunnel.counter[tunnel.client] = 70_000
    tunnel.traffic(0, 8, (tunnel.client,))
    return _expect(scene, tunnel)


@case(
    "wireguard-unanswered",
    "A client repeats its handshake every five seconds and nobody answers.",
    SOURCE,
    ("wg.type == 1",),
)
def unanswered():
    scene = Scene("wireguard-unanswered", EPOCH_2023)
    tunnel = Tunnel(scene, CLIENT, SERVER)
    for number in range(4):
        tunnel.index[CLIENT] += 77_777
        tunnel.send(number * 5 * SECOND, CLIENT, tunnel.initiation())
    return _expect(scene, tunnel)


@case(
    "wireguard-reserved",
    "A session whose reserved bytes hold a client's id, as Cloudflare's WARP uses them.",
    SOURCE,
)
def reserved():
    scene = Scene("wireguard-reserved", EPOCH_2023)
    tunnel = Tunnel(scene, CLIENT, ("203.0.113.61", 2408), bytes.fromhex("a1b2c3"))
    tunnel.handshake(0)
    tunnel.traffic(100 * MS, 12)
    return _expect(scene, tunnel)
