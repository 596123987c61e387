"""OpenVPN's control and data packets (ssl_pkt.h, tls_crypt.h), in the clear, signed or encrypted."""

import struct

from ..scene import SECOND

RESET_CLIENT, RESET_SERVER, RESET_CLIENT_V3 = 7, 8, 10
CONTROL, ACK, DATA_V1, DATA_V2 = 4, 5, 6, 9
SHA1, SHA256 = 20, 32
TAG = 32  # of tls-crypt
EARLY_NEGOTIATION = 0x0F000000


class Peer:
    """One side: its session id, its counters, and how it wraps ('none', 'auth', 'crypt')."""

    def __init__(self, scene, at, wrapping="none", hmac=SHA1, first_id=0):
        self.random, self.wrapping, self.hmac = scene.random, wrapping, hmac
        self.session = scene.random.randbytes(8)
        self.time = (scene.start + at) // SECOND
        self.replay, self.message = first_id, 0

    def packet(self, op: int, acks=(), remote=None, tls=b"", key=b"") -> bytes:
        """A control packet that acknowledges message ids of `remote`; `key`: a wrapped client key."""
        head = bytes([op << 3]) + self.session
        body = bytes([len(acks)]) + b"".join(struct.pack("!I", ack) for ack in acks)
        body += remote.session if acks else b""
        if op != ACK:
            body += struct.pack("!I", self.message)
            self.message += 1
        body += tls
        self.replay += 1
        replay = struct.pack("!II", self.replay, self.time)
        if self.wrapping == "auth":
            return head + self.random.randbytes(self.hmac) + replay + body
        if self.wrapping == "crypt":
            return head + replay + self.random.randbytes(TAG + len(body)) + key
        return head + body


def data(source, packet_id: int, size: int, peer_id=1) -> bytes:
    """P_DATA_V2 with an AEAD cipher: opcode and peer id, packet id, tag, encrypted packet."""
    return struct.pack("!II", (DATA_V2 << 3) << 24 | peer_id, packet_id) + source.randbytes(16 + size)


def handshake(client: Peer, server: Peer, hello: bytes, flight: bytes, mtu=1100, reset=RESET_CLIENT, key=b""):
    """(side, packet) of a connection until the server's TLS flight has been acknowledged."""
    yield "up", client.packet(reset, key=key)
    yield "down", server.packet(RESET_SERVER, (0,), client)
    yield "up", client.packet(ACK, (0,), server)
    yield "up", client.packet(CONTROL, tls=hello)
    parts = [flight[at:at + mtu] for at in range(0, len(flight), mtu)]
    for number, part in enumerate(parts):
        yield "down", server.packet(CONTROL, (1,) if number == 0 else (), client, part)
    for number in range(len(parts)):
        yield "up", client.packet(ACK, (number + 1,), server)
