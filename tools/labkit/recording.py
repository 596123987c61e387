"""Captures at client, middle and server at once, complete from before the first packet to after the last."""
from __future__ import annotations

import pathlib
import re
import signal
from contextlib import ExitStack
from types import TracebackType

from labkit.error import LabError
from labkit.processes import Process
from labkit.topology import HARDWARE, Topology

VANTAGES = ('client', 'middle', 'server')
BUFFER_KIB = 65536
BESIDE = f'not (ether host {HARDWARE["server"]} and ether host {HARDWARE["control"]})'  # never on the cable
COUNTS = re.compile(r'^(\d+) packets? (captured|received by filter|dropped by kernel)', re.M)


class Recording:
    """Context manager: within it every packet of the three places is in `<out>/<vantage>.pcap`.

    The middle is recorded on the client's side of the middlebox, the server before the switch it shares with control.
    """

    def __init__(self, topology: Topology, out: pathlib.Path) -> None:
        self.places = {'client': (topology.client, 'eth0'), 'middle': (topology.middle, 'left'),
                       'server': (topology.server, 'port')}
        self.out = out
        self.dropped: dict[str, int] = {}
        self._running: dict[str, Process] = {}

    def path(self, vantage: str) -> pathlib.Path:
        return self.out / f'{vantage}.pcap'

    def __enter__(self) -> Recording:
        with ExitStack() as undo:
            for vantage, (host, interface) in self.places.items():
                command = ['tcpdump', '-i', interface, '-n', '-p', '-U', '-B', BUFFER_KIB, '-s', 0, '-Z', 'root',
                           '--time-stamp-precision=nano', '--immediate-mode', '-w', self.path(vantage), BESIDE]
                process = Process(f'tcpdump at {vantage}', host, command, self.out / 'logs' / f'tcpdump-{vantage}.log')
                undo.callback(process.stop)
                self._running[vantage] = process
            for process in self._running.values():
                process.ready_when_said(r'listening on ')
            undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 trace: TracebackType | None) -> None:
        for vantage, process in self._running.items():
            process.stop(signal.SIGINT)
            counts = {what: int(number) for number, what in COUNTS.findall(process.log.read_text())}
            self.dropped[vantage] = counts.get('dropped by kernel', -1)
        lossy = [f'{vantage} ({count})' for vantage, count in self.dropped.items() if count]
        if lossy and kind is None:
            raise LabError(f'captures are not complete: packets dropped at {", ".join(lossy)}')
