"""What happens in good calls and must not be taken for loss, failure or another call; and repeated failures."""

import struct

from .. import ip, stun
from ..apps.turn import CHANNEL, TurnClient
from ..calls import office, own, turned
from ..calls.media import Path, Picture, Sound
from ..calls.outcomes import START, Told, about, between, calls, finish, path, record
from ..calls.stack import RETRIES
from ..registry import case
from ..rtp import rtp
from ..scene import MS, SECOND
from ..tcp_session import TcpSession

SOURCE = "RFC 3550, RFC 4588, RFC 7675, RFC 8489, RFC 8656 and the READMEs of the classifiers"
NO_LOSS = {"loss_up": between(0, 0.004), "loss_down": between(0, 0.004)}
VOICE = {"media": {"only": ["voice"]}}


def _taken(make, name, until=34, **more):
    """A call that was set up and picked up; returns it, its stack and when media begins."""
    told = Told(make, name, **more)
    begin = told.picked_up(until * SECOND)
    return told, told.stack, begin


def _connected(told, seconds, flows=None, **has):
    stack = told.stack
    return finish(told.scene, flows or [path(stack)], [calls(1), record(
        stack, "connected", **VOICE | {"talk_ms": about(seconds)} | has)])


@case(
    "call-whatsapp-2015-silence",
    "The far side says nothing for eight of twelve seconds: one packet in 160 ms, timestamps run on, sequence "
    "numbers go on by one. Neither loss nor a freeze.",
    SOURCE,
)
def silence():
    told, stack, begin = _taken(own.WhatsApp2015, "call-whatsapp-2015-silence")
    stack.talk(begin, 12, ("up",))
    far = stack.voice["down"]
    for at, seconds, quiet in ((0, 2, False), (2, 8, True), (10, 2, False)):
        start = begin + at * SECOND
        stack.play("down", far.quiet(start, seconds) if quiet else far.packets(start, seconds))
    stack.keep(begin, 12)
    stack.bye(begin + 12 * SECOND)
    return _connected(told, 12, **NO_LOSS)


@case(
    "call-whatsapp-silence",
    "Both sides say next to nothing: six packets a second each way for the whole call, as silence suppression has it.",
    SOURCE,
)
def silence_whole():
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-silence")
    for late, way in enumerate(("up", "down")):
        stack.play(way, stack.voice[way].quiet(begin + late * 21 * MS, 14))
    stack.keep(begin, 14)
    stack.bye(begin + 14 * SECOND)
    return _connected(told, 14, **NO_LOSS)


@case("call-teams-loss", "Three of a hundred incoming packets are lost: a good call all the same.", SOURCE)
def loss():
    told, stack, begin = _taken(office.Teams, "call-teams-loss")
    stack.paths["down"] = Path(loss=0.03)
    stack.talk(begin, 10, ("up",))
    stack.play("down", stack.voice["down"].packets(begin, 10, 20 * MS))
    stack.keep(begin, 10)
    share = stack.paths["down"].share()
    return _connected(told, 10, loss_up=between(0, 0.004), mos_down=between(3.1, 5),
                      loss_down=between(round(share - 0.006, 4), round(share + 0.006, 4)))


def _through(name, make, arriving, seconds=8, **has):
    """A call whose incoming sound arrives as the path `arriving` has it."""
    told, stack, begin = _taken(make, name)
    stack.paths["down"] = arriving
    stack.talk(begin, seconds)
    stack.keep(begin, seconds)
    stack.bye(begin + seconds * SECOND)
    return _connected(told, seconds, **has)


@case(
    "call-whatsapp-outages",
    "Of every five seconds of incoming sound the last two and a half are lost: nobody can talk so.",
    SOURCE,
)
def outages():
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-outages", 40)
    stack.talk(begin, 18, ("up",))
    sound = stack.voice["down"].packets(begin, 18)
    stack.play("down", [(at, data) for at, data in sound if (at - begin) % (5 * SECOND) < 2500 * MS])
    stack.keep(begin, 18)
    stack.bye(begin + 18 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "degraded", **VOICE, loss_down=between(0.38, 0.5), mos_down=between(1, 2.59))])


@case("call-meet-reordered", "Eight of a hundred incoming packets come behind their successors. Nothing is lost.",
      SOURCE)
def reordered():
    return _through("call-meet-reordered", own.Meet, Path(swapped=0.08), **NO_LOSS)


@case("call-viber-doubled", "Eight of a hundred incoming packets come twice. Nothing is lost.", SOURCE)
def doubled():
    return _through("call-viber-doubled", own.Viber, Path(doubled=0.08), **NO_LOSS)


@case("call-discord-jitter", "Incoming packets are late by anything up to 60 ms.", SOURCE)
def jitter():
    return _through("call-discord-jitter", own.Discord, Path(jitter=60 * MS), 10, **NO_LOSS,
                    jitter_ms_down=between(12, 30), jitter_ms_up=between(0, 3))


@case("call-whatsapp-2015-relay-switch", "After five seconds the media, both SSRCs, go on through another relay.", SOURCE)
def relay_switch():
    told, stack, begin = _taken(own.WhatsApp2015, "call-whatsapp-2015-relay-switch")
    stack.talk(begin, 5)
    stack.keep(begin, 5)
    first, stack.far = stack.far, stack.call.relays[2]
    stack.talk(begin + 5 * SECOND, 5)
    stack.keep(begin + 5 * SECOND, 5)
    stack.bye(begin + 10 * SECOND)
    return _connected(told, 10, [path(stack, first), path(stack)], **NO_LOSS)


@case(
    "call-signal-peer",
    "Four seconds through the relay; then checks to the peer succeed and both SSRCs go on straight to it.",
    SOURCE,
)
def peer_upgrade():
    told, stack, begin = _taken(turned.Signal, "call-signal-peer")
    stack.talk(begin, 4)
    relay, stack.far, stack.direct = stack.far, stack.peer, True
    stack.check(begin + 3 * SECOND)
    stack.check(begin + 3 * SECOND + 40 * MS, "down")
    stack.talk(begin + 4 * SECOND, 6)
    stack.keep(begin + 4 * SECOND, 6)
    return _connected(told, 10, [path(stack, relay), path(stack)], **NO_LOSS)


class _TelegramPeer(own.TelegramReflector):
    direct = False

    def wrap(self, way, data):
        return data if self.direct else super().wrap(way, data)


@case(
    "call-telegram-2017-peer",
    "Four seconds through a reflector, then straight to the peer as bare ciphertext from the same local port.",
    SOURCE,
)
def telegram_peer():
    told, stack, begin = _taken(_TelegramPeer, "call-telegram-2017-peer")
    stack.talk(begin, 4)
    first, stack.far, stack.direct = stack.far, ("198.51.100.52", 31482), True
    stack.talk(begin + 4 * SECOND, 6)
    return _connected(told, 10, [path(stack, first), path(stack)])


@case(
    "call-whatsapp-candidates",
    "A good call through a relay, beside which ten candidates of the peer are asked eight times each: one answers, "
    "nine never do.",
    SOURCE,
)
def candidates():
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-candidates")
    for number in range(10):
        peer = (f"198.51.100.{60 + number}", 40000 + 7 * number)
        for again in range(8):
            stack.call.check_peer(begin + again * 700 * MS + number * 5 * MS, peer, answered=number == 3)
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.bye(begin + 8 * SECOND)
    return _connected(told, 8, **NO_LOSS)


@case(
    "call-webrtc-hold",
    "Five seconds of talk, twenty on hold in which consent is asked for and given, five of talk again.",
    SOURCE,
)
def hold():
    told, stack, begin = _taken(turned.WebRtc, "call-webrtc-hold", 48)
    for start in (begin, begin + 25 * SECOND):
        stack.talk(start, 5)
    stack.keep(begin, 30)
    return _connected(told, 10, talk_ms=between(9300, 30700), **NO_LOSS)


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
    "call-whatsapp-2015-twice",
    "Two calls from one socket, two and a half minutes apart. Two records.",
    SOURCE,
)
def twice():
    told = Told(own.WhatsApp2015, "call-whatsapp-2015-twice")
    told.beside(190 * SECOND)
    stack = told.stack
    for start in (START, START + 150 * SECOND):
        ready = stack.set_up(start)
        stack.ring(ready, 3)
        stack.voice = {way: stack.sound(way) for way in stack.voice}
        stack.talk(ready + 3 * SECOND, 5)
        stack.keep(ready + 3 * SECOND, 5)
        stack.bye(ready + 8 * SECOND)
    both = record(stack, "connected", **VOICE, talk_ms=about(5))
    return finish(told.scene, [path(stack) | {"count": 2}], [both | {"count": 2}])


def _crowd(stack, way, begin, seconds, voices, cameras=0):
    """Further members, each with streams of its own, through the same server."""
    source = stack.scene.random
    for number in range(voices):
        sound = Sound(source, stack.pt, stack.clock, extension=stack.extension, ssrc=0xA200 + 8 * number)
        stack.play(way, sound.packets(begin + (2 + number) * SECOND, seconds - 2 - number))
    for number in range(cameras):
        camera = Picture(source, stack.picture_pt, extension=True, ssrc=0xB200 + 8 * number)
        stack.play(way, camera.packets(begin + (3 + number) * SECOND, 3))


@case("call-discord-group", "Four members of a voice channel: three streams come down one path. One call.", SOURCE)
def discord_group():
    told, stack, begin = _taken(own.Discord, "call-discord-group")
    stack.talk(begin, 8)
    _crowd(stack, "down", begin, 8, 2)
    stack.keep(begin, 8)
    return _connected(told, 8, **NO_LOSS)


@case(
    "call-meet-group",
    "A meeting of four: three sounds and a camera come down one path, one sound goes up. One call.",
    SOURCE,
)
def meet_group():
    told, stack, begin = _taken(own.Meet, "call-meet-group")
    stack.talk(begin, 8)
    _crowd(stack, "down", begin, 8, 2, 1)
    stack.keep(begin, 8)
    return _connected(told, 8, **NO_LOSS | {"media": ["voice", "video"]})


def _repeated(stream, packets, source):
    """RFC 4588: payload type and SSRC of their own, the original sequence number before the payload."""
    seq, ssrc, again = source.randrange(1, 60000), source.getrandbits(32), []
    for at, data in packets:
        seq += 1
        stamp = struct.unpack("!I", data[4:8])[0]
        again.append((at + 90 * MS, rtp(stream.pt + 1, seq, stamp, ssrc, data[2:4] + data[20:])))
    return again


@case(
    "call-webrtc-retransmissions",
    "The caller's pictures are lost beyond the capture point: one in seven is sent again in a retransmission stream. "
    "No loss was seen here.",
    SOURCE,
)
def retransmissions():
    told, stack, begin = _taken(turned.WebRtc, "call-webrtc-retransmissions")
    stack.talk(begin, 7)
    pictures = stack.camera["up"].packets(begin, 4)
    stack.play("up", pictures)
    stack.play("up", _repeated(stack.camera["up"], pictures[20::7], told.scene.random))
    stack.keep(begin, 7)
    return _connected(told, 7, **NO_LOSS | {"media": ["voice", "video"]})


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
    "call-whatsapp-rotated",
    "A capture that was rotated three seconds into the talk: the call lies in two files.",
    SOURCE,
)
def rotated():
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-rotated")
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.bye(begin + 8 * SECOND)
    split = begin + 3 * SECOND
    files = {"input/call-00.pcap": (0, split), "input/call-01.pcap": (split, 1 << 62)}
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **VOICE, **NO_LOSS, talk_ms=about(8))], files)


@case(
    "call-whatsapp-cut-begins",
    "The capture begins in the talk; seven seconds later nothing comes in any more while the caller's sound goes on "
    "for six.",
    SOURCE,
)
def cut_begins():
    begin = Told(own.WhatsApp, "call-whatsapp-cut-begins").picked_up()
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-cut-begins", 40, begin=begin + 3 * SECOND)
    for start, ways, answered in ((0, ("up", "down"), True), (10, ("up",), False)):
        seconds = 10 if answered else 6
        stack.talk(begin + start * SECOND, seconds, ways)
        stack.keep(begin + start * SECOND, seconds, answered)
    stack.bye(begin + 16 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "cut", **VOICE, talk_ms=about(7, 1))])


def _half_silent(name, make, checked, seconds=12):
    """Sound both ways for eight seconds, then the caller's alone, though relays and servers go on to answer."""
    told, stack, begin = _taken(make, name, 46)
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
    return _connected(told, 8, talk_ms=between(7300, 20700), **NO_LOSS)


@case(
    "call-meet-muted",
    "The far side's microphone is off for nine seconds of sixteen: no sound comes in, checks are answered. No failure.",
    SOURCE,
)
def muted():
    told, stack, begin = _taken(own.Meet, "call-meet-muted", 40)
    stack.talk(begin, 16, ("up",))
    far = stack.voice["down"]
    stack.play("down", far.packets(begin, 4) + far.packets(begin + 13 * SECOND, 3))
    stack.keep(begin, 16)
    return _connected(told, 16, talk_ms=between(6300, 16700), **NO_LOSS)


@case(
    "call-teams-hang-up",
    "The far side hangs up and is gone; it takes the client a second and a half and an unanswered check to stop.",
    SOURCE,
)
def hang_up():
    told, stack, begin = _taken(office.Teams, "call-teams-hang-up")
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.talk(begin + 8 * SECOND, 1.5, ("up",))
    stack.alive(begin + 9 * SECOND, answered=False)
    return _connected(told, 8, talk_ms=between(7300, 9800), **NO_LOSS)


@case("call-signal-snaplen", "A call captured with 96 bytes of each packet: RTP headers are all that is needed.", SOURCE)
def short_snaplen():
    told, stack, begin = _taken(turned.Signal, "call-signal-snaplen")
    stack.talk(begin, 7)
    stack.keep(begin, 7)
    stack.bye(begin + 7 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **VOICE, **NO_LOSS, talk_ms=about(7))], snaplen=96)


class _Other(own.WhatsApp):
    client = ("192.168.1.21", 40123)


@case(
    "call-whatsapp-two-clients",
    "Two telephones call at the same time through the same relays from the same port number: two calls, of which one "
    "is taken.",
    SOURCE,
)
def two_clients():
    told, stack, begin = _taken(own.WhatsApp, "call-whatsapp-two-clients", 52)
    other = _Other(told.scene)
    ready = other.set_up(START + 40 * MS)
    other.ring(ready, 22)
    other.bye(ready + 22 * SECOND)
    stack.talk(begin, 6)
    stack.keep(begin, 6)
    stack.bye(begin + 6 * SECOND)
    both = [record(stack, "connected", **VOICE, talk_ms=about(6)), record(other, "no_answer", ["media"])]
    for expected, one in zip(both, (stack, other)):
        expected["match"]["client_ip"] = one.client[0]
    return finish(told.scene, [path(stack)], [calls(2), *both])


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
