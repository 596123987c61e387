"""dnsmasq as name server with answers of our own, and a client that asks it as the C library does."""
from __future__ import annotations

from labkit.processes import Process
from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab
from labkit.topology import Host


def serve(lab: Lab, host: Host, names: dict[str, str], address: str, name: str = 'dnsmasq') -> Process:
    """Answer for these names and deny all others. Clients started later use it (/etc/resolv.conf)."""
    host.own(address)
    lab.client.write_setting('resolv.conf', f'nameserver {address}\noptions timeout:2 attempts:2\n')
    records = [f'--host-record={one},{target}' for one, target in names.items()]
    command = ['dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--no-daemon', '--conf-file=/dev/null',
               f'--listen-address={address}', '--bind-interfaces', '--log-queries', '--log-facility=-', '--user=root',
               '--pid-file=', '--cache-size=0', '--local=/#/', '--local-ttl=300', *records]
    return lab.start(name, host, command).ready_when_listening('udp', 53)


def resolve(lab: Lab, role: str, name: str, family: str = 'v4') -> Result:
    """Ask for its addresses; family v4 or v6."""
    command = ['getent', '-s', 'dns', f'ahosts{family}', name]
    return run_client(lab, lab.client, Call(role, 'getent', name, command, 15))
