"""Says in one line why a scenario cannot run on this machine."""
from __future__ import annotations

import os
import pathlib
import shutil

from labkit.error import LabError
from labkit.namespaces import Namespace
from labkit.registry import Scenario

ALWAYS = ('ip', 'setpriv', 'sysctl', 'ethtool', 'tcpdump')
LINKS = {'veth': ('link', 'add', 'probe0', 'type', 'veth', 'peer', 'name', 'probe1'),
         'macvlan': ('link', 'add', 'link', 'probe0', 'name', 'probe2', 'type', 'macvlan', 'mode', 'bridge')}
SEARCH = f'{os.environ.get("PATH", "")}:/usr/sbin:/sbin'


def absent_programs(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if shutil.which(name, path=SEARCH) is None]


def absent_kernel_features() -> list[str]:
    """Tried in a namespace of its own: a module may be loadable though no list names it."""
    namespace, absent = Namespace(f'dlprobe{os.getpid()}'), []
    try:
        namespace.create()
        for kind, words in LINKS.items():
            try:
                namespace.ip(*words)
            except LabError:
                absent.append(kind)
    finally:
        namespace.remove()
    return absent


def why_not(scenario: Scenario | None) -> str | None:
    """None when it can run."""
    if os.geteuid() != 0:
        return 'the lab makes network namespaces: run it as root'
    programs = absent_programs(ALWAYS + (scenario.uses if scenario else ()))
    if programs:
        return f'not installed: {", ".join(programs)} (tools/setup --lab)'
    try:
        features = absent_kernel_features()
    except LabError as fault:
        return f'no network namespaces here: {fault}'
    if features:
        return f'this kernel ({os.uname().release}) lacks {", ".join(features)}'
    if scenario and 'tun' in scenario.uses and not pathlib.Path('/dev/net/tun').exists():
        return 'this machine has no /dev/net/tun'
    return None


def require(scenario: Scenario | None) -> None:
    reason = why_not(scenario)
    if reason:
        raise LabError(reason)
