"""WireGuard's four messages ("WireGuard: Next Generation Kernel Network Tunnel", section 5.4)."""

import struct

from ..scene import MS

OVERHEAD = 16  # the tag behind an encrypted packet


def _key(source) -> bytes:
    """A Curve25519 coordinate: below 2^255, little-endian."""
    return (source.getrandbits(255)).to_bytes(32, "little")


class Tunnel:
    """One session between two ends; `reserved` are the bytes Cloudflare fills."""

    def __init__(self, scene, client, server, reserved=b"\0\0\0"):
        self.scene, self.client, self.server, self.reserved = scene, client, server, reserved
        source = scene.random
        self.index = {client: source.getrandbits(31) | 1 << 30, server: source.getrandbits(31) | 1 << 29}
        self.counter = {client: 0, server: 0}

    def _head(self, kind: int) -> bytes:
        return bytes([kind]) + self.reserved

    def initiation(self, mac2=bytes(16)) -> bytes:
        source = self.scene.random
        return (self._head(1) + struct.pack("<I", self.index[self.client]) + _key(source)
                + source.randbytes(48 + 28 + 16) + mac2)

    def response(self) -> bytes:
        source = self.scene.random
        return (self._head(2) + struct.pack("<II", self.index[self.server], self.index[self.client])
                + _key(source) + source.randbytes(16 + 16) + bytes(16))

    def cookie_reply(self) -> bytes:
        return (self._head(3) + struct.pack("<I", self.index[self.client])
                + self.scene.random.randbytes(24 + 32))

    def data(self, sender, size: int) -> bytes:
        """An inner packet of `size` bytes, padded to 16; 0 is a keep-alive."""
        receiver = self.server if sender == self.client else self.client
        counter = self.counter[sender]
        self.counter[sender] += 1
        return (self._head(4) + struct.pack("<IQ", self.index[receiver], counter)
                + self.scene.random.randbytes((size + 15) // 16 * 16 + OVERHEAD))

    def send(self, at, sender, payload) -> None:
        self.scene.udp(at, sender, self.server if sender == self.client else self.client, payload)

    def handshake(self, at) -> None:
        self.send(at, self.client, self.initiation())
        self.send(at + 40 * MS, self.server, self.response())
        self.send(at + 41 * MS, self.client, self.data(self.client, 0))

    def traffic(self, at, packets: int, sides=None) -> None:
        """Packets of mixed sizes, alternating between `sides` (both)."""
        sides = sides or (self.client, self.server)
        for number in range(packets):
            sender = sides[number % len(sides)]
            size = self.scene.random.choice((52, 60, 84, 576, 1400))
            self.send(at + number * 20 * MS, sender, self.data(sender, size))
