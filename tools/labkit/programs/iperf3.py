"""iperf3: bulk over TCP, or UDP at a rate."""
from __future__ import annotations

import json

from labkit.processes import Process
from labkit.programs.client_run import Call, Result, Started, start_client
from labkit.run import Lab
from labkit.topology import Host

PORT = 5201


def serve(lab: Lab, host: Host, address: str, port: int = PORT) -> Process:
    host.own(address)
    command = ['iperf3', '--server', '--bind', address, '--port', port, '--forceflush']
    return lab.start(f'iperf3-server-{port}', host, command).ready_when_listening('tcp', port)


def begin(lab: Lab, role: str, address: str, *, port: int = PORT, down: bool = True, seconds: float | None = None,
          megabytes: float | None = None, udp_bps: int | None = None, datagram: int = 1200,
          parallel: int = 1, tcp_bps: int | None = None) -> Started:
    """For a time or an amount, towards the client when `down`, in parallel flows. The report is in JSON.

    UDP has a rate; TCP goes as fast as it can unless the program is to write no faster than `tcp_bps`.
    """
    words: list[object] = ['iperf3', '--client', address, '--port', port, '--json',
                            '--parallel', parallel]
    words += ['--reverse'] if down else []
    words += ['--time', seconds] if seconds is not None else []
    words += ['--bytes', int((megabytes or 1) * 1e6)] if seconds is None else []
    words += ['--udp', '--bitrate', udp_bps, '--length', datagram] if udp_bps is not None else []
    words += ['--bitrate', tcp_bps] if tcp_bps is not None else []
    return start_client(lab, lab.client, Call(role, 'iperf3', f'{address}:{port}', words, (seconds or 60) + 30))


def transfer(lab: Lab, role: str, address: str, *, port: int = PORT, down: bool = True, seconds: float | None = None,
             megabytes: float | None = None, udp_bps: int | None = None) -> Result:
    """The same, to its end."""
    return begin(lab, role, address, port=port, down=down, seconds=seconds, megabytes=megabytes,
                 udp_bps=udp_bps).finish()


def received_bps(result: Result) -> float:
    """What arrived, in bits a second."""
    end = json.loads(result.output)['end']
    return float((end.get('sum_received') or end['sum'])['bits_per_second'])


def lost_part(result: Result) -> float:
    """Of UDP's datagrams, 0 to 1; 1 when there is no report."""
    try:
        return float(json.loads(result.output)['end']['sum']['lost_percent']) / 100
    except (ValueError, KeyError):
        return 1.0
