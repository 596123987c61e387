"""What the calls of cases that were made for flows must show, or that there are none."""

import re

VOICE, BOTH = {"only": ["voice"]}, ["voice", "video"]
# Name: application, outcome, media, lowest talk_ms where both directions were captured.
KNOWN = {
    "discord-call": ("discord", "connected", BOTH, 3500),
    "facebook-call": ("facebook", "connected", VOICE, 3500),
    "meet-call": ("meet", "connected", BOTH, 4500),
    "signal-call": ("signal", "connected", VOICE, 3500),
    "signal-call-peer": ("signal", "connected", BOTH, 5500),
    "sip-call": ("sip", "connected", VOICE, 2500),
    "sip-call-nat": ("sip", "connected", VOICE, 2500),
    "sip-call-tcp": ("sip", "connected", VOICE, 2500),
    "sip-call-video": ("sip", "connected", BOTH, 2500),
    "skype-2010-call": ("skype", "connected", VOICE, 4500),
    "skype-call": ("skype", "connected", VOICE, 4500),
    "teams-call": ("teams", "connected", VOICE, 4500),
    "teams-call-midstream": ("teams", "connected", VOICE, 4500),
    "telegram-call-2017": ("telegram", "connected", VOICE, 7300),
    "viber-call": ("viber", "connected", VOICE, 3500),
    "webrtc-call": ("webrtc", "connected", BOTH, 1500),
    "webrtc-call-late-media": ("webrtc", "connected", VOICE, 1500),
    "webrtc-call-relayed": ("webrtc", "connected", VOICE, 2500),
    "whatsapp-call-2023": ("whatsapp", "connected", BOTH, 3500),
    "whatsapp-call-camera-on": ("whatsapp", "connected", BOTH, 7500),
    "whatsapp-call-peer-first": ("whatsapp", "connected", VOICE, 4500),
    "whatsapp-call-relay-in-isp": ("whatsapp", "connected", VOICE, 2500),
    "whatsapp-call-streams": ("whatsapp", "connected", VOICE, 1500),
    "whatsapp-call-video": ("whatsapp", "connected", BOTH, 3500),
    "whatsapp-call-voice": ("whatsapp", "connected", VOICE, 8000),
    "zoom-call": ("zoom", "connected", BOTH, 3500),
    "zoom-call-peer": ("zoom", "connected", VOICE, 3500),
}
# One direction alone was captured.
HALF = {
    "discord-client-only": "discord", "discord-call-midstream": "discord", "meet-call-midstream": "meet",
    "signal-call-one-way": "signal", "sip-call-one-direction": "sip", "skype-call-up": "skype",
    "skype-call-down": "skype", "teams-call-up": "teams", "teams-call-down": "teams",
    "telegram-call-one-way": "telegram", "viber-call-one-way": "viber", "zoom-call-one-way": "zoom",
    "whatsapp-call-server-only": "whatsapp", "whatsapp-call-2023-server-only": "whatsapp",
    "rtp-generic-one-way": "rtp",
}
NO_CALL = {
    "not-call-keepalive", "rtp-generic-camera", "rtp-generic-control", "rtp-generic-television", "sip-register",
    "webrtc-data-channel", "webrtc-not-dtls", "webrtc-unanswered",
}
TEXT = re.compile(r"-(text|transfer|web)(-|$)")


def _calls(name):
    """What the case must show of calls; None: nothing is known."""
    if name in KNOWN:
        app, outcome, media_kinds, talk = KNOWN[name]
        has = {"app": app, "outcome": outcome, "media": media_kinds, "talk_ms": {"min": talk}}
        return {"match": {"type": "call"}, "count": 1, "has": has}
    if name in HALF:
        return {"match": {"type": "call"}, "count": 1, "lacks": ["talk_ms"],
                "has": {"app": HALF[name], "outcome": "not_observable"}}
    return {"match": {"type": "call"}, "count": 0} if name in NO_CALL or TEXT.search(name) else None


def _extend(entry, expected) -> None:
    build = entry.build

    def extended():
        made = build()
        made.expect["records"] = [*made.expect["records"], expected]
        return made
    entry.build = extended


def extend(cases) -> None:
    """Adds those expectations to all of `cases` that have any."""
    assert not (KNOWN.keys() | HALF.keys() | NO_CALL) - cases.keys()
    for name, entry in cases.items():
        expected = _calls(name)
        if expected:
            _extend(entry, expected)
