"""Two network namespaces joined by a veth pair, without names outside: they end with the process that made them."""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ('ip', 'nsenter', 'setpriv', 'unshare')
CLONE_NEWNET = 0x40000000
MTU = 65535
# The mount namespace is for /sys, which shows the interfaces of the namespace it was mounted in.
HOLD = 'mount -t sysfs sysfs /sys && echo ready && exec sleep infinity'
NO_IPV6 = 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$f" ] || echo 1 >"$f"; done'


class Unavailable(Exception):
    """This user, or this machine, cannot make namespaces."""


def why_not():
    """One line that says why no pair can be made here; None when it can."""
    if os.geteuid() != 0:
        return 'network namespaces need root'
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return f'not installed: {", ".join(absent)}' if absent else None


def tied(*command):
    """The command as a child that the kernel ends with its parent, even if that is killed."""
    return ['setpriv', '--pdeathsig', 'KILL', '--', *map(str, command)]


class Side:
    """One namespace and its end of the pair."""

    def __init__(self, interface):
        self.interface = interface
        self.holder = subprocess.Popen(tied('unshare', '--net', '--mount', 'sh', '-c', HOLD), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != 'ready\n':
            raise Unavailable(self.holder.communicate()[1].strip() or 'no namespace')

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()
        self.holder.stderr.close()

    def within(self, *command):
        """The words that run the command in here, in the folder / and as the same process."""
        # A mount namespace is entered at its own root; where this runs in a chroot, that is another one.
        return tied('nsenter', '--target', self.holder.pid, '--net', '--mount', '--root', '--', *command)

    def run(self, *command):
        done = subprocess.run(self.within(*command), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise Unavailable(f'{" ".join(map(str, command))}: {done.stderr.strip()}')

    def counters(self):
        """{rx_packets, rx_dropped, tx_packets, tx_dropped} of the interface."""
        for line in pathlib.Path(f'/proc/{self.holder.pid}/net/dev').read_text().splitlines():
            name, _, numbers = line.partition(':')
            if name.strip() == self.interface:
                numbers = [int(word) for word in numbers.split()]
                return {'rx_packets': numbers[1], 'rx_dropped': numbers[3], 'tx_packets': numbers[9],
                        'tx_dropped': numbers[11]}
        raise KeyError(self.interface)

    def has_carrier(self):
        done = subprocess.run(self.within('cat', f'/sys/class/net/{self.interface}/carrier'), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return done.stdout == '1\n'

    def socket(self):
        """A socket of whole frames on the interface. It belongs to the namespace; this process stays in its own."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open('/proc/self/ns/net', 'rb') as home, open(f'/proc/{self.holder.pid}/ns/net', 'rb') as there:
            if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), 'setns')
            try:
                opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                opened.bind((self.interface, 0))
            finally:
                if libc.setns(home.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), 'setns')
        return opened


class Pair:
    """`near` sends and `far` is watched. No addresses, no IPv6: nothing but what is sent crosses the pair."""

    def __init__(self, prefix):
        reason = why_not()
        if reason:
            raise Unavailable(reason)
        self.sides = []
        name = f'{prefix}{os.getpid()}'
        try:
            for end in 'ab':
                self.sides.append(Side(name + end))
            self.near, self.far = self.sides
            self.join()
        except BaseException:
            self.close()
            raise

    def join(self):
        for side in self.sides:
            side.run('sh', '-c', NO_IPV6)
        self.near.run('ip', 'link', 'add', 'name', self.near.interface, 'mtu', MTU, 'type', 'veth', 'peer', 'name',
                      self.far.interface, 'mtu', MTU, 'netns', self.far.holder.pid)
        for side in self.sides:
            side.run('sh', '-c', NO_IPV6)
            if shutil.which('ethtool'):  # without it: whole frames with checksums need none of these anyway
                side.run('ethtool', '-K', side.interface, *'tx off rx off tso off gso off gro off'.split())
            side.run('ip', 'link', 'set', side.interface, 'up')

    def close(self):
        for side in self.sides:
            side.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f'waited {seconds} s for {what}')
        time.sleep(0.01)


def catches(pid, number):
    """True when the process has its own handler for the signal."""
    try:
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return False
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith('SigCgt:')), '0')
    return int(caught, 16) >> (number - 1) & 1 == 1


def wait_until_watching(child, seconds=30):
    """Until `deadair live` captures: the last thing it does before is to take hold of SIGINT."""
    wait_until(lambda: child.poll() is not None or catches(child.pid, signal.SIGINT), seconds, 'the capture to begin')


def end_in_order_on_signals():
    """Makes SIGTERM and SIGHUP leave through `finally` and `with`, as SIGINT does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
