"""One TCP connection as a capture point beside the client sees it."""

import struct

from . import ip, transport
from .scene import MS, Scene
from .transport import ACK, FIN, PSH, RST, SYN

CLIENT_DELAY = MS // 5  # what the client takes to acknowledge
OTHER = {"up": "down", "down": "up"}


class TcpSession:
    """`now` moves on with every exchange; `next` holds the next sequence number of each side."""

    def __init__(self, scene: Scene, client, server, start=0, rtt_ms=40, mss=1448, isn=None):
        self.scene, self.rtt, self.mss, self.now = scene, rtt_ms * MS, mss, start
        self.ends = {"up": (client, server), "down": (server, client)}
        self.client, self.server = client, server
        self.next = dict(isn or {side: scene.random.getrandbits(32) for side in OTHER})
        self.acked = {"up": 0, "down": 0}
        self._clock = {side: scene.random.getrandbits(31) for side in OTHER}
        self._echo = {"up": 0, "down": 0}

    def wait(self, ms: float) -> "TcpSession":
        self.now += int(ms * MS)
        return self

    def segment(self, side, flags, data=b"", seq=None, ack=None, at=None, window=2058,
                captured=True) -> bytes:
        """One segment; without `seq` it is the next in order and moves the sequence number on."""
        at = self.now if at is None else at
        in_order = seq is None
        seq = self.next[side] if in_order else seq
        ack = (self.next[OTHER[side]] if ack is None else ack) if flags & ACK else 0
        src, dst = self.ends[side]
        packet = transport.tcp(src, dst, seq, ack, flags, data, window,
                               self._options(side, flags, at))
        if in_order:
            consumed = len(data) + bool(flags & SYN) + bool(flags & FIN)
            self.next[side] = (seq + consumed) & 0xFFFFFFFF
        return self.scene.send(at, src, dst, ip.TCP, packet, captured)

    def _options(self, side, flags, at):
        if flags & RST:
            return b""
        value = (self._clock[side] + at // MS) & 0xFFFFFFFF
        echo, self._echo[OTHER[side]] = self._echo[side], value
        if flags & SYN:  # MSS, SACK permitted, timestamps, NOP, window scale 7
            return struct.pack("!BBHBBBBIIBBBB", 2, 4, self.mss + 12, 4, 2, 8, 10, value, echo,
                               1, 3, 3, 7)
        return struct.pack("!BBBBII", 1, 1, 8, 10, value, echo)

    def open(self) -> "TcpSession":
        """Three-way handshake: its RTT is rtt_ms + 0.2 ms."""
        self.segment("up", SYN, window=64240)
        self.now += self.rtt
        self.segment("down", SYN | ACK, window=65160)
        self.now += CLIENT_DELAY
        self.segment("up", ACK)
        self.now += CLIENT_DELAY
        return self

    def up(self, data: bytes, size=None, ack=True) -> "TcpSession":
        """Client data in segments of `size`, acknowledged by the server one RTT later."""
        return self._transfer("up", data, size, ack)

    def down(self, data: bytes, size=None, ack=True) -> "TcpSession":
        return self._transfer("down", data, size, ack)

    def _transfer(self, side, data, size, ack):
        size = size or self.mss
        for at in range(0, len(data), size):
            self.segment(side, PSH | ACK if at + size >= len(data) else ACK, data[at:at + size])
            self.now += MS // 10
        if ack:
            self.ack(OTHER[side])
        return self

    def ack(self, side) -> "TcpSession":
        self.now += self.rtt if side == "down" else CLIENT_DELAY
        self.segment(side, ACK)
        self.now += MS // 10
        return self

    def close(self) -> "TcpSession":
        """FIN from the client, FIN+ACK from the server, last ACK."""
        self.segment("up", FIN | ACK)
        self.now += self.rtt
        self.segment("down", FIN | ACK)
        self.now += CLIENT_DELAY
        self.segment("up", ACK)
        return self

    def reset(self, side) -> "TcpSession":
        self.segment(side, RST | ACK)
        return self
