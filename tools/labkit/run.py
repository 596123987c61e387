"""One run of one scenario: the hosts, the recordings, the middlebox, the traffic, and truth.json at the end."""
from __future__ import annotations

import json
import pathlib
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from labkit import captures, faults, middlebox, provenance, schedule, sessions, truth
from labkit.error import LabError
from labkit.namespaces import Namespace
from labkit.processes import Process
from labkit.recording import VANTAGES, Recording
from labkit.registry import Rule, Scenario
from labkit.schedule import Place
from labkit.sessions import Timeline
from labkit.topology import CLIENT, CLIENT6, Host, Topology

ONE_SIDED = {'client-up': True, 'client-down': False}  # the client's capture, one direction of it
CHOICES = (*VANTAGES, *ONE_SIDED, 'all')
SETTLE_SECONDS = 0.2


@dataclass(frozen=True)
class Options:
    """How to run a scenario."""

    out: pathlib.Path
    seed: int = 1
    rtt_ms: int = 50
    vantage: str = 'all'


@dataclass(frozen=True)
class Step:
    """Something a client did, under the role its flows have in the scenario, and how it ended for the client."""

    role: str
    program: str
    target: str
    ok: bool
    said: str
    begin_s: float
    end_s: float
    client: str | None = None


@dataclass
class Lab:
    """What a scenario plays with."""

    topology: Topology
    out: pathlib.Path
    random: random.Random
    rtt_ms: int
    rules: list[Rule] = field(default_factory=list)
    begin: float = field(default_factory=time.time)
    steps: list[Step] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    places: list[Place] = field(default_factory=list)  # of copies of the sessions; none: each is told once
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def client(self) -> Host:
        return self.topology.client

    @property
    def server(self) -> Host:
        return self.topology.server

    @property
    def control(self) -> Host:
        return self.topology.control

    def folder(self, name: str) -> pathlib.Path:
        """A place for a program's files, kept beside its log."""
        made = self.out / 'logs' / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def start(self, name: str, host: Namespace, command: list[object],
              environment: dict[str, str] | None = None) -> Process:
        """A program that runs until the end of the traffic, or until it is stopped."""
        process = Process(name, host, command, self.folder(name) / f'{name}.log', environment)
        self._running.callback(process.stop)
        return process

    def at_end(self, act: Callable[[], object]) -> None:
        """Call it when all programs started after this are stopped."""
        self._running.callback(act)

    def note(self, role: str, program: str, target: str, ok: bool, said: str, began: float,
             client: str | None = None) -> Step:
        """Write down a step that began at that time (time.time()) and has just ended."""
        step = Step(role, program, target, ok, said, round(began - self.begin, 3),
                    round(time.time() - self.begin, 3), client)
        self.steps.append(step)
        return step

    def require(self, condition: bool, what: str) -> None:
        """A scenario whose traffic went otherwise than meant must not leave a capture that says so."""
        if not condition:
            raise LabError(f'the run did not go as the scenario means: {what} (see {self.out}/logs)')

    @contextmanager
    def session(self, gap_s: float = 0.0, at: datetime | None = None) -> Iterator[None]:
        """What is played within begins `gap_s` later than the session before ended, or at that time (UTC).

        Only captures and truth say so: clocks of programs, TCP timestamps and the rules of the middlebox run on. A
        connection may outlive its session; its silence is the gap then.
        """
        settle = settle_seconds(self.rtt_ms)
        time.sleep(settle if self.timeline.sessions else 0)
        one = self.timeline.open(time.time_ns(), gap_s, at)
        yield
        time.sleep(settle)
        one.end_ns = time.time_ns()

    def stop_programs(self) -> None:
        self._running.close()


def generator(scenario: Scenario, seed: int, purpose: str) -> random.Random:
    """Random numbers that depend on nothing but these three."""
    return random.Random(f'{scenario.number}/{seed}/{purpose}')


def settle_seconds(rtt_ms: int) -> float:
    """Long enough for all that is under way to arrive and be answered."""
    return SETTLE_SECONDS + 2 * rtt_ms / 1000


def prepare(out: pathlib.Path) -> None:
    """A folder with nothing of an earlier run in it that could be taken for this one's."""
    out.mkdir(parents=True, exist_ok=True)
    for vantage in VANTAGES:
        (out / f'{vantage}.pcap').unlink(missing_ok=True)
    (out / 'truth.json').unlink(missing_ok=True)
    shutil.rmtree(out / 'logs', ignore_errors=True)
    (out / 'logs').mkdir()


@contextmanager
def stopping(stop: Any) -> Iterator[None]:
    """Call `stop` at the end; a fault within is told rather than one of the stopping it causes."""
    try:
        yield
    except BaseException:
        try:
            stop()
        except LabError:
            pass
        raise
    stop()


def play(scenario: Scenario, options: Options, program: pathlib.Path) -> tuple[Lab, Recording, middlebox.Middlebox]:
    """Everything that needs namespaces; after it none is left."""
    rules = scenario.rules(generator(scenario, options.seed, 'rules'))
    with Topology(offloads=scenario.offloads) as topology:
        recording = Recording(topology, options.out)
        with recording:
            box = middlebox.Middlebox(program, topology, options.out, rules, options.rtt_ms, options.seed)
            with stopping(box.stop):
                lab = Lab(topology, options.out, generator(scenario, options.seed, 'traffic'), options.rtt_ms, rules)
                settle = settle_seconds(options.rtt_ms)
                with stopping(lab.stop_programs):
                    scenario.play(lab)
                    time.sleep(settle)  # closing connections before their servers end
                time.sleep(settle)
                topology.silence()
                time.sleep(settle)  # what is under way arrives while all still look
    return lab, recording, box


def describe(scenario: Scenario, options: Options, lab: Lab, recording: Recording,
             box: middlebox.Middlebox) -> dict[str, Any]:
    """The content of truth.json; the captures have the sessions' times then."""
    packets = {vantage: captures.read(recording.path(vantage)) for vantage in VANTAGES}
    clock = lab.timeline.clock(one.time_ns for each in packets.values() for one in each)
    for vantage in VANTAGES:
        clock.rewrite(recording.path(vantage))
    return {'scenario': scenario.number, 'title': scenario.title, 'twin_of': scenario.twin_of,
            'innocent': scenario.innocent, 'expected': asdict(scenario.expect), 'seed': options.seed,
            'rtt_ms': options.rtt_ms, 'vantage': options.vantage,
            'programs': provenance.programs(options.out / 'logs'),
            'packets': {vantage: len(found) for vantage, found in packets.items()},
            'rules': lab.rules,
            'actions': truth.actions(truth.read_entries(box.truth), packets, middlebox.away_ns(options.rtt_ms),
                                     clock),
            'sessions': lab.timeline.told(clock, lab.begin),
            'traffic': sessions.shift_steps([asdict(step) for step in lab.steps], clock, lab.begin), **lab.extra}


def keep_vantage(recording: Recording, vantage: str, two_ended: bool) -> None:
    """Leave only the capture asked for, and of a two-ended scenario the other end's."""
    kept = {'client' if vantage in ONE_SIDED else vantage}
    if vantage in ONE_SIDED:
        captures.keep_direction(recording.path('client'), (CLIENT, CLIENT6), ONE_SIDED[vantage])
    if two_ended:
        kept |= {'client', 'server'}
    for other in VANTAGES:
        if vantage != 'all' and other not in kept:
            recording.path(other).unlink()


def run(scenario: Scenario, options: Options) -> dict[str, Any]:
    """Play it; captures and truth.json are in options.out then. The content of truth.json."""
    program = middlebox.build()
    options = Options(options.out.resolve(), options.seed, options.rtt_ms, options.vantage)
    prepare(options.out)
    lab, recording, box = play(scenario, options, program)
    told = describe(scenario, options, lab, recording, box)
    if lab.places:
        told = schedule.expand(told, lab.begin, lab.places, {vantage: recording.path(vantage) for vantage in VANTAGES})
    if scenario.fault is not None:
        fault = scenario.fault(generator(scenario, options.seed, 'fault'))
        faults.apply(fault, recording, told, partial(generator, scenario, options.seed))
    keep_vantage(recording, options.vantage, scenario.two_ended)
    (options.out / 'truth.json').write_text(json.dumps(told, indent=1) + '\n')
    return told
