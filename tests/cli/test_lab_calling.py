"""Tests how the lab's calls are told: from what models print, and to the pages of browsers."""

import sys
import unittest

from harness import OPTIONS, main

SOURCE = OPTIONS.source.resolve()
sys.path.insert(0, str(SOURCE / "tools"))
from labkit import calling, registry  # noqa: E402
from labkit.programs.chromium import WebCall  # noqa: E402
from labkit.run import generator  # noqa: E402

PRINTED = [
    {"event": "message_answered", "wall": 1.0},
    {"event": "call_started", "call": "a", "wall": 10.0},
    {"event": "call_connected", "call": "a", "wall": 12.0},
    {"event": "call_ended", "call": "a", "wall": 20.0, "reason": "finished"},
    {"event": "call_started", "call": "b", "wall": 22.0},
    {"event": "call_failed", "call": "b", "wall": 34.0, "reason": "no_path"},
]


class Spoken(unittest.TestCase):
    """What a model's lines say of its calls."""

    def test_calls_and_their_ends(self):
        spoken = calling.Spoken(PRINTED)
        self.assertEqual((spoken.reasons, spoken.connected), (["finished", "no_path"], 1))

    def test_texts_work_when_all_are_answered(self):
        self.assertTrue(calling.Spoken(PRINTED).texts_work)
        self.assertFalse(calling.Spoken([*PRINTED, {"event": "message_unanswered"}]).texts_work)
        self.assertFalse(calling.Spoken(PRINTED[1:]).texts_work)

    def test_names_of_chat_and_relays(self):
        self.assertEqual(list(calling.APPS["signal"].names.values()), [calling.CHAT, *calling.RELAYS])
        self.assertEqual(calling.APPS["whatsapp"].names, {})


class Pages(unittest.TestCase):
    """What a browser's page is told: only the callee hangs up, is mute, or sends at a rate of its own."""

    def test_who_is_told_what(self):
        call = WebCall("call", "voice", 30, hung_up_s=10, muted=True)
        caller, callee = call.options("caller", "callee", 2), call.options("callee", "caller", 2)
        self.assertEqual((caller["seconds"], callee["seconds"]), (30, 10))
        self.assertEqual((caller.get("voice"), callee.get("voice")), (None, "usedtx=1"))
        self.assertEqual({caller["call"], callee["call"]}, {2})
        self.assertIn("maxaveragebitrate=64000", WebCall("call", voice_bps=64000).options("callee", "caller", 1)["voice"])

    def test_relays_of_pages(self):
        self.assertNotIn("turn", WebCall("call").options("caller", "callee", 1))
        told = WebCall("call", turn="198.18.0.61", turn_tcp=True).options("caller", "callee", 1)
        self.assertEqual((told["turn"], told["tcp"]), ("198.18.0.61:3478", 1))


class Scenarios(unittest.TestCase):
    """The list of scenarios about calls."""

    def test_every_guilty_one_has_a_twin(self):
        known = registry.load()
        for number in ("S13", "S14", "S15", "S18", "S14-webrtc", "S15-webrtc"):
            twins = [one for one in known.values() if one.twin_of == number]
            self.assertTrue(twins and all(one.innocent for one in twins), number)

    def test_rules_depend_on_the_seed_alone(self):
        for one in registry.load().values():
            if one.number[:3] in ("S13", "S14", "S15", "S18", "S23", "S24"):
                self.assertEqual(*(one.rules(generator(one, 7, "rules")) for _ in range(2)), one.number)


if __name__ == "__main__":
    main()
