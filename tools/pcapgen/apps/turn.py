"""A TURN client of RFC 8656 with long-term credentials: permission, channel, indications."""

import struct

from .. import stun
from ..scene import MS

CHANNEL = 0x4003


class TurnClient:
    def __init__(self, scene, client, server, realm, user="1620850445:pcapgen"):
        self.scene, self.client, self.server = scene, client, server
        self._realm, self._user, self._nonce = realm, user, scene.random.randbytes(16).hex()
        self._key = stun.long_term_key(user, realm, "password")
        self._mapped, self._relayed = ("203.0.113.9", client[1]), (server[0], 50124)

    def _exchange(self, at, method, attributes, reply) -> int:
        """An authenticated request and its success."""
        transaction = self.scene.random.randbytes(12)
        credentials = [(stun.USERNAME, self._user.encode()), (stun.REALM, self._realm.encode()),
                       (stun.NONCE, self._nonce.encode())]
        request = stun.message(method, transaction, attributes + credentials, self._key)
        answer = stun.message(method | stun.SUCCESS, transaction, reply(transaction), self._key)
        self.scene.udp(at, self.client, self.server, request)
        self.scene.udp(at + 38 * MS, self.server, self.client, answer)
        return at + 40 * MS

    def allocate(self, at) -> int:
        """Unauthenticated try, 401 with the realm, then the allocation."""
        transport = [(stun.REQUESTED_TRANSPORT, b"\x11\0\0\0")]
        transaction = self.scene.random.randbytes(12)
        challenge = [(stun.ERROR_CODE, stun.error_code(401, "Unauthorized")),
                     (stun.REALM, self._realm.encode()), (stun.NONCE, self._nonce.encode())]
        self.scene.udp(at, self.client, self.server,
                       stun.message(stun.ALLOCATE, transaction, transport))
        self.scene.udp(at + 38 * MS, self.server, self.client,
                       stun.message(stun.ALLOCATE | stun.ERROR, transaction, challenge))
        return self._exchange(at + 40 * MS, stun.ALLOCATE, transport, lambda tid: [
            (stun.XOR_RELAYED, stun.xor_address(self._relayed, tid)),
            (stun.XOR_MAPPED, stun.xor_address(self._mapped, tid)),
            (stun.LIFETIME, struct.pack("!I", 600))])

    def permit(self, at, peer) -> int:
        address = [(stun.XOR_PEER, stun.xor_address(peer))]
        return self._exchange(at, stun.CREATE_PERMISSION, address, lambda _: [])

    def bind(self, at, peer) -> int:
        attributes = [(stun.CHANNEL_NUMBER, struct.pack("!HH", CHANNEL, 0)),
                      (stun.XOR_PEER, stun.xor_address(peer))]
        return self._exchange(at, stun.CHANNEL_BIND, attributes, lambda _: [])

    def indications(self, at, peer) -> int:
        """A Send indication with an ICE check inside, and the peer's answer as a Data indication."""
        transaction = self.scene.random.randbytes(12)
        check = stun.ice_check(transaction, "pEEr:cLnt", "pcapgen password")
        reply = stun.ice_answer(transaction, self._relayed, "pcapgen password")
        for offset, kind, data, ends in ((0, stun.SEND, check, (self.client, self.server)),
                                         (80, stun.DATA, reply, (self.server, self.client))):
            attributes = [(stun.XOR_PEER, stun.xor_address(peer)), (stun.DATA_ATTR, data)]
            message = stun.message(kind | stun.INDICATION, self.scene.random.randbytes(12), attributes)
            self.scene.udp(at + offset * MS, *ends, message)
        return at + 90 * MS

    def unanswered(self, times) -> None:
        """One allocation request, sent again and again: nobody answers."""
        request = stun.message(stun.ALLOCATE, self.scene.random.randbytes(12),
                               [(stun.REQUESTED_TRANSPORT, b"\x11\0\0\0")])
        for at in times:
            self.scene.udp(at, self.client, self.server, request)

    def keep_alive(self, at, answered=True) -> None:
        """A plain Binding to the server, as WebRTC sends to keep the router's mapping."""
        transaction = self.scene.random.randbytes(12)
        self.scene.udp(at, self.client, self.server, stun.message(stun.BINDING, transaction))
        if answered:
            mapped = [(stun.XOR_MAPPED, stun.xor_address(self._mapped, transaction))]
            self.scene.udp(at + 38 * MS, self.server, self.client,
                           stun.message(stun.BINDING | stun.SUCCESS, transaction, mapped))

    def release(self, at, answered=True) -> None:
        """A Refresh with lifetime 0 gives the allocation back (RFC 8656 section 7)."""
        if answered:
            self._exchange(at, stun.REFRESH, [(stun.LIFETIME, bytes(4))], lambda _: [(stun.LIFETIME, bytes(4))])
