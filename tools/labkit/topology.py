"""The four hosts of a run and the cables between them: client - middle - server, and control beside the server.

    client            middle                server                control
    eth0 ---veth--- left | right ---veth--- port
                                             +- eth0 (macvlan)
                                             +- - - - - - - - - - eth0 (macvlan)

Client, server and control are one Ethernet segment: every address is on link for each of them. Only the middlebox
joins left and right. The switch before server and control is a pair of macvlans, since not every kernel can bridge;
these keep their offloads, so the server's side is recorded at port, where frames are as on a wire.
"""
from __future__ import annotations

import ipaddress
import os
import pathlib
import re
import time
from contextlib import ExitStack
from types import TracebackType

from labkit import namespaces
from labkit.error import LabError
from labkit.namespaces import Namespace

MARK = 'deadair-lab'  # alias of every interface of the lab: the middlebox takes no other
NAMED = pathlib.Path('/run/netns')  # where `ip netns` keeps them
ROLES = ('client', 'middle', 'server', 'control')
OFFLOADS = ('tso', 'gso', 'gro', 'lro', 'rx', 'tx', 'sg')
NAME = re.compile(r'dl(?:(?P<run>\d+)-(?:client|middle|server|control)|probe(?P<probe>\d+)|smoke(?P<test>\d+)[cms])')
CLIENT, CLIENT6 = '192.168.77.2', '2001:db8:77::2'
SERVER, SERVER6 = '192.168.77.1', '2001:db8:77::1'
CONTROL, CONTROL6 = '192.168.77.3', '2001:db8:77::3'
# Ranges of RFC 2544, RFC 5737 and RFC 3849: stand for public addresses here, and deadair is told so.
DOCUMENTATION = ('198.18.0.0/15', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32')
HARDWARE = {'client': '02:00:5e:00:77:02', 'server': '02:00:5e:00:77:01', 'control': '02:00:5e:00:77:03'}
# No solicitations, no waiting for duplicate addresses: nothing but the traffic asked for.
HOST_SETTINGS = {f'net__ipv6__conf__{kind}__{name}': value for kind in ('all', 'default')
                 for name, value in (('accept_dad', 0), ('accept_ra', 0), ('router_solicitations', 0),
                                     ('disable_ipv6', 0))}
HOST_SETTINGS['net__ipv4__conf__all__arp_ignore'] = 1  # the server's port must not answer beside its eth0
MIDDLE_SETTINGS = {'net__ipv6__conf__all__disable_ipv6': 1, 'net__ipv6__conf__default__disable_ipv6': 1}


class Host(Namespace):
    """A namespace with one interface, `eth0`, and any number of addresses."""

    def configure(self, role: str, addresses: tuple[str, str]) -> None:
        """Give the interface its addresses; all other addresses are on link behind it."""
        self.ip('link', 'set', 'eth0', 'address', HARDWARE[role], 'alias', MARK, 'up')
        self.ip('address', 'add', f'{addresses[0]}/24', 'dev', 'eth0')
        self.ip('address', 'add', f'{addresses[1]}/64', 'dev', 'eth0', 'nodad')
        self.ip('route', 'add', 'default', 'dev', 'eth0')
        self.ip('-6', 'route', 'add', 'default', 'dev', 'eth0')

    def own(self, address: str) -> str:
        """Add an address of any range to the host and return it. No packet to it leaves the lab."""
        parsed = ipaddress.ip_address(address)
        words = ('nodad',) if parsed.version == 6 else ()
        self.ip('address', 'replace', f'{parsed}/{parsed.max_prefixlen}', 'dev', 'eth0', *words)
        return str(parsed)

    def speak_as(self, address: str) -> str:
        """Own the address and send from it where a program does not choose; what it told others is true then."""
        self.own(address)
        network = '2001:db8:77::/64' if ':' in address else '192.168.77.0/24'
        for where in (network, 'default'):
            self.ip('route', 'replace', where, 'dev', 'eth0', 'src', address)
        return address

    def silence(self) -> None:
        """Nothing leaves the host from here on, not even what its kernel would send again for dead connections."""
        for version in ('-4', '-6'):
            self.ip(version, 'route', 'flush', 'table', 'main')


class Topology:
    """Context manager: the namespaces exist within it, and nothing of them after."""

    def __init__(self, run: str | None = None, offloads: bool = False) -> None:
        """`offloads`: leave segmentation and checksum offloads on, for captures with frames no wire carried."""
        self.run = run or f'dl{os.getpid()}'
        self.offloads = offloads
        self.client, self.middle, self.server, self.control = (Host(f'{self.run}-{role}') for role in ROLES)
        self._made = ExitStack()

    def __enter__(self) -> Topology:
        with ExitStack() as undo:
            for host in (self.client, self.middle, self.server, self.control):
                undo.callback(host.remove)
                host.create()
            self._lay_cables()
            self._configure()
            self._made = undo.pop_all()
        return self

    def silence(self) -> None:
        for host in (self.client, self.server, self.control):
            host.silence()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._made.close()

    def _lay_cables(self) -> None:
        for host in (self.client, self.server, self.control):
            host.set(**HOST_SETTINGS)
        self.middle.set(**MIDDLE_SETTINGS)
        self.middle.ip('link', 'add', 'left', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', self.client.name)
        self.middle.ip('link', 'add', 'right', 'type', 'veth', 'peer', 'name', 'port', 'netns', self.server.name)
        for name, host in (('eth0', self.server), ('eth0', self.control)):
            self.server.ip('link', 'add', 'link', 'port', 'name', name, 'netns', host.name, 'type', 'macvlan',
                           'mode', 'bridge')

    def _cable_ends(self) -> list[tuple[Host, str]]:
        return [(self.client, 'eth0'), (self.middle, 'left'), (self.middle, 'right'), (self.server, 'port')]

    def _configure(self) -> None:
        for host, interface in self._cable_ends():
            if not self.offloads:
                disable_offloads(host, interface)
            host.ip('link', 'set', interface, 'alias', MARK, 'up')
        self.server.set(net__ipv6__conf__port__disable_ipv6=1)
        self.client.configure('client', (CLIENT, CLIENT6))
        self.server.configure('server', (SERVER, SERVER6))
        self.control.configure('control', (CONTROL, CONTROL6))


def disable_offloads(host: Namespace, interface: str) -> None:
    """One after the other: a device lacks some, and one that cannot be changed keeps the rest from changing."""
    for name in OFFLOADS:
        try:
            host.run('ethtool', '-K', interface, name, 'off')
        except LabError:
            continue  # checked below for those that matter
    said = host.run('ethtool', '-k', interface)
    still = re.findall(r'^(tcp-segmentation-offload|generic-segmentation-offload|tx-checksumming): on', said, re.M)
    if still:
        raise LabError(f'{host.name} {interface}: cannot switch off {", ".join(still)}')


def leftovers() -> list[Namespace]:
    """Namespaces of runs whose process is gone."""
    found = []
    for name in namespaces.names():
        match = NAME.fullmatch(name)
        if match and not _made_by(int(match[match.lastgroup or 0]), NAMED / name):
            found.append(Namespace(name))
    return found


def _made_by(pid: int, namespace: pathlib.Path) -> bool:
    """Pids come round again: a process that began after the namespace was made did not make it."""
    try:
        ticks = int(pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19])
        made = namespace.stat().st_ctime
    except OSError:
        return False
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + ticks / os.sysconf('SC_CLK_TCK') <= made + 1
