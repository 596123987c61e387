"""Traffic on the ports and of the shapes of tunnels that is none."""

import struct

from .. import stun
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..scene import EPOCH_2021, MS, Scene

SOURCE = "none: invented protocols; RFC 8489, RFC 8656, RFC 9000, RFC 9147 for the others"
TUNNELS = ("wireguard", "openvpn", "ipsec", "l2tp", "pptp", "ssh", "tor", "socks")
HOST = "192.168.1.20"


def _exchange(scene, port, payload, server_port, count=16):
    """`payload(number)` in turn from both ends."""
    client, server = (HOST, port), ("203.0.113.150", server_port)
    for number in range(count):
        scene.udp(number * 30 * MS, *((client, server) if number % 2 == 0 else (server, client)), payload(number))
    return scene.flow(client, server)


def _none_of(scene, records):
    return pcap_case(scene, [flow_count(len(records)), *map(flow, records)], not_apps(*TUNNELS))


@case(
    "not-tunnel-counters",
    "Games with counters where WireGuard, ESP and OpenVPN have theirs, on their ports.",
    SOURCE,
)
def counters():
    scene = Scene("not-tunnel-counters", EPOCH_2021)
    noise = scene.random.randbytes
    return _none_of(scene, [
        _exchange(scene, 52001, lambda n: struct.pack("<IIQ", 4, 77, n) + noise(96), 51820),
        _exchange(scene, 52002, lambda n: struct.pack("<IIQ", 4, 0x12345678, n) + noise(96), 51820),
        _exchange(scene, 52003, lambda n: struct.pack("!II", 0x101, 1000 - n) + noise(37), 4500),
        _exchange(scene, 52004, lambda n: bytes([1, 0, 0, 0]) + struct.pack("<I", n) + bytes(140), 51820),
        _exchange(scene, 52005, lambda n: bytes([0x38]) + struct.pack("!I", n) + bytes(9), 1194),
    ])


@case(
    "not-tunnel-noise",
    "Random bytes of the sizes of tunnels' messages, on some of their ports.",
    SOURCE,
)
def noise():
    scene = Scene("not-tunnel-noise", EPOCH_2021)
    sizes = (32, 48, 64, 92, 148, 160, 54, 66)

    def noise_of(number):  # no first byte of RTP or RTCP, which tshark would read
        return bytes([scene.random.randrange(1, 0x7F)]) + scene.random.randbytes(sizes[number % len(sizes)] - 1)

    return _none_of(scene, [
        _exchange(scene, 52100 + number, noise_of, port)
        for number, port in enumerate((4500, 41194, 41701, 51820))])


@case(
    "not-tunnel-quic-stun-dtls",
    "QUIC with a constant connection id, STUN on port 4500, DTLS and relayed RTP whose channel looks like "
    "OpenVPN's data.",
    SOURCE,
    ("udp.port == 4500",),
)
def others():
    scene = Scene("not-tunnel-quic-stun-dtls", EPOCH_2021)
    source = scene.random
    connection = source.randbytes(8)
    records = [
        _exchange(scene, 52201, lambda _: bytes([0x40 | source.getrandbits(6)]) + connection
                  + source.randbytes(60), 41194),
        _exchange(scene, 52202, lambda _: stun.message(stun.BINDING, source.randbytes(12)), 4500),
        _exchange(scene, 52203, lambda n: struct.pack("!BHHHIH", 23, 0xFEFD, 1, 0, n, 48)
                  + source.randbytes(48), 51820)]
    client, server = (HOST, 52204), ("203.0.113.151", 41194)
    for number in range(30):
        rtp = struct.pack("!BBHII", 0x80, 0, number, 160 * number, 0x5A5B5C5D) + source.randbytes(160)
        scene.udp(number * 20 * MS, client, server, struct.pack("!HH", 0x4800, len(rtp)) + rtp)
    return _none_of(scene, [*records, scene.flow(client, server)])
