"""TURN over UDP (RFC 8656): a client with retransmission, and a server that really relays."""

import asyncio
import struct
from collections.abc import Callable
from random import Random

from pcapgen import stun

from . import ends, stunread
from .ends import End
from .relay import Relay
from .stunread import Message
from .udp import Socket

RETRANSMITS = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]  # libwebrtc's: doubling from 250 ms to 8 s
STALE, UNAUTHORIZED = 438, 401
PERMISSION_GAP = 240.0  # permissions live 5 minutes, channels 10
FIRST_CHANNEL = 0x4000
USER, PASSWORD = "1620850445:labkit", "password"
UDP_TRANSPORT = (stun.REQUESTED_TRANSPORT, b"\x11\0\0\0")


class Refused(Exception):
    """The server answered with an error; its text is the number."""


class Silent(Exception):
    """No answer to the last retransmission."""


class Transactions:
    """Requests on one socket: each is sent again until answered."""

    def __init__(self, random: Random, send: Callable[[bytes, End], None]):
        self._random, self._send = random, send
        self._waiting: dict[bytes, asyncio.Future] = {}

    async def ask(self, server: End, build: Callable[[bytes], bytes], gaps=tuple(RETRANSMITS)) -> Message:
        """Raises Refused or Silent."""
        transaction = self._random.randbytes(12)
        request, answer = build(transaction), asyncio.get_running_loop().create_future()
        self._waiting[transaction] = answer
        try:
            for gap in gaps:
                self._send(request, server)
                await asyncio.wait([answer], timeout=gap)
                if answer.done():
                    return answer.result()
            raise Silent
        finally:
            del self._waiting[transaction]

    def answered(self, message: Message) -> bool:
        """Whether `message` answers a request of ours."""
        waiting = self._waiting.get(message.transaction)
        if waiting is None or message.kind & 0x0100 == 0:
            return False
        if not waiting.done():
            waiting.set_result(message)
        return True


class TurnClient:
    """One allocation on one server."""

    def __init__(self, server: End, random: Random, send: Callable[[bytes, End], None]):
        self.server, self._random, self._send = server, random, send
        self.transactions = Transactions(random, send)
        self.relayed: End | None = None
        self._credentials: list[tuple[int, bytes]] = []
        self._key = b""
        self._channels: dict[End, int] = {}
        self._peers: dict[int, End] = {}

    async def allocate(self) -> None:
        """Unauthenticated try, 401, then with credentials. Raises Refused or Silent."""
        try:
            answer = await self._ask(stun.ALLOCATE, [UDP_TRANSPORT])
        except Refused as refused:
            if str(refused) not in (str(UNAUTHORIZED), str(STALE)):
                raise
            answer = await self._ask(stun.ALLOCATE, [UDP_TRANSPORT])
        self.relayed = ends.of_attribute(answer.get(stun.XOR_RELAYED), answer.transaction)

    async def _ask(self, method: int, attributes: list, peer: End | None = None) -> Message:
        def build(transaction: bytes) -> bytes:
            named = [(stun.XOR_PEER, stun.xor_address(peer, transaction))] if peer else []
            return stun.message(method, transaction, [*attributes, *named, *self._credentials], self._key or None)
        answer = await self.transactions.ask(self.server, build)
        if answer.kind == method | stun.ERROR:
            self._learn(answer)
            raise Refused(answer.error())
        return answer

    def _learn(self, refusal: Message) -> None:
        realm, nonce = refusal.get(stun.REALM), refusal.get(stun.NONCE)
        if realm:
            self._credentials = [(stun.USERNAME, USER.encode()), (stun.REALM, realm), (stun.NONCE, nonce)]
            self._key = stun.long_term_key(USER, realm.decode(), PASSWORD)

    async def permit(self, peer: End) -> None:
        await self._ask(stun.CREATE_PERMISSION, [], peer)

    async def bind(self, peer: End) -> None:
        """A channel to `peer`; from then on what is sent there goes through it."""
        number = FIRST_CHANNEL + len(self._channels)
        await self._ask(stun.CHANNEL_BIND, [(stun.CHANNEL_NUMBER, struct.pack("!HH", number, 0))], peer)
        self._channels[peer], self._peers[number] = number, peer

    async def refresh(self, lifetime: int) -> None:
        await self._ask(stun.REFRESH, [(stun.LIFETIME, struct.pack("!I", lifetime))])

    def send(self, data: bytes, peer: End) -> None:
        if peer in self._channels:
            packet = stun.channel_data(self._channels[peer], data)
        else:
            transaction = self._random.randbytes(12)
            attributes = [(stun.XOR_PEER, stun.xor_address(peer, transaction)), (stun.DATA_ATTR, data)]
            packet = stun.message(stun.SEND | stun.INDICATION, transaction, attributes)
        self._send(packet, self.server)

    def take(self, data: bytes) -> tuple[bytes, End] | None:
        """What a peer sent through the relay; None for everything else, which is dealt with here."""
        if len(data) >= 4 and data[0] >> 6 == 1:
            number, length = struct.unpack_from("!HH", data)
            return (data[4:4 + length], self._peers[number]) if number in self._peers else None
        message = stunread.read(data)
        if message is None or self.transactions.answered(message) or message.kind != stun.DATA | stun.INDICATION:
            return None
        return message.get(stun.DATA_ATTR), ends.of_attribute(message.get(stun.XOR_PEER), message.transaction)


class Allocation:
    """A relayed address, the client it serves, its permissions and channels."""

    def __init__(self, client: End, port: Socket):
        self.client, self.port = client, port
        self.outside: Socket | None = None
        self.permitted: set[str] = set()
        self.channels: dict[int, End] = {}
        self.random = Random(f"labkit turn {client}")

    async def open(self) -> None:
        self.outside = await Socket.open((self.port.end[0], 0), self._from_peer)

    def _from_peer(self, data: bytes, peer: End) -> None:
        if peer[0] not in self.permitted:
            return
        for number, end in self.channels.items():
            if end == peer:
                self.port.send(stun.channel_data(number, data), self.client)
                return
        transaction = self.random.randbytes(12)
        attributes = [(stun.XOR_PEER, stun.xor_address(peer, transaction)), (stun.DATA_ATTR, data)]
        self.port.send(stun.message(stun.DATA | stun.INDICATION, transaction, attributes), self.client)

    def to_peer(self, data: bytes, peer: End) -> None:
        if peer[0] in self.permitted:
            self.outside.send(data, peer)


class TurnServer(Relay):
    """Long-term credentials, one allocation a client; refuses with the error it was told."""

    REALM = "labkit"

    def __init__(self, random, options, journal):
        super().__init__(random, options, journal)
        self._nonce = random.randbytes(16).hex().encode()
        self._key = stun.long_term_key(USER, self.REALM, PASSWORD)
        self._allocations: dict[tuple[Socket, End], Allocation] = {}
        self._opening: dict[tuple[Socket, End], asyncio.Task] = {}

    def take(self, data, source, port):
        allocation = self._allocations.get((port, source))
        if allocation and len(data) >= 4 and data[0] >> 6 == 1:
            number, length = struct.unpack_from("!HH", data)
            if number in allocation.channels:
                self._passed += 1
                allocation.to_peer(data[4:4 + length], allocation.channels[number])
            return
        message = stunread.read(data)
        if message and message.kind == stun.SEND | stun.INDICATION and allocation:
            peer = ends.of_attribute(message.get(stun.XOR_PEER), message.transaction)
            allocation.to_peer(message.get(stun.DATA_ATTR), peer)
        elif message and message.kind == stun.BINDING:
            seen = [(stun.XOR_MAPPED, stun.xor_address(source, message.transaction))]
            port.send(stun.message(stun.BINDING | stun.SUCCESS, message.transaction, seen), source)
        elif message and message.kind & 0x0110 == 0:
            self._answer(message, source, port)

    def _answer(self, message: Message, source: End, port: Socket) -> None:
        if stun.INTEGRITY not in message.attributes:
            self._refuse(message, source, port, UNAUTHORIZED, "Unauthorized")
        elif message.kind == stun.ALLOCATE:
            if self.options.error:
                self._refuse(message, source, port, self.options.error, self.reason())
            else:
                self._admit(message, source, port)
        elif (port, source) in self._allocations:
            self._serve(message, self._allocations[port, source])
        else:
            self._refuse(message, source, port, 437, "Allocation Mismatch")

    def _admit(self, message: Message, source: End, port: Socket) -> None:
        """A new allocation, or the answer again to a request sent again."""
        known = self._allocations.get((port, source))
        if known:
            self._succeed(message, source, port, self._granted(message.transaction, known))
        elif (port, source) not in self._opening:
            self._opening[port, source] = asyncio.create_task(self._allocate(message, source, port))

    async def _allocate(self, message: Message, source: End, port: Socket) -> None:
        allocation = Allocation(source, port)
        await allocation.open()
        self._allocations[port, source] = allocation
        self._succeed(message, source, port, self._granted(message.transaction, allocation))

    def _granted(self, transaction: bytes, allocation: Allocation) -> list[tuple[int, bytes]]:
        return [(stun.XOR_RELAYED, stun.xor_address(allocation.outside.end, transaction)),
                (stun.XOR_MAPPED, stun.xor_address(allocation.client, transaction)),
                (stun.LIFETIME, struct.pack("!I", 600))]

    def _serve(self, message: Message, allocation: Allocation) -> None:
        told = []
        if message.kind in (stun.CREATE_PERMISSION, stun.CHANNEL_BIND):
            peer = ends.of_attribute(message.get(stun.XOR_PEER), message.transaction)
            allocation.permitted.add(peer[0])
            if message.kind == stun.CHANNEL_BIND:
                allocation.channels[int.from_bytes(message.get(stun.CHANNEL_NUMBER)[:2], "big")] = peer
        elif message.kind == stun.REFRESH:
            told = [(stun.LIFETIME, message.get(stun.LIFETIME))]
            if message.get(stun.LIFETIME) == bytes(4):
                self._free(allocation)
        self._succeed(message, allocation.client, allocation.port, told)

    def _free(self, allocation: Allocation) -> None:
        allocation.outside.close()
        del self._allocations[allocation.port, allocation.client]
        del self._opening[allocation.port, allocation.client]

    def _succeed(self, message: Message, client: End, port: Socket, attributes: list) -> None:
        port.send(stun.message(message.kind | stun.SUCCESS, message.transaction, attributes, self._key), client)

    def _refuse(self, message: Message, client: End, port: Socket, code: int, reason: str) -> None:
        attributes = [(stun.ERROR_CODE, stun.error_code(code, reason)), (stun.REALM, self.REALM.encode()),
                      (stun.NONCE, self._nonce)]
        port.send(stun.message(message.kind | stun.ERROR, message.transaction, attributes), client)
