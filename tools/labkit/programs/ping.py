"""ping, to see whether a tunnel or a path carries anything."""
from __future__ import annotations

from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab


def ping(lab: Lab, role: str, address: str, count: int = 3, interval_s: float = 0.2) -> Result:
    command = ['ping', '-n', '-c', count, '-i', interval_s, '-W', 2, address]
    return run_client(lab, lab.client, Call(role, 'ping', address, command, count * interval_s + 10))
