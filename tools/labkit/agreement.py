"""Sets what deadair said about a capture beside what its scenario expects."""
from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from labkit.registry import LEVELS, Expectation

Record = dict[str, Any]
LOUD_LEVELS = ('likely', 'confirmed_pattern')
LOUD_OUTCOMES = ('blocked', 'degraded')
FALSE, MISSED, UNNOTED, AGREED = 'FALSE', 'MISSED', 'unnoted', 'yes'
WRONG = (FALSE, MISSED)


def of_type(kind: str, records: list[Record]) -> list[Record]:
    return [one for one in records if one.get('type') == kind]


def subject(verdict: Record) -> str:
    return f'{verdict.get("app", "-")}/{verdict.get("service", "-")}'


def said(records: list[Record]) -> list[str]:
    """One word a finding (`id/level`) and a verdict (`app/service=outcome`)."""
    return [f'{one.get("id", "-")}/{one.get("level", "-")}' for one in of_type('finding', records)] + \
           [f'{subject(one)}={one.get("outcome", "-")}' for one in of_type('verdict', records)]


def rank(finding: Record) -> int:
    """Place on the ladder of levels; `indeterminate` accuses nobody."""
    level = finding.get('level')
    return LEVELS.index(level) if level in LEVELS else 0


def named(pattern: str, records: list[Record]) -> list[Record]:
    return [one for one in of_type('finding', records) if fnmatchcase(one.get('id', ''), pattern)]


def noted(name: str, records: list[Record]) -> bool:
    """A finding of that id, or a gate that a finding or the capture names."""
    gates = (gate for one in records for gate in one.get('gates', ()))
    return bool(named(name, records)) or any(fnmatchcase(gate, name) for gate in gates)


def accusations(expect: Expectation, records: list[Record]) -> list[str]:
    """What an innocent scenario must not be told; an outcome that it expects itself is none."""
    loud = [one['id'] for one in of_type('finding', records) if one.get('level') in LOUD_LEVELS]
    return loud + [subject(one) for one in of_type('verdict', records)
                   if one.get('outcome') in LOUD_OUTCOMES and expect.verdicts.get(subject(one)) != one['outcome']]


def overstated(expect: Expectation, records: list[Record]) -> bool:
    """True when a finding that excuses is given as if it accused."""
    return any(rank(one) > LEVELS.index('observed') for name in expect.notes for one in named(name, records))


def verdicts_hold(expect: Expectation, records: list[Record]) -> bool:
    given = {subject(one): one.get('outcome') for one in of_type('verdict', records)}
    return all(given.get(what) == outcome for what, outcome in expect.verdicts.items())


def guilt_found(expect: Expectation, records: list[Record]) -> bool:
    """Every signal is named, and one of them at the level or above."""
    found = [named(signal, records) for signal in expect.signals]
    least = LEVELS.index(expect.level)
    return all(found) and any(rank(one) >= least for each in found for one in each)


def agrees(expect: Expectation, records: list[Record]) -> str:
    """`FALSE` for what must not be said, `MISSED` for guilt or outcome not told, `unnoted` for lacking notes."""
    innocent = expect.level == 'none'
    unwanted = any(named(name, records) for name in expect.absent)
    if unwanted or overstated(expect, records) or (innocent and accusations(expect, records)):
        return FALSE
    if not verdicts_hold(expect, records) or not (innocent or guilt_found(expect, records)):
        return MISSED
    return AGREED if all(noted(name, records) for name in expect.notes) else UNNOTED
