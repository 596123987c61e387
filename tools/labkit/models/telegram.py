"""A model of Telegram: MTProto chat, calls through reflectors (2017) or through TURN with realm telegram.org (2023).

Sources: pcapgen/apps/telegram.py. Media is ciphertext, behind a 16-byte tag on reflectors, in a channel on TURN, and
bare between peers. How often a silent reflector is asked is as captured; when asking ends is a choice of ours. Voice
only through reflectors.
"""

import asyncio
import ipaddress

from pcapgen.apps import telegram

from . import program, sealed, transports
from .ends import End
from .iceplane import IcePlane
from .media import Coding
from .plane import Plane
from .relay import Relay
from .sheet import Sheet
from .turn import TurnServer

HELLO_GAPS = [0.5] * 40
PEER_GAPS = [0.5] * 10 + [2.0] * 10
TAG, HEAD = 16, 28                    # tag; tag and twelve times ff
HELLO, PEER_INFO = b"\xfe\xff\xff\xff", b"\xff\xff\xff\xff"
NUMBER_ASKED, NUMBER_TOLD = slice(32, 40), slice(36, 44)
SOUND = (160, 240)                    # bytes of ciphertext that hold 60 ms


def cipher(plane: Plane, packet: bytes, least: int) -> bytes:
    """The packet in a multiple of 16 bytes."""
    size = max(least, len(packet) + sealed.NONCE + 2)
    return sealed.seal(plane.random, plane.KEY, packet, size + -size % 16)


def plain(plane: Plane, data: bytes) -> bytes:
    """Empty when `data` is nothing of the call's."""
    try:
        return sealed.unseal(plane.KEY, data)
    except ValueError:
        return b""


class Dialect(telegram.Reflected):
    """The encoder's call, for a client whose address the reflector tells."""

    def __init__(self, sheet: Sheet, client: End, tag: bytes):
        super().__init__(sheet, client)
        self.tag = tag
        self._address = ipaddress.ip_address(client[0]).packed[-4:]


class ReflectorPlane(Plane):
    """Says hello to every reflector, talks through the first that answered, and to the peer once that answers."""

    VOICE = Coding(111, sizes=(130, 200), frame_ms=60)

    def __init__(self, setting):
        super().__init__(setting)
        self._answered: list[End] = []
        self._peers: list[End] = []

    async def open(self):
        await super().open()
        self._sheet = Sheet(self.random)
        self._encoder = Dialect(self._sheet, self.socket.end, bytes.fromhex(self.setting.shared["call"]))

    def _write(self, target: End, encode, *arguments, **named) -> None:
        encode(self._sheet.now(), *arguments, **named)
        for data in self._sheet.take(self.socket.end):
            self.socket.send(data, target)

    def allocate(self):
        self._answered.clear()
        for reflector in self.setting.relays:
            self.start(self._ask(reflector))

    async def _ask(self, reflector: End) -> None:
        """Two hellos at least, then what sets the call up."""
        hello = lambda: self._write(reflector, self._encoder.hello, reflector, answered=False)  # noqa: E731
        hello()
        await asyncio.sleep(HELLO_GAPS[0])
        if not await self.repeat(HELLO_GAPS, hello, lambda: reflector in self._answered):
            self.journal.write("relay_silent", relay=reflector[0], requests=1 + len(HELLO_GAPS))
            self.reason = "relays_silent"
            return
        self._write(reflector, self._encoder.set_up, (self.socket.end, reflector))
        self._write(reflector, self._encoder.peer_info, reflector)

    def meet(self, other):
        self._peers = self.candidates(other)
        for peer in self._peers:
            self.start(self._seek(peer))

    async def _seek(self, peer: End) -> None:
        await asyncio.sleep(self.setting.p2p_after)
        ping = lambda: self.socket.send(cipher(self, b"", 64), peer)  # noqa: E731
        if await self.repeat(PEER_GAPS, ping, lambda: self.direct == peer):
            await self.repeat([2.0] * 100_000, ping, lambda: False)

    def usable(self):
        return "direct" if self.direct_alive() else "relay" if self._answered else ""

    def send(self, packet):
        data = cipher(self, packet, SOUND[0])
        if self.direct_alive():
            self.socket.send(data, self.direct)
        elif self._answered:
            self.socket.send(self._encoder.tag + data, self._answered[0])

    def on_datagram(self, data, source):
        if source in self._peers:
            self.direct = source
            self._on_cipher(data)
        elif data[TAG:HEAD] == telegram.SERVICE:
            self._on_reflector(source)
        else:
            self._on_cipher(data[TAG:])

    def _on_reflector(self, reflector: End) -> None:
        if reflector not in self._answered:
            self._answered.append(reflector)
            self.journal.write("relay_answered", relay=reflector[0])

    def _on_cipher(self, data: bytes) -> None:
        packet = plain(self, data)
        if packet:
            self.media(packet)


class Reflector(Relay):
    """Answers hellos, and passes every other datagram to those who speak under the same tag."""

    def take(self, data, source, port):
        if len(data) < TAG:
            return
        tag = data[:TAG]
        if data[TAG:HEAD] != telegram.SERVICE:
            self.pass_on(tag, data, source, port)
            return
        if not self.member(tag, source):
            self.hold(tag, source, port)
        answer = self._answer(data, source, port.end)
        if answer:
            port.send(answer, source)

    def _answer(self, data: bytes, source: End, own: End) -> bytes:
        sheet = Sheet(self.random)
        encoder = Dialect(sheet, source, data[:TAG])
        if data[HEAD:HEAD + 4] == HELLO:
            encoder.hello(sheet.now(), own)
            told = sheet.take(own)[0]
            return told[:NUMBER_TOLD.start] + data[NUMBER_ASKED] + told[NUMBER_TOLD.stop:]
        if data[HEAD:HEAD + 4] == PEER_INFO:
            encoder.peer_info(sheet.now(), own)
            return sheet.take(own)[0]
        return b""


class TurnPlane(IcePlane):
    """TURN and ICE around ciphertext."""

    VOICE = Coding(111, sizes=(40, 100), frame_ms=60)
    VIDEO = Coding(100, 90000, (700, 1060))

    def seal(self, packet):
        return cipher(self, packet, 80)

    def unseal(self, data):
        return plain(self, data)


class TelegramTurn(TurnServer):
    REALM = "telegram.org"


APP = program.App(
    name="telegram",
    plane=lambda setting: (ReflectorPlane if setting.generation == "2017" else TurnPlane)(setting),
    relay=lambda random, options, journal: (Reflector if options.generation == "2017" else TelegramTurn)(
        random, options, journal),
    transports={"2017": transports.Telegram, "2023": transports.Telegram}, generation="2023", server_names={})

if __name__ == "__main__":
    program.main(APP)
