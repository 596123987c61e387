"""What an application does on its UDP socket during one call: the frame that each application fills in."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from . import ends
from .ends import End
from .journal import Journal
from .media import Coding
from .udp import Socket

LOST_AFTER = 5.0     # seconds of silence after which a path is left
DISTRUST_FOR = 60.0  # seconds for which media stays off a direct path that answers checks and carries nothing else


@dataclass
class Setting:
    """What a plane is made from; `shared` is what both ends of the call know from the offer."""

    relays: list[End]
    random: Random
    journal: Journal
    caller: bool
    shared: dict
    bind: str = ""
    p2p: bool = True
    p2p_after: float = 1.5  # seconds on a relay before peers are checked, where an application does so
    dead: list[End] = field(default_factory=list)  # candidates that lead nowhere
    generation: str = ""


class Plane:
    """One socket. `media` receives what the other side's sources sent.

    `gave_up` is set when no relay is left to ask, `reason` says why.
    """

    KEY = b"labkit"
    VOICE, VIDEO = Coding(111), Coding(97, 90000, (700, 1050))

    def __init__(self, setting: Setting):
        self.setting, self.random, self.journal = setting, setting.random, setting.journal
        self.socket: Socket | None = None
        self.media: Callable[[bytes], None] = lambda packet: None
        self.direct: End | None = None  # the peer's own address, once it has answered
        self.reason = ""
        self._distrusted_until = 0.0
        self._tasks: set[asyncio.Task] = set()
        self._shown = ""

    # ---- For the call

    async def open(self) -> None:
        towards = self.setting.relays[0]
        address = self.setting.bind or ends.local_address(towards)
        self.socket = await Socket.open((address, 0), self.on_datagram)

    def offer(self) -> dict:
        """What the other side must know of this one."""
        own = [self.socket.end] if self.setting.p2p else []
        return {"candidates": [ends.show(end) for end in (*own, *self.setting.dead)]}

    def allocate(self) -> None:
        """Begins to ask relays; asking again is harmless."""
        raise NotImplementedError

    def meet(self, other: dict) -> None:
        """The other side has answered with its `offer`: checks begin."""
        raise NotImplementedError

    def usable(self) -> str:
        """The path that media takes now: "direct", "relay", or "" without any."""
        raise NotImplementedError

    def send(self, packet: bytes) -> None:
        raise NotImplementedError

    def on_datagram(self, data: bytes, source: End) -> None:
        raise NotImplementedError

    def camera_on(self) -> None:
        """The camera was switched on."""

    async def bye(self) -> None:
        """Tells relays and peers that the call is over."""

    async def close(self) -> None:
        await self.bye()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)
        self.socket.close()

    # ---- For applications

    def start(self, work) -> asyncio.Task:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.journal.write("error", what=repr(task.exception()))

    def candidates(self, other: dict) -> list[End]:
        return [ends.parse(text) for text in other.get("candidates", ())] if self.setting.p2p else []

    def show_path(self) -> None:
        """Writes down a change of the path."""
        path = self.usable()
        if path and path != self._shown:
            self._shown = path
            self.journal.write("path", path=path)

    def distrust(self) -> None:
        """Media no longer comes: the relay is tried for a while."""
        if self.usable() == "direct":
            self._distrusted_until = time.monotonic() + DISTRUST_FOR

    def trusts_direct(self) -> bool:
        return time.monotonic() > self._distrusted_until

    def direct_alive(self) -> bool:
        alive = self.direct is not None and self.socket.silent_for(self.direct) < LOST_AFTER
        return alive and self.trusts_direct()

    async def repeat(self, gaps: list[float], action: Callable[[], None], done: Callable[[], bool]) -> bool:
        """Does `action` now and after each gap until `done`; whether it was done at the end."""
        for gap in gaps:
            action()
            until = time.monotonic() + gap
            while time.monotonic() < until and not done():
                await asyncio.sleep(min(0.02, gap))
            if done():
                return True
        return False
