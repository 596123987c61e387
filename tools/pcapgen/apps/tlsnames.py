"""A TLS connection to a named server, after the DNS answer that led there."""

from .. import dns, ip, tls
from ..registry import flow, flow_count, pcap_case
from ..scene import EPOCH_2023, MS, Scene
from ..tcp_session import TcpSession

HOST, RESOLVER = "192.168.1.20", "192.168.1.1"


def named(name, app, service, host, address):
    """The case `name`: one look-up, one connection to port 443, labelled app and service."""
    scene = Scene(name, EPOCH_2023)
    dns.look_up(scene, 0, HOST, RESOLVER, host, [address])
    session = TcpSession(scene, (HOST, 50400), (address, 443), 15 * MS)
    tls.talk(session, host)
    record = scene.flow(session.client, session.server, ip.TCP)
    return pcap_case(scene, [flow_count(2), flow(record, app=app, service=service, host=host)])


def sni_filter(host):
    return (f'tls.handshake.extensions_server_name == "{host}"',)
