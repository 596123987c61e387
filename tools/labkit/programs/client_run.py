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
    """One client to be run: the role of its flows, what it is called, whom it talks to, and the command.

    `complaint` is for programs whose status does not tell: what they print when they fail.
    """

    role: str
    program: str
    target: str
    command: list[object]
    seconds: float = CLIENT_SECONDS
    good_statuses: tuple[int, ...] = (0,)
    complaint: str | None = None


@dataclass(frozen=True)
class Result:
    """How it ended, and all it printed."""

    step: Step
    status: int
    output: str


@dataclass(frozen=True)
class Started:
    """A client that runs while others do."""

    lab: Lab
    call: Call
    process: Process
    began: float

    def finish(self) -> Result:
        """Wait until it ends; it is stopped when it takes longer than it may."""
        try:
            status = self.process.wait(self.call.seconds)
        except LabError:
            status = -1
        finally:
            self.process.stop()
        call = self.call
        output = self.process.log.read_text(errors='replace')
        said = f'exit {status}' if status >= 0 else f'still there after {call.seconds:g} s'
        good = status in call.good_statuses and not (call.complaint and call.complaint in output)
        step = self.lab.note(call.role, call.program, call.target, good, said, self.began)
        return Result(step, status, output)


def start_client(lab: Lab, host: Host, call: Call) -> Started:
    """Its output is in logs/<program>/<role>-<n>.log."""
    folder, number = lab.folder(call.program), len(lab.steps) + 1
    while (log := folder / f'{call.role}-{number}.log').exists():
        number += 1
    process = Process(call.program, host, call.command, log)
    lab.at_end(process.stop)
    return Started(lab, call, process, time.time())


def run_client(lab: Lab, host: Host, call: Call) -> Result:
    """Wait until it ends."""
    return start_client(lab, host, call).finish()
