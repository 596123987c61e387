"""OpenVPN as tunnel of client and server, with certificates."""
from __future__ import annotations

from labkit.processes import Process
from labkit.programs.certificates import Authority
from labkit.run import Lab
from labkit.topology import Host

PORT = 1194
NETWORK, SERVER_INSIDE = '10.77.8.0', '10.77.8.1'
DONE = 'Initialization Sequence Completed'
COMMON = ('--dev', 'tun', '--cipher', 'AES-256-GCM', '--data-ciphers', 'AES-256-GCM', '--verb', '3', '--nobind',
          '--persist-tun', '--topology', 'subnet', '--auth-nocache')


def serve(lab: Lab, host: Host, address: str, authority: Authority, *, protocol: str = 'udp',
          port: int = PORT) -> Process:
    """protocol is udp or tcp. Diffie-Hellman over elliptic curves only: no parameters to make."""
    host.own(address)
    issued = authority.issue('vpn.example')
    common = [word for word in COMMON if word != '--nobind']
    command = ['openvpn', *common, '--proto', 'udp' if protocol == 'udp' else 'tcp-server', '--local', address,
               '--port', port, '--server', NETWORK, '255.255.255.0', '--ca', authority.root, '--cert',
               issued.certificate, '--key', issued.key, '--dh', 'none', '--keepalive', '10', '60']
    return lab.start('openvpn-server', host, command).ready_when_said(DONE)


def connect(lab: Lab, address: str, authority: Authority, *, protocol: str = 'udp', port: int = PORT,
            seconds: float = 20) -> Process:
    """The client's tunnel; SERVER_INSIDE answers behind it. LabError when it does not come up within the time."""
    return begin(lab, address, authority, protocol=protocol, port=port).ready_when_said(DONE, seconds)


def begin(lab: Lab, address: str, authority: Authority, *, protocol: str = 'udp', port: int = PORT) -> Process:
    """As connect, for a tunnel that may not come up."""
    issued = authority.issue('client.example', usage='clientAuth')
    command = ['openvpn', '--client', *COMMON, '--proto', 'udp' if protocol == 'udp' else 'tcp-client', '--remote',
               address, port, '--ca', authority.root, '--cert', issued.certificate, '--key', issued.key,
               '--remote-cert-tls', 'server', '--connect-retry', '1', '2']
    return lab.start('openvpn-client', lab.client, command)
