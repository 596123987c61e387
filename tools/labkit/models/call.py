"""One call from its offer to its end, as caller or callee: ringing, connecting, talking, giving up."""

import asyncio
import time
from dataclasses import dataclass

from .chat import ChatClient
from .journal import Journal
from .media import Session, Video, Voice
from .plane import Plane

CONNECTED_AFTER = 3  # packets of the other side's media
SILENCE = 4.0        # seconds without media after which another path is tried


@dataclass
class Plan:
    """Times in seconds. The last three are choices of ours: applications show no more than that they give up."""

    kind: str = "voice"
    seconds: float = 20
    camera_on: float | None = None  # after this much talk
    ring_timeout: float = 45
    connect_timeout: float = 20
    lost_after: float = 20
    muted: bool = False
    early: bool = False  # candidates go with the ringing, so that pairs are checked before anybody answers


class Ended(Exception):
    """The call is over; its text is the reason."""


class Call:
    """`other` is who is at the far end. Signals of this call are put into `signals`."""

    def __init__(self, ident: str, other: str, plane: Plane, chat: ChatClient, plan: Plan, journal: Journal):
        self.ident, self.other, self._plane, self._chat = ident, other, plane, chat
        self._plan, self._journal = plan, journal
        self.signals: asyncio.Queue[dict] = asyncio.Queue()
        self._session = Session(plane.random, plane.send)
        self._connected = self._reconnecting = self._doubted = self._met = False
        self._offer = 0  # number of the message that made the offer; 0 for who is called
        plane.media = self._session.take

    async def caller(self) -> None:
        await self._plane.open()
        self._write("call_started", local_port=self._plane.socket.end[1], kind=self._plan.kind)
        self._offer = self._signal("offer", media=self._plan.kind, shared=self._plane.setting.shared,
                                   plane=self._plane.offer())
        await self._through(self._dial)

    async def _offered(self) -> None:
        """Until the chat server has taken the offer: with its answer come the relays."""
        deadline = time.monotonic() + self._plan.ring_timeout
        while not self._chat.acknowledged(self._offer):
            await asyncio.sleep(0.02)
            if time.monotonic() > deadline:
                raise Ended("no_signalling")

    async def callee(self, offer: dict, answer: str, ring_seconds: float) -> None:
        await self._plane.open()
        self._write("call_offered", local_port=self._plane.socket.end[1], kind=offer["media"], will=answer)
        await self._through(lambda: self._ring(offer, answer, ring_seconds))

    async def _through(self, begin) -> None:
        """`begin` yields what the far end's plane said; then talk, and whatever happens, an orderly end."""
        try:
            await self._offered()
            self._plane.allocate()
            self._meet(await begin())
            await self._connect()
            await self._talk()
        except Ended as reason:
            self._over(str(reason))
        except asyncio.CancelledError:
            self._over("stopped")
            raise
        finally:
            self._session.stop()
            await self._plane.close()

    def _meet(self, other: dict) -> None:
        """Once: at the ringing when that has candidates, else at the answer."""
        if not self._met:
            self._plane.meet(other)
        self._met = True

    def _over(self, reason: str) -> None:
        event = "call_ended" if self._connected else "call_failed"
        self._write(event, reason=reason, **self._session.totals())

    async def _dial(self) -> dict:
        rings = False
        deadline = time.monotonic() + self._plan.ring_timeout
        while True:
            signal = await self._next(deadline - time.monotonic())
            kind = signal["kind"] if signal else "no_answer"
            if kind == "accept":
                self._write("call_accepted")
                return signal["plane"]
            if kind != "ringing":
                self._signal("hangup")
                raise Ended({"decline": "declined", "hangup": "hung_up"}.get(kind, kind))
            if not rings:
                self._write("call_ringing")
            rings = True
            if "plane" in signal:
                self._meet(signal["plane"])

    async def _ring(self, offer: dict, answer: str, seconds: float) -> dict:
        if answer == "busy":
            self._signal("busy")
            raise Ended("busy")
        self._signal("ringing", **({"plane": self._plane.offer()} if self._plan.early else {}))
        signal = await self._next(self._plan.ring_timeout if answer == "never" else seconds)
        if signal or answer == "never":
            raise Ended("hung_up" if signal else "no_answer")
        if answer == "decline":
            self._signal("decline")
            raise Ended("declined")
        self._signal("accept", plane=self._plane.offer())
        self._write("call_accepted")
        return offer["plane"]

    async def _next(self, seconds: float) -> dict | None:
        try:
            return await asyncio.wait_for(self.signals.get(), max(0.0, seconds))
        except asyncio.TimeoutError:
            return None

    async def _connect(self) -> None:
        """Until some path is there."""
        deadline = time.monotonic() + self._plan.connect_timeout
        while not self._plane.usable():
            await self._pause(0.02)
            if time.monotonic() > deadline:
                self._signal("hangup")
                raise Ended(self._plane.reason or "no_path")
        self._session.play(Voice(self._plane.random, self._plane.VOICE, self._plan.muted))
        if self._plan.kind == "video":
            self._camera()

    def _camera(self) -> None:
        self._plane.camera_on()
        self._session.play(Video(self._plane.random, self._plane.VIDEO))
        self._write("camera_on")

    async def _talk(self) -> None:
        begun, camera = time.monotonic(), self._plan.camera_on
        while True:
            await self._pause(0.05)
            now = time.monotonic()
            self._plane.show_path()
            if not self._connected:
                self._await_media(now - begun)
                begun = now if self._connected else begun
            elif self._plan.seconds and now - begun > self._plan.seconds:
                self._signal("hangup")
                raise Ended("finished")
            elif camera is not None and now - begun > camera:
                camera = None
                self._camera()
            self._watch_media()

    def _await_media(self, waited: float) -> None:
        if self._session.sink.packets >= CONNECTED_AFTER:
            self._connected = True
            self._write("call_connected", path=self._plane.usable())
        elif waited > self._plan.connect_timeout:
            self._signal("hangup")
            raise Ended("no_media")
        elif waited > SILENCE and not self._doubted:
            self._doubted = True
            self._plane.distrust()

    def _watch_media(self) -> None:
        """Asks relays anew when the other side falls silent, and gives up after a while."""
        silent = self._session.sink.silent_for() if self._connected else 0.0
        if silent > self._plan.lost_after:
            self._signal("hangup")
            raise Ended("lost")
        if (silent > SILENCE) != self._reconnecting:
            self._reconnecting = not self._reconnecting
            self._write("call_reconnecting" if self._reconnecting else "call_resumed")
            if self._reconnecting:
                self._plane.distrust()
                self._plane.allocate()

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if not self.signals.empty() and self.signals.get_nowait()["kind"] in ("hangup", "decline", "busy"):
            raise Ended("hung_up")

    def _signal(self, kind: str, **fields) -> int:
        return self._chat.signal(self.other, kind, self.ident, **fields)

    def _write(self, event: str, **fields) -> None:
        self._journal.write(event, call=self.ident, **fields)
