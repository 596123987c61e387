"""Calls by SIP: every way in which they end, holds, early media and reports of the far side."""

from ..calls import outcomes, telephone
from ..calls.outcomes import START, Told, about, between, calls, finish, path, record
from ..registry import case
from ..rtp import rtcp_report
from ..scene import MS, SECOND

SOURCE = "RFC 3261, RFC 3264, RFC 3550, RFC 3551, RFC 3960, RFC 6337"
VOICE = {"media": {"only": ["voice"]}}
NO_MEDIA = ["media", "talk_ms"]

for _name, _make, _shows, _build in (
        ("connected", telephone.Telephone, "INVITE, 100, 180, 200, ACK, seven seconds of sound both ways, BYE.",
         outcomes.connected),
        ("one-way", telephone.Telephone, "The telephone's sound goes out for nine seconds, reports come back, but no "
         "sound.", outcomes.one_way),
        ("cut", telephone.Telephone, "Sound both ways for ten seconds; then neither sound nor reports come in for six "
         "more while the telephone's go out. The exchange answers the BYE.", outcomes.cut),
        ("degraded", telephone.Telephone, "A quarter of the incoming sound is lost during the whole call.",
         outcomes.degraded),
        ("ends", telephone.Telephone, "The capture ends five seconds into the talk: not a cut.", outcomes.ends),
        ("unanswered", telephone.NoDialog, "The INVITE is repeated until timer B fires after 32 seconds; nobody answers, "
         "while other UDP is.", outcomes.setup_failed)):
    case(f"call-sip-{_name}", _shows, SOURCE, ("sip.Method == \"INVITE\"",))(
        lambda build=_build, make=_make, name=_name: build(make, f"call-sip-{name}"))


def _attempt(name, status=None, cancel=None, at=0, until=64):
    """An INVITE that rings unless it is refused at once, then `status` or a CANCEL `at` seconds later."""
    told = Told(telephone.Telephone, name)
    told.beside(until * SECOND)
    stack = told.stack
    stack.invite(START)
    if at:
        stack.ringing(START + 180 * MS)
    if status:
        stack.refused(START + int(at * SECOND) + 300 * MS, status)
    if cancel:
        stack.cancel(START + int(at * SECOND))
    return told


def _failed(told, outcome):
    return finish(told.scene, [], [calls(1), record(told.stack, outcome, NO_MEDIA)])


@case("call-sip-busy", "The callee is busy: 486. Nobody took the call, nothing failed.", SOURCE,
      ("sip.Status-Code == 486",))
def busy():
    return _failed(_attempt("call-sip-busy", "486 Busy Here", at=4), "no_answer")


@case("call-sip-no-answer", "It rings for 35 seconds, then the caller cancels: 487.", SOURCE,
      ("sip.Method == \"CANCEL\"", "sip.Status-Code == 487"))
def no_answer():
    return _failed(_attempt("call-sip-no-answer", cancel=True, at=35), "no_answer")


@case("call-sip-cancelled", "The caller cancels after two seconds.", SOURCE, ("sip.Method == \"CANCEL\"",))
def cancelled():
    return _failed(_attempt("call-sip-cancelled", cancel=True, at=2), "cancelled")


@case("call-sip-not-found", "The exchange knows no such subscriber: 404.", SOURCE, ("sip.Status-Code == 404",))
def not_found():
    return _failed(_attempt("call-sip-not-found", "404 Not Found", until=30), "setup_failed")


@case("call-sip-unavailable", "The exchange is overloaded: 503.", SOURCE, ("sip.Status-Code == 503",))
def unavailable():
    return _failed(_attempt("call-sip-unavailable", "503 Service Unavailable", until=30), "setup_failed")


@case("call-sip-down-only", "A call of which only the packets to the telephone were captured.", SOURCE,
      ("sip.Status-Code == 200",))
def down_only():
    told = Told(telephone.Telephone, "call-sip-down-only", side="down")
    stack, begin = told.stack, told.picked_up(28 * SECOND)
    stack.talk(begin, 7)
    stack.bye(begin + 7 * SECOND)
    return finish(told.scene, [], [{"match": {"type": "call"}, "count": 1, "lacks": ["talk_ms"],
                                    "has": {"app": "sip", "outcome": "not_observable"}}])


@case("call-sip-begins", "The capture begins in the talk; the BYE alone tells of SIP.", SOURCE, ("sip.Method == \"BYE\"",))
def begins():
    begin = Told(telephone.Telephone, "call-sip-begins").picked_up()
    told = Told(telephone.Telephone, "call-sip-begins", begin=begin + 3 * SECOND)
    stack = told.stack
    told.picked_up(30 * SECOND)
    stack.talk(begin, 10)
    stack.keep(begin, 10)
    stack.bye(begin + 10 * SECOND)
    generic = {"any": ["sip", "rtp"]}
    return finish(told.scene, [path(stack, app=generic)], [calls(1), {
        "match": {"type": "call"}, "count": 1,
        "has": {"app": generic, "outcome": "connected", **VOICE, "talk_ms": about(7)}}])


@case("call-sip-camera", "A re-INVITE adds pictures four seconds into the talk; they have ports of their own.", SOURCE,
      ("sip.Method == \"INVITE\"",))
def camera():
    told = Told(telephone.Telephone, "call-sip-camera")
    stack, begin = told.stack, told.picked_up(30 * SECOND)
    stack.talk(begin, 9)
    stack.again(begin + 4 * SECOND, stack.offer(video=16386), stack.accept(video=18004))
    packets = stack.camera["up"].packets(begin + 4500 * MS, 3)
    for at, data in packets:
        told.scene.udp(at, (stack.client[0], 16386), (stack.far[0], 18004), data)
    stack.bye(begin + 9 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", media=["voice", "video"], talk_ms=about(9))])


@case(
    "call-sip-early-media",
    "A 183 has an announcement played from one gateway; the 200 names another, with which the talk is. One call.",
    SOURCE,
    ("sip.Status-Code == 183",),
)
def early_media():
    told = Told(telephone.Telephone, "call-sip-early-media")
    told.beside(30 * SECOND)
    stack = told.stack
    stack.invite(START)
    answering, stack.far = stack.far, ("203.0.113.42", 26000)
    stack.dialog.reply(START + 200 * MS, stack.dialog.answer("183 Session Progress", "INVITE", stack.accept()))
    stack.talk(START + 400 * MS, 4, ("down",))
    announced, stack.far = stack.far, answering
    begin = stack.taken(START + 4600 * MS)
    stack.voice["down"] = stack.sound("down")
    stack.talk(begin, 7)
    stack.bye(begin + 7 * SECOND)
    return finish(told.scene, [path(stack), path(stack, announced)], [calls(1), record(
        stack, "connected", **VOICE, talk_ms=about(7), loss_down=between(0, 0.004))])


@case(
    "call-sip-hold",
    "Five seconds of talk, a re-INVITE puts the callee on hold for twenty, another takes the talk up again.",
    SOURCE,
    ("sdp.media_attr == \"sendonly\"",),
)
def hold():
    told = Told(telephone.Telephone, "call-sip-hold")
    stack, begin = told.stack, told.picked_up(48 * SECOND)
    stack.talk(begin, 5)
    stack.again(begin + 5 * SECOND, stack.offer(way="sendonly"), stack.accept(way="recvonly"))
    stack.keep(begin, 30, every=5)
    stack.again(begin + 24 * SECOND, stack.offer(), stack.accept())
    stack.talk(begin + 25 * SECOND, 5)
    stack.bye(begin + 30 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **VOICE, talk_ms=between(9300, 30700), loss_down=between(0, 0.004))])


@case(
    "call-sip-reports",
    "The gateway reports that 12 of a hundred packets of the telephone's never came: lost beyond the capture point.",
    SOURCE,
    ("rtcp.ssrc.fraction == 30",),
)
def reports():
    told = Told(telephone.Telephone, "call-sip-reports")
    stack, begin = told.stack, told.picked_up(30 * SECOND)
    for part in range(4):
        stack.talk(begin + part * 3 * SECOND, 3)
        own = rtcp_report(told.scene.random, stack.voice["up"].ssrc)
        told.scene.udp(begin + (part * 3 + 1) * SECOND, *stack.control, own)
        stack.reports(begin + (part + 1) * 3 * SECOND, 0.12, (part + 1) * 9)
    stack.bye(begin + 12 * SECOND)
    return finish(told.scene, [path(stack)], [calls(1), record(
        stack, "connected", **VOICE, talk_ms=about(12), loss_up=between(0, 0.14), loss_down=between(0, 0.004))])
