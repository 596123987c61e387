"""A model of Viber: framed chat on 4244, calls through a relay on 7985 behind tags of two octets, peers sought too.

Sources: pcapgen/apps/viber.py. Voice only: no public capture shows Viber's video.
"""

import asyncio

from pcapgen.apps import viber

from . import program, transports
from .ends import End
from .media import Coding, is_rtcp
from .plane import Plane
from .relay import Relay
from .sheet import Sheet
from .udp import Socket

SET_UP_GAPS = [0.5] * 20          # as captured; that it ends after 20 is a choice of ours
SEEK_GAPS = [0.2] * 6 + [1.0] * 10
SET_UP, PEER, BYE, PING, RTCP, SET_UP_ANSWER, PROBE = 1, 3, 5, 9, 10, 12, 0x1E
TOKEN = slice(6, 14)              # of a set-up


def is_control(data: bytes) -> bool:
    return len(data) >= 8 and bool(data[1] & viber.CONTROL) and data[3] == 0


class ViberPlane(Plane):
    """The relay is set up and pinged; media and its keep-alives follow on the path that works."""

    VOICE = Coding(107, extension=0xBEDE)

    def __init__(self, setting):
        super().__init__(setting)
        self._relay = setting.relays[0]
        self._answers = 0
        self._peers: list[End] = []

    async def open(self):
        await super().open()
        secret = bytes.fromhex(self.setting.shared["call"])
        first, second = secret[8:10] if self.setting.caller else secret[10:12]
        tag = bytes([0xA0 | first & 0x3F, second & 0x7F])
        self._sheet = Sheet(self.random)
        self._encoder = viber.Call(self._sheet, self.socket.end, self._relay, tag)
        self._encoder.token = secret[:8]

    def _write(self, encode, *arguments, **named) -> None:
        """Sends what the encoder writes."""
        encode(self._sheet.now(), *arguments, **named)
        for data in self._sheet.take(self.socket.end):
            self.socket.send(data, self._relay)

    def allocate(self):
        self._answers = 0
        self.start(self._set_up())

    async def _set_up(self) -> None:
        gaps, before = SET_UP_GAPS, self._answers
        set_up = lambda: self._write(self._encoder.set_up, answered=False)  # noqa: E731
        if not await self.repeat(gaps, set_up, lambda: self._answers > before + 2):
            self.journal.write("relay_silent", relay=self._relay[0], requests=len(gaps))
            self.reason = "relays_silent"
            return
        self._write(self._encoder.probe)
        await self.repeat([1.0] * 100_000, lambda: self._write(self._encoder.ping, answered=False), lambda: False)

    def meet(self, other):
        self._peers = self.candidates(other)
        for peer in self._peers:
            self.start(self._seek(peer))
        self.start(self._keep_alive())

    async def _seek(self, peer: End) -> None:
        await asyncio.sleep(self.setting.p2p_after)
        seek = lambda: self.socket.send(self._encoder.control(PEER, self._encoder.token + bytes(4)), peer)  # noqa: E731
        if await self.repeat(SEEK_GAPS, seek, lambda: self.direct == peer):
            await self.repeat([2.5] * 100_000, seek, lambda: False)

    async def _keep_alive(self) -> None:
        while True:
            if self.usable():
                self._encoder.alive(self._sheet.now(), (self.socket.end, self._target()))
                for data in self._sheet.take():
                    self.socket.send(data, self._target())
            await asyncio.sleep(0.5)

    def _target(self) -> End:
        return self.direct if self.direct_alive() else self._relay

    def usable(self):
        return "direct" if self.direct_alive() else "relay" if self._answers else ""

    def send(self, packet):
        data = self._encoder.control(RTCP, packet) if is_rtcp(packet) else self._encoder.media(packet)
        self.socket.send(data, self._target())

    def on_datagram(self, data, source):
        if not is_control(data):
            self.media(data[2:])
        elif data[2] == RTCP:
            self.media(data[4:])
        elif data[2] == PEER and source in self._peers:
            self.direct = source
        elif data[2] == SET_UP_ANSWER:
            self._answered(source)

    def _answered(self, relay: End) -> None:
        self._answers += 1
        if self._answers == 1:
            self.journal.write("relay_answered", relay=relay[0])

    async def bye(self):
        self._write(self._encoder.bye)


class ViberRelay(Relay):
    """Answers set-ups, pings and probes, and passes the rest to the call's other member."""

    def __init__(self, random, options, journal):
        super().__init__(random, options, journal)
        self._calls: dict[End, tuple[bytes, viber.Call, Sheet]] = {}

    def take(self, data, source, port):
        kind = data[2] if is_control(data) else None
        if kind == SET_UP:
            self._admit(data, source, port)
        if source not in self._calls:
            return
        token, encoder, sheet = self._calls[source]
        answers = {SET_UP: encoder.set_up, PING: encoder.ping, PROBE: lambda at: encoder.probe(at, 1)}
        if kind in answers:
            answers[kind](sheet.now())
            for answer in sheet.take(port.end):
                port.send(answer, source)
        elif kind == BYE:
            self.leave(token, source)
        else:
            self.pass_on(token, data, source, port)

    def _admit(self, data: bytes, source: End, port: Socket) -> None:
        if source not in self._calls:
            sheet = Sheet(self.random)
            encoder = viber.Call(sheet, source, port.end, bytes([data[0], data[1] & 0x7F]))
            encoder.token = data[TOKEN]
            self._calls[source] = (data[TOKEN], encoder, sheet)
        self.hold(data[TOKEN], source, port)


APP = program.App(name="viber", plane=ViberPlane, relay=ViberRelay, transports={"2016": transports.Viber},
                  generation="2016", server_names={}, kinds=("voice",))

if __name__ == "__main__":
    program.main(APP)
