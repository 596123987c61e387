"""Calls of a SIP telephone through an exchange to a gateway: G.729, RTCP on a port of its own."""

from ..apps import sip
from ..rtp import rtcp_report
from ..scene import MS, SECOND
from .media import receiver_report
from .stack import OTHER, RETRIES, Stack
from .text import HOST

EXCHANGE, GATEWAY = ("203.0.113.40", 5060), "203.0.113.41"
G729 = (18, "G729")


class Telephone(Stack):
    """The dialog runs on port 5060; `connect` is the 200 and its ACK."""

    app, client, far = "sip", (HOST, 16384), (GATEWAY, 18002)
    pt, clock, gap, picture_pt, report, one_socket = 18, 8000, 40 * MS, 99, False, False
    text_name, text_address = "www.example.com", "203.0.113.33"

    def __init__(self, scene):
        super().__init__(scene)
        self.dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
        self.control = (HOST, self.client[1] + 1), (self.far[0], self.far[1] + 1)

    def sound(self, way):
        made = super().sound(way)
        made.sizes = (40, 40)  # four frames of G.729
        return made

    def offer(self, video=0, way="") -> bytes:
        return sip.description(HOST, self.client[1], video, G729, way)

    def accept(self, far=None, video=0, way="") -> bytes:
        address, port = far or self.far
        return sip.description(address, port, video, G729, way)

    def invite(self, at, offer=None) -> int:
        self.dialog.send(at, self.dialog.request("INVITE", offer or self.offer()))
        self.dialog.reply(at + 30 * MS, self.dialog.answer("100 Trying", "INVITE"))
        return at + 40 * MS

    def ringing(self, at) -> None:
        self.dialog.reply(at, self.dialog.answer("180 Ringing", "INVITE"))

    def taken(self, at, accept=None) -> int:
        self.dialog.reply(at, self.dialog.answer("200 OK", "INVITE", accept or self.accept()))
        self.dialog.send(at + 10 * MS, self.dialog.request("ACK"))
        return at + 20 * MS

    def again(self, at, offer, accept) -> int:
        """A re-INVITE and its answer."""
        self.invite(at, offer)
        return self.taken(at + 60 * MS, accept)

    def refused(self, at, status) -> None:
        self.dialog.reply(at, self.dialog.answer(status, "INVITE"))
        self.dialog.send(at + 10 * MS, self.dialog.request("ACK"))

    def cancel(self, at) -> None:
        self.dialog.send(at, self.dialog.request("CANCEL"))
        self.dialog.reply(at + 30 * MS, self.dialog.answer("200 OK", "CANCEL"))
        self.refused(at + 35 * MS, "487 Request Terminated")

    def tried(self, responses):
        """An exchange is no relay of media."""
        return {}

    def set_up(self, at):
        ready = self.invite(at)
        self.ringing(at + 180 * MS)
        return ready + 150 * MS

    def ring(self, start, seconds):
        """Nothing is sent while it rings."""

    def connect(self, at):
        return self.taken(at)

    def silent(self, at):
        """INVITE until timer B fires (RFC 3261 section 17.1.1.2)."""
        request = self.dialog.request("INVITE", self.offer())
        for later in (*RETRIES, 31_500 * MS):
            self.dialog.send(at + later, request)
        return at + 32 * SECOND

    def alive(self, at, answered=True):
        """Reports of both sides, or of the telephone alone."""
        for way in OTHER if answered else ("up",):
            ends = self.control if way == "up" else self.control[::-1]
            self.scene.udp(at, *ends, rtcp_report(self.scene.random, self.voice[way].ssrc))

    def reports(self, at, lost_share, lost) -> None:
        """The gateway reports what it received of the telephone's sound."""
        mine, its = self.voice["up"], self.voice["down"]
        data = receiver_report(its.ssrc, mine.ssrc, lost_share, lost, mine.seq & 0xFFFF, 120)
        self.scene.udp(at, *self.control[::-1], data)

    def bye(self, at, answered=True):
        """The exchange answers whatever becomes of the media; a call that failed before has no dialog to end."""
        self.dialog.hang_up(at)


class NoDialog(Telephone):
    def bye(self, at, answered=True):
        """Nobody answered: there is nothing to end."""
