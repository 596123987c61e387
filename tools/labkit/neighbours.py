"""What else a client does beside calls: names, a page over QUIC, STUN of another operator, a tunnel for calls."""
from __future__ import annotations

import time
from dataclasses import dataclass

from labkit.programs import coturn, dnsmasq, ngtcp2, wireguard
from labkit.programs.certificates import Authority
from labkit.run import Lab

RESOLVER, WEB, STUN, GATEWAY = '198.18.0.53', '198.18.0.10', '198.18.0.70', '198.18.0.80'
WEB_NAME = 'news.example'
QUIET_SECONDS = 12
USES = ('dnsmasq', 'gtlsclient', 'gtlsserver', 'openssl')


@dataclass(frozen=True)
class Neighbours:
    """Services that no scenario interferes with, unless it says so."""

    lab: Lab
    names: tuple[str, ...]

    def ask(self, role: str = 'names') -> bool:
        """Resolve every name once."""
        return all([dnsmasq.resolve(self.lab, role, name).step.ok for name in (WEB_NAME, *self.names)])

    def browse(self, role: str = 'quic') -> bool:
        """Whether the page came; the client's exit status does not say so."""
        result = ngtcp2.fetch(self.lab, role, WEB_NAME, WEB)
        return result.step.ok and 'ERR_' not in result.output

    def stun(self, role: str = 'other-stun') -> bool:
        """One Binding to a server that has nothing to do with the application."""
        return 'UDP reflexive addr' in coturn.binding(self.lab, role, STUN).output

    def require_udp(self) -> None:
        """Other datagrams go to foreign hosts and come back."""
        self.lab.require(self.ask(), 'names must resolve')
        self.lab.require(self.browse(), 'QUIC must work')

    def afterwards(self, *, udp: bool = True) -> None:
        """The client lives on after its last call, so that what ended then is not merely the capture."""
        time.sleep(QUIET_SECONDS)
        if udp:
            self.require_udp()
        else:
            self.lab.require(self.ask('names-tcp'), 'names must resolve')


def serve(lab: Lab, names: dict[str, str] | None = None, *, stun: bool = False) -> Neighbours:
    """A resolver that knows these names and the web site's; the site over QUIC; a STUN server."""
    dnsmasq.serve(lab, lab.server, {WEB_NAME: WEB, **(names or {})}, RESOLVER)
    ngtcp2.serve(lab, lab.server, WEB, Authority(lab.folder('ca')).issue(WEB_NAME))
    if stun:
        coturn.serve(lab, lab.server, STUN)
    return Neighbours(lab, tuple(names or ()))


def tunnel(lab: Lab, addresses: tuple[str, ...]) -> None:
    """A WireGuard tunnel through which the client reaches these addresses of the server from now on."""
    wireguard.tunnel(lab, GATEWAY, through=addresses)
