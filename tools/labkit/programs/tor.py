"""tor with obfs4proxy: a private network of three relays in the server's namespace, and a client through a bridge.

The relays are directory authorities themselves (as chutney does): a network that knows only itself, with real
handshakes, cells and padding. Names are those of the Tor manual.
"""
from __future__ import annotations

import pathlib
import subprocess
from dataclasses import dataclass

from labkit.error import LabError
from labkit.processes import Process, wait_until
from labkit.run import Lab
from labkit.topology import Host

OR_PORT, DIR_PORT, SOCKS_PORT, OBFS4_PORT = 9001, 9030, 9050, 443
RELAYS = ('alpha', 'beta', 'gamma')
# What a network of three on one machine needs: quick votes, no distances between addresses, no measured bandwidth.
TESTING = '''TestingTorNetwork 1
AssumeReachable 1
PathsNeededToBuildCircuits 0.25
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
V3AuthNIntervalsValid 2
'''


@dataclass(frozen=True)
class Relay:
    """One of the private network."""

    name: str
    address: str
    folder: pathlib.Path
    line: str  # how others name it as an authority


def make_keys(lab: Lab, name: str, address: str) -> Relay:
    """Identity and authority keys."""
    folder = lab.folder(f'tor-{name}')
    keys = folder / 'keys'
    keys.mkdir(mode=0o700)
    folder.chmod(0o700)
    made = subprocess.run(['tor-gencert', '--create-identity-key', '-m', '12', '-a', f'{address}:{DIR_PORT}',
                           '--passphrase-fd', '0', '-i', str(keys / 'authority_identity_key'), '-s',
                           str(keys / 'authority_signing_key'), '-c', str(keys / 'authority_certificate')],
                          input=b'lab\n', capture_output=True, check=False)
    if made.returncode != 0:
        raise LabError(f'tor-gencert: {made.stderr.decode().strip()}')
    listed = subprocess.run(['tor', '--list-fingerprint', '-f', '-', '--DataDirectory', str(folder), '--ORPort',
                             str(OR_PORT), '--Nickname', name, '--DirAuthority',
                             f'x orport=1 v3ident={"0" * 40} 127.0.0.1:1 {"0" * 40}', '--quiet'],
                            input=b'', capture_output=True, check=False)
    fingerprint = listed.stdout.decode().strip().rpartition('\n')[2].partition(' ')[2].replace(' ', '')
    if len(fingerprint) != 40:
        raise LabError(f'tor --list-fingerprint: {listed.stdout.decode()}{listed.stderr.decode()}')
    certificate = (keys / 'authority_certificate').read_text()
    identity = next(line.split()[1] for line in certificate.splitlines() if line.startswith('fingerprint '))
    line = f'DirAuthority {name} orport={OR_PORT} no-v2 v3ident={identity} {address}:{DIR_PORT} {fingerprint}'
    return Relay(name, address, folder, line)


def relay_settings(relay: Relay, relays: list[Relay]) -> str:
    authorities = '\n'.join(one.line for one in relays)
    return (f'{TESTING}{authorities}\nNickname {relay.name}\nAddress {relay.address}\nDataDirectory {relay.folder}\n'
            f'OutboundBindAddress {relay.address}\nORPort {relay.address}:{OR_PORT}\n'
            f'DirPort {relay.address}:{DIR_PORT}\nSocksPort 0\nAuthoritativeDirectory 1\nV3AuthoritativeDirectory 1\n'
            f'ContactInfo lab@relay.example\nExitRelay 1\nExitPolicyRejectPrivate 0\nExitPolicy accept *:*\n'
            'V3AuthVotingInterval 20 seconds\nV3AuthVoteDelay 4 seconds\nV3AuthDistDelay 4 seconds\n'
            'TestingV3AuthInitialVotingInterval 20 seconds\nTestingV3AuthInitialVoteDelay 4 seconds\n'
            'TestingV3AuthInitialDistDelay 4 seconds\nLog notice stdout\n')


def start(lab: Lab, host: Host, name: str, settings: str) -> Process:
    path = lab.folder(f'tor-{name}') / 'torrc'
    path.write_text(settings)
    return lab.start(f'tor-{name}', host, ['tor', '-f', path, '--defaults-torrc', '/dev/null'])


def network(lab: Lab, addresses: list[str]) -> list[Relay]:
    """Three relays that are ready when they agree on a consensus (half a minute)."""
    relays = [make_keys(lab, name, lab.server.own(address)) for name, address in zip(RELAYS, addresses)]
    for relay in relays:
        start(lab, lab.server, relay.name, relay_settings(relay, relays))
    consensus = [relay.folder / 'cached-microdesc-consensus' for relay in relays]
    wait_until(lambda: all(path.exists() for path in consensus), 90, 'a consensus of the Tor relays')
    return relays


def bridge(lab: Lab, relays: list[Relay], address: str) -> str:
    """A bridge with obfs4 in the server's namespace; the client's Bridge line."""
    lab.server.own(address)
    folder = lab.folder('tor-bridge')
    folder.chmod(0o700)
    authorities = '\n'.join(one.line for one in relays)
    start(lab, lab.server, 'bridge',
          f'{TESTING}{authorities}\nNickname bridge\nDataDirectory {folder}\nORPort {address}:{OR_PORT}\n'
          f'Address {address}\nOutboundBindAddress {address}\nSocksPort 0\nBridgeRelay 1\nPublishServerDescriptor 0\n'
          f'ServerTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n'
          f'ServerTransportListenAddr obfs4 {address}:{OBFS4_PORT}\nExtORPort auto\nLog notice stdout\n')
    line = folder / 'pt_state' / 'obfs4_bridgeline.txt'
    wait_until(line.exists, 30, 'obfs4proxy')
    wait_until((folder / 'fingerprint').exists, 30, 'the bridge')
    fingerprint = (folder / 'fingerprint').read_text().split()[1]
    words = next(row for row in line.read_text().splitlines() if row.startswith('Bridge obfs4')).split()
    certificate = next(word for word in words if word.startswith('cert='))
    return f'Bridge obfs4 {address}:{OBFS4_PORT} {fingerprint} {certificate} iat-mode=0'


def client(lab: Lab, relays: list[Relay], bridge_line: str | None = None) -> Process:
    """A SOCKS proxy at 127.0.0.1:9050 of the client; wait for `Bootstrapped 100%` in its log."""
    folder = lab.folder('tor-client')
    folder.chmod(0o700)
    authorities = '\n'.join(one.line for one in relays)
    through = ''
    if bridge_line:
        through = f'UseBridges 1\n{bridge_line}\nClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy\n'
    return start(lab, lab.client, 'client', f'{TESTING}{authorities}\nDataDirectory {folder}\nSocksPort {SOCKS_PORT}\n'
                                            f'{through}Log notice stdout\n')
