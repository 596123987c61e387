"""Starts our models of applications that cannot run here (labkit.models), and reads the events they print."""
from __future__ import annotations

import json
import os
import pathlib
import sys
from typing import Any

from labkit.processes import Process
from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab
from labkit.topology import Host

TOOLS = pathlib.Path(__file__).resolve().parents[2]
SERVING = ('chat-server', 'relay', 'callee')


def command(app: str, part: str, options: tuple[object, ...]) -> list[object]:
    return ['env', f'PYTHONPATH={TOOLS}', f'PATH={os.environ["PATH"]}', sys.executable, '-B', '-m',
            f'labkit.models.{app}', part, *options]


def serve(lab: Lab, host: Host, app: str, part: str, *options: object, name: str | None = None) -> Process:
    """A chat server, relay or callee, until the end. The host must own the addresses it binds."""
    if part not in SERVING:
        raise ValueError(part)
    process = lab.start(name or f'{app}-{part}', host, command(app, part, options))
    return process.ready_when_said(r'\bready\b')


def client(lab: Lab, role: str, app: str, *options: object, seconds: float = 120) -> Result:
    """The client's side, to its end."""
    return run_client(lab, lab.client, Call(role, f'{app}-client', app, command(app, 'client', options), seconds))


def events(output: str) -> list[dict[str, Any]]:
    """What a model printed, in its order."""
    return [json.loads(line) for line in output.splitlines() if line.startswith('{')]
