"""ping, to see whether a tunnel or a path carries anything."""
from __future__ import annotations

import re

from labkit.programs.client_run import Call, Result, Started, start_client
from labkit.run import Lab

MEAN = re.compile(r'= [\d.]+/([\d.]+)/')


def begin(lab: Lab, role: str, address: str, count: int, interval_s: float = 0.2) -> Started:
    command = ['ping', '-n', '-c', count, '-i', interval_s, '-W', 2, address]
    return start_client(lab, lab.client, Call(role, 'ping', address, command, count * interval_s + 10))


def ping(lab: Lab, role: str, address: str, count: int = 3, interval_s: float = 0.2) -> Result:
    return begin(lab, role, address, count, interval_s).finish()


def mean_ms(result: Result) -> float:
    """Mean round-trip time; 0 when nothing was answered."""
    found = MEAN.search(result.output)
    return float(found[1]) if found else 0.0
