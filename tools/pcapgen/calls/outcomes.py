"""A call of any application with each outcome that there is, and what its record must show."""

from .. import containers
from ..partial import Partial
from ..registry import Case, capture, framed
from ..scene import MS, SECOND
from .media import Path

# Captures whose calls deadair tells otherwise than these modules: their flows alone are expected.
OPEN = {"call-messenger-cut-relay-answers", "call-messenger-tcp", "call-signal-peer", "call-sip-begins",
        "call-telegram-2017-begins", "call-whatsapp-cut-media-only", "call-whatsapp-outages"}
START = 2 * SECOND
RING, TALK = 3, 7  # seconds


def between(low, high) -> dict:
    return {"min": low, "max": high}


def about(seconds, slack=0.7) -> dict:
    """Milliseconds near `seconds`."""
    return between(round(1000 * (seconds - slack), 1), round(1000 * (seconds + slack), 1))


def record(stack, outcome, lacks=(), **has) -> dict:
    """Expectation for the one record of a call."""
    has = {"client_ip": stack.client[0], "outcome": outcome} | has
    if stack.one_socket:
        has["client_port"] = stack.client[1]
    made = {"match": {"type": "call", "app": stack.app}, "count": 1, "has": has}
    return made | ({"lacks": list(lacks)} if lacks else {})


def calls(count) -> dict:
    return {"match": {"type": "call"}, "count": count}


def path(stack, far=None, **has) -> dict:
    """The flow that carries the media, or would."""
    found = stack.scene.flow(stack.client, far or stack.far, counts=False)["flow"]
    return {"match": {"type": "flow", "flow": found}, "count": 1, "has": {"app": stack.app, "service": "call"} | has}


def finish(scene, flows, records, files=None, snaplen=1 << 16) -> Case:
    """`files` splits the frames over several captures: path to part of the scene, by times."""
    frames = containers.snap(framed(scene), snaplen)
    split = files or {"input.pcap": (0, 1 << 62)}
    parts = {name: [f for f in frames if begin <= f.at - scene.start < end] for name, (begin, end) in split.items()}
    assert sum(map(len, parts.values())) == len(frames)
    expected = [*flows, *(() if scene.case in OPEN else records)]
    expected += [capture(len(frames))] if not files else [{"match": {"type": "capture"}, "count": len(files)}]
    return Case({name: containers.pcap(part) for name, part in parts.items()}, {"exit": 0, "records": expected})


class Told:
    """A stack on a scene of its own, with text beside it."""

    def __init__(self, make, name, side=None, begin=0, end=None):
        self.scene = Partial(name, make.epoch, side, begin, end)
        self.scene.case = name
        self.stack = make(self.scene)

    def beside(self, until) -> None:
        """Three messages just before the set-up, then one every eight seconds; other names resolved meanwhile."""
        text = self.stack.text()
        for at in (600 * MS, 1000 * MS, 1400 * MS, *range(7 * SECOND, int(until), 8 * SECOND)):
            text.message(at)
        text.resolve(START + 700 * MS, "www.example.com", "203.0.113.33")
        text.resolve(START + 12 * SECOND, "www.example.org", "203.0.113.34")

    def picked_up(self, until=40 * SECOND) -> int:
        """Text, set-up, ringing; returns when media begins."""
        self.beside(until)
        ready = self.stack.set_up(START)
        self.stack.ring(ready, RING)
        return self.stack.connect(ready + RING * SECOND)


def _voice(stack, seconds=TALK, **has) -> dict:
    found = {"media": {"only": ["voice"]}, "talk_ms": about(seconds)}
    if stack.readable:
        found |= {"loss_up": between(0, 0.005), "loss_down": between(0, 0.005)}
    return found | has


def connected(make, name) -> Case:
    told = Told(make, name)
    stack, begin = told.stack, told.picked_up(28 * SECOND)
    stack.talk(begin, TALK)
    stack.keep(begin, TALK)
    stack.bye(begin + TALK * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **_voice(stack), setup_ms=about((begin - START) / SECOND))])


def camera(make, name) -> Case:
    told = Told(make, name)
    stack, begin = told.stack, told.picked_up(28 * SECOND)
    stack.talk(begin, 8)
    stack.show(begin + 4 * SECOND, 3, ("up",))
    stack.keep(begin, 8)
    stack.bye(begin + 8 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **_voice(stack, seconds=8, media=["voice", "video"]))])


def no_answer(make, name) -> Case:
    told = Told(make, name)
    told.beside(64 * SECOND)
    stack = told.stack
    ready = stack.set_up(START)
    stack.ring(ready, 35)
    stack.bye(ready + 35 * SECOND)
    return finish(told.scene, [], [calls(1), record(
        stack, "no_answer", ["media", "talk_ms", "ts_media"], **stack.tried(2))])


def setup_failed(make, name) -> Case:
    told = Told(make, name)
    told.beside(45 * SECOND)
    stack = told.stack
    end = stack.silent(START)
    stack.bye(end, answered=False)
    return finish(told.scene, [], [calls(1), record(
        stack, "setup_failed", ["media", "talk_ms", "ts_media"], **stack.tried(0))])


def one_way(make, name) -> Case:
    told = Told(make, name)
    stack, begin = told.stack, told.picked_up()
    stack.talk(begin, 9, ("up",))
    stack.keep(begin, 9)
    stack.bye(begin + 9 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "one_way", media={"only": ["voice"]})])


def cut(make, name) -> Case:
    told = Told(make, name)
    stack, begin = told.stack, told.picked_up(44 * SECOND)
    stack.talk(begin, 10)
    stack.keep(begin, 10)
    stack.talk(begin + 10 * SECOND, 6, ("up",))
    stack.keep(begin + 10 * SECOND, 6, answered=False, every=1)
    stack.bye(begin + 16 * SECOND, answered=False)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "cut", media={"only": ["voice"]}, talk_ms=about(10, 1))])


def degraded(make, name) -> Case:
    told = Told(make, name)
    stack, begin = told.stack, told.picked_up(36 * SECOND)
    stack.paths["down"] = Path(loss=0.25, jitter=110 * MS)
    stack.talk(begin, 11)
    stack.keep(begin, 11)
    stack.bye(begin + 11 * SECOND)
    share = stack.paths["down"].share()
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "degraded", media={"only": ["voice"]}, talk_ms=about(11), loss_up=between(0, 0.005),
        loss_down=between(round(share - 0.02, 3), round(share + 0.02, 3)), mos_down=between(1, 2.59),
        mos_up=between(3, 5))])


def cancelled(make, name) -> Case:
    told = Told(make, name)
    told.beside(36 * SECOND)
    stack = told.stack
    ready = stack.set_up(START)
    stack.bye(max(ready, START + 1600 * MS))
    return finish(told.scene, [], [calls(1), record(stack, "cancelled", ["media", "talk_ms"])])


def _half(make, name, side):
    told = Told(make, name, side=side)
    stack, begin = told.stack, told.picked_up(28 * SECOND)
    stack.talk(begin, 7)
    stack.keep(begin, 7)
    stack.bye(begin + 7 * SECOND)
    return finish(told.scene, [], [{"match": {"type": "call"}, "count": 1, "lacks": ["talk_ms"],
                                    "has": {"app": stack.alike or stack.app, "outcome": "not_observable"}}])


def up_only(make, name) -> Case:
    return _half(make, name, "up")


def down_only(make, name) -> Case:
    return _half(make, name, "down")


def ends(make, name) -> Case:
    begin = Told(make, name).picked_up()
    told = Told(make, name, end=begin + 5 * SECOND)
    stack = told.stack
    told.picked_up()
    stack.talk(begin, TALK)
    stack.keep(begin, TALK)
    return finish(told.scene, [path(stack)], [calls(1), record(stack, "connected", **_voice(stack, seconds=5))])


def begins(make, name) -> Case:
    begin = Told(make, name).picked_up()
    told = Told(make, name, begin=begin + 3 * SECOND)
    stack = told.stack
    told.picked_up(30 * SECOND)
    stack.talk(begin, 9)
    stack.keep(begin, 9)
    stack.bye(begin + 9 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", ["setup_ms"], **_voice(stack, seconds=6))])

