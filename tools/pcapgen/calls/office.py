"""Calls of Skype, peer to peer and in Microsoft's ICE, and of Teams."""

from ..apps import microsoft
from ..apps import skype_peer as skype
from ..scene import EPOCH_2021, MS, SECOND
from .media import Sound
from .stack import OUTSIDE, RETRIES, Stack
from .text import HOST


class Teams(Stack):
    """Three relays asked for allocations, media between the peers."""

    app, epoch, client, far = "teams", EPOCH_2021, (HOST, 50016), ("198.51.100.205", 16332)
    pt, clock, extension, picture_pt = 104, 16000, True, 122
    relays = [("52.114.250.141", 3478), ("52.114.252.8", 3478), ("52.115.63.9", 3478)]
    text_name, text_address = "emea.ng.msg.teams.microsoft.com", "52.114.108.8"
    dialect = microsoft.TEAMS

    def __init__(self, scene):
        super().__init__(scene)
        self.turns = [microsoft.Turn(scene, self.client, relay, self.app == "teams") for relay in self.relays]

    def set_up(self, at):
        for number, turn in enumerate(self.turns):
            turn.allocate(at + number * 10 * MS)
        return at + 200 * MS

    def ring(self, start, seconds):
        """The allocation is asked for again while it rings."""
        for number in range(1, int(seconds / 10) + 1):
            self.turns[0].allocate(start + number * 10 * SECOND)

    def connect(self, at):
        microsoft.connect_peer(self.scene, at, self.client, self.far, self.dialect)
        return at + 200 * MS

    def silent(self, at):
        for number, turn in enumerate(self.turns):
            turn.unanswered([at + number * 10 * MS + later for later in RETRIES])
        return at + RETRIES[-1] + SECOND

    def alive(self, at, answered=True):
        transaction, request = microsoft.ice_check(self.scene.random, self.dialect)
        self.scene.udp(at, self.client, self.far, request)
        if answered:
            answer = microsoft.ice_answer(transaction, (OUTSIDE, self.client[1]), self.dialect)
            self.scene.udp(at + 60 * MS, self.far, self.client, answer)


class Skype(Teams):
    """Skype of 2016 to 2025: the same relays and ICE with its own attributes."""

    alike = {"any": ["skype", "teams"]}  # the attributes of either side alone are those of both
    app, client, far, dialect = "skype", (HOST, 49195), ("104.46.40.49", 60642), microsoft.SKYPE
    relays = [("104.46.40.51", 3478), ("104.46.40.52", 3478), ("104.46.40.53", 3478)]
    text_name, text_address = "client-s.gateway.messenger.live.com", "52.114.88.20"

    def text(self):
        made = super().text()
        made.resolve(300 * MS, "api.skype.com", "52.114.77.34")
        return made


class SkypeClassic(Stack):
    """Peer-to-peer Skype: datagrams with numbers that grow by two and a constant third byte."""

    app, epoch, client, far = "skype", 1_273_695_645 * SECOND, (HOST, 13021), ("203.0.113.77", 63773)
    report, readable, gap = False, False, 40 * MS
    text_name, text_address = "ui.skype.com", "204.9.163.158"

    def __init__(self, scene):
        super().__init__(scene)
        self._sockets = {"up": skype.Socket(scene, 0x4A0E), "down": skype.Socket(scene, 0xC232)}

    def sound(self, way):
        return Sound(self.scene.random, 0, gap=self.gap)

    def wrap(self, way, data):
        """The header is Skype's own, not RTP's: only the size is kept."""
        function = skype.DATA | self.scene.random.randrange(8) << 4
        return skype.datagram(self.scene.random, self._sockets[way].ident(), function, len(data) + 20)

    def set_up(self, at):
        source, first = self.scene.random, self._sockets["up"].ident()
        up, down = self.ends("up"), self.ends("down")
        self.scene.udp(at, *up, skype.probe(source, first, 18))
        self.scene.udp(at + 40 * MS, *down, skype.refusal(source, first, "198.51.100.9"))
        self.scene.udp(at + 41 * MS, *up, skype.resend(source, first, 18))
        self.scene.udp(at + 82 * MS, *down, skype.probe(source, self._sockets["down"].ident(), 26))
        return at + 300 * MS

    def alive(self, at, answered=True):
        """Nothing that could be told from media."""
