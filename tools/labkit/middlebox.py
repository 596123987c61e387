"""Builds the middlebox, runs it between the two sides of a run, and stops it so that it writes its truth."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

from labkit.error import LabError
from labkit.processes import Process
from labkit.registry import Rule
from labkit.topology import Topology

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The middlebox stands between two legs: half the delay on either, and routers that take from the TTL.
POSITION, CLIENT_HOPS, SERVER_HOPS = 0.5, 3, 8
SERVER_TTL = 64 - SERVER_HOPS  # what a server's packets have left where the middlebox is
OVERRIDE = 'DEADAIR_MIDDLEBOX'  # a program to use instead of the one built here


def build() -> pathlib.Path:
    """Path of the program, built when its sources changed."""
    given = os.environ.get(OVERRIDE)
    if given:
        return pathlib.Path(given).resolve()
    script = f'. "{ROOT}/tools/lib/common.sh"; build "{ROOT}/build/lab" deadair-middlebox "$@"'
    done = subprocess.run(['bash', '-c', script, 'tools/lab', '-DCMAKE_BUILD_TYPE=Release', '-DDEADAIR_LAB=ON',
                           '-DDEADAIR_TESTS=OFF'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    found = sorted((ROOT / 'build/lab').rglob('deadair-middlebox'))
    if done.returncode != 0 or not found:
        raise LabError('the middlebox does not build (build/lab.log)')
    return found[0]


def path(rtt_ms: int) -> dict[str, Any]:
    """The config's path for a round-trip time."""
    return {'delay_ms': rtt_ms / 2, 'position': POSITION, 'client_hops': CLIENT_HOPS, 'server_hops': SERVER_HOPS}


def away_ns(rtt_ms: int) -> dict[str, int]:
    """How long packets go between each recorded place and the middlebox."""
    one_way = rtt_ms / 2 * 1e6
    near, far = int(one_way * POSITION), int(one_way * (1 - POSITION))
    return {'client': near, 'middle': near, 'server': far}


class Middlebox:
    """Running from construction until stop()."""

    def __init__(self, program: pathlib.Path, topology: Topology, out: pathlib.Path, rules: list[Rule], rtt_ms: int,
                 seed: int) -> None:
        self.truth = out / 'logs' / 'middlebox.ndjson'
        config = out / 'logs' / 'middlebox.json'
        config.write_text(json.dumps({'path': path(rtt_ms), 'rules': rules}, indent=1) + '\n')
        command = [program, '--left', 'left', '--right', 'right', '--config', config, '--truth', self.truth, '--seed',
                   seed]
        self.process = Process('deadair-middlebox', topology.middle, command, out / 'logs' / 'middlebox.log')
        try:
            self.process.ready_when_said(r'(?m)^ready\b')
        except BaseException:
            self.process.stop()
            raise

    def stop(self) -> None:
        ended = self.process.child.poll()
        status = self.process.stop()
        if ended is not None or status != 0:
            raise LabError(f'the middlebox ended with {status}: {self.process.last_words()}')
