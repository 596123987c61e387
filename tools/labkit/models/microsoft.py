"""What the models of Skype and Teams share: Microsoft's TURN dialect, its frames, and ICE with attributes of its own.

Sources: pcapgen/apps/microsoft.py ([MS-TURN], [MS-ICE2BWM], a public capture of 2020).
"""

import asyncio

from pcapgen import stun
from pcapgen.apps import microsoft
from pcapgen.apps.microsoft import COOKIE, MAGIC_COOKIE, u32

from . import ends, stunread
from .ends import End
from .ice import Agent, Pair
from .media import Coding
from .plane import Plane
from .relay import Relay
from .sheet import Sheet
from .stunread import Message
from .udp import Socket

ALLOCATE_GAPS = [0.65, 1.3, 2.6, 5.2, 5.2]  # a choice of ours: no capture shows a silent relay
FRAME_HEAD = 12                             # FF 10, length, token


class Dialect(microsoft.Turn):
    """The encoder's client and relay, one message at a time. `teams` adds the attribute that only Teams sends."""

    def __init__(self, sheet: Sheet, client: End, relay: End, teams: bool = True):
        super().__init__(sheet, client, relay)
        self._sheet, self._teams = sheet, teams
        self._mapped = client

    def _request(self, extra, key=None):
        if self._teams:
            return super()._request(extra, key)
        common = [(COOKIE, MAGIC_COOKIE), (microsoft.VERSION, u32(6)), (0x8006, u32(1)),
                  (microsoft.BANDWIDTH, u32(12000)), (microsoft.SERVICE_QUALITY, u32(0x00020002))]
        transaction = self._sheet.random.randbytes(12)
        return transaction, stun.message(stun.ALLOCATE, transaction, common + extra, key, digest="sha256", padded=False)

    def first_request(self) -> tuple[bytes, bytes]:
        return self._request([])

    def second_request(self, challenge: Message) -> tuple[bytes, bytes]:
        self.token = challenge.get(microsoft.TOKEN)
        credentials = [(microsoft.TOKEN, self.token), (microsoft.NONCE, challenge.get(microsoft.NONCE)),
                       (microsoft.REALM, challenge.get(microsoft.REALM)), (stun.USERNAME, self._username)]
        return self._request(credentials, microsoft.KEY)

    def challenge(self, transaction: bytes) -> bytes:
        return self._challenge(transaction)

    def success(self, transaction: bytes) -> bytes:
        return self._success(transaction)

    def refusal(self, transaction: bytes, code: int, reason: str) -> bytes:
        attributes = [(COOKIE, MAGIC_COOKIE), (microsoft.VERSION, u32(6)),
                      (stun.ERROR_CODE, stun.error_code(code, reason))]
        return stun.message(stun.ALLOCATE | stun.ERROR, transaction, attributes, padded=False)

    def around(self, peer: End, data: bytes, outgoing: bool) -> bytes:
        self.indication(0, peer, data, outgoing)
        return self._sheet.take()[0]

    def frame(self, data: bytes) -> bytes:
        self.framed(0, data)
        return self._sheet.take()[0]


class MicrosoftPlane(Plane):
    """One relay at a time is asked; ICE messages go in Send requests, media in frames once a relayed pair works."""

    VOICE = Coding(104, 16000, (45, 80), 0xBEDE)
    VIDEO = Coding(122, 90000, (800, 1080), 0xBEDE)
    ATTRIBUTES = microsoft.TEAMS

    def __init__(self, setting):
        super().__init__(setting)
        self._agent = Agent(self.random, setting.caller, self.start, self.ATTRIBUTES)
        self._turn: Dialect | None = None
        self._relay: End | None = None
        self._answer: Message | None = None
        self._transaction = b""
        self._other: dict = {}

    def offer(self):
        return super().offer() | self._agent.offer() | {"hosts": [ends.show(self.socket.end)]}

    def allocate(self):
        if self._relay is None:
            self.start(self._allocate())

    async def _allocate(self) -> None:
        for relay in self.setting.relays:
            turn = Dialect(Sheet(self.random), self.socket.end, relay, self.ATTRIBUTES is microsoft.TEAMS)
            challenge = await self._ask(relay, *turn.first_request())
            granted = challenge and await self._ask(relay, *turn.second_request(challenge))
            if granted and not granted.error():
                self._turn, self._relay = turn, relay
                self.journal.write("relay_answered", relay=relay[0])
                self._pair_relayed()
                return
            self.reason = "relays_refused" if granted else "relays_silent"
            self.journal.write("relay_refused" if granted else "relay_silent", relay=relay[0],
                               **({"code": granted.error()} if granted else {}))

    async def _ask(self, relay: End, transaction: bytes, request: bytes) -> Message | None:
        self._transaction, self._answer = transaction, None
        await self.repeat(ALLOCATE_GAPS, lambda: self.socket.send(request, relay), lambda: self._answer is not None)
        return self._answer

    def meet(self, other):
        self._other = other
        self._agent.meet(other)
        for peer in self.candidates(other):
            self.start(self._agent.check(Pair("direct", peer, self.socket.send)))
        self._pair_relayed()

    def _pair_relayed(self) -> None:
        if self._relay and self._other and self.setting.caller:
            for text in self._other["hosts"]:
                self.start(self._agent.check(Pair("relay", ends.parse(text), self._through)))

    def _through(self, data: bytes, peer: End) -> None:
        """ICE's messages name their peer; media need not once it is the active one."""
        framed = data[0] >> 6 == 2
        self.socket.send(self._turn.frame(data) if framed else self._turn.around(peer, data, True), self._relay)

    def usable(self):
        pair = self._agent.best(self.trusts_direct())
        return pair.route if pair else ""

    def send(self, packet):
        pair = self._agent.best(self.trusts_direct())
        if pair:
            pair.send(packet, pair.remote)

    def on_datagram(self, data, source):
        if source not in self.setting.relays:
            self._on_data(data, source, self.socket.send)
        elif data[:2] == b"\xff\x10":
            self.media(data[FRAME_HEAD:])
        else:
            self._on_relay(stunread.read(data, padded=False))

    def _on_relay(self, message: Message | None) -> None:
        if message is None:
            return
        if message.transaction == self._transaction:
            self._answer = message
        elif message.kind == microsoft.DATA_INDICATION:
            peer = ends.of_attribute(message.get(stun.XOR_PEER), b"", mixed=False)
            self._on_data(message.get(stun.DATA_ATTR), peer, self._through)

    def _on_data(self, data: bytes, peer: End, reply) -> None:
        if not self._agent.take(data, peer, reply) and data:
            self.media(data)


class Allocation:
    """One client's relayed address; `peer` is whom it last named, to whom frames go."""

    def __init__(self, dialect: Dialect, client: End, port: Socket):
        self.dialect, self.client, self.port = dialect, client, port
        self.outside: Socket | None = None
        self.peer: End | None = None

    async def open(self) -> None:
        self.outside = await Socket.open((self.port.end[0], 0), self._from_peer)

    def _from_peer(self, data: bytes, peer: End) -> None:
        media = data[0] >> 6 == 2
        self.port.send(self.dialect.frame(data) if media else self.dialect.around(peer, data, False), self.client)

    def to_peer(self, data: bytes, peer: End | None) -> None:
        self.peer = peer or self.peer
        if self.outside and self.peer:
            self.outside.send(data, self.peer)


class MicrosoftRelay(Relay):
    """Challenges, then relays between its address and whom the client names."""

    def __init__(self, random, options, journal):
        super().__init__(random, options, journal)
        self._allocations: dict[tuple[Socket, End], Allocation] = {}
        self._opening: set[asyncio.Task] = set()

    def take(self, data, source, port):
        held = self._allocations.get((port, source))
        if data[:2] == b"\xff\x10":
            if held:
                held.to_peer(data[FRAME_HEAD:], None)
            return
        message = stunread.read(data, padded=False)
        if message and message.kind == stun.ALLOCATE:
            self._allocate(message, source, port, held)
        elif message and message.kind == microsoft.SEND and held:
            peer = ends.of_attribute(message.get(microsoft.DESTINATION), b"", mixed=False)
            held.to_peer(message.get(stun.DATA_ATTR), peer)

    def _allocate(self, message: Message, source: End, port: Socket, held: Allocation | None) -> None:
        if held is None:
            dialect = Dialect(Sheet(self.random), source, port.end)
            held = self._allocations[port, source] = Allocation(dialect, source, port)
            self._opening.add(asyncio.create_task(held.open()))
        if stun.INTEGRITY not in message.attributes:
            answer = held.dialect.challenge(message.transaction)
        elif self.options.error:
            answer = held.dialect.refusal(message.transaction, self.options.error, self.reason())
        else:
            answer = held.dialect.success(message.transaction)
        port.send(answer, source)
