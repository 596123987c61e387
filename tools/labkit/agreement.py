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
    loud = [f'{one["id"]}/{one["level"]}' for one in of_type('finding', records) if one.get('level') in LOUD_LEVELS]
    return loud + [f'{subject(one)}={one["outcome"]}' for one in of_type('verdict', records)
                   if one.get('outcome') in LOUD_OUTCOMES and expect.verdicts.get(subject(one)) != one['outcome']]


def levels(findings: list[Record]) -> str:
    return ', '.join(sorted({f'{one.get("id", "-")}/{one.get("level", "-")}' for one in findings}))


def untrue(expect: Expectation, records: list[Record]) -> list[str]:
    """What is said that must not be: ids that must be absent, excuses given as accusations, innocents accused."""
    unwanted = [f'says {levels(named(name, records))}' for name in expect.absent if named(name, records)]
    loud_notes = [one for name in expect.notes for one in named(name, records) if rank(one) > LEVELS.index('observed')]
    accused = accusations(expect, records) if expect.level == 'none' else []
    return unwanted + [f'raises {levels([one])}' for one in loud_notes] + [f'accuses: {one}' for one in accused]


def missing(expect: Expectation, records: list[Record]) -> list[str]:
    """What is not said: an outcome, a signal, or the level that one of the signals must have."""
    given = {subject(one): one.get('outcome') for one in of_type('verdict', records)}
    outcomes = [f'{what} is {given.get(what, "not told")}, not {outcome}' for what, outcome in expect.verdicts.items()
                if given.get(what) != outcome]
    if expect.level == 'none':
        return outcomes
    found = [one for signal in expect.signals for one in named(signal, records)]
    least = LEVELS.index(expect.level)
    low = [] if not found or any(rank(one) >= least for one in found) else [f'only {levels(found)}']
    return outcomes + [f'no {signal}' for signal in expect.signals if not named(signal, records)] + low


def shortcomings(expect: Expectation, records: list[Record]) -> tuple[str, list[str]]:
    """`FALSE` for what must not be said, `MISSED` for guilt or outcome not told, `unnoted` for lacking notes, or `yes`;
    and what is wrong, in words."""
    unnoted = [f'no {name}' for name in expect.notes if not noted(name, records)]
    for answer, words in ((FALSE, untrue(expect, records)), (MISSED, missing(expect, records)), (UNNOTED, unnoted)):
        if words:
            return answer, words
    return AGREED, []


def agrees(expect: Expectation, records: list[Record]) -> str:
    return shortcomings(expect, records)[0]
