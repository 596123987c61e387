"""The chat server: acknowledges, passes messages and call signals on, and answers for those who are away."""

import asyncio
import ssl
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import Callable

from . import ends, sealed
from .chat import LOST
from .ends import End
from .journal import Journal
from .transports import Transport


def certificate(name: str, folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for `name` that openssl makes now."""
    key, chain = folder / "key.pem", folder / "chain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
               "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
               "-keyout", str(key), "-out", str(chain)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


class Guest:
    """One connection."""

    def __init__(self, transport: Transport, writer: asyncio.StreamWriter, key: bytes, random: Random):
        self._transport, self._writer, self._key, self._random = transport, writer, key, random

    def write(self, message: dict) -> None:
        size = self._random.randint(30, 110)
        self._writer.write(self._transport.frame(sealed.seal_message(self._random, self._key, message, size)))


class Switchboard:
    """Users by name; what is for a user who is away is acknowledged all the same, as real servers do."""

    def __init__(self, transport: Callable[[Random], Transport], key: bytes, name: str, random: Random,
                 journal: Journal):
        self._make, self._key, self._name, self._random, self._journal = transport, key, name, random, journal
        self._users: dict[str, Guest] = {}
        self._replies: set[asyncio.Task] = set()

    async def serve(self, bind: list[End]) -> None:
        """Until cancelled."""
        with tempfile.TemporaryDirectory(prefix="labkit-") as folder:
            context = certificate(self._name, Path(folder)) if self._make.tls else None
            servers = [await asyncio.start_server(self._welcome, *end, ssl=context) for end in bind]
            self._journal.write("ready", bind=[ends.show(end) for end in bind])
            try:
                await asyncio.Event().wait()
            finally:
                for server in servers:
                    server.close()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transport = self._make(self._random)
        guest, user = Guest(transport, writer, self._key, self._random), ""
        try:
            await transport.begin_server(reader, writer)
            while True:
                message = sealed.unseal_message(self._key, await transport.read(reader))
                if message["op"] == "login":
                    user = message["user"]
                    self._users[user] = guest
                    self._journal.write("login", user=user)
                self._take(message, guest)
        except LOST:
            self._journal.write("connection_ended", user=user)
        except asyncio.CancelledError:  # the server ends; asyncio would print it
            self._journal.write("connection_closed", user=user)
        finally:
            if self._users.get(user) is guest:
                del self._users[user]
            writer.close()

    def _take(self, message: dict, guest: Guest) -> None:
        guest.write({"op": "ack", "id": message.get("id", 0)})
        other = self._users.get(message.get("to", ""))
        if message["op"] in ("text", "signal") and other:
            other.write(message)
        elif message["op"] == "text":
            reply = asyncio.create_task(self._reply(message, guest))
            self._replies.add(reply)
            reply.add_done_callback(self._replies.discard)

    async def _reply(self, message: dict, guest: Guest) -> None:
        """A person's answer, some time later."""
        await asyncio.sleep(self._random.uniform(0.4, 2.0))
        guest.write({"op": "text", "sender": message["to"], "id": message["id"]})
