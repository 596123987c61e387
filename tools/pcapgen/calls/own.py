"""Calls with relays and servers of an application's own making: WhatsApp, Viber, early Telegram, Zoom, Discord, Meet."""

from .. import stun
from ..apps import discord, telegram, viber, whatsapp, zoom
from ..scene import EPOCH_2017, EPOCH_2023, MS, SECOND
from . import text
from .media import Picture, Sealed, Sound
from .stack import RETRIES, Stack
from .text import HOST


class WhatsApp2015(Stack):
    """106-byte Allocates to five relays, pings on the active one, 0x0800 to all at the end."""

    app, epoch, client, far = "whatsapp", EPOCH_2017, (HOST, 51518), whatsapp.RELAYS[0]
    pt, clock, picture_pt, key = 120, 16000, 102, None

    def __init__(self, scene, port=None):
        if port:
            self.client = (HOST, port)
        super().__init__(scene)
        self.call = whatsapp.Call(scene, self.client, whatsapp.RELAYS[:5])

    def text(self):
        return text.WhatsApp(self.scene)

    def set_up(self, at):
        return self.call.allocate(at, key=self.key) + 200 * MS

    def silent(self, at):
        for later in RETRIES:
            self.call.allocate(at + later, answered=(), key=self.key)
        return at + RETRIES[-1] + 2 * SECOND

    def alive(self, at, answered=True):
        self.call.ping(at, self.far, answered)

    def bye(self, at, answered=True):
        self.call.bye(at)


class WhatsApp(WhatsApp2015):
    """The form of 2023: longer Allocates with integrity, an extension in every RTP packet."""

    epoch, client, picture_pt, key = EPOCH_2023, (HOST, 40123), 97, b"pcapgen relay key"
    extension = b"\xde\xbe"


class Viber(Stack):
    """RTP behind two bytes of tag, keep-alives beside it, one relay after the other tried."""

    app, epoch, client, far = "viber", EPOCH_2017, (HOST, 48564), ("203.0.113.186", 7985)
    pt, clock, extension, report = 107, 16000, True, False
    relays = [("203.0.113.186", 7985), ("203.0.113.187", 7985), ("203.0.113.188", 7985)]

    def __init__(self, scene):
        super().__init__(scene)
        self.calls = [viber.Call(scene, self.client, relay) for relay in self.relays]
        self.sides = {"up": self.calls[0], "down": viber.Call(scene, self.client, self.far, b"\xa0\x16")}

    def text(self):
        return text.Viber(self.scene)

    def wrap(self, way, data):
        return self.sides[way].media(data)

    def set_up(self, at):
        for half in range(3):
            self.calls[0].set_up(at + half * 500 * MS)
        self.calls[0].probe(at + 5 * MS)
        return at + 1200 * MS

    def talk(self, start, seconds, ways=("up", "down")):
        super().talk(start, seconds, ways)
        for way in ways:
            for second in range(int(seconds)):
                self.sides[way].alive(start + second * SECOND + 11 * MS, self.ends(way))

    def silent(self, at):
        for number in range(32):
            for call in self.calls:
                call.set_up(at + number * 500 * MS, answered=False)
        return at + 16 * SECOND

    def alive(self, at, answered=True):
        self.calls[0].ping(at, answered)

    def bye(self, at, answered=True):
        for call in self.calls[:1]:
            call.bye(at)


class TelegramReflector(Stack):
    """libtgvoip: a tag before everything, content encrypted; up and down may use two reflectors."""

    app, epoch, client, far = "telegram", EPOCH_2017, (HOST, 23174), telegram.REFLECTORS[0]
    readable, report = False, False

    def __init__(self, scene):
        super().__init__(scene)
        self.call = telegram.Reflected(scene, self.client)

    def text(self):
        return text.Telegram(self.scene)

    def sound(self, way):
        return Sealed(self.scene.random, sizes=(64, 96), step=16)

    def wrap(self, way, data):
        return self.call.tag + data

    def set_up(self, at):
        for number, reflector in enumerate(telegram.REFLECTORS):
            for half in range(2):
                self.call.hello(at + half * 500 * MS + number * MS, reflector)
        return at + SECOND

    def connect(self, at):
        for number, reflector in enumerate(telegram.REFLECTORS):
            self.call.peer_info(at + number * MS, reflector)
            self.call.set_up(at + (100 + number) * MS, (self.client, reflector))
            self.call.set_up(at + (150 + number) * MS, (reflector, self.client))
        return at + 250 * MS

    def silent(self, at):
        for half in range(32):
            for number, reflector in enumerate(telegram.REFLECTORS):
                self.call.hello(at + half * 500 * MS + number * MS, reflector, answered=False)
        return at + 16 * SECOND

    def alive(self, at, answered=True):
        self.call.hello(at, self.far, answered)


class Zoom(Stack):
    """One socket to a media server: join, media behind two headers, keep-alives, leave."""

    app, client, far = "zoom", (HOST, 58117), ("144.195.73.12", 8801)
    pt, picture_pt, extension, report, cookie = 112, 98, True, False, 0x004F8378
    text_name, text_address = "us04xmpp1.zoom.us", "170.114.4.10"
    servers = [("144.195.73.12", 8801), ("144.195.73.13", 8801), ("144.195.73.14", 8801)]

    def __init__(self, scene):
        super().__init__(scene)
        self._seq = {"up": 0, "down": 0}

    def wrap(self, way, data):
        self._seq[way] += 1
        seq, picture = self._seq[way], data[1] & 127 == self.picture_pt
        inner = (zoom.video(seq, 7_300_000 + 33 * seq, seq // 2, 2, data) if picture
                 else zoom.audio(seq, 7_300_000 + 20 * seq, data))
        return zoom.sfu(seq, self.cookie, way == "down", inner)

    def set_up(self, at):
        source = self.scene.random
        ident = source.randbytes(16)
        self.scene.udp(at, self.client, self.far, zoom.join(source, ident))
        self.scene.udp(at + 40 * MS, self.far, self.client, zoom.join_answer(ident, self.cookie))
        self.scene.udp(at + 41 * MS, self.far, self.client, zoom.alive(3, 1, 90_000_000, self.cookie))
        return at + 100 * MS

    def silent(self, at):
        joins = [zoom.join(self.scene.random, self.scene.random.randbytes(16)) for _ in self.servers]
        for later in RETRIES:
            for number, (server, join) in enumerate(zip(self.servers, joins)):
                self.scene.udp(at + later + number * 10 * MS, self.client, server, join)
        return at + RETRIES[-1] + SECOND

    def alive(self, at, answered=True):
        token = self.scene.random.randbytes(64)
        self.scene.udp(at, self.client, self.far, zoom.alive(3, 2, 7_400_000, self.cookie, (5, token)))
        if answered:
            self.scene.udp(at + 40 * MS, self.far, self.client, zoom.alive(4, 2, 7_400_000, self.cookie, (5, token)))

    def bye(self, at, answered=True):
        self.scene.udp(at, self.client, self.far, zoom.leave(self.scene.random, self.cookie))


class Discord(Stack):
    """A voice channel: address discovery, RTP with small SSRCs, counted keep-alives."""

    app, client, far = "discord", (HOST, 57955), ("66.22.196.40", 50004)
    pt, picture_pt, extension = 120, 103, True
    text_name, text_address = "gateway.discord.gg", "162.159.135.234"
    SSRC = {"up": 0xACE3, "down": 0xA1F9}

    def __init__(self, scene):
        super().__init__(scene)
        self._count = 0

    def sound(self, way):
        return Sound(self.scene.random, self.pt, gap=self.gap, extension=True, ssrc=self.SSRC[way])

    def picture(self, way):
        return Picture(self.scene.random, self.picture_pt, extension=True, ssrc=self.SSRC[way] + 1)

    def set_up(self, at):
        self.scene.udp(at, self.client, self.far, discord.discovery(1, self.SSRC["up"]))
        answer = discord.discovery(2, self.SSRC["up"], "203.0.113.9", self.client[1])
        self.scene.udp(at + 30 * MS, self.far, self.client, answer)
        return at + 100 * MS

    def silent(self, at):
        for number in range(16):
            self.scene.udp(at + number * SECOND, self.client, self.far, discord.discovery(1, self.SSRC["up"]))
        return at + 16 * SECOND

    def alive(self, at, answered=True):
        self._count += 1
        packet = discord.keep_alive(self._count)
        self.scene.udp(at, self.client, self.far, packet)
        if answered:
            self.scene.udp(at + 31 * MS, self.far, self.client, packet)


class Meet(Stack):
    """Checks to a media server of Google's on two ports, then RTP."""

    app, client, far, extension = "meet", (HOST, 38152), ("142.250.82.19", 19305), True
    text_name, text_address = "meet.google.com", "142.250.184.238"
    servers = [("142.250.82.19", 19305), ("142.250.82.19", 3478), ("142.250.82.20", 3478)]
    USER, PASSWORD = "HrRgpad7PfoKaAoKAAiKAiADEA:P8/L", "kR4sLw8vN1xY6bC3dF5gH7jK"
    INFO = (0xC057, b"\0\1\0\x0a")

    def _check(self, at, server, answered=True):
        transaction = self.transaction()
        check = stun.ice_check(transaction, self.USER, self.PASSWORD, extra=[self.INFO])
        self.scene.udp(at, self.client, server, check)
        if answered:
            self.scene.udp(at + 18 * MS, server, self.client,
                           stun.ice_answer(transaction, ("203.0.113.9", self.client[1]), self.PASSWORD))

    def set_up(self, at):
        for number, server in enumerate(self.servers):
            self._check(at + number * 10 * MS, server)
        return at + 100 * MS

    def silent(self, at):
        for later in RETRIES:
            for number, server in enumerate(self.servers):
                self._check(at + later + number * 10 * MS, server, answered=False)
        return at + RETRIES[-1] + SECOND

    def alive(self, at, answered=True):
        self._check(at, self.far, answered)
