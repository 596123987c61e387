"""What relays have in common: sockets, members of calls, refusals, silence."""

import asyncio
import time
from argparse import Namespace
from random import Random

from . import ends
from .ends import End
from .journal import Journal
from .udp import Socket

REASONS = {486: "Allocation Quota Reached", 508: "Insufficient Capacity"}


class Relay:
    """One process serves several ends and knows the members of a call at all of them, as an operator's relays do.

    `options` has error (0 or a STUN error), silent, and dies_after (seconds, or None).
    """

    def __init__(self, random: Random, options: Namespace, journal: Journal):
        self.random, self.options, self.journal = random, options, journal
        self._begun = time.monotonic()
        self._members: dict[bytes, dict[End, Socket]] = {}
        self._known: set[End] = set()
        self._passed = 0

    async def serve(self, bind: list[End]) -> None:
        """Until cancelled."""
        sockets = []
        for end in bind:
            port = await Socket.open(end, lambda data, source: None)
            port.handler = lambda data, source, port=port: self._receive(data, source, port)
            sockets.append(port)
        self.journal.write("ready", bind=[ends.show(end) for end in bind])
        try:
            await asyncio.Event().wait()
        finally:
            self.journal.write("totals", received=sum(port.received for port in sockets), passed=self._passed)

    def _receive(self, data: bytes, source: End, port: Socket) -> None:
        if source not in self._known:
            self._known.add(source)
            self.journal.write("client_seen", client=ends.show(source), relay=ends.show(port.end))
        if not self._dead():
            self.take(data, source, port)

    def _dead(self) -> bool:
        dies = self.options.dies_after
        return self.options.silent or dies is not None and time.monotonic() - self._begun > dies

    def reason(self) -> str:
        return REASONS.get(self.options.error, "Refused")

    def take(self, data: bytes, source: End, port: Socket) -> None:
        """A datagram that came in at `port`."""
        raise NotImplementedError

    def member(self, call: bytes | None, source: End) -> bool:
        return source in self._members.get(call, {})

    def hold(self, call: bytes | None, source: End, port: Socket) -> None:
        """`source` belongs to the call and is reached through `port` from now on."""
        if call is not None:
            self._members.setdefault(call, {})[source] = port

    def leave(self, call: bytes | None, source: End) -> None:
        if call in self._members:
            self._members[call].pop(source, None)

    def pass_on(self, call: bytes | None, data: bytes, source: End, port: Socket) -> None:
        """To every other member."""
        self.hold(call, source, port)
        for other, through in self._members.get(call, {}).items():
            if other != source:
                self._passed += 1
                through.send(data, other)
