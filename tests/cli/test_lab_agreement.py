"""Tests how the lab compares deadair's findings and verdicts with what a scenario expects."""

import sys
import unittest

from harness import OPTIONS, main

sys.path.insert(0, str(OPTIONS.source.resolve() / "tools"))
from labkit.agreement import agrees, said, shortcomings  # noqa: E402
from labkit.registry import Expectation  # noqa: E402

GUILTY = Expectation("likely", ("RST.PSH.*", "INJ.TTL"))
CALLS = Expectation("likely", ("DIFF.CALLS_BLOCKED",), {"whatsapp/calls": "blocked"})
CROWDED = Expectation("none", notes=("GENERAL_CONGESTION", "GATE.LOSS"))


def finding(name: str, level: str, **more) -> dict:
    return {"type": "finding", "id": name, "level": level, **more}


def verdict(app: str, service: str, outcome: str) -> dict:
    return {"type": "verdict", "app": app, "service": service, "outcome": outcome}


class Agreement(unittest.TestCase):
    def check(self, expect: Expectation, records: list[dict], answer: str) -> None:
        self.assertEqual(agrees(expect, [{"type": "flow", "app": "whatsapp"}, *records]), answer, said(records))

    def test_all_signals_are_needed_and_one_at_the_level(self):
        self.check(GUILTY, [finding("RST.PSH.R", "observed"), finding("INJ.TTL", "likely")], "yes")
        self.check(GUILTY, [finding("RST.PSH.R", "likely"), finding("INJ.TTL", "confirmed_pattern")], "yes")
        self.check(GUILTY, [finding("INJ.TTL", "likely")], "MISSED")
        self.check(GUILTY, [finding("RST.PSH.R", "anomalous"), finding("INJ.TTL", "anomalous")], "MISSED")
        self.check(GUILTY, [finding("RST.PSH.R", "indeterminate"), finding("INJ.TTL", "indeterminate")], "MISSED")
        self.check(GUILTY, [], "MISSED")

    def test_another_signal_at_the_level_does_not_help(self):
        self.check(GUILTY, [finding("RST.PSH.R", "observed"), finding("INJ.TTL", "observed"),
                            finding("DNS.DUP", "likely")], "MISSED")

    def test_only_a_star_stands_for_more(self):
        self.check(Expectation("likely", ("INJ.TTL",)), [finding("INJ.TTL.STEP", "likely")], "MISSED")
        self.check(Expectation("likely", ("RST.PSH.*",)), [finding("RST.PSH", "likely")], "MISSED")

    def test_verdicts_must_hold(self):
        found = finding("DIFF.CALLS_BLOCKED", "likely")
        self.check(CALLS, [found, verdict("whatsapp", "calls", "blocked"), verdict("whatsapp", "text", "ok")], "yes")
        self.check(CALLS, [found, verdict("whatsapp", "calls", "inconclusive")], "MISSED")
        self.check(CALLS, [found, verdict("signal", "calls", "blocked")], "MISSED")

    def test_the_innocent_must_not_be_accused(self):
        innocent = Expectation()
        self.check(innocent, [], "yes")
        self.check(innocent, [finding("RST.PSH.R", "anomalous"), verdict("whatsapp", "calls", "inconclusive")], "yes")
        for loud in (finding("RST.PSH.R", "likely"), finding("RST.PSH.R", "confirmed_pattern"),
                     verdict("whatsapp", "calls", "blocked"), verdict("whatsapp", "calls", "degraded")):
            self.check(innocent, [loud], "FALSE")

    def test_a_service_may_be_bad_without_anybody_to_blame(self):
        congested = Expectation("none", verdicts={"whatsapp/calls": "degraded"})
        self.check(congested, [verdict("whatsapp", "calls", "degraded")], "yes")
        self.check(congested, [verdict("whatsapp", "calls", "degraded"), verdict("signal", "calls", "degraded")],
                   "FALSE")
        self.check(congested, [verdict("whatsapp", "calls", "ok")], "MISSED")

    def test_notes_are_named_and_never_loud(self):
        lossy = {"type": "capture", "gates": ["GATE.LOSS"]}
        self.check(CROWDED, [finding("GENERAL_CONGESTION", "observed"), lossy], "yes")
        self.check(CROWDED, [finding("GENERAL_CONGESTION", "observed", gates=["GATE.LOSS"])], "yes")
        self.check(CROWDED, [finding("GENERAL_CONGESTION", "observed")], "unnoted")
        self.check(CROWDED, [finding("GENERAL_CONGESTION", "anomalous"), lossy], "FALSE")

    def test_what_must_be_absent_is_false_at_any_level(self):
        decoy = Expectation("likely", ("INJ.TTL",), absent=("INJ.FP.*",))
        self.check(decoy, [finding("INJ.TTL", "likely")], "yes")
        self.check(decoy, [finding("INJ.TTL", "likely"), finding("INJ.FP.TSG", "observed")], "FALSE")

    def test_what_is_wrong_is_said_in_words(self):
        words = {
            "no INJ.TTL": (GUILTY, [finding("RST.PSH.R", "likely")]),
            "only INJ.TTL/observed, RST.PSH.R/anomalous":
                (GUILTY, [finding("RST.PSH.R", "anomalous"), finding("INJ.TTL", "observed")]),
            "whatsapp/calls is inconclusive, not blocked":
                (CALLS, [finding("DIFF.CALLS_BLOCKED", "likely"), verdict("whatsapp", "calls", "inconclusive")]),
            "whatsapp/calls is not told, not blocked": (CALLS, [finding("DIFF.CALLS_BLOCKED", "likely")]),
            "accuses: DNS.DUP/likely": (Expectation(), [finding("DNS.DUP", "likely")]),
            "says DNS.DUP/observed": (Expectation(absent=("DNS.*",)), [finding("DNS.DUP", "observed")]),
            "no GATE.LOSS": (CROWDED, [finding("GENERAL_CONGESTION", "observed")]),
        }
        for expected, (expect, records) in words.items():
            self.assertEqual(shortcomings(expect, records)[1], [expected])
        self.assertEqual(shortcomings(Expectation(), []), ("yes", []))

    def test_expectations_use_known_words(self):
        for wrong in ({"level": "suspected"}, {"verdicts": {"whatsapp/calls": "bad"}}):
            with self.assertRaises(ValueError):
                Expectation(**wrong)


if __name__ == "__main__":
    main()
