"""What happens in good calls and must not be taken for loss, failure or another call."""

import struct

from ..calls import office, own, turned
from ..calls.media import Path, Picture, Sound
from ..calls.outcomes import START, Told, about, between, calls, finish, path, record
from ..calls.scenes import NO_LOSS, VOICE, connected, taken
from ..registry import case
from ..rtp import rtp
from ..scene import MS, SECOND

SOURCE = "RFC 3550, RFC 4588, RFC 7675, RFC 8489, RFC 8656 and the READMEs of the classifiers"


@case(
    "call-whatsapp-2015-silence",
    "The far side says nothing for eight of twelve seconds: one packet in 160 ms, timestamps run on, sequence "
    "numbers go on by one. Neither loss nor a freeze.",
    SOURCE,
)
def silence():
    told, stack, begin = taken(own.WhatsApp2015, "call-whatsapp-2015-silence")
    stack.talk(begin, 12, ("up",))
    far = stack.voice["down"]
    for at, seconds, quiet in ((0, 2, False), (2, 8, True), (10, 2, False)):
        start = begin + at * SECOND
        stack.play("down", far.quiet(start, seconds) if quiet else far.packets(start, seconds))
    stack.keep(begin, 12)
    stack.bye(begin + 12 * SECOND)
    return connected(told, 12, **NO_LOSS)


@case(
    "call-whatsapp-silence",
    "Both sides say next to nothing: six packets a second each way for the whole call, as silence suppression has it.",
    SOURCE,
)
def silence_whole():
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-silence")
    for late, way in enumerate(("up", "down")):
        stack.play(way, stack.voice[way].quiet(begin + late * 21 * MS, 14))
    stack.keep(begin, 14)
    stack.bye(begin + 14 * SECOND)
    return connected(told, 14, **NO_LOSS)


@case("call-teams-loss", "Three of a hundred incoming packets are lost: a good call all the same.", SOURCE)
def loss():
    told, stack, begin = taken(office.Teams, "call-teams-loss")
    stack.paths["down"] = Path(loss=0.03)
    stack.talk(begin, 10, ("up",))
    stack.play("down", stack.voice["down"].packets(begin, 10, 20 * MS))
    stack.keep(begin, 10)
    share = stack.paths["down"].share()
    return connected(told, 10, loss_up=between(0, 0.004), mos_down=between(3.1, 5),
                      loss_down=between(round(share - 0.006, 4), round(share + 0.006, 4)))


def _through(name, make, arriving, seconds=8, **has):
    """A call whose incoming sound arrives as the path `arriving` has it."""
    told, stack, begin = taken(make, name)
    stack.paths["down"] = arriving
    stack.talk(begin, seconds)
    stack.keep(begin, seconds)
    stack.bye(begin + seconds * SECOND)
    return connected(told, seconds, **has)


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
    told, stack, begin = taken(own.WhatsApp2015, "call-whatsapp-2015-relay-switch")
    stack.talk(begin, 5)
    stack.keep(begin, 5)
    first, stack.far = stack.far, stack.call.relays[2]
    stack.talk(begin + 5 * SECOND, 5)
    stack.keep(begin + 5 * SECOND, 5)
    stack.bye(begin + 10 * SECOND)
    return connected(told, 10, [path(stack, first), path(stack)], **NO_LOSS)


@case(
    "call-signal-peer",
    "Four seconds through the relay; then checks to the peer succeed and both SSRCs go on straight to it.",
    SOURCE,
)
def peer_upgrade():
    told, stack, begin = taken(turned.Signal, "call-signal-peer")
    stack.talk(begin, 4)
    relay, stack.far, stack.direct = stack.far, stack.peer, True
    stack.check(begin + 3 * SECOND)
    stack.check(begin + 3 * SECOND + 40 * MS, "down")
    stack.talk(begin + 4 * SECOND, 6)
    stack.keep(begin + 4 * SECOND, 6)
    return connected(told, 10, [path(stack, relay), path(stack)], **NO_LOSS)


@case(
    "call-signal-quiet-peer",
    "Four seconds through the relay, then straight to the peer, who says next to nothing from then on: one packet "
    "in 400 ms, as Opus sends in silence (RFC 6716 section 2.1.9). He has not fallen silent.",
    SOURCE,
)
def quiet_peer():
    told, stack, begin = taken(turned.Signal, "call-signal-quiet-peer")
    stack.talk(begin, 4)
    relay, stack.far, stack.direct = stack.far, stack.peer, True
    stack.check(begin + 3 * SECOND)
    stack.check(begin + 3 * SECOND + 40 * MS, "down")
    stack.talk(begin + 4 * SECOND, 12, ("up",))
    stack.play("down", stack.voice["down"].quiet(begin + 4 * SECOND, 12, 400 * MS))
    stack.keep(begin + 4 * SECOND, 12)
    return connected(told, 16, [path(stack, relay), path(stack)], **NO_LOSS)


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
    told, stack, begin = taken(_TelegramPeer, "call-telegram-2017-peer")
    stack.talk(begin, 4)
    first, stack.far, stack.direct = stack.far, ("198.51.100.52", 31482), True
    stack.talk(begin + 4 * SECOND, 6)
    return connected(told, 10, [path(stack, first), path(stack)])


@case(
    "call-whatsapp-candidates",
    "A good call through a relay, beside which ten candidates of the peer are asked eight times each: one answers, "
    "nine never do.",
    SOURCE,
)
def candidates():
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-candidates")
    for number in range(10):
        peer = (f"198.51.100.{60 + number}", 40000 + 7 * number)
        for again in range(8):
            stack.call.check_peer(begin + again * 700 * MS + number * 5 * MS, peer, answered=number == 3)
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.bye(begin + 8 * SECOND)
    return connected(told, 8, **NO_LOSS)


@case(
    "call-webrtc-hold",
    "Five seconds of talk, twenty on hold in which consent is asked for and given, five of talk again.",
    SOURCE,
)
def hold():
    told, stack, begin = taken(turned.WebRtc, "call-webrtc-hold", 48)
    for start in (begin, begin + 25 * SECOND):
        stack.talk(start, 5)
    stack.keep(begin, 30)
    return connected(told, 10, talk_ms=between(9300, 30700), **NO_LOSS)


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
    told, stack, begin = taken(own.Discord, "call-discord-group")
    stack.talk(begin, 8)
    _crowd(stack, "down", begin, 8, 2)
    stack.keep(begin, 8)
    return connected(told, 8, **NO_LOSS)


@case(
    "call-meet-group",
    "A meeting of four: three sounds and a camera come down one path, one sound goes up. One call.",
    SOURCE,
)
def meet_group():
    told, stack, begin = taken(own.Meet, "call-meet-group")
    stack.talk(begin, 8)
    _crowd(stack, "down", begin, 8, 2, 1)
    stack.keep(begin, 8)
    return connected(told, 8, **NO_LOSS | {"media": ["voice", "video"]})


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
    told, stack, begin = taken(turned.WebRtc, "call-webrtc-retransmissions")
    stack.talk(begin, 7)
    pictures = stack.camera["up"].packets(begin, 4)
    stack.play("up", pictures)
    stack.play("up", _repeated(stack.camera["up"], pictures[20::7], told.scene.random))
    stack.keep(begin, 7)
    return connected(told, 7, **NO_LOSS | {"media": ["voice", "video"]})


@case(
    "call-whatsapp-rotated",
    "A capture that was rotated three seconds into the talk: the call lies in two files.",
    SOURCE,
)
def rotated():
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-rotated")
    stack.talk(begin, 8)
    stack.keep(begin, 8)
    stack.bye(begin + 8 * SECOND)
    split = begin + 3 * SECOND
    files = {"input/call-00.pcap": (0, split), "input/call-01.pcap": (split, 1 << 62)}
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **VOICE, **NO_LOSS, talk_ms=about(8))], files)


@case("call-signal-snaplen", "A call captured with 96 bytes of each packet: RTP headers are all that is needed.", SOURCE)
def short_snaplen():
    told, stack, begin = taken(turned.Signal, "call-signal-snaplen")
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
    told, stack, begin = taken(own.WhatsApp, "call-whatsapp-two-clients", 52)
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
