"""Programs that run in a namespace: started with a log, waited for until ready, stopped by their pid."""
from __future__ import annotations

import json
import pathlib
import re
import signal
import subprocess
import time
from collections.abc import Callable

from labkit.error import LabError
from labkit.namespaces import Namespace

READY_SECONDS = 20
STOP_SECONDS = 5
LISTEN_STATE = {'tcp': '0A', 'tcp6': '0A', 'udp': '07', 'udp6': '07'}


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Look every 10 ms; LabError when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise LabError(f'waited {seconds:g} s for {what}')
        time.sleep(0.01)


class Process:
    """A running program. Its output, both streams, is in `log`; how it was started, in `<log>.command`."""

    def __init__(self, name: str, namespace: Namespace, command: list[object], log: pathlib.Path,
                 environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.log = log
        with log.with_suffix('.command').open('a') as told:
            told.write(json.dumps([str(word) for word in command]) + '\n')
        with log.open('ab') as output:
            self.child = subprocess.Popen(namespace.within(*command), stdin=subprocess.DEVNULL, stdout=output,
                                          stderr=subprocess.STDOUT, env=environment, cwd=log.parent)

    @property
    def pid(self) -> int:
        """Also that of the program: every word before it replaces itself by the next."""
        return self.child.pid

    def said(self, pattern: str) -> bool:
        return re.search(pattern, self.log.read_text(errors='replace')) is not None

    def listens(self, kind: str, port: int) -> bool:
        """True when somebody in its namespace listens there; kind is tcp or udp, either IP version."""
        return any(self._listed(table, port) for table in (kind, f'{kind}6'))

    def _listed(self, table: str, port: int) -> bool:
        try:
            lines = pathlib.Path(f'/proc/{self.pid}/net/{table}').read_text().splitlines()[1:]
        except OSError:
            return False
        fields = (line.split() for line in lines)
        return any(int(field[1].rpartition(':')[2], 16) == port and field[3] == LISTEN_STATE[table]
                   for field in fields)

    def _must_run(self, condition: Callable[[], bool]) -> bool:
        if condition():
            return True
        if self.child.poll() is not None:
            raise LabError(f'{self.name} ended with {self.child.returncode}: {self.last_words()}')
        return False

    def wait_ready(self, condition: Callable[[], bool], seconds: float = READY_SECONDS) -> Process:
        wait_until(lambda: self._must_run(condition), seconds, f'{self.name} (log: {self.log})')
        return self

    def ready_when_said(self, pattern: str, seconds: float = READY_SECONDS) -> Process:
        return self.wait_ready(lambda: self.said(pattern), seconds)

    def ready_when_listening(self, kind: str, port: int) -> Process:
        return self.wait_ready(lambda: self.listens(kind, port))

    def last_words(self) -> str:
        lines = [line for line in self.log.read_text(errors='replace').splitlines() if line.strip()]
        return lines[-1] if lines else f'nothing in {self.log}'

    def wait(self, seconds: float) -> int:
        """Its exit status; the program is killed, and LabError raised, when it takes longer."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired as late:
            self.stop()
            raise LabError(f'{self.name} did not end within {seconds:g} s') from late

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ask, then insist. The exit status; nothing happens to what has ended."""
        if self.child.poll() is None:
            self.child.send_signal(with_signal)
        try:
            return self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()
