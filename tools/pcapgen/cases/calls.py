"""A call of every application with each outcome that makes sense for it."""

from ..calls import office, outcomes, own, turned
from ..registry import case

SOURCE = "those named in the README of the application's classifier; RFC 8489, RFC 8656, RFC 7675, RFC 3550"
SHOWS = {
    "connected": ("A voice call of seven seconds that is set up, rings, is taken and hung up.", outcomes.connected),
    "camera": ("A voice call of eight seconds; the caller's camera is on from the fourth to the seventh.", outcomes.camera),
    "no-answer": ("The set-up is answered, nobody picks up for 35 seconds, the caller gives up. No failure.",
                  outcomes.no_answer),
    "setup-failed": ("Nobody answers the set-up, which is repeated for 16 seconds, while text goes on and names are "
                     "resolved over UDP.", outcomes.setup_failed),
    "one-way": ("The caller's sound goes out for nine seconds and checks are answered, but no sound ever comes in.",
                outcomes.one_way),
    "cut": ("Sound both ways for ten seconds; then nothing comes in any more, neither sound nor answers to checks, "
            "while the caller's goes on for six seconds and text works.", outcomes.cut),
    "degraded": ("A quarter of the incoming sound is lost during the whole call, the rest is late by up to 110 ms.",
                 outcomes.degraded),
    "cancelled": ("The caller hangs up within three seconds.", outcomes.cancelled),
    "up-only": ("A call of which only the client's packets were captured.", outcomes.up_only),
    "down-only": ("A call of which only the packets to the client were captured.", outcomes.down_only),
    "ends": ("The capture ends five seconds into the talk: not a cut.", outcomes.ends),
    "begins": ("The capture begins three seconds into the talk.", outcomes.begins),
}
ALL = tuple(SHOWS)


def _but(*names):
    return tuple(name for name in ALL if name not in names)


STACKS = {
    "whatsapp-2015": (own.WhatsApp2015, _but("down-only")),
    "whatsapp": (own.WhatsApp, _but("up-only")),
    "messenger": (turned.Messenger, _but("down-only")),
    "skype": (office.Skype, _but("up-only")),
    "skype-2010": (office.SkypeClassic, ("connected", "up-only", "ends")),
    "teams": (office.Teams, _but("down-only")),
    "viber": (own.Viber, _but("camera", "up-only")),
    "telegram-2017": (own.TelegramReflector, _but("camera", "degraded", "down-only")),
    "telegram": (turned.TelegramTurn, _but("degraded", "up-only")),
    "signal": (turned.Signal, _but("down-only")),
    "zoom": (own.Zoom, _but("no-answer", "cancelled", "up-only")),
    "meet": (own.Meet, _but("no-answer", "cancelled", "down-only")),
    "discord": (own.Discord, _but("no-answer", "cancelled", "one-way", "up-only")),
    "webrtc": (turned.WebRtc, _but("no-answer", "cancelled", "down-only", "setup-failed")),
    "webrtc-relayed": (turned.WebRtcRelayed, ("connected", "cut", "one-way", "ends")),
}


def _register(name, shows, build, make):
    case(name, shows, SOURCE)(lambda: build(make, name))


for _stack, (_make, _outcomes) in STACKS.items():
    for _outcome in _outcomes:
        _register(f"call-{_stack}-{_outcome}", *SHOWS[_outcome], _make)
