"""The scenarios by number: what each shows, what the middlebox does in it, and what deadair should say."""
from __future__ import annotations

import importlib
import pkgutil
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.error import LabError

if TYPE_CHECKING:
    from labkit.run import Lab

Rule = dict[str, Any]
Rules = Callable[[random.Random], list[Rule]]
VERDICTS = ('none', 'inconclusive', 'suspected', 'likely')
NUMBER = re.compile(r'[SC]\d\d(-[a-z0-9-]+)?')


@dataclass(frozen=True)
class Expectation:
    """What deadair should say: `verdict` is the least one for a guilty scenario and the only one for `none`."""

    verdict: str = 'none'
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One row of the list. `rules` makes the middlebox's rules; each rule's name is the role of the flows it hits."""

    number: str
    title: str
    play: Callable[['Lab'], None]
    rules: Rules
    expect: Expectation
    twin_of: str | None
    offloads: bool
    uses: tuple[str, ...]

    @property
    def innocent(self) -> bool:
        return self.expect.verdict == 'none'


SCENARIOS: dict[str, Scenario] = {}


def no_rules(_: random.Random) -> list[Rule]:
    """Of a scenario in which the middlebox does nothing but delay."""
    return []


def scenario(number: str, *, title: str, twin_of: str | None = None, rules: Rules = no_rules, verdict: str = 'none',
             signals: tuple[str, ...] = (), offloads: bool = False,
             uses: tuple[str, ...] = ()) -> Callable[[Callable[['Lab'], None]], Callable[['Lab'], None]]:
    """Register the function that plays the scenario's traffic.

    `rules` is called with a generator made of the seed: all that differs between seeds comes from it, so that the same
    seed does the same. `uses` names the programs beyond iproute2 and tcpdump; a run says which are absent.
    """
    if not NUMBER.fullmatch(number) or verdict not in VERDICTS:
        raise ValueError(f'scenario {number}, verdict {verdict}')

    def register(play: Callable[['Lab'], None]) -> Callable[['Lab'], None]:
        if number in SCENARIOS:
            raise ValueError(f'two scenarios {number}')
        SCENARIOS[number] = Scenario(number, title, play, rules, Expectation(verdict, signals), twin_of, offloads, uses)
        return play

    return register


def load() -> dict[str, Scenario]:
    """All scenarios, in the order of their numbers; a twin follows the one it belongs to."""
    package = importlib.import_module('labkit.scenarios')
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f'labkit.scenarios.{module}')
    for one in SCENARIOS.values():
        if one.twin_of is not None and one.twin_of not in SCENARIOS:
            raise ValueError(f'{one.number} is a twin of {one.twin_of}, which is not there')
    return dict(sorted(SCENARIOS.items()))


def find(number: str) -> Scenario:
    known = load()
    if number not in known:
        raise LabError(f'no scenario {number} (tools/lab list)')
    return known[number]
