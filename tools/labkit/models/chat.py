"""The chat client: one connection to a chat server, kept up, with messages and call signals that are acknowledged."""

import asyncio
import contextlib
import ssl
import time
from dataclasses import dataclass
from random import Random
from typing import Callable

from . import ends, sealed
from .ends import End
from .journal import Journal
from .transports import Transport

CONNECT_TIMEOUT = 10.0  # seconds until a server counts as unreachable
ANSWER_TIMEOUT = 10.0   # seconds until a message counts as unanswered
DEAD_AFTER = 20.0       # seconds without an answer until the connection is given up
LONGEST_PAUSE = 30.0    # between attempts, which double from one second
KEEPALIVE = 25.0
LOST = (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ssl.SSLError, ValueError)


@dataclass
class Server:
    """Where to chat; `name` is what a TLS client asks for."""

    ends: list[End]
    transport: Callable[[Random], Transport]
    key: bytes
    name: str = ""
    bind: str = ""


@dataclass
class Pending:
    message: dict
    written: float
    reported: bool = False


def unverified() -> ssl.SSLContext:
    """The laboratory's certificates are its own; a captured handshake does not show whether they were checked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def first_of(*works) -> None:
    """Until one of the works ends or raises; the others are cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in tasks:
            task.cancel()


class ChatClient:
    """`on_signal` is called with call signals of others; `ready` is set while logged in."""

    def __init__(self, server: Server, user: str, random: Random, journal: Journal):
        self.server, self.user, self._random, self._journal = server, user, random, journal
        self.on_signal: Callable[[dict], None] = lambda message: None
        self.ready = asyncio.Event()
        self._pending: dict[int, Pending] = {}
        self._serial = 0
        self._spoken = 0.0
        self._transport: Transport | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Connects again and again, trying the server's ends in turn; ends when cancelled."""
        attempt = 0
        while True:
            end = self.server.ends[attempt % len(self.server.ends)]
            try:
                await self._session(end)
            except LOST as error:
                event = "chat_lost" if self.ready.is_set() else "chat_unreachable"
                self._journal.write(event, server=ends.show(end), reason=type(error).__name__)
            attempt = 0 if self.ready.is_set() else attempt + 1
            self.ready.clear()
            pause = min(LONGEST_PAUSE, 2.0 ** min(attempt, 10))
            await asyncio.sleep(pause * self._random.uniform(0.8, 1.2))

    async def _session(self, end: End) -> None:
        reader, self._writer = await asyncio.wait_for(self._open(end), CONNECT_TIMEOUT)
        self._transport = self.server.transport(self._random)
        try:
            await asyncio.wait_for(self._transport.begin_client(reader, self._writer), CONNECT_TIMEOUT)
            self._write({"op": "login", "user": self.user})
            await asyncio.wait_for(self._transport.read(reader), CONNECT_TIMEOUT)
            self.ready.set()
            self._journal.write("chat_connected", server=ends.show(end))
            self._resend()
            await first_of(self._watch(), self._read(reader))
        finally:
            self._writer.close()

    async def _open(self, end: End):
        local = (self.server.bind, 0) if self.server.bind else None
        context, name = (unverified(), self.server.name) if self.server.transport.tls else (None, None)
        return await asyncio.open_connection(*end, local_addr=local, ssl=context, server_hostname=name)

    async def _read(self, reader) -> None:
        while True:
            message = sealed.unseal_message(self.server.key, await self._transport.read(reader))
            match message.get("op"):
                case "ack":
                    self._acknowledged(message["id"])
                case "text":
                    self._journal.write("message_received", sender=message["sender"], id=message["id"])
                case "signal":
                    self.on_signal(message)

    def _acknowledged(self, serial: int) -> None:
        pending = self._pending.pop(serial, None)
        if pending and pending.message["op"] == "text":
            self._journal.write("message_answered", id=serial, ms=round(1000 * (time.monotonic() - pending.written), 1))

    async def _watch(self) -> None:
        """Reports what stays unanswered, gives up a dead connection, keeps an idle one alive."""
        while True:
            await asyncio.sleep(1.0)
            now = time.monotonic()
            if self._pending:
                self._report(now)
                if now - min(pending.written for pending in self._pending.values()) > DEAD_AFTER:
                    raise asyncio.TimeoutError
            elif now - self._spoken > KEEPALIVE:
                self._send({"op": "ping"})

    def _report(self, now: float) -> None:
        for serial, pending in self._pending.items():
            if not pending.reported and now - pending.written > ANSWER_TIMEOUT:
                pending.reported = True
                self._journal.write("message_unanswered", id=serial, op=pending.message["op"])

    def _resend(self) -> None:
        for pending in self._pending.values():
            pending.written = time.monotonic()
            self._write(pending.message)

    def _write(self, message: dict) -> None:
        self._spoken = time.monotonic()
        size = self._random.randint(50, 170)
        self._writer.write(self._transport.frame(sealed.seal_message(self._random, self.server.key, message, size)))

    def _send(self, message: dict) -> int:
        self._serial += 1
        message["id"] = self._serial
        self._pending[self._serial] = Pending(message, time.monotonic())
        if self.ready.is_set():
            self._write(message)
        return self._serial

    def text(self, to: str) -> None:
        serial = self._send({"op": "text", "sender": self.user, "to": to})
        self._journal.write("message_sent", id=serial, connected=self.ready.is_set())

    def signal(self, to: str, kind: str, call: str, **fields) -> int:
        return self._send({"op": "signal", "sender": self.user, "to": to, "kind": kind, "call": call, **fields})

    def acknowledged(self, serial: int) -> bool:
        return serial not in self._pending

    async def texts(self, to: str, every: float) -> None:
        """Messages until cancelled."""
        while True:
            self.text(to)
            await asyncio.sleep(every * self._random.uniform(0.6, 1.4))

    async def settled(self, seconds: float) -> None:
        """Until everything is answered, or that long."""
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(seconds):
                while self._pending:
                    await asyncio.sleep(0.05)
