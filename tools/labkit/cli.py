"""The command line of tools/lab."""
from __future__ import annotations

import argparse
import pathlib
import signal
import sys
from types import FrameType

from labkit import bundle, judging, matrix, middlebox, probe, registry, topology, truth
from labkit.error import Interrupted, LabError
from labkit.middlebox import ROOT
from labkit.run import CHOICES, Options, run

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(number: int, _: FrameType | None) -> None:
    """Once: while the first is being obeyed, others only wait for it."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(f'{signal.Signals(number).name}: stopped, and everything taken down')


def show_list(_: argparse.Namespace) -> int:
    for one in registry.load().values():
        twin = f' (twin of {one.twin_of})' if one.twin_of else ''
        print(f'{one.number:<17} {one.expect.level:<17} {one.title}{twin}')
    return 0


def run_one(options: argparse.Namespace) -> int:
    chosen = registry.find(options.scenario)
    probe.require(chosen)
    out = options.write or ROOT / 'build/lab-runs' / f'{chosen.number}-seed{options.seed}-rtt{options.rtt}'
    told = run(chosen, Options(out, options.seed, options.rtt, options.vantage))
    for one in told['actions']:
        flow = one['flow']
        print(f'{one["role"]}: {one["action"]} {flow["proto"]} {flow["client"]} - {flow["server"]}, '
              f'{one["packets_affected"]} packets touched, {one["packets_injected"]} made')
    failed = sum(not step['ok'] for step in told['traffic'])
    print(f'{chosen.number}: {len(told["traffic"])} steps of clients, {failed} failed; '
          f'captures and truth.json in {out}')
    wrong = truth.disagreements(told['actions'])
    for line in wrong:
        print(f'lab: {line}', file=sys.stderr)
    return 1 if wrong else 0


def run_matrix(options: argparse.Namespace) -> int:
    chosen = [registry.find(number) for number in options.scenario] or list(registry.load().values())
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    plan = matrix.Plan(options.write, seeds, options.rtt, options.vantage, options.jobs, options.deadair)
    if options.judge:
        return judging.run(options.judge, chosen, plan)
    probe.require(None)
    return matrix.run(chosen, plan)


def make_cases(options: argparse.Namespace) -> int:
    chosen = [registry.find(number) for number in options.scenario]
    for one in chosen:
        probe.require(one)
    middlebox.build()
    return bundle.make_all(chosen, options.pcaps, options.deadair)


def clean(_: argparse.Namespace) -> int:
    probe.require(None)
    for namespace in topology.leftovers():
        namespace.remove()
        print(f'removed {namespace.name}')
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog='tools/lab', description='Real programs, real interference, known truth.')
    commands = made.add_subparsers(required=True, metavar='COMMAND')
    listing = commands.add_parser('list', help='the scenarios, and the level expected of each')
    listing.set_defaults(act=show_list)
    one = commands.add_parser('run', help='play one scenario; leaves captures and truth.json')
    one.add_argument('scenario', metavar='SCENARIO')
    one.add_argument('--seed', type=int, default=1)
    one.add_argument('--rtt', type=int, default=50, metavar='MS', help='round-trip time of the path (50)')
    one.add_argument('--vantage', choices=CHOICES, default='all', help='which capture to keep (all)')
    one.add_argument('-w', '--write', type=pathlib.Path, metavar='DIR', help='where (build/lab-runs/...)')
    one.set_defaults(act=run_one)
    many = commands.add_parser('matrix', help='scenarios x seeds x round-trip times x vantages, as one table')
    many.add_argument('scenario', nargs='*', metavar='SCENARIO', help='all when none is named')
    many.add_argument('--seeds', type=int, default=1, metavar='N', help='how many seeds (1)')
    many.add_argument('--first-seed', type=int, default=1, metavar='N', help='the first of them (1)')
    many.add_argument('--rtt', type=int, nargs='+', default=[50], metavar='MS')
    many.add_argument('--vantage', nargs='+', choices=CHOICES[:-1], default=['client'])
    many.add_argument('--jobs', type=int, default=2, metavar='N', help='runs at once (2)')
    many.add_argument('--deadair', type=pathlib.Path, help='the program to ask (built by default)')
    many.add_argument('-w', '--write', type=pathlib.Path, default=ROOT / 'build/lab-matrix', metavar='DIR')
    many.add_argument('--judge', type=pathlib.Path, metavar='DIR', help='play nothing: judge the runs kept there')
    many.set_defaults(act=run_matrix)
    bundling = commands.add_parser('bundle', help='play scenarios once and make cases of them')
    bundling.add_argument('scenario', nargs='+', metavar='SCENARIO')
    bundling.add_argument('--deadair', type=pathlib.Path, help='the program to ask (built by default)')
    bundling.add_argument('--pcaps', type=pathlib.Path, metavar='DIR', help='where (pcaps/)')
    bundling.set_defaults(act=make_cases)
    commands.add_parser('clean', help='remove what dead runs left').set_defaults(act=clean)
    return made


def main(words: list[str]) -> int:
    """Exit status: 0 done, 1 a run failed, 2 the arguments or the machine do not allow it."""
    options = parser().parse_args(words)
    for number in SIGNALS:
        signal.signal(number, interrupt)
    try:
        status: int = options.act(options)
        return status
    except (LabError, Interrupted) as fault:
        print(f'lab: {fault}', file=sys.stderr)
        return 2
