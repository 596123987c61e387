"""Named network namespaces: making them, running commands inside, and removing all that is theirs."""
from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import time

from labkit.error import LabError

SETTINGS = pathlib.Path('/etc/netns')  # `ip netns exec` binds what lies in <name>/ over /etc
COMMAND_SECONDS = 30


def run(*words: object) -> str:
    """Standard output of a short command; LabError with its last words when it fails."""
    command = [str(word) for word in words]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              timeout=COMMAND_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise LabError(f'{" ".join(command)}: {fault}') from fault
    if done.returncode != 0:
        raise LabError(f'{" ".join(command)}: {(done.stderr or done.stdout).strip() or done.returncode}')
    return done.stdout


def names() -> list[str]:
    """All named namespaces of this machine."""
    return [line.split()[0] for line in run('ip', 'netns', 'list').splitlines() if line.strip()]


class Namespace:
    """One host of the lab. Its interfaces end with it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create(self) -> None:
        run('ip', 'netns', 'add', self.name)
        self.ip('link', 'set', 'lo', 'up')

    def within(self, *words: object) -> list[str]:
        """The command as a child in this namespace that the kernel ends with the thread that started it."""
        command = [str(word) for word in words]
        return ['setpriv', '--pdeathsig', 'KILL', '--', 'ip', 'netns', 'exec', self.name, *command]

    def run(self, *words: object) -> str:
        return run(*self.within(*words))

    def ip(self, *words: object) -> str:
        return run('ip', '-n', self.name, *words)

    def set(self, **values: object) -> None:
        """Kernel settings by name; `__` stands for the dot (net__ipv4__ip_forward)."""
        self.run('sysctl', '-q', '-w', *(f'{name.replace("__", ".")}={value}' for name, value in values.items()))

    def write_setting(self, name: str, text: str) -> None:
        """What programs started from here on read as /etc/<name>."""
        folder = SETTINGS / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    def pids(self) -> list[int]:
        return [int(word) for word in run('ip', 'netns', 'pids', self.name).split()]

    def remove(self) -> None:
        """End what still runs inside, then the namespace; nothing happens when it is gone."""
        if self.name in names():
            self._end_processes()
            run('ip', 'netns', 'del', self.name)
        self._remove_settings()

    def _end_processes(self) -> None:
        """A program may leave children that its own end did not take along. All in here were started by the lab."""
        for _ in range(50):
            pids = self.pids()
            if not pids:
                return
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)

    def _remove_settings(self) -> None:
        folder = SETTINGS / self.name
        if not folder.is_dir():
            return
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        try:
            SETTINGS.rmdir()
        except OSError:
            pass  # others' settings are in it
