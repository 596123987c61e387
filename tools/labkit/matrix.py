"""Plays scenarios with many seeds, times and vantages at once, and sets what deadair said beside the truth."""
from __future__ import annotations

import collections
import json
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Semaphore
from typing import Any

from labkit import agreement, captures, middlebox
from labkit.error import LabError
from labkit.middlebox import ROOT
from labkit.registry import Scenario
from labkit.run import ONE_SIDED
from labkit.topology import CLIENT, CLIENT6, DOCUMENTATION

BROWSERS = Semaphore(2)  # each takes most of a processor and half a gigabyte
READ_IN_PART = 3  # exit status of deadair
RUN_SECONDS = 900
WATCHED = pathlib.Path(__file__).with_name('watched.txt')  # the names that its user would tell deadair of
HEADINGS = ('scenario', 'seed', 'rtt', 'vantage', 'truth', 'expected', 'flows', 'apps', 'findings', 'agrees')


@dataclass(frozen=True)
class Plan:
    """What to run, and where to leave it."""

    out: pathlib.Path
    seeds: range
    rtts: list[int]
    vantages: list[str]
    jobs: int
    deadair: pathlib.Path | None


@dataclass(frozen=True)
class Cell:
    """One run of one scenario, seen from every vantage."""

    scenario: Scenario
    seed: int
    rtt: int

    def folder(self, out: pathlib.Path) -> pathlib.Path:
        return out / f'{self.scenario.number}-seed{self.seed}-rtt{self.rtt}'


def cells_of(scenarios: list[Scenario], plan: Plan) -> list[Cell]:
    return [Cell(one, seed, rtt) for one in scenarios for seed in plan.seeds for rtt in plan.rtts]


def find_deadair(given: pathlib.Path | None) -> pathlib.Path:
    found = given or ROOT / 'build/release/deadair'
    if not found.is_file():
        raise LabError(f'no deadair at {found}: build it (tools/run --version) or name one with --deadair')
    return found.resolve()


class Player:
    """Runs cells, each as a program of its own whose namespaces have its number."""

    def __init__(self, out: pathlib.Path) -> None:
        self.out = out
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def play(self, cell: Cell) -> str | None:
        """What went wrong, or None."""
        command = [sys.executable, '-B', str(ROOT / 'tools/lab'), 'run', cell.scenario.number, '--seed',
                   str(cell.seed), '--rtt', str(cell.rtt), '-w', str(cell.folder(self.out))]
        with BROWSERS if 'chromium' in cell.scenario.uses else nullcontext():
            return 'stopped' if self._stopped else self._finish(command)

    def _finish(self, command: list[str]) -> str | None:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True)
        self._running.add(child)
        try:
            _, said = child.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            child.terminate()  # it takes its namespaces down
            child.communicate()
            return f'not done in {RUN_SECONDS} s'
        finally:
            self._running.discard(child)
        return None if child.returncode == 0 else (said.strip().splitlines() or ['no word'])[-1]

    def stop(self) -> None:
        self._stopped = True
        for child in list(self._running):
            child.terminate()


def play_all(cells: list[Cell], plan: Plan) -> list[str | None]:
    """Several at once; when interrupted, what runs is ended and nothing new begun."""
    player = Player(plan.out)
    with ThreadPoolExecutor(plan.jobs) as pool:
        try:
            return list(pool.map(player.play, cells))
        except BaseException:
            player.stop()
            raise


def capture(folder: pathlib.Path, vantage: str) -> pathlib.Path:
    """The file of that vantage; those of one direction are made from the client's."""
    path = folder / f'{vantage}.pcap'
    if vantage in ONE_SIDED:
        shutil.copy(folder / 'client.pcap', path)
        captures.keep_direction(path, (CLIENT, CLIENT6), ONE_SIDED[vantage])
    return path


def read(deadair: pathlib.Path, path: pathlib.Path, public: Iterable[str]) -> tuple[int, list[dict[str, Any]]]:
    """deadair's exit status and records of a capture; one that ends early is read as far as it goes."""
    told = ['--watch', str(WATCHED), *(word for network in public for word in ('--public-net', network))]
    done = subprocess.run([str(deadair), 'read', str(path), '-o', 'json', *told], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
    if done.returncode not in (0, READ_IN_PART):
        raise LabError(f'deadair read {path}: {done.stderr.strip()}')
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line]


def counted(words: list[str]) -> str:
    return ' '.join(f'{word}:{count}' for word, count in sorted(collections.Counter(words).items())) or '-'


def rows(cell: Cell, plan: Plan, deadair: pathlib.Path, detects: bool) -> Iterator[tuple[str, ...]]:
    folder = cell.folder(plan.out)
    told = json.loads((folder / 'truth.json').read_text())
    for vantage in plan.vantages:
        _, records = read(deadair, capture(folder, vantage), DOCUMENTATION)
        flows = [one for one in records if one.get('type') == 'flow']
        yield (cell.scenario.number, str(cell.seed), str(cell.rtt), vantage,
               counted([one['action'] for one in told['actions']]), cell.scenario.expect.level, str(len(flows)),
               counted([one.get('app') or 'unknown' for one in flows]), counted(agreement.said(records)),
               agreement.agrees(cell.scenario.expect, records) if detects else '-')


def table(lines: list[tuple[str, ...]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return '\n'.join('  '.join(word.ljust(width) for word, width in zip(line, widths)).rstrip() for line in lines)


def knows_findings(deadair: pathlib.Path) -> bool:
    """True when this deadair reports interference at all."""
    done = subprocess.run([str(deadair), 'read', '--help'], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    return 'finding' in done.stdout


def run(scenarios: list[Scenario], plan: Plan) -> int:
    """1 when a run failed or deadair disagrees."""
    middlebox.build()
    deadair = find_deadair(plan.deadair)
    cells = cells_of(scenarios, plan)
    failures = play_all(cells, plan)
    detects, lines, bad = knows_findings(deadair), [HEADINGS], 0
    for cell, failure in zip(cells, failures):
        if failure:
            lines.append((cell.scenario.number, str(cell.seed), str(cell.rtt), '-', f'run failed: {failure}',
                          *('-',) * (len(HEADINGS) - 5)))
            bad += 1
        else:
            lines += rows(cell, plan, deadair, detects)
    text = table(lines)
    (plan.out / 'matrix.txt').write_text(text + '\n')
    print(text)
    return 1 if bad or any(line[-1] in agreement.WRONG for line in lines[1:]) else 0
