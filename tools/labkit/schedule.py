"""Makes a long trace out of few sessions: each is told at many times, in all captures and in the truth."""
from __future__ import annotations

import bisect
import pathlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from labkit import captures
from labkit.captures import Frame
from labkit.sessions import SECOND

Told = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A session, by its number in the run, and when a copy of it begins (UTC)."""

    session: int
    at: datetime

    @property
    def begin_s(self) -> float:
        return self.at.replace(tzinfo=timezone.utc).timestamp()


@dataclass(frozen=True)
class Copy:
    """`shift_s`: what to add to the session's told times, whole seconds."""

    session: int
    shift_s: int


class Sessions:
    """Which session a time belongs to; what came before the first belongs to none."""

    def __init__(self, told: Told, begin_s: float) -> None:
        self._begins = [begin_s + one['begin_s'] for one in told['sessions']]

    def of(self, unix_s: float) -> int:
        return bisect.bisect_right(self._begins, unix_s) - 1

    def copies(self, places: Iterable[Place]) -> list[Copy]:
        """In the order in which they are told."""
        return [Copy(one.session, round(one.begin_s - self._begins[one.session]))
                for one in sorted(places, key=lambda one: one.begin_s)]


Numbers = list[dict[int, int]]  # for each copy, a frame's number in the recording to that in the trace


def copy_capture(path: pathlib.Path, sessions: Sessions, copies: list[Copy]) -> Numbers:
    """Rewrite the capture; frames of no session are left out."""
    recorded: dict[int, list[Frame]] = defaultdict(list)
    for one in captures.frames(path):
        recorded[sessions.of(one.time_ns / SECOND)].append(one)
    kept: list[Frame] = []
    numbers: Numbers = []
    for copy in copies:
        numbers.append({one.number: len(kept) + place for place, one in enumerate(recorded[copy.session], 1)})
        kept += [one.moved(one.time_ns + copy.shift_s * SECOND) for one in recorded[copy.session]]
    captures.write(path, kept)
    return numbers


def moved(one: Told, shift_s: int, *names: str) -> Told:
    return {**one, **{name: round(one[name] + shift_s, 6) for name in names}}


def renumbered(span: list[int] | None, numbers: dict[int, int]) -> list[int] | None:
    return None if span is None else [numbers[one] for one in span]


def copy_actions(told: Told, begin_s: float, sessions: Sessions, copies: list[Copy],
                 numbers: dict[str, Numbers]) -> list[Told]:
    made = []
    for place, copy in enumerate(copies):
        for one in told['actions']:
            if sessions.of(begin_s + one['first_s']) == copy.session:
                spans = {vantage: renumbered(span, numbers[vantage][place]) for vantage, span in one['frames'].items()}
                made.append({**moved(one, copy.shift_s, 'first_s', 'last_s'), 'frames': spans})
    return made


def expand(told: Told, begin_s: float, places: list[Place], paths: dict[str, pathlib.Path]) -> Told:
    """The run's truth with its captures rewritten; `begin_s` is when the run began, as in `sessions`."""
    sessions = Sessions(told, begin_s)
    copies = sessions.copies(places)
    numbers = {vantage: copy_capture(path, sessions, copies) for vantage, path in paths.items()}
    actions = copy_actions(told, begin_s, sessions, copies, numbers)
    traffic = [moved(one, copy.shift_s, 'begin_s', 'end_s') for copy in copies for one in told['traffic']
               if sessions.of(begin_s + one['begin_s']) == copy.session]
    spans = [{**moved(told['sessions'][copy.session], copy.shift_s, 'begin_s', 'end_s', 'shift_s'),
              'copy_of': copy.session} for copy in copies]
    return {**told, 'synthetic': f'{len(told["sessions"])} sessions were played and told {len(copies)} times',
            'packets': {vantage: len(captures.read(path)) for vantage, path in paths.items()},
            'actions': actions, 'sessions': spans, 'traffic': traffic}
