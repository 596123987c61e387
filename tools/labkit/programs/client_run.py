"""Runs a client program to its end and writes down how it went for the client."""
from __future__ import annotations

import time
from dataclasses import dataclass

from labkit.error import LabError
from labkit.processes import Process
from labkit.run import Lab, Step
from labkit.topology import Host

CLIENT_SECONDS = 60


@dataclass(frozen=True)
class Call:
    """One client to be run: the role of its flows, what it is called, whom it talks to, and the command."""

    role: str
    program: str
    target: str
    command: list[object]
    seconds: float = CLIENT_SECONDS
    good_statuses: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Result:
    """How it ended, and all it printed."""

    step: Step
    status: int
    output: str


def run_client(lab: Lab, host: Host, call: Call) -> Result:
    """Wait until it ends. Its output is in logs/<program>/<n>.log."""
    number, began = len(lab.steps) + 1, time.time()
    log = lab.folder(call.program) / f'{call.role}-{number}.log'
    process = Process(call.program, host, call.command, log)
    try:
        status = process.wait(call.seconds)
    except LabError:
        status = -1
    finally:
        process.stop()
    output = log.read_text(errors='replace')
    said = f'exit {status}' if status >= 0 else f'still there after {call.seconds:g} s'
    step = lab.note(call.role, call.program, call.target, status in call.good_statuses, said, began)
    return Result(step, status, output)
