"""The small conversation that every link type, tunnel and container case carries."""

from . import dns, ip
from .apps import whatsapp
from .registry import flow, flow_count
from .rtp import RtpStream, play
from .scene import MS, SECOND, Scene
from .tcp_session import TcpSession

RESOLVER = {4: "192.168.1.1", 6: "2001:db8:1::1"}
CLIENT = {4: "192.168.1.20", 6: "2001:db8:1::20"}
CHAT = {4: "157.240.20.53", 6: "2a03:2880:f213:c5:face:b00c:0:167"}
RELAYS = {4: ("31.13.86.48", "157.240.193.48"),
          6: ("2a03:2880:f201:d6:face:b00c:0:74fd", "2a03:2880:f213:d5:face:b00c:0:74fd")}
TEREDO_CLIENT = "2001:0:cb00:7175:0:37db:34ff:fe8a"  # server 203.0.113.117, port and address inverted


class Conversation:
    """A name looked up, a WhatsApp chat head, and a call on the first of two relays."""

    def __init__(self, version=4, client=None, start=None):
        self.scene = Scene("conversation") if start is None else Scene("conversation", start)
        host = client or CLIENT[version]
        self._dns = dns.look_up(self.scene, 0, host, RESOLVER[version], "g.whatsapp.net",
                                [CHAT[version]])
        self._resolver = (RESOLVER[version], 53)
        self._chat = TcpSession(self.scene, (host, 49206), (CHAT[version], 5222), 20 * MS)
        whatsapp.chat(self._chat, messages=1)
        self._caller = (host, 51518)
        self._relays = [(address, 3478) for address in RELAYS[version]]
        self._call()

    def _call(self):
        call = whatsapp.Call(self.scene, self._caller, self._relays)
        call.allocate(SECOND)
        for src, dst in ((self._caller, self._relays[0]), (self._relays[0], self._caller)):
            stream = RtpStream(self.scene.random, 120, (60, 150), 960)
            play(self.scene, stream, src, dst, int(1.3 * SECOND), 1.0, 14)
        call.bye(3 * SECOND)

    def records(self, counts=True) -> list[dict]:
        """What deadair must show, whatever carries the conversation."""
        scene = self.scene
        chat = scene.flow(self._chat.client, self._chat.server, ip.TCP, counts)
        relays = [scene.flow(self._caller, relay, ip.UDP, counts) for relay in self._relays]
        return [
            flow_count(4),
            flow(scene.flow(self._dns, self._resolver, ip.UDP, counts)),
            flow(chat, app="whatsapp", service="text", tcp_state="closed"),
            flow(relays[0], app="whatsapp", service="call", media=["voice"]),
            flow(relays[1], lacks=["media"], app="whatsapp", service="call"),
        ]
