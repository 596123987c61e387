"""A plane of TURN and ICE, which Messenger, Signal and Telegram's later calls fill with their own media."""

import asyncio
import contextlib

from . import ends
from .ends import End
from .ice import Agent, Pair
from .plane import Plane, Setting
from .turn import PERMISSION_GAP, Refused, Silent, TurnClient

LONG = 100_000  # looks: longer than any call


class IcePlane(Plane):
    """Allocates on every relay, checks direct and relayed pairs, binds a channel where media is relayed."""

    def __init__(self, setting: Setting):
        super().__init__(setting)
        self._agent = Agent(self.random, setting.caller, self.start, self.ice_attributes())
        self._relays: dict[End, TurnClient] = {}
        self._failed: dict[End, str] = {}
        self._other: dict = {}

    def ice_attributes(self) -> list[tuple[int, bytes]]:
        """Attributes of the application's own in each check."""
        return []

    def offer(self):
        return super().offer() | self._agent.offer() | {"hosts": [ends.show(self.socket.end)]}

    def allocate(self):
        for relay in self.setting.relays:
            if relay not in self._relays or relay in self._failed:
                self._failed.pop(relay, None)
                self._relays[relay] = TurnClient(relay, self.random, self.socket.send)
                self.start(self._allocate(self._relays[relay]))

    async def _allocate(self, client: TurnClient) -> None:
        relay = client.server[0]
        try:
            await client.allocate()
        except Refused as refused:
            self._fail(client, "relays_refused")
            self.journal.write("relay_refused", relay=relay, code=int(str(refused)))
            return
        except Silent:
            self._fail(client, "relays_silent")
            self.journal.write("relay_silent", relay=relay)
            return
        self.journal.write("relay_answered", relay=relay, relayed=ends.show(client.relayed))
        if self._other:
            self._pair_relayed(client)

    def _fail(self, client: TurnClient, reason: str) -> None:
        self._failed[client.server] = reason
        if len(self._failed) == len(self.setting.relays):
            self.reason = reason

    def meet(self, other):
        self._other = other
        self._agent.meet(other)
        for peer in self.candidates(other):
            self.start(self._agent.check(Pair("direct", peer, self.socket.send)))
        for client in self._relays.values():
            if client.relayed:
                self._pair_relayed(client)

    def _pair_relayed(self, client: TurnClient) -> None:
        """The other side's own addresses as this relay reaches them; the callee learns those pairs from the checks."""
        if not self.setting.caller:
            return
        for text in self._other.get("hosts", ()):
            peer = ends.parse(text)
            self.start(self._check_relayed(client, Pair("relay", peer, client.send)))

    async def _check_relayed(self, client: TurnClient, pair: Pair) -> None:
        try:
            await client.permit(pair.remote)
            self.start(self._agent.check(pair))
            if await self.repeat([0.05] * LONG, lambda: None, lambda: self._best() is pair):
                await client.bind(pair.remote)
            while True:
                await asyncio.sleep(PERMISSION_GAP)
                await client.permit(pair.remote)
        except (Refused, Silent) as problem:
            self.journal.write("relay_lost", relay=client.server[0], reason=type(problem).__name__)

    def _best(self) -> Pair | None:
        return self._agent.best(self.trusts_direct())

    def usable(self):
        pair = self._best()
        return pair.route if pair else ""

    def send(self, packet):
        pair = self._best()
        if pair:
            pair.send(self.seal(packet), pair.remote)

    def seal(self, packet: bytes) -> bytes:
        """What of a media packet goes over the wire."""
        return packet

    def unseal(self, data: bytes) -> bytes:
        return data

    def on_datagram(self, data, source):
        client = self._relays.get(source)
        if client is None:
            self._on_data(data, source, self.socket.send)
            return
        inner = client.take(data)
        if inner:
            self._on_data(*inner, client.send)

    def _on_data(self, data: bytes, peer: End, reply) -> None:
        if not self._agent.take(data, peer, reply) and data:
            self.media(self.unseal(data))

    async def bye(self):
        """Gives allocations back; their answers are not awaited for long."""
        held = [client.refresh(0) for client in self._relays.values() if client.relayed]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*held, return_exceptions=True), 0.5)
