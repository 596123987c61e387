"""Judges recordings that are kept: what this deadair says of each, beside what its scenario expects."""
from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from labkit import agreement, matrix
from labkit.error import LabError
from labkit.registry import Scenario
from labkit.run import ONE_SIDED
from labkit.topology import DOCUMENTATION

HEADINGS = ('scenario', 'vantage', 'innocent', 'runs', 'right', 'FALSE', 'MISSED', 'unnoted')
AT_CLIENT = 'client'  # the place that all a scenario expects can be seen from


@dataclass(frozen=True)
class Kept:
    """One run whose truth lies beside its captures."""

    scenario: Scenario
    folder: pathlib.Path
    seed: int
    rtt: int


@dataclass(frozen=True)
class Judgement:
    """How deadair did at one of a run's captures; `words` say what is wrong."""

    kept: Kept
    vantage: str
    answer: str
    words: list[str]


def recordings(folder: pathlib.Path, scenarios: list[Scenario]) -> list[Kept]:
    """The runs of these scenarios below the folder; those without truth are no runs."""
    known = {one.number: one for one in scenarios}
    found = []
    for path in sorted(folder.glob('*/truth.json')):
        told = json.loads(path.read_text())
        if told['scenario'] in known:
            found.append(Kept(known[told['scenario']], path.parent, told['seed'], told['rtt_ms']))
    return sorted(found, key=lambda one: (one.scenario.number, one.seed, one.rtt))


def elsewhere(kept: Kept, records: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """From another place guilt need not show; but nobody may be accused who is innocent."""
    words = agreement.untrue(kept.scenario.expect, records)
    return (agreement.FALSE, words) if words else (agreement.AGREED, [])


def judge(deadair: pathlib.Path, public: tuple[str, ...], kept: Kept, vantage: str) -> Judgement:
    """By the scenario as it is now: what is expected may have been mended since the run."""
    _, records = matrix.read(deadair, matrix.capture(kept.folder, vantage), public)
    if vantage == AT_CLIENT:
        answer, words = agreement.shortcomings(kept.scenario.expect, records)
    else:
        answer, words = elsewhere(kept, records)
    return Judgement(kept, vantage, answer, words)


def wanted(kept: list[Kept], vantages: list[str]) -> Iterator[tuple[Kept, str]]:
    """What can be judged: not every capture of a run may have been kept."""
    for one in kept:
        for vantage in vantages:
            source = AT_CLIENT if vantage in ONE_SIDED else vantage
            if (one.folder / f'{source}.pcap').is_file():
                yield one, vantage


def summary(judgements: list[Judgement]) -> str:
    """A row for each scenario and vantage, and the sums of the guilty and the innocent."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in judgements:
        innocent = 'yes' if one.kept.scenario.innocent else 'no'
        sums = ('all innocent' if one.kept.scenario.innocent else 'all guilty', one.vantage, innocent)
        for key in ((one.kept.scenario.number, one.vantage, innocent), sums):
            groups.setdefault(key, []).append(one.answer)
    order = sorted(groups, key=lambda key: (key[0].startswith('all'), key))
    kinds = (agreement.AGREED, agreement.FALSE, agreement.MISSED, agreement.UNNOTED)
    return matrix.table([HEADINGS] + [(*key, str(len(groups[key])), *(str(groups[key].count(kind)) for kind in kinds))
                                      for key in order])


def deviation(one: Judgement) -> str:
    return (f'{one.kept.scenario.number} seed {one.kept.seed} rtt {one.kept.rtt} {one.vantage}: {one.answer}: '
            f'{"; ".join(one.words)} ({one.kept.folder})')


def run(folder: pathlib.Path, scenarios: list[Scenario], plan: matrix.Plan) -> int:
    """1 when deadair disagrees with the scenarios anywhere."""
    deadair = matrix.find_deadair(plan.deadair)
    kept = recordings(folder, scenarios)
    if not kept:
        raise LabError(f'no recording with a truth.json of these scenarios below {folder}')
    with ThreadPoolExecutor(plan.jobs) as pool:
        one_by_one = partial(judge, deadair, tuple(DOCUMENTATION))
        judgements = list(pool.map(lambda pair: one_by_one(*pair), wanted(kept, plan.vantages)))
    print(summary(judgements))
    for one in judgements:
        if one.answer != agreement.AGREED:
            print(deviation(one))
    return 1 if any(one.answer in agreement.WRONG for one in judgements) else 0
