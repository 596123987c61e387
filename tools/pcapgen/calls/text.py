"""The text connections that go on beside a call: a name looked up, a handshake, short messages both ways."""

from .. import dns, tls
from ..apps import telegram, viber, whatsapp
from ..scene import MS
from ..tcp_session import TcpSession

HOST, RESOLVER = "192.168.1.20", "203.0.113.53"


class Tls:
    """Messages inside TLS to a named server."""

    def __init__(self, scene, name, address, port=443):
        dns.look_up(scene, 0, HOST, RESOLVER, name, [address])
        self.scene, self.session = scene, TcpSession(scene, (HOST, 49310), (address, port), 40 * MS)
        self._begin(name)

    def _begin(self, name) -> None:
        source = self.scene.random
        hello = tls.client_hello(source, name)
        self.session.open().up(tls.hello_record(hello)).down(tls.server_flight(source, hello)[:700])
        self.session.up(tls.record(tls.CHANGE_CIPHER, b"\x01") + tls.opaque(source, 53))

    def frames(self) -> tuple[bytes, bytes]:
        """A message and its answer."""
        source = self.scene.random
        return tls.opaque(source, source.randint(60, 110)), tls.opaque(source, source.randint(40, 60))

    def message(self, at) -> None:
        """One message each way, both acknowledged; not before the last one is through."""
        self.session.now = max(at, self.session.now + MS)
        up, down = self.frames()
        self.session.up(up, ack=False).wait(45).down(down)

    def resolve(self, at, name, address) -> None:
        """Another name: UDP that has nothing to do with the call is answered."""
        dns.look_up(self.scene, at, HOST, RESOLVER, name, [address])


class WhatsApp(Tls):
    def __init__(self, scene):
        super().__init__(scene, "g.whatsapp.net", whatsapp.CHAT_SERVER[0], 5222)

    def _begin(self, name):
        source = self.scene.random
        self.session.open()
        for part in whatsapp.chat_head(source):
            self.session.up(part, ack=False).wait(0.3)
        self.session.ack("down").down(whatsapp.noise_server_hello(source))

    def frames(self):
        source = self.scene.random
        return (whatsapp.frame(source.randbytes(source.randint(40, 90))),
                whatsapp.frame(source.randbytes(source.randint(24, 60))))


class Viber(Tls):
    def __init__(self, scene):
        self._count = 12
        super().__init__(scene, "aloha.viber.com", *viber.SERVER)

    def _begin(self, name):
        source = self.scene.random
        self.session.open().up(viber.hello(source)).down(viber.hello_answer(source))

    def frames(self):
        self._count += 1
        return tuple(viber.frame(self.scene.random, self._count + more, 60 + more) for more in (0, 3))


class Telegram(Tls):
    def __init__(self, scene):
        self._hidden = telegram.Obfuscated(scene.random, telegram.INTERMEDIATE)
        self._key = scene.random.randbytes(8)
        super().__init__(scene, "venus.telegram.org", *telegram.DATA_CENTRE)

    def _plain(self, blocks) -> bytes:
        return telegram.intermediate(telegram.message(self.scene.random, self._key, blocks))

    def _begin(self, name):
        self.session.open().up(self._hidden.header + self._hidden.up(self._plain(6)))
        self.session.down(self._hidden.down(self._plain(4)))

    def frames(self):
        return self._hidden.up(self._plain(5)), self._hidden.down(self._plain(4))
