"""A UDP socket whose datagrams go to a function."""

import asyncio
import time
from typing import Callable

from . import ends
from .ends import End

Handler = Callable[[bytes, End], None]


class Socket(asyncio.DatagramProtocol):
    """`send` drops what the kernel would not take, as a lossy path would."""

    def __init__(self, handler: Handler):
        self.handler = handler
        self.sent = self.received = 0
        self._last: dict[End, float] = {}
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, local: End, handler: Handler) -> "Socket":
        loop = asyncio.get_running_loop()
        _, made = await loop.create_datagram_endpoint(lambda: cls(handler), local_addr=local,
                                                      family=ends.family(local))
        return made

    def connection_made(self, transport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        source = (addr[0], addr[1])
        self.received += 1
        self._last[source] = time.monotonic()
        self.handler(data, source)

    def error_received(self, exc: Exception) -> None:
        """Refusals of single datagrams; timers deal with what does not arrive."""

    @property
    def end(self) -> End:
        return self._transport.get_extra_info("sockname")[:2]

    def silent_for(self, source: End) -> float:
        """Seconds since `source` was last heard; endless when it never was."""
        heard = self._last.get(source)
        return float("inf") if heard is None else time.monotonic() - heard

    def send(self, data: bytes, target: End) -> None:
        if not self._transport.is_closing():
            self.sent += 1
            self._transport.sendto(data, target)

    def close(self) -> None:
        self._transport.close()
