"""Calls through TURN relays of RFC 8656: Messenger, Signal, Telegram since 2020, plain WebRTC."""

from .. import dtls, stun
from ..apps import signal
from ..apps.turn import CHANNEL, TurnClient
from ..scene import EPOCH_2021, MS, SECOND
from .media import Picture, Sealed, SealedPicture, Sound
from .stack import OUTSIDE, RETRIES, Stack
from .text import HOST, Telegram

PASSWORD, USER = "kR4sLw8vN1xY6bC3dF5gH7jK", "8hT2:Qm9z"


class Ice:
    """Connectivity and consent checks (RFC 8445, RFC 7675) on the path of the media."""

    def check(self, at, way="up", answered=True) -> None:
        transaction = self.transaction()
        self.send(at, way, stun.ice_check(transaction, USER, PASSWORD, controlling=way == "up"))
        if answered:
            reply = stun.ice_answer(transaction, (OUTSIDE, self.client[1]), PASSWORD)
            self.send(at + 35 * MS, "down" if way == "up" else "up", reply)

    def alive(self, at, answered=True) -> None:
        self.check(at, answered=answered)


class Turned(Ice, Stack):
    """Media in ChannelData of an allocation; the first of `relays` carries it."""

    realm, peer = "turn.example.net", ("198.51.100.40", 40210)
    relays = [("203.0.113.77", 3478), ("203.0.113.78", 3478), ("203.0.113.79", 3478)]
    direct = False  # past the relay, straight to the peer

    def __init__(self, scene):
        self.far = self.relays[0]
        super().__init__(scene)
        self.turns = [TurnClient(scene, self.client, relay, self.realm) for relay in self.relays]

    def wrap(self, way, data):
        return data if self.direct else stun.channel_data(CHANNEL, data)

    def set_up(self, at):
        return max(turn.allocate(at + number * 20 * MS) for number, turn in enumerate(self.turns))

    def connect(self, at):
        turn = self.turns[0]
        at = turn.bind(turn.indications(turn.permit(at, self.peer), self.peer), self.peer)
        self.check(at, "down")
        return at + 50 * MS

    def ring(self, start, seconds):
        """Refreshes and plain Bindings to the relays: candidates of the callee come when it picks up."""
        for number in range(int(seconds / 10) + 1):
            for turn in self.turns:
                turn.keep_alive(start + number * 10 * SECOND)

    def silent(self, at):
        for number, turn in enumerate(self.turns):
            turn.unanswered([at + number * 20 * MS + later for later in RETRIES])
        return at + RETRIES[-1] + SECOND

    def bye(self, at, answered=True):
        for turn in self.turns:
            turn.release(at, answered)


class Messenger(Turned):
    app, realm, epoch, client = "facebook", "turner.facebook", EPOCH_2021, (HOST, 55123)
    relays = [("31.13.86.49", 40003), ("157.240.20.49", 40003), ("157.240.196.49", 40003)]
    text_name, text_address, extension = "edge-mqtt.facebook.com", "157.240.229.17", True


class Signal(Turned):
    """Sound and control data with the SSRCs that RingRTC gives."""

    app, realm, client, pt, picture_pt = "signal", "signal.org", (HOST, 47767), signal.OPUS, signal.VP8
    relays = [("203.0.113.150", 3478), ("203.0.113.151", 3478), ("203.0.113.152", 3478)]
    text_name, text_address = "chat.signal.org", "76.223.92.165"

    def __init__(self, scene):
        super().__init__(scene)
        self._data = {way: Sound(scene.random, signal.DATA, 48000, SECOND, (30, 40), ssrc=signal.RTP_DATA)
                      for way in ("up", "down")}

    def text(self):
        made = super().text()
        for number, (address, _) in enumerate(self.relays):
            made.resolve((300 + 20 * number) * MS, f"turn{number + 1}.voip.signal.org", address)
        return made

    def _base(self, way):
        return signal.CALLER if way == "up" else signal.CALLEE

    def sound(self, way):
        return Sound(self.scene.random, self.pt, gap=self.gap, ssrc=self._base(way) + 2)

    def picture(self, way):
        return Picture(self.scene.random, self.picture_pt, extension=True, ssrc=self._base(way) + 3)

    def talk(self, start, seconds, ways=("up", "down")):
        super().talk(start, seconds, ways)
        for way in ways:
            for at, packet in self._data[way].packets(start + 30 * MS, seconds):
                self.send(at, way, packet)


class TelegramTurn(Turned):
    """Telegram of 2020 to 2023: ciphertext without RTP headers in the channel."""

    app, realm, client, readable, report = "telegram", "telegram.org", (HOST, 23174), False, False
    relays = [("91.108.9.67", 1400), ("91.108.13.4", 1400), ("91.108.17.9", 1400)]

    def text(self):
        return Telegram(self.scene)

    def sound(self, way):
        return Sealed(self.scene.random)

    def picture(self, way):
        return SealedPicture(self.scene.random, 0, sizes=(910, 960))


class WebRtc(Ice, Stack):
    """A browser's call straight to a peer: checks, DTLS, SRTP."""

    app, client, far, extension = "webrtc", (HOST, 53010), ("198.51.100.70", 40010), True
    text_name, text_address = "call.example.net", "203.0.113.36"

    def set_up(self, at):
        self.check(at)
        self.check(at + 10 * MS, "down")
        return at + 60 * MS

    def connect(self, at):
        for number, (side, data) in enumerate(dtls.handshake(self.scene.random)):
            self.send(at + 20 * number * MS, side, data)
        return at + 100 * MS

    def silent(self, at):
        """Checks are answered, the DTLS hello never is."""
        at = self.set_up(at)
        hello = dtls.record(dtls.HANDSHAKE, dtls.client_hello(self.scene.random), 0)
        for later in (0, 1, 3, 7, 15):
            self.send(at + later * SECOND, "up", hello)
        self.keep(at, 16)
        return at + 16 * SECOND


class WebRtcRelayed(Turned):
    app, client, extension = "webrtc", (HOST, 53012), True
    text_name, text_address = "call.example.net", "203.0.113.36"
