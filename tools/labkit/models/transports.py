"""How chat messages travel on TCP in each application: hello, framing, and the reading of both."""

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from random import Random

from pcapgen.aes256 import Counter256
from pcapgen.apps import telegram, viber, whatsapp

from .sheet import Script


class Transport:
    """One connection's state. `begin_*` exchange hellos, `frame` wraps, `read` takes the next message."""

    tls = False

    def __init__(self, random: Random):
        self.random = random

    async def begin_client(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Nothing to say beforehand."""

    async def begin_server(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Nothing to say beforehand."""

    def frame(self, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + data

    async def read(self, reader: StreamReader) -> bytes:
        return await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))


class Tls(Transport):
    """Lengths inside real TLS, which asyncio adds."""

    tls = True


class WhatsappNoise(Transport):
    """Edge routing and "WA" hello in three writes, the server's hello, then 24-bit lengths."""

    async def begin_client(self, reader, writer):
        for part in whatsapp.chat_head(self.random):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.0005)  # three segments, as the application sends them
        await self.read(reader)

    async def begin_server(self, reader, writer):
        await reader.readexactly(int.from_bytes((await reader.readexactly(7))[4:], "big"))
        await reader.readexactly(4)
        await self.read(reader)
        writer.write(whatsapp.noise_server_hello(self.random))

    def frame(self, data):
        return whatsapp.frame(data)

    async def read(self, reader):
        return await reader.readexactly(int.from_bytes(await reader.readexactly(3), "big"))


class Whatsapp2015(Transport):
    """"WA" 1.5, binary XMPP, then frames marked 8 in their upper bits."""

    def _script(self) -> Script:
        script = Script(self.random)
        whatsapp.chat_2015(script)
        return script

    async def begin_client(self, reader, writer):
        writer.write(self._script().ups[0])
        for _ in range(2):
            await self.read(reader)

    async def begin_server(self, reader, writer):
        await reader.readexactly(4)
        for _ in range(3):
            await self.read(reader)
        writer.write(self._script().downs[0])

    def frame(self, data):
        return (0x800000 | len(data)).to_bytes(3, "big") + data

    async def read(self, reader):
        return await reader.readexactly(int.from_bytes(await reader.readexactly(3), "big") & 0xFFFFF)


class Viber(Transport):
    """Little-endian length and counter; the first frame of each side is its hello."""

    def __init__(self, random):
        super().__init__(random)
        self._counter = random.randrange(5, 40)

    async def begin_client(self, reader, writer):
        writer.write(viber.hello(self.random))
        await reader.readexactly(22)

    async def begin_server(self, reader, writer):
        await reader.readexactly(96)
        writer.write(viber.hello_answer(self.random))

    def frame(self, data):
        self._counter += 1
        return viber.frame(self.random, self._counter, 6 + len(data))[:6] + data

    async def read(self, reader):
        return await reader.readexactly(int.from_bytes((await reader.readexactly(6))[:2], "little") - 6)


class Telegram(Transport):
    """MTProto's obfuscated transport with intermediate framing; key id and message key before each message."""

    def __init__(self, random):
        super().__init__(random)
        self._key_id = random.randbytes(8)
        self._out = self._in = None

    async def begin_client(self, reader, writer):
        hidden = telegram.Obfuscated(self.random, telegram.INTERMEDIATE)
        self._out, self._in = hidden.up, hidden.down
        writer.write(hidden.header)

    async def begin_server(self, reader, writer):
        head = await reader.readexactly(64)
        mirrored = head[8:56][::-1]
        up, down = Counter256(head[8:40], head[40:56]), Counter256(mirrored[:32], mirrored[32:])
        up.run(head)
        self._out, self._in = down.run, up.run

    def frame(self, data):
        size = struct.pack("!H", len(data))
        blocks = -(-(len(data) + 2) // 16)
        shell = telegram.message(self.random, self._key_id, blocks)
        body = shell[:24] + size + data
        return self._out(telegram.intermediate(body + shell[len(body):]))

    async def read(self, reader):
        length = int.from_bytes(self._in(await reader.readexactly(4)), "little")
        body = self._in(await reader.readexactly(length))
        return body[26:26 + int.from_bytes(body[24:26], "big")]
