"""A model of WhatsApp: chat on 5222 and 443, calls through relays on 3478 and straight between peers.

Generations: 2015 (binary XMPP chat, unaligned Allocate, RTP without extension), 2019 (Noise chat, the same Allocate,
video PT 102), 2023 (150-byte token and HMAC, video PT 97, extension on voice as well). Sources:
pcapgen/apps/whatsapp.py. What the captures do not show, and is a choice here: how often silent relays are asked, and
which of them is taken.
"""

import asyncio
import struct
import time
from random import Random

from pcapgen import stun
from pcapgen.apps import whatsapp

from . import program, stunread
from .ends import End
from .media import Coding
from .plane import Plane, Setting
from .relay import Relay
from .sheet import Sheet
from .stunread import Message
from .transports import Whatsapp2015, WhatsappNoise

RELAY_GAPS = [0.5, 1.0, 2.0, 4.0, 4.0, 4.0, 4.0]  # between requests to a relay that stays silent
CHECK_GAPS = [0.5] * 10 + [2.0] * 10              # between checks of a peer
PEER_KEY, RELAY_KEY = b"labkit peer key", b"labkit relay key"
PROBE_TIME, PROBE_FILL = 0x4003, 0x4004
CALL_ID = slice(2, 18)  # of the token: what a call's members share here
EXTENSION = 0xDEBE
CODINGS = {
    "2015": (Coding(120), Coding(102, 90000, (700, 1050), EXTENSION)),
    "2019": (Coding(120), Coding(102, 90000, (700, 1050), EXTENSION)),
    "2023": (Coding(120, extension=EXTENSION), Coding(97, 90000, (700, 1050), EXTENSION)),
}


class Dialect(whatsapp.Call):
    """The encoder's call, with a token that names the call to our relays."""

    def __init__(self, sheet: Sheet, client: End, relays: list[End], call_id: bytes):
        super().__init__(sheet, client, relays)
        self._token = b"\x01\x00" + call_id + sheet.random.randbytes(84)

    def allow(self, client: End) -> None:
        """Whom the next answer tells its address."""
        self._mapped = client

    def peer_check(self, kind: int, transaction: bytes) -> bytes:
        return stun.message(kind, transaction, (), PEER_KEY)

    def probe(self, transaction: bytes) -> bytes:
        """512 bytes, most of them zero, ahead of video."""
        filling = [(PROBE_TIME, struct.pack("!Q", time.time_ns() >> 20)), (PROBE_FILL, bytes(476))]
        return stun.message(whatsapp.PING, transaction, filling)


class WhatsappPlane(Plane):
    """Relays are asked twice each; one is kept alive; peers are checked; media goes direct when they answer."""

    def __init__(self, setting: Setting):
        super().__init__(setting)
        self.VOICE, self.VIDEO = CODINGS[setting.generation]
        self._round_trips: dict[End, float] = {}
        self._asked: dict[bytes, tuple[End, float]] = {}
        self._refused: set[End] = set()
        self._active: End | None = None
        self._peers: list[End] = []
        self._asking: list[asyncio.Task] = []

    async def open(self):
        await super().open()
        call_id = bytes.fromhex(self.setting.shared["call"])
        self._dialect = Dialect(Sheet(self.random), self.socket.end, self.setting.relays, call_id)

    def allocate(self):
        self._round_trips.clear()
        self._refused.clear()
        for task in self._asking:
            task.cancel()
        self._asking = [self.start(self._ask(relay)) for relay in self.setting.relays]
        self._asking.append(self.start(self._elect()))

    async def _ask(self, relay: End) -> None:
        done = lambda: relay in self._round_trips or relay in self._refused  # noqa: E731
        if not await self.repeat(RELAY_GAPS, lambda: self._ask_twice(relay), done):
            self.journal.write("relay_silent", relay=relay[0], requests=2 * len(RELAY_GAPS))

    def _ask_twice(self, relay: End) -> None:
        for _ in range(2):
            modern = self.setting.generation == "2023"
            transaction, request = (self._dialect.allocate_2023(RELAY_KEY) if modern
                                    else self._dialect.with_token(stun.ALLOCATE))
            self._asked[transaction] = (relay, time.monotonic())
            self.socket.send(request, relay)

    async def _elect(self) -> None:
        """Takes the quickest relay 0.3 s after the first answer, and keeps it alive with a ping a second."""
        await self.repeat([0.3] * 200, lambda: None, lambda: bool(self._round_trips))
        await self.repeat([0.3], lambda: None, lambda: False)
        if not self._round_trips:
            return
        active = self._active = min(self._round_trips, key=self._round_trips.get)
        self.journal.write("relay_elected", relay=active[0])
        await self.repeat([1.0] * 100_000, lambda: self._ping(active), lambda: False)

    def _ping(self, relay: End) -> None:
        self.socket.send(stun.message(whatsapp.PING, self._dialect.transaction()), relay)

    def meet(self, other):
        self._peers = self.candidates(other)
        for peer in self._peers:
            self.start(self._check(peer))

    async def _check(self, peer: End) -> None:
        await asyncio.sleep(self.setting.p2p_after)
        ask = lambda: self.socket.send(  # noqa: E731
            self._dialect.peer_check(stun.BINDING, self.random.randbytes(12)), peer)
        if await self.repeat(CHECK_GAPS, ask, lambda: self.direct == peer):
            await self.repeat([2.5] * 100_000, ask, lambda: False)

    def usable(self):
        if self.direct_alive():
            return "direct"
        return "relay" if self._active and self._active not in self._refused else ""

    def send(self, packet):
        path = self.usable()
        if path:
            self.socket.send(packet, self.direct if path == "direct" else self._active)

    def on_datagram(self, data, source):
        message = stunread.read(data, padded=len(data) % 4 == 0)
        if message:
            self._on_stun(message, source)
        elif data and data[0] >> 6 == 2:
            self.media(data)

    def _on_stun(self, message: Message, source: End) -> None:
        match message.kind:
            case 0x0103 | 0x0113:
                self._on_relay(message, message.kind == 0x0113)
            case stun.BINDING:
                answer = self._dialect.peer_check(stun.BINDING | stun.SUCCESS, message.transaction)
                self.socket.send(answer, source)
            case 0x0101 if source in self._peers:
                self.direct = source

    def _on_relay(self, message: Message, refused: bool) -> None:
        relay, asked = self._asked.get(message.transaction, (None, 0.0))
        if relay is None:
            return
        if refused and relay not in self._refused:
            self._refused.add(relay)
            self.journal.write("relay_refused", relay=relay[0], code=message.error())
            self.reason = "relays_refused"
        elif not refused and relay not in self._round_trips:
            self._round_trips[relay] = time.monotonic() - asked
            self.journal.write("relay_answered", relay=relay[0], ms=round(1000 * self._round_trips[relay], 1))

    def camera_on(self):
        target = self.direct if self.direct_alive() else self._active
        self.start(self._probe(target))

    async def _probe(self, target: End) -> None:
        send = lambda: self.socket.send(self._dialect.probe(self._dialect.transaction()), target)  # noqa: E731
        await self.repeat([0.055] * 10, send, lambda: False)

    async def bye(self):
        for relay in self.setting.relays:
            self.socket.send(self._dialect.with_token(whatsapp.BYE)[1], relay)


class WhatsappRelay(Relay):
    """Answers who holds a token, and passes media between members of one call whatever relay of ours they chose."""

    def __init__(self, random: Random, options, journal):
        super().__init__(random, options, journal)
        self._dialect = Dialect(Sheet(random), ("0.0.0.0", 0), [], bytes(16))
        self._calls: dict[End, bytes] = {}

    def take(self, data, source, port):
        message = stunread.read(data, padded=len(data) % 4 == 0)
        if message is None:
            self.pass_on(self._calls.get(source), data, source, port)
        elif message.kind == stun.ALLOCATE:
            self._admit(message, source, port)
        elif message.kind == whatsapp.PING:
            self.hold(self._calls.get(source), source, port)
            port.send(self._pong(message), source)
        elif message.kind == whatsapp.BYE:
            self.leave(self._calls.pop(source, None), source)

    def _admit(self, message: Message, source: End, port) -> None:
        if self.options.error:
            refusal = [(stun.ERROR_CODE, stun.error_code(self.options.error, self.reason()))]
            port.send(stun.message(stun.ALLOCATE | stun.ERROR, message.transaction, refusal), source)
            return
        self._calls[source] = message.get(whatsapp.RELAY_TOKEN)[CALL_ID]
        if not self.member(self._calls[source], source):
            self.hold(self._calls[source], source, port)
        key = RELAY_KEY if stun.INTEGRITY in message.attributes else None
        self._dialect.allow(source)
        port.send(self._dialect.answer(message.transaction, key), source)

    def _pong(self, message: Message) -> bytes:
        probed = message.get(PROBE_TIME)
        told = [(PROBE_TIME, probed), (PROBE_FILL, bytes(9))] if probed else []
        return stun.message(whatsapp.PONG, message.transaction, told, padded=False)


APP = program.App(
    name="whatsapp", plane=WhatsappPlane, relay=WhatsappRelay,
    transports={"2015": Whatsapp2015, "2019": WhatsappNoise, "2023": WhatsappNoise},
    generation="2023", server_names={})

if __name__ == "__main__":
    program.main(APP)
