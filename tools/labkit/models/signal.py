"""A model of Signal: chat in TLS to chat.signal.org, calls by ICE and TURN (realm signal.org), RingRTC's fixed numbers.

Sources: pcapgen/apps/signal.py and the cases of tools/pcapgen/cases/signal.py.
"""

import asyncio
from dataclasses import replace

from pcapgen.apps import signal

from . import program
from .iceplane import IcePlane
from .media import Coding, Source
from .transports import Tls
from .turn import TurnServer

DATA = Coding(signal.DATA, sizes=(30, 44), ssrc=signal.RTP_DATA)
DATA_GAP = 1.0


class SignalPlane(IcePlane):
    """SSRCs count from the caller's or the callee's base; a control channel speaks once a second."""

    VOICE = Coding(signal.OPUS)
    VIDEO = Coding(signal.VP8, 90000, (800, 1100), 0xBEDE)

    def __init__(self, setting):
        super().__init__(setting)
        base = signal.CALLER if setting.caller else signal.CALLEE
        self.VOICE = replace(SignalPlane.VOICE, ssrc=base + 2)
        self.VIDEO = replace(SignalPlane.VIDEO, ssrc=base + 3)

    def meet(self, other):
        super().meet(other)
        self.start(self._control())

    async def _control(self) -> None:
        source = Source(self.random, DATA)
        while True:
            self.send(source.packet(self.random.randint(*DATA.sizes), source.timestamp()))
            await asyncio.sleep(DATA_GAP)


class SignalRelay(TurnServer):
    REALM = "signal.org"


APP = program.App(name="signal", plane=SignalPlane, relay=SignalRelay, transports={"2023": Tls}, generation="2023",
                  server_names={"2023": "chat.signal.org"})

if __name__ == "__main__":
    program.main(APP)
