"""coturn as STUN and TURN server, and its own client that relays packets to itself."""
from __future__ import annotations

from labkit.processes import Process
from labkit.programs.client_run import Call, Result, run_client
from labkit.run import Lab
from labkit.topology import Host

PORT = 3478
USER, PASSWORD, REALM = 'lab', 'interference', 'relay.example'


def serve(lab: Lab, host: Host, address: str, name: str = 'turnserver') -> Process:
    """Long-term credentials USER and PASSWORD, over UDP and TCP."""
    host.own(address)
    folder = lab.folder(name)
    command = ['turnserver', '-n', f'--listening-ip={address}', f'--relay-ip={address}', f'--listening-port={PORT}',
               '--lt-cred-mech', f'--user={USER}:{PASSWORD}', f'--realm={REALM}', '--fingerprint', '--no-cli',
               '--no-tls', '--no-dtls', '--min-port=49152', '--max-port=49999', '--allow-loopback-peers',
               f'--userdb={folder}/users.sqlite', f'--pidfile={folder}/turnserver.pid', '--log-file=stdout']
    return lab.start(name, host, command).ready_when_listening('tcp', PORT)


def relay(lab: Lab, role: str, address: str, *, clients: int = 2, messages: int = 50, size: int = 160,
          interval_ms: int = 20) -> Result:
    """Allocations, permissions and channels, then messages from each client to the next through the relay. The last
    client of an odd number has nobody to talk to."""
    command = ['turnutils_uclient', '-y', '-c', '-u', USER, '-w', PASSWORD, '-m', clients, '-n', messages, '-l', size,
               '-z', interval_ms, '-p', PORT, address]
    return run_client(lab, lab.client, Call(role, 'turnutils_uclient', f'{address}:{PORT}', command, 30))


def binding(lab: Lab, role: str, address: str) -> Result:
    """One STUN Binding request; the client's address as the server sees it."""
    command = ['turnutils_stunclient', '-p', PORT, address]
    return run_client(lab, lab.client, Call(role, 'turnutils_stunclient', f'{address}:{PORT}', command, 10))
