"""ICE (RFC 8445) as far as a call needs it: checks of candidate pairs, paced and sent again, and the best pair."""

import asyncio
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from pcapgen import stun

from . import stunread
from .ends import End
from .stunread import Message

PACE = 0.05                                       # between first checks of pairs
CHECK_GAPS = (0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0)
CONSENT_GAP, CONSENT_LOST = 2.5, 12.0             # a working pair's checks, and when it counts as broken
HOST, RELAYED = 0x7E7F1EFF, 0x02001EFF            # priorities

Send = Callable[[bytes, End], None]


@dataclass
class Pair:
    """`send` says how: straight or through a relay."""

    route: str
    remote: End
    send: Send
    answered: float = 0.0

    def alive(self) -> bool:
        return bool(self.answered) and time.monotonic() - self.answered < CONSENT_LOST


class Agent:
    """The controlling side nominates as it checks; direct pairs come first. `start` runs a check."""

    def __init__(self, random: Random, controlling: bool, start: Callable, extra: list[tuple[int, bytes]]):
        self._random, self._controlling, self._start, self._extra = random, controlling, start, extra
        self.user = "".join(random.choices("abcdefghijkmnpqrstuvwxyzABCDEFGH", k=4))
        self.password = random.randbytes(12).hex()
        self._remote = ("", "")
        self.pairs: list[Pair] = []
        self._sent: dict[bytes, Pair] = {}

    def offer(self) -> dict:
        return {"user": self.user, "password": self.password}

    def meet(self, other: dict) -> None:
        self._remote = (other["user"], other["password"])

    def best(self, direct: bool = True) -> Pair | None:
        """Without `direct` a relayed pair, if there is one."""
        working = [pair for pair in self.pairs if pair.alive()]
        relayed = [pair for pair in working if pair.route == "relay"]
        working = working if direct else relayed or working
        return min(working, key=lambda pair: pair.route, default=None)  # "direct" before "relay"

    async def check(self, pair: Pair) -> None:
        """Until the pair works and then to keep it; ends when it never does."""
        self.pairs.append(pair)
        await asyncio.sleep(PACE * len(self.pairs))
        for gap in CHECK_GAPS:
            self._ask(pair)
            await asyncio.sleep(gap)
            if pair.answered:
                break
        while pair.answered:
            self._ask(pair)
            await asyncio.sleep(CONSENT_GAP * self._random.uniform(0.8, 1.2))

    def _ask(self, pair: Pair) -> None:
        transaction = self._random.randbytes(12)
        self._sent[transaction] = pair
        nominate = [(stun.USE_CANDIDATE, b"")] if self._controlling else []
        priority = HOST if pair.route == "direct" else RELAYED
        check = stun.ice_check(transaction, f"{self._remote[0]}:{self.user}", self._remote[1], priority,
                               self._controlling, [*nominate, *self._extra])
        pair.send(check, pair.remote)

    def take(self, data: bytes, source: End, reply: Send) -> bool:
        """Whether `data` was one of ICE's messages."""
        message = stunread.read(data)
        if message is None or message.kind not in (stun.BINDING, stun.BINDING | stun.SUCCESS):
            return False
        if message.kind == stun.BINDING:
            reply(self._answer(message, source), source)
            self._learn(message, source, reply)
        elif message.transaction in self._sent:
            self._sent.pop(message.transaction).answered = time.monotonic()
        return True

    def _learn(self, message: Message, source: End, reply: Send) -> None:
        """A check from an end that is in no pair makes one: that is how the controlled side comes to a relay."""
        known = any(pair.remote == source for pair in self.pairs)
        if not known and self._remote[0]:
            relayed = message.get(stun.PRIORITY) == struct.pack("!I", RELAYED)
            self._start(self.check(Pair("relay" if relayed else "direct", source, reply)))

    def _answer(self, message: Message, source: End) -> bytes:
        attributes = [(stun.XOR_MAPPED, stun.xor_address(source, message.transaction)), *self._extra]
        return stun.message(stun.BINDING | stun.SUCCESS, message.transaction, attributes, self.password.encode(),
                            fingerprint=True)
