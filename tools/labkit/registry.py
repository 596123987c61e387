"""The scenarios by number: what each shows, what the middlebox does in it, and what deadair should say."""
from __future__ import annotations

import importlib
import pkgutil
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from labkit.error import LabError

if TYPE_CHECKING:
    from labkit.faults import Faults
    from labkit.run import Lab

Rule = dict[str, Any]
Rules = Callable[[random.Random], list[Rule]]
Play = Callable[['Lab'], None]
LEVELS = ('none', 'observed', 'anomalous', 'likely', 'confirmed_pattern')  # `level` of a finding, none before all
OUTCOMES = ('ok', 'degraded', 'blocked', 'inconclusive', 'not_observable')  # `outcome` of a verdict
NUMBER = re.compile(r'[SC]\d\d(-[a-z0-9-]+)?')


@dataclass(frozen=True)
class Expectation:
    """What deadair should say.

    `level` is the least a guilty scenario's findings must reach; `none` makes it innocent. `signals` are finding ids
    that must be named, `*` at the end stands for the rest of several. `verdicts` maps `app/service` to the outcome.
    `notes` are exculpatory ids and gates that should be named, never above `observed`. `absent` are ids that must not
    be named at all.
    """

    level: str = 'none'
    signals: tuple[str, ...] = ()
    verdicts: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.level not in LEVELS or not set(self.verdicts.values()) <= set(OUTCOMES):
            raise ValueError(f'level {self.level}, verdicts {self.verdicts}')


@dataclass(frozen=True)
class Bundled:
    """How the scenario's case is made: RTT in ms, and which addresses become others after recording."""

    rtt_ms: int = 50
    seed: int = 1
    rewrite: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One row of the list. `rules` makes the middlebox's rules; each rule's name is the role of the flows it hits."""

    number: str
    title: str
    play: Play
    rules: Rules
    expect: Expectation
    twin_of: str | None
    offloads: bool
    uses: tuple[str, ...]
    bundled: Bundled = Bundled()
    fault: 'Faults | None' = None
    two_ended: bool = False

    @property
    def innocent(self) -> bool:
        return self.expect.level == 'none'


SCENARIOS: dict[str, Scenario] = {}


def no_rules(_: random.Random) -> list[Rule]:
    """Of a scenario in which the middlebox does nothing but delay."""
    return []


def scenario(number: str, *, title: str, twin_of: str | None = None, rules: Rules = no_rules, level: str = 'none',
             signals: tuple[str, ...] = (), verdicts: dict[str, str] | None = None, notes: tuple[str, ...] = (),
             absent: tuple[str, ...] = (), offloads: bool = False, uses: tuple[str, ...] = (), bundle_rtt: int = 50,
             rewrite: dict[str, str] | None = None, fault: 'Faults | None' = None,
             two_ended: bool = False) -> Callable[[Play], Play]:
    """Register the function that plays the scenario's traffic.

    `rules` is called with a generator made of the seed: all that differs between seeds comes from it, so that the same
    seed does the same. `uses` names the programs beyond iproute2 and tcpdump; a run says which are absent. For the rest
    see Expectation and Bundled. `fault`, made of the seed as well, is what is wrong with all captures of it. Those
    of both ends are always kept of a `two_ended` one.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError(f'scenario {number}')
    expect = Expectation(level, signals, verdicts or {}, notes, absent)
    bundled = Bundled(bundle_rtt, rewrite=rewrite or {})

    def register(play: Play) -> Play:
        if number in SCENARIOS:
            raise ValueError(f'two scenarios {number}')
        SCENARIOS[number] = Scenario(number, title, play, rules, expect, twin_of, offloads, uses, bundled, fault,
                                     two_ended)
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
