"""Calls that fail in other ways than the plain ones, fall back, or only seem to fail."""

from .. import ip, stun
from ..apps.turn import CHANNEL, TurnClient
from ..calls import office, own, turned
from ..calls.outcomes import START, Told, about, between, calls, finish, path, record
from ..calls.scenes import NO_LOSS, VOICE, connected, taken
from ..calls.stack import RETRIES
from ..registry import case
from ..scene import MS, SECOND
from ..tcp_session import TcpSession

SOURCE = "RFC 3550, RFC 7675, RFC 8489, RFC 8656 and the READMEs of the classifiers"


@case(
    "call-whatsapp-outages",
    "Of every five seconds of incoming sound the last two and a half are lost: nobody can talk so.",
    SOURCE,
)
def outages():
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-outages", 40)
    stack.talk(begin, 18, ("up",))
    sound = stack.voice["down"].packets(begin, 18)
    stack.play("down", [(at, data) for at, data in sound if (at - begin) % (5 * SECOND) < 2500 * MS])
    stack.keep(begin, 18)
    stack.bye(begin + 18 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "degraded", **VOICE, loss_down=between(0.38, 0.5), mos_down=between(1, 2.59))])


@case(
    "call-whatsapp-reconnects",
    "Three attempts from three sockets, ten seconds apart: no relay answers any of them, text works. Three calls.",
    SOURCE,
)
def reconnects():
    told = Told(own.WhatsApp, "call-whatsapp-reconnects")
    told.beside(72 * SECOND)
    made = []
    for number in range(3):
        stack = own.WhatsApp(told.scene, 40123 + 4 * number)
        end = stack.silent(START + number * 20 * SECOND)
        stack.bye(end - SECOND)
        made.append(stack)
    found = [record(stack, "setup_failed", ["media"]) for stack in made]
    for expected, stack in zip(found, made):
        expected["match"]["client_port"] = stack.client[1]
    return finish(told.scene, [], [calls(3), *found])


@case(
    "call-webrtc-no-keys",
    "Checks are answered, the DTLS hello never is, though use_srtp is in it: a call that could not be set up, or a "
    "data channel. If there is a record at all, it tells of a failure.",
    SOURCE,
    ("dtls.handshake.type == 1",),
)
def no_keys():
    told = Told(turned.WebRtc, "call-webrtc-no-keys")
    told.beside(45 * SECOND)
    told.stack.silent(START)
    made = finish(told.scene, [path(told.stack, service={"any": ["call", "other"]})], [])
    made.expect["none"] = [{"type": "call", "outcome": {"any": [
        "connected", "no_answer", "one_way", "cut", "degraded", "cancelled"]}}]
    return made


@case(
    "call-whatsapp-cut-begins",
    "The capture begins in the talk; seven seconds later nothing comes in any more while the caller's sound goes on "
    "for six.",
    SOURCE,
)
def cut_begins():
    begin = Told(own.WhatsApp, "call-whatsapp-cut-begins").picked_up()
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-cut-begins", 40, begin=begin + 3 * SECOND)
    for start, ways, answered in ((0, ("up", "down"), True), (10, ("up",), False)):
        seconds = 10 if answered else 6
        stack.talk(begin + start * SECOND, seconds, ways)
        stack.keep(begin + start * SECOND, seconds, answered)
    stack.bye(begin + 16 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "cut", **VOICE, talk_ms=about(7, 1))])


def _half_silent(name, make, checked, seconds=12):
    """Sound both ways for eight seconds, then the caller's alone, though relays and servers go on to answer."""
    told, stack, begin = taken(make, name, 46)
    stack.talk(begin, 8)
    stack.keep(begin, 8 + seconds if checked else 8)
    stack.talk(begin + 8 * SECOND, seconds, ("up",))
    stack.bye(begin + (8 + seconds) * SECOND)
    return told, stack


@case(
    "call-whatsapp-cut-media-only",
    "After eight seconds no sound comes in any more, not even silence's, while the caller's goes on for twelve and the "
    "relay answers pings: only media is stopped.",
    SOURCE,
)
def cut_media_only():
    told, stack = _half_silent("call-whatsapp-cut-media-only", own.WhatsApp, True)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "cut", **VOICE, talk_ms=about(8, 1))])


@case(
    "call-messenger-cut-relay-answers",
    "After eight seconds nothing comes in; the caller's sound goes on for twelve. The relay confirms that the "
    "allocation is given back: it is alive, what the peer sends does not arrive.",
    SOURCE,
)
def cut_relay_answers():
    told, stack = _half_silent("call-messenger-cut-relay-answers", turned.Messenger, False)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "cut", **VOICE, talk_ms=about(8, 1))])


@case(
    "call-discord-quiet",
    "Everybody else in the voice channel falls silent for the last twelve seconds, and Discord sends nothing of "
    "silence; keep-alives are answered. No failure.",
    SOURCE,
)
def quiet():
    told, stack = _half_silent("call-discord-quiet", own.Discord, True)
    return connected(told, 8, talk_ms=between(7300, 20700), **NO_LOSS)


@case(
    "call-meet-muted",
    "The far side's microphone is off for nine seconds of sixteen: no sound comes in, checks are answered. No failure.",
    SOURCE,
)
def muted():
    told, stack, begin = taken(own.Meet, "call-meet-muted", 40)
    stack.talk(begin, 16, ("up",))
    far = stack.voice["down"]
    stack.play("down", far.packets(begin, 4) + far.packets(begin + 13 * SECOND, 3))
    stack.keep(begin, 16)
    return connected(told, 16, talk_ms=between(6300, 16700), **NO_LOSS)


@case(
    "call-teams-hang-up",
    "The far side hangs up and is gone; it takes the client a second and a half and an unanswered check to stop.",
    SOURCE,
)
def hang_up():
    told, stack, begin = taken(office.Teams, "call-teams-hang-up")
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.talk(begin + 8 * SECOND, 1.5, ("up",))
    stack.alive(begin + 9 * SECOND, answered=False)
    return connected(told, 8, talk_ms=between(7300, 9800), **NO_LOSS)


class _Stream:
    """Stands in for a scene: what a TURN client sends goes over a TCP connection instead."""

    def __init__(self, session):
        self.session, self.random = session, session.scene.random

    def udp(self, at, src, dst, data):
        self.session.now = max(at, self.session.now)
        way = self.session.up if src == self.session.client else self.session.down
        way(data + bytes(-len(data) % 4), ack=False)


@case(
    "call-messenger-tcp",
    "UDP relays are silent; after seven seconds the same call allocates over TCP port 443 and talks there.",
    SOURCE,
    ("tcp.dstport == 443 && tcp.payload[0:2] == 00:03",),
)
def over_tcp():
    told = Told(turned.Messenger, "call-messenger-tcp")
    told.beside(40 * SECOND)
    stack = told.stack
    for number, turn in enumerate(stack.turns):
        turn.unanswered([START + number * 20 * MS + later for later in RETRIES[:5]])
    session = TcpSession(told.scene, (stack.client[0], 55140), ("157.240.20.49", 443), START + 7 * SECOND).open()
    stream = _Stream(session)
    turn = TurnClient(stream, session.client, session.server, stack.realm)
    at = turn.bind(turn.permit(turn.allocate(session.now), stack.peer), stack.peer) + 2 * SECOND
    packets = [(when, way, data) for way in ("up", "down") for when, data in stack.voice[way].packets(at, 8)]
    for when, way, data in sorted(packets):
        ends = (session.client, session.server)[::1 if way == "up" else -1]
        stream.udp(when, *ends, stun.channel_data(CHANNEL, data))
    session.close()
    tcp = {"match": {"type": "flow", "flow": told.scene.flow(session.client, session.server, ip.TCP)["flow"]},
           "count": 1, "has": {"app": "facebook", "service": "call"}}
    expected = {"match": {"type": "call", "app": "facebook"}, "count": 1,
                "has": {"outcome": "connected", "media": ["voice"], "talk_ms": about(8)}}
    return finish(told.scene, [tcp], [calls(1), expected])
