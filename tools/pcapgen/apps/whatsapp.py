"""WhatsApp's chat handshakes and its call set-up with relays.

Sources: public captures of 2014 to 2023 (nDPI's test set), read with tshark on 2026-11-21. The meaning of
message types 0x0800 to 0x0805 is inferred from position and timing, no specification is public. The Allocate
of 2026 and the extension of audio: wacrg.org and oxidezap/whatsapp-rust, read 2026-11-22.
"""

import struct

from .. import stun
from ..rtp import RtpStream
from ..scene import MS

RELAY_TOKEN, RELAY_TIME, PING, PONG, BYE = 0x4000, 0x4002, 0x0801, 0x0802, 0x0800
PROBE_TIME, PROBE_DATA, PROBE_TAIL, PROBE, PROBE_ANSWER = 0x4003, 0x4004, 0x4007, 0x0804, 0x0805
SUBSCRIPTIONS, DESCRIPTORS = 0x4025, 0x4024
CHAT_SERVER = ("157.240.20.53", 5222)
RELAYS = [(address, 3478) for address in (
    "31.13.86.48", "157.240.193.48", "157.240.196.62", "31.13.64.48", "31.13.70.48",
    "31.13.79.192", "31.13.91.48", "31.13.93.48")]


def _protobuf(tag: int, value: bytes) -> bytes:
    """Length-delimited field; lengths below 16384."""
    size = bytes([len(value)]) if len(value) < 128 else bytes([len(value) & 127 | 128, len(value) >> 7])
    return bytes([tag << 3 | 2]) + size + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def edge_routing(info: bytes) -> bytes:
    """"ED", version 0.1 and the routing info with a 3-byte length."""
    return b"ED\0\x01" + len(info).to_bytes(3, "big") + info


def frame(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def noise_hello(source, version=5) -> bytes:
    """"WA" + version, then the ClientHello of a resumed (Noise IK) session."""
    fields = (_protobuf(1, source.randbytes(32)) + _protobuf(2, source.randbytes(48))
              + _protobuf(3, source.randbytes(180)))
    return b"WA" + bytes([version, 2]) + frame(_protobuf(2, fields))


def noise_server_hello(source) -> bytes:
    return frame(_protobuf(3, _protobuf(1, source.randbytes(32)) + _protobuf(3, source.randbytes(16))))


def chat_head(source) -> list[bytes]:
    """The client's first writes: edge routing split from its length, then the Noise hello."""
    head = edge_routing(bytes.fromhex("08090802")) + noise_hello(source)
    return [head[:4], head[4:15], head[15:]]


def chat(session, messages=3) -> None:
    """A whole chat connection: split head, server hello, `messages` short encrypted messages each way."""
    source = session.scene.random
    session.open()
    for part in chat_head(source):
        session.up(part, ack=False).wait(0.3)
    session.ack("down").down(noise_server_hello(source))
    for _ in range(messages):
        session.wait(400).up(frame(source.randbytes(source.randint(40, 160))))
        session.wait(50).down(frame(source.randbytes(source.randint(24, 90))))
    session.wait(30).close()


def chat_2015(session, platform=b"iPhone-2.12.2-5222", phone=b"0039347436391") -> None:
    """The login of 2013 to 2015: "WA", protocol 1.5, a stream start in binary XML, then RC4 frames."""
    source = session.scene.random
    start = bytes.fromhex("f80501a59189fc12") + platform
    features = bytes.fromhex("f8029cf804f801fc0770726976616379f80180f80140f80178")
    auth = bytes.fromhex("f8060c56bfb5fc0c") + phone[:12] + source.randbytes(60)
    session.open().up(b"WA\x01\x05" + b"".join(map(frame, (start, features, auth))))
    session.down(frame(bytes.fromhex("f8013a")) + frame(source.randbytes(70)))
    for _ in range(3):
        session.wait(200).up(b"\x80" + struct.pack("!H", 60) + source.randbytes(60))
        session.wait(20).down(b"\x80" + struct.pack("!H", 29) + source.randbytes(29))
    session.close()


def xmpp_server_start(source) -> bytes:
    """The server's stream start and features of 2015, then its challenge."""
    start, features = bytes.fromhex("f803013a91"), bytes.fromhex("f8019c")
    return frame(start) + frame(features) + marked_frame(source, 61)


def marked_frame(source, size: int) -> bytes:
    """A frame of the RC4 years: mark 8, 20-bit length."""
    return struct.pack("!BH", 0x80, size) + source.randbytes(size)


def frames(session, make, count) -> None:
    """`count` frames each way, one or two to a segment."""
    source = session.scene.random
    for number in range(count):
        more = make(source, 41 + number) if number % 2 else b""
        session.wait(300).up(make(source, 52 + 9 * number) + more)
        session.wait(30).down(make(source, 29 + 3 * number))


def report(source, ssrc, kind=208) -> bytes:
    """SRTCP of WhatsApp's own: one word behind the SSRC, index and tag."""
    index = struct.pack("!I", 0x80000000 | source.randrange(1, 4000))
    return struct.pack("!BBHI", 0x81, kind, 2, ssrc) + source.randbytes(4) + index + source.randbytes(10)


class Media(RtpStream):
    """RTP whose header extension has WhatsApp's number instead of RFC 8285's."""

    def __init__(self, source, pt, sizes, step, burst=1):
        super().__init__(source, pt, sizes, step, extension=True, burst=burst)

    def packet(self) -> bytes:
        data = super().packet()
        return data[:12] + b"\xde\xbe" + data[14:]


class Call:
    """One client socket and the relays that it speaks to."""

    def __init__(self, scene, client, relays):
        self.scene, self.client, self.relays = scene, client, relays
        self._token = b"\x01\x00" + scene.random.randbytes(100)
        self._base = scene.random.getrandbits(64)
        self._serial = scene.random.getrandbits(24)
        self._mapped = ("203.0.113.9", client[1])

    def transaction(self) -> bytes:
        self._serial += 1
        return struct.pack("!QI", self._base, self._serial)

    def with_token(self, kind) -> tuple[bytes, bytes]:
        """A message that holds only the 102-byte token: its length, 106, is not a multiple of 4."""
        transaction = self.transaction()
        token = [(RELAY_TOKEN, self._token)]
        return transaction, stun.message(kind, transaction, token, padded=False)

    def allocate_2023(self, key: bytes) -> tuple[bytes, bytes]:
        """The longer form: 150-byte token, XOR-RELAYED-ADDRESS and a real HMAC-SHA1."""
        transaction = self.transaction()
        attributes = [(RELAY_TOKEN, self._token + self._token[:48]),
                      (stun.XOR_RELAYED, stun.xor_address(("192.168.1.20", self.client[1])))]
        return transaction, stun.message(stun.ALLOCATE, transaction, attributes, key)

    def allocate_2026(self, relay, key: bytes, ssrc: int, at) -> None:
        """Android's form: a token of 64 bytes, subscription and descriptor of an audio stream in protobuf."""
        transaction = self.transaction()
        number = _varint(ssrc << 1)
        audio = _protobuf(1, b"audio") + _protobuf(2, b"OPUS") + b"\x18" + number + b"\x20\0"
        subscription = _protobuf(1, _protobuf(1, b"\x08" + number))
        attributes = [(RELAY_TOKEN, self._token[:64]), (SUBSCRIPTIONS, _protobuf(1, subscription)),
                      (DESCRIPTORS, _protobuf(1, audio))]
        self.scene.udp(at, self.client, relay, stun.message(stun.ALLOCATE, transaction, attributes, key))
        self.scene.udp(at + 43 * MS, relay, self.client, self.answer(transaction, key))

    def probe(self, at, relay) -> None:
        """512 bytes of the video calls of 2019, mostly zeros, and the relay's 45; no attribute is padded."""
        transaction = self.transaction()
        sent = stun.attribute(PROBE_TIME, self.scene.random.randbytes(9), padded=False)
        sent += stun.attribute(PROBE_DATA, bytes(512 - 20 - len(sent) - 4), padded=False)
        back = stun.attribute(RELAY_TIME, bytes(8)) + stun.attribute(PROBE_TIME, bytes(9), padded=False)
        for delay, ends, kind, body in ((0, (self.client, relay), PING, sent),
                                        (17, (relay, self.client), PONG, back)):
            self.scene.udp(at + delay * MS, *ends, stun.header(kind, len(body), transaction) + body)

    def probe_2023(self, at, relay) -> None:
        transaction = self.transaction()
        for delay, ends, kind in ((0, (self.client, relay), PROBE), (21, (relay, self.client), PROBE_ANSWER)):
            attributes = [(PROBE_TIME, bytes(8)), (PROBE_DATA, bytes(4)), (PROBE_TAIL, bytes(400))]
            self.scene.udp(at + delay * MS, *ends, stun.message(kind, transaction, attributes))

    def answer(self, transaction, key=None) -> bytes:
        attributes = [(stun.XOR_MAPPED, stun.xor_address(self._mapped, transaction)),
                      (RELAY_TIME, struct.pack("!Q", 0x14D8C8E3275 + self._serial))]
        return stun.message(stun.ALLOCATE | stun.SUCCESS, transaction, attributes, key)

    def allocate(self, at, answered=None, key=None) -> int:
        """Two requests to each relay within 0.2 s; relays of `answered` reply. Returns the time after."""
        answered = self.relays if answered is None else answered
        for number, relay in enumerate(self.relays):
            for _ in range(2):
                transaction, request = (self.allocate_2023(key) if key
                                        else self.with_token(stun.ALLOCATE))
                self.scene.udp(at, self.client, relay, request)
                if relay in answered:
                    reply = self.answer(transaction, key)
                    self.scene.udp(at + (40 + 17 * number) * MS, relay, self.client, reply)
                at += MS // 8
        return at

    def ping(self, at, relay, answered=True) -> None:
        """20-byte ping and pong on the active relay."""
        transaction = self.transaction()
        self.scene.udp(at, self.client, relay, stun.message(PING, transaction))
        if answered:
            self.scene.udp(at + 41 * MS, relay, self.client, stun.message(PONG, transaction))

    def check_peer(self, at, peer, answered=True) -> bytes:
        """A 44-byte Binding request with nothing but MESSAGE-INTEGRITY, and the peer's answer."""
        transaction = self.scene.random.randbytes(12)
        request = stun.message(stun.BINDING, transaction, (), b"peer key")
        sent = self.scene.udp(at, self.client, peer, request)
        if answered:
            reply = stun.message(stun.BINDING | stun.SUCCESS, transaction, (), b"peer key")
            self.scene.udp(at + 95 * MS, peer, self.client, reply)
        return sent

    def bye(self, at) -> None:
        """Message 0x0800 to every relay."""
        for relay in self.relays:
            self.scene.udp(at, self.client, relay, self.with_token(BYE)[1])
            at += MS
