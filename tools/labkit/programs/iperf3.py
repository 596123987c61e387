"""iperf3: bulk over TCP, or UDP at a rate."""
from __future__ import annotations

import json

from labkit.processes import Process
from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab
from labkit.topology import Host

PORT = 5201


def serve(lab: Lab, host: Host, address: str, port: int = PORT) -> Process:
    host.own(address)
    command = ['iperf3', '--server', '--bind', address, '--port', port, '--forceflush']
    return lab.start(f'iperf3-server-{port}', host, command).ready_when_listening('tcp', port)


def transfer(lab: Lab, role: str, address: str, *, port: int = PORT, down: bool = True, seconds: float | None = None,
             megabytes: float | None = None, udp_bps: int | None = None) -> Result:
    """For a time or an amount, towards the client when `down`. The report is in JSON."""
    words: list[object] = ['iperf3', '--client', address, '--port', port, '--json']
    words += ['--reverse'] if down else []
    words += ['--time', seconds] if seconds is not None else []
    words += ['--bytes', int((megabytes or 1) * 1e6)] if seconds is None else []
    words += ['--udp', '--bitrate', udp_bps, '--length', 1200] if udp_bps is not None else []
    return run_client(lab, lab.client, Call(role, 'iperf3', f'{address}:{port}', words, (seconds or 60) + 30))


def received_bps(result: Result) -> float:
    """What arrived, in bits a second."""
    end = json.loads(result.output)['end']
    return float((end.get('sum_received') or end['sum'])['bits_per_second'])
