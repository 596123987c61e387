"""Sessions played one after the other and told as if hours lay between them: capture times and truth are shifted."""
from __future__ import annotations

import bisect
import pathlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from labkit import captures
from labkit.error import LabError

SECOND = 1_000_000_000


@dataclass
class Session:
    """One block of traffic as it was played, and when it is told to have begun."""

    begin_ns: int
    gap_ns: int
    at_ns: int | None
    end_ns: int = 0

    def shift(self, before: Session | None, shifted: int) -> int:
        """What to add to its times; `shifted` was added to those of the session before."""
        if self.at_ns is not None:
            return self.at_ns - self.begin_ns
        return shifted if before is None else before.end_ns + shifted + self.gap_ns - self.begin_ns


@dataclass
class Timeline:
    """All sessions of a run. Without any, times stay."""

    sessions: list[Session] = field(default_factory=list)

    def open(self, now_ns: int, gap_s: float, at: datetime | None) -> Session:
        """A session that begins now; `at` is a time of day in UTC unless it names a zone."""
        at_ns = None if at is None else round((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()) * SECOND
        self.sessions.append(Session(now_ns, round(gap_s * SECOND), at_ns))
        return self.sessions[-1]

    def shifts(self) -> list[int]:
        """Nanoseconds to add to each session. Raises LabError when one would begin before the last has ended."""
        made: list[int] = []
        for number, one in enumerate(self.sessions):
            before = self.sessions[number - 1] if number else None
            made.append(one.shift(before, made[-1] if made else 0))
            if before is not None and one.begin_ns + made[-1] < before.end_ns + made[-2]:
                raise LabError(f'session {number + 1} would begin before session {number} ends')
        return made

    def clock(self, busy_ns: Iterable[int]) -> Clock:
        """`busy_ns`: times of packets at any place; a session's times begin in the longest silence before it."""
        busy, bounds = sorted(busy_ns), []
        for before, after in zip(self.sessions, self.sessions[1:]):
            bounds.append(longest_silence(busy, before.end_ns, after.begin_ns))
        return Clock(bounds, self.shifts() or [0])

    def told(self, clock: Clock, begin_s: float) -> list[dict[str, float]]:
        """For truth.json: when each ran, in seconds since the run began, and what was added to the time it was played."""
        shifted = [(one, shift / SECOND) for one, shift in zip(self.sessions, clock.shifts)]
        return [{'begin_s': round(one.begin_ns / SECOND + shift - begin_s, 3),
                 'end_s': round(one.end_ns / SECOND + shift - begin_s, 3), 'shift_s': round(shift, 3)}
                for one, shift in shifted]


@dataclass(frozen=True)
class Clock:
    """Played time to told time: `shifts[n]` holds from `bounds[n - 1]` to `bounds[n]`."""

    bounds: list[int]
    shifts: list[int]

    def shift(self, time_ns: int) -> int:
        return self.shifts[bisect.bisect_right(self.bounds, time_ns)]

    def told(self, time_ns: int) -> int:
        return time_ns + self.shift(time_ns)

    def shift_s(self, unix_s: float) -> float:
        return self.shift(round(unix_s * SECOND)) / SECOND

    @property
    def idle(self) -> bool:
        return not any(self.shifts)

    def rewrite(self, path: pathlib.Path) -> None:
        """Give the capture's packets their told times."""
        if not self.idle:
            captures.write(path, [one.moved(self.told(one.time_ns)) for one in captures.frames(path)])


def longest_silence(busy: list[int], first_ns: int, last_ns: int) -> int:
    """The middle of the longest time without a packet between two moments."""
    inner = busy[bisect.bisect_left(busy, first_ns):bisect.bisect_right(busy, last_ns)]
    edges = [first_ns, *inner, last_ns]
    length, begin = max((after - before, before) for before, after in zip(edges, edges[1:]))
    return begin + length // 2


def shift_steps(steps: list[dict[str, Any]], clock: Clock, begin_s: float) -> list[dict[str, Any]]:
    """The clients' steps in told time; theirs count from the run's begin."""
    def moved(since_s: float) -> float:
        return round(since_s + clock.shift_s(begin_s + since_s), 3)
    return [{**one, 'begin_s': moved(one['begin_s']), 'end_s': moved(one['end_s'])} for one in steps]
