"""Microsoft's TURN and ICE dialect, as Skype and Teams speak it.

Sources: [MS-TURN], [MS-ICE2BWM] and a public capture of a Teams call (nDPI's test set, 2020), read with
tshark on 2026-11-21. The password is unknown there, so integrity values here use a key of our own.
"""

import struct

from .. import stun
from ..scene import MS

COOKIE, VERSION, CANDIDATE, SEQUENCE = 0x000F, 0x8008, 0x8054, 0x8050
SERVICE_QUALITY, IMPLEMENTATION, BANDWIDTH, ALTERNATE = 0x8055, 0x8070, 0x0010, 0x000E
ICE_8036, ICE_8037, MS_XOR_MAPPED, TOKEN = 0x8036, 0x8037, 0x8020, 0x8095
NONCE, REALM, DESTINATION, SEND, DATA_INDICATION = 0x0014, 0x0015, 0x0011, 0x0004, 0x0115
MAGIC_COOKIE = bytes.fromhex("72c64bc6")
KEY = b"pcapgen"


def u32(value: int) -> bytes:
    return struct.pack("!I", value)


class Turn:
    """One client socket and its Microsoft relay."""

    def __init__(self, scene, client, relay, teams=True):
        self.scene, self.client, self.relay = scene, client, relay
        self._random = scene.random
        self._own = [(ICE_8037, u32(2))] if teams else []
        self._username, self._nonce = self._random.randbytes(56), self._random.randbytes(20)
        self.token = self._random.randbytes(8)
        self._mapped = ("203.0.113.9", client[1])

    def _request(self, extra, key=None):
        common = [(COOKIE, MAGIC_COOKIE), *self._own, (VERSION, u32(6)), (0x8006, u32(1)),
                  (BANDWIDTH, u32(12000)), (SERVICE_QUALITY, u32(0x00020002))]
        transaction = self._random.randbytes(12)
        return transaction, stun.message(stun.ALLOCATE, transaction, common + extra, key,
                                         digest="sha256", padded=False)

    def _mapped_attributes(self, transaction):
        return [(VERSION, u32(6)), (MS_XOR_MAPPED, stun.xor_address(self._mapped, transaction))]

    def _challenge(self, transaction):
        attributes = [
            (COOKIE, MAGIC_COOKIE), (VERSION, u32(6)),
            (stun.ERROR_CODE, stun.error_code(
                401, "The request did not contain a Message-Integrity attribute")),
            (ALTERNATE, stun.address(self.relay)), (NONCE, self._nonce),
            (REALM, b'"rtcmedia"'), (stun.MAPPED, stun.address(self.relay)),
            (TOKEN, self.token), *self._mapped_attributes(transaction)[1:]]
        return stun.message(stun.ALLOCATE | stun.ERROR, transaction, attributes, padded=False)

    def _success(self, transaction):
        attributes = [
            (COOKIE, MAGIC_COOKIE), (stun.LIFETIME, u32(60)),
            (stun.MAPPED, stun.address((self.relay[0], 3480))), *self._mapped_attributes(transaction),
            (SEQUENCE, self._random.randbytes(20) + u32(0)), (stun.SOFTWARE, b"2.0.1.211"),
            (BANDWIDTH, u32(12000))]
        return stun.message(stun.ALLOCATE | stun.SUCCESS, transaction, attributes, KEY,
                            digest="sha256", padded=False)

    def allocate_over(self, session) -> None:
        """The same exchange on an open TCP connection."""
        transaction, request = self._request([])
        session.up(on_stream(request)).down(on_stream(self._challenge(transaction)))
        credentials = [(TOKEN, self.token), (NONCE, self._nonce), (REALM, b'"rtcmedia"'),
                       (stun.USERNAME, self._username)]
        transaction, request = self._request(credentials, KEY)
        session.up(on_stream(request)).down(on_stream(self._success(transaction)))

    def unanswered(self, times) -> None:
        """The first request, sent again and again: nobody answers."""
        _, request = self._request([])
        for at in times:
            self.scene.udp(at, self.client, self.relay, request)

    def allocate(self, at) -> None:
        """Request, 401, request with credentials, success: attributes are not padded in this dialect."""
        transaction, request = self._request([])
        self.scene.udp(at, self.client, self.relay, request)
        self.scene.udp(at + 55 * MS, self.relay, self.client, self._challenge(transaction))
        credentials = [(TOKEN, self.token), (NONCE, self._nonce), (REALM, b'"rtcmedia"'),
                       (stun.USERNAME, self._username)]
        transaction, request = self._request(credentials, KEY)
        self.scene.udp(at + 57 * MS, self.client, self.relay, request)
        self.scene.udp(at + 99 * MS, self.relay, self.client, self._success(transaction))

    def indication(self, at, peer, data: bytes, outgoing=True) -> None:
        """Send request (0x0004) or data indication (0x0115) around an ICE message."""
        head = [(COOKIE, MAGIC_COOKIE)]
        transaction = self._random.randbytes(12)
        if outgoing:
            attributes = head + [(VERSION, u32(6)), (stun.USERNAME, self._username),
                                 (DESTINATION, stun.address(peer)), (stun.DATA_ATTR, data)]
            packet = stun.message(SEND, transaction, attributes, padded=False)
            self.scene.udp(at, self.client, self.relay, packet)
        else:
            attributes = head + [(stun.XOR_PEER, stun.address(peer)), (stun.DATA_ATTR, data)]
            packet = stun.message(DATA_INDICATION, transaction, attributes, padded=False)
            self.scene.udp(at, self.relay, self.client, packet)

    def framed(self, at, data: bytes) -> None:
        """The multiplexing frame FF 10, length, token."""
        frame = b"\xff\x10" + struct.pack("!H", 8 + len(data)) + self.token + data
        self.scene.udp(at, self.client, self.relay, frame)


def guid(source) -> bytes:
    text = source.randbytes(16).hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])).encode()


class Signalling:
    """Teams' call signalling over UDP: encrypted messages (06 up, 07 down), each acknowledged by 03 and a GUID."""

    def __init__(self, scene, client, server):
        self.scene, self.client, self.server = scene, client, server
        self._key = scene.random.randbytes(16)

    def exchange(self, at, blocks_up=61, blocks_down=12) -> None:
        up = b"\x06" + self._key + self.scene.random.randbytes(16 * (blocks_up - 1))
        down = b"\x07" + self.scene.random.randbytes(16 * blocks_down)
        for offset, src, dst, data in (
                (0, self.client, self.server, up),
                (50 * MS, self.server, self.client, b"\x03" + guid(self.scene.random)),
                (55 * MS, self.server, self.client, down),
                (90 * MS, self.client, self.server, b"\x03" + guid(self.scene.random))):
            self.scene.udp(at + offset, src, dst, data)


def pseudo_hello(source) -> bytes:
    """The record that [MS-TURN] 2.1.1 puts before TURN on port 443: a ClientHello without extensions."""
    body = b"\x03\x01" + source.randbytes(32) + b"\0" + b"\0\x02\0\x18" + b"\x01\0"
    hello = struct.pack("!I", 0x01000000 | len(body)) + body
    return struct.pack("!BHH", 22, 0x0301, len(hello)) + hello


def pseudo_answer(source) -> bytes:
    """Its answer: ServerHello and ServerHelloDone in one record."""
    body = b"\x03\x01" + source.randbytes(32) + b"\x20" + source.randbytes(32) + b"\0\x18\0"
    hello = struct.pack("!I", 0x02000000 | len(body)) + body + bytes.fromhex("0e000000")
    return struct.pack("!BHH", 22, 0x0301, len(hello)) + hello


def on_stream(message: bytes) -> bytes:
    """[MS-TURN] 2.1.4: control messages are framed by 02 00 and their length."""
    return struct.pack("!HH", 0x0200, len(message)) + message


TEAMS = [(IMPLEMENTATION, u32(7)), (ICE_8036, u32(1)), (ICE_8037, u32(2))]
SKYPE = [(CANDIDATE, b"1\0\0\0"), (IMPLEMENTATION, u32(3))]


def ice_check(source, dialect, controlling=True) -> tuple[bytes, bytes]:
    """A connectivity check with the attributes of `dialect`, TEAMS or SKYPE."""
    transaction = source.randbytes(12)
    return transaction, stun.ice_check(transaction, "o5/I:FY32", "pcapgen", controlling=controlling,
                                       extra=dialect)


def ice_answer(transaction, mapped, dialect) -> bytes:
    attributes = [(stun.XOR_MAPPED, stun.xor_address(mapped, transaction)), *dialect]
    return stun.message(stun.BINDING | stun.SUCCESS, transaction, attributes, KEY, fingerprint=True)


def connect_peer(scene, at, client, peer, dialect) -> None:
    """Checks both ways, each answered; the peer sees the client behind its router's address."""
    outside = ("203.0.113.9", client[1])
    for offset, src, dst, seen in ((0, client, peer, outside), (30 * MS, peer, client, peer)):
        transaction, request = ice_check(scene.random, dialect, src == client)
        scene.udp(at + offset, src, dst, request)
        scene.udp(at + offset + 70 * MS, dst, src, ice_answer(transaction, seen, dialect))
