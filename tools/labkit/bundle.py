"""Makes a case of pcaps/ out of one run of a scenario: a small capture, what it shows, and where it comes from."""
from __future__ import annotations

import hashlib
import json
import lzma
import pathlib
import shutil
import tempfile
import textwrap
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from labkit import agreement, captures, cutting, matrix, provenance, run
from labkit.error import LabError
from labkit.middlebox import ROOT
from labkit.registry import Scenario
from labkit.rewriting import Rewriter
from labkit.topology import DOCUMENTATION

VANTAGE = 'client'
GOAL_BYTES, MOST_BYTES = 100_000, 1_000_000  # of one capture: aimed at, and never more
ALL_BYTES = 12_000_000  # of all cases of the lab
XZ_PAYS = 0.8
SEVERAL_ENDS = 12  # more flows of one kind are told by their number


@dataclass(frozen=True)
class Case:
    """One case while it is made."""

    scenario: Scenario
    folder: pathlib.Path
    truth: dict[str, Any]
    command: str


def name(scenario: Scenario) -> str:
    return f'lab-{scenario.number.lower()}'


@dataclass(frozen=True)
class Packed:
    """A capture as it will lie in the case; `cut` counts packets that lack some of their payload."""

    file: str
    data: bytes
    cut: int


def recorded(scratch: pathlib.Path, vantage: str) -> pathlib.Path:
    """The capture as the run left it."""
    return scratch / 'run' / f'{vantage}.pcap'


def packed(stem: str, frames: list[captures.Frame], snapshot: int, scratch: pathlib.Path) -> Packed:
    """Compressed where that helps."""
    path = scratch / 'packed.pcap'
    captures.write(path, frames, snapshot)
    plain = path.read_bytes()
    small = lzma.compress(plain, preset=9)
    cut = sum(len(one.data) < one.length for one in frames)
    pays = len(small) < XZ_PAYS * len(plain)
    return Packed(f'{stem}.pcap.xz' if pays else f'{stem}.pcap', small if pays else plain, cut)


def smallest(stem: str, frames: list[captures.Frame], snapshot: int, scratch: pathlib.Path) -> Packed:
    """As much of the packets as a small file can hold."""
    for measure in cutting.MEASURES:
        made = packed(stem, cutting.cut(frames, measure), snapshot, scratch)
        if len(made.data) <= GOAL_BYTES:
            return made
    if len(made.data) > MOST_BYTES:
        raise LabError(f'{len(made.data)} bytes of capture with everything cut: the scenario sends too much')
    return made


def public_nets(frames: list[captures.Frame]) -> list[str]:
    """The documentation ranges whose addresses servers of this capture have; the lab's own hosts are no servers."""
    seen = {end for one in frames if (packet := captures.packet(one.number, 0, one.data)) is not None
            for end in (packet.source[0], packet.target[0])}
    return [network for network in DOCUMENTATION if any(captures.inside(end, network) for end in seen)]


def flow_kinds(records: list[dict[str, Any]]) -> Counter[tuple[tuple[str, Any], ...]]:
    """Flows that an application was found for, by what later versions must still say of them."""
    fields = ('app', 'service', 'proto', 'server_ip', 'server_port', 'host')
    known = [one for one in records if one['type'] == 'flow' and one['app'] != 'unknown']
    return Counter(tuple((key, one[key]) for key in fields if key in one) for one in known)


def flow_expectations(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = flow_kinds(records)
    if len(kinds) > SEVERAL_ENDS:
        kinds = Counter()
        for one in records:
            if one['type'] == 'flow' and one['app'] != 'unknown':
                kinds[('app', one['app']), ('service', one['service'])] += 1
    return [{'match': {'type': 'flow', **dict(kind)}, 'count': count} for kind, count in sorted(kinds.items(), key=str)]


def forbidden(scenario: Scenario) -> list[dict[str, Any]]:
    """What must not be said of the innocent."""
    if not scenario.innocent:
        return []
    allowed = set(scenario.expect.verdicts.values())
    return [{'type': 'finding', 'level_min': 'likely'},
            *({'type': 'verdict', 'outcome': outcome} for outcome in agreement.LOUD_OUTCOMES if outcome not in allowed)]


def expectation(case: Case, records: list[dict[str, Any]], nets: list[str], status: int) -> dict[str, Any]:
    """What deadair says of it today, and under `interference` what it is to say once it looks for any."""
    capture = next(one for one in records if one['type'] == 'capture')
    made: dict[str, Any] = {'args': [word for network in nets for word in ('--public-net', network)]} if nets else {}
    if status:
        made['exit'] = status
    made['records'] = [{'match': {'type': 'capture'}, 'count': 1, 'has': {'packets': capture['packets']}},
                       {'match': {'type': 'flow'}, 'count': sum(one['type'] == 'flow' for one in records)},
                       *flow_expectations(records)]
    none = forbidden(case.scenario)
    if none:
        made['none'] = none
    expected = {key: value for key, value in asdict(case.scenario.expect).items() if value}
    made['interference'] = {'scenario': case.scenario.number, **expected}
    if case.scenario.two_ended:
        made['interference']['two_ended'] = True
    return made


def readme(case: Case, kept: list[Packed], nets: list[str]) -> str:
    title = textwrap.fill(f'{case.scenario.title[0].upper()}{case.scenario.title[1:]}.', 100)
    paragraphs = [f'# {name(case.scenario)}', title,
                  *provenance.paragraphs(case.scenario, case.truth, nets, kept[0].cut), f'    {case.command}']
    if len(kept) > 1:
        paragraphs.append(f'`{kept[1].file}` is the same run recorded at the server, with the same clock.')
    rewrite = case.scenario.bundled.rewrite
    paragraphs += ['## What was done', provenance.table(case.truth['actions'], rewrite),
                   *provenance.choices(case.truth.get('rules', []), rewrite)]
    faults = case.truth.get('capture_faults')
    if faults:
        paragraphs += ['## What is wrong with the capture', provenance.faults(faults, VANTAGE)]
    sums = [f'    {hashlib.sha256(one.data).hexdigest()}  {one.file}' for one in kept]
    return '\n\n'.join([*paragraphs, 'SHA-256:', '\n'.join(sums)]) + '\n'


def keep(case: Case, scratch: pathlib.Path) -> tuple[list[captures.Frame], list[Packed]]:
    """The client's frames as recorded but for addresses, and every capture the case has."""
    ends = {'input': VANTAGE, 'server': 'server'} if case.scenario.two_ended else {'input': VANTAGE}
    rewriter, all_frames, kept = Rewriter(case.scenario.bundled.rewrite), [], []
    for stem, vantage in ends.items():
        path = recorded(scratch, vantage)
        all_frames.append([rewriter.frame(one) for one in captures.frames(path)])
        kept.append(smallest(stem, all_frames[-1], captures.snapshot_length(path), scratch))
    return all_frames[0], kept


def write(case: Case, deadair: pathlib.Path, scratch: pathlib.Path) -> str:
    """The case's folder with all in it; a line about it."""
    frames, kept = keep(case, scratch)
    shutil.rmtree(case.folder, ignore_errors=True)
    case.folder.mkdir(parents=True)
    for one in kept:
        (case.folder / one.file).write_bytes(one.data)
    nets = public_nets(frames)
    status, records = matrix.read(deadair, case.folder / kept[0].file, nets)
    expect = expectation(case, records, nets, status)
    (case.folder / 'expect.json').write_text(json.dumps(expect, indent=1) + '\n')
    (case.folder / 'README.md').write_text(readme(case, kept, nets))
    flows = sum(one['type'] == 'flow' for one in records)
    size = sum(len(one.data) for one in kept)
    return f'{case.folder.name}: {size} bytes, {len(frames)} packets, {kept[0].cut} cut, {flows} flows'


def make(scenario: Scenario, pcaps: pathlib.Path, deadair: pathlib.Path) -> str:
    """Play the scenario once and keep the client's capture of it."""
    seed, rtt = scenario.bundled.seed, scenario.bundled.rtt_ms
    with tempfile.TemporaryDirectory(prefix='deadair-lab-') as folder:
        scratch = pathlib.Path(folder)
        told = run.run(scenario, run.Options(scratch / 'run', seed, rtt))
        case = Case(scenario, pcaps / name(scenario), told, f'tools/lab bundle {scenario.number}')
        return write(case, deadair, scratch)


def total(pcaps: pathlib.Path) -> int:
    """Bytes of all captures of the lab's cases."""
    return sum(path.stat().st_size for path in pcaps.glob('lab-*/*.pcap*'))


def make_all(scenarios: list[Scenario], pcaps: pathlib.Path | None, deadair: pathlib.Path | None) -> int:
    """1 when one could not be made (the others are), or when all cases together have become too large."""
    program, folder, bad = matrix.find_deadair(deadair), pcaps or ROOT / 'pcaps', 0
    for one in scenarios:
        try:
            print(make(one, folder, program), flush=True)
        except LabError as fault:
            print(f'{name(one)}: not made: {fault}', flush=True)
            bad += 1
    print(f'all of {folder}/lab-*: {total(folder)} bytes, at most {ALL_BYTES}')
    return 1 if bad or total(folder) > ALL_BYTES else 0
