"""Stand-ins for pcapgen's scene and TCP session: they take down what an encoder writes instead of timing it."""

import time
from random import Random

from .ends import End


class Sheet:
    """Given to an encoder as its scene; times it asks for are those of the wall clock."""

    def __init__(self, random: Random):
        self.random, self.start = random, 0
        self._written: list[tuple[End, bytes]] = []

    def now(self) -> int:
        return time.time_ns() - self.start

    def udp(self, at: int, src: End, dst: End, payload: bytes) -> bytes:
        self._written.append((src, payload))
        return payload

    def take(self, source: End | None = None) -> list[bytes]:
        """What was written since the last call; of one end only when `source` is given."""
        written, self._written = self._written, []
        return [payload for src, payload in written if source in (None, src)]


class Script:
    """Given to an encoder as its TCP session: the writes of each side, in order."""

    def __init__(self, random: Random):
        self.scene = Sheet(random)
        self.ups: list[bytes] = []
        self.downs: list[bytes] = []

    def up(self, data: bytes, **_) -> "Script":
        self.ups.append(data)
        return self

    def down(self, data: bytes, **_) -> "Script":
        self.downs.append(data)
        return self

    def open(self) -> "Script":
        return self

    def wait(self, _: float) -> "Script":
        return self

    close = open
