"""Checks that the bundled cases are what their generator makes, and that their runner notices faults."""

import argparse
import json
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--deadair", type=Path, required=True)
ARGUMENTS.add_argument("--source", type=Path, required=True)
OPTIONS, REST = ARGUMENTS.parse_known_args()
sys.path.insert(0, str(OPTIONS.source / "tests/cases"))
import expectation  # noqa: E402
import run_cases  # noqa: E402

RECORD = {"type": "flow", "app": "whatsapp", "confidence": "likely", "client_ip": "10.0.0.1",
          "media": ["voice"], "rtp": [{"pt": 120, "dir": "up", "packets": 9}]}
PROGRAM = """#!/bin/sh
echo '{"type":"capture","packets":1}'
"""


def unmet(item: dict) -> list[str]:
    return expectation.unmet({"records": [item]}, [RECORD])


class Expectation(unittest.TestCase):
    def test_partial_lists_and_objects_agree(self):
        has = {"media": ["voice"], "rtp": [{"pt": 120}], "app": {"any": ["skype", "whatsapp"]}}
        self.assertEqual(unmet({"match": {"type": "flow"}, "count": 1, "has": has}), [])

    def test_wrong_value_count_or_presence_is_reported(self):
        for item in ({"match": {"type": "flow"}, "count": 2},
                     {"match": {"type": "call"}},
                     {"match": {"type": "flow"}, "count": 1, "has": {"app": "skype"}},
                     {"match": {"type": "flow"}, "count": 1, "has": {"rtp": [{"pt": 102}]}},
                     {"match": {"type": "flow"}, "count": 1, "has": {"host": "x"}},
                     {"match": {"type": "flow"}, "count": 1, "lacks": ["media"]}):
            self.assertEqual(len(unmet(item)), 1, item)

    def test_none_and_lower_bounds(self):
        def hit(bound):
            none = [{"app": "whatsapp", "confidence_min": bound}]
            return len(expectation.unmet({"none": none}, [RECORD]))
        self.assertEqual([hit(bound) for bound in ("guess", "likely", "certain")], [1, 1, 0])

    def test_booleans_are_not_numbers(self):
        self.assertFalse(expectation.agrees(1, True))
        self.assertFalse(expectation.agrees({"min": 0}, True))

    def test_ranges_include_their_ends(self):
        for value, inside in ((0.02, True), (0.05, True), (0.0199, False), (0.0501, False), ("0.03", False)):
            self.assertEqual(expectation.agrees({"min": 0.02, "max": 0.05}, value), inside, value)
        self.assertTrue(expectation.agrees({"max": 3}, 2) and not expectation.agrees({"max": 3}, 4))
        self.assertTrue(expectation.agrees([{"responses": {"min": 1}}], [{"responses": 0}, {"responses": 4}]))
        self.assertFalse(expectation.agrees([{"responses": {"min": 5}}], [{"responses": 0}, {"responses": 4}]))

    def test_only_and_length(self):
        for value, right in ((["voice"], True), (["voice", "video"], False), ([], False), ("voice", False)):
            self.assertEqual(expectation.agrees({"only": ["voice"]}, value), right, value)
        self.assertFalse(expectation.agrees({"only": ["voice", "video"]}, ["voice", "voice"]))
        self.assertTrue(expectation.agrees({"length": 2}, [1, 2]) and not expectation.agrees({"length": 2}, [1]))
        self.assertTrue(expectation.agrees({"length": {"min": 1}}, [1]) and not expectation.agrees({"length": 1}, "a"))


class Calls(unittest.TestCase):
    CALL = {"type": "call", "call": 1, "ts_start": "2017-05-12T20:16:40.000001Z",
            "ts_end": "2017-05-12T20:16:40.000001500Z", "flows": ["1:a"]}
    FLOW = {"type": "flow", "flow": "1:a"}

    def problems(self, *records):
        return run_cases.call_problems([self.FLOW, *records])

    def test_what_holds_of_all_calls(self):
        self.assertEqual(self.problems(self.CALL), [])
        self.assertEqual(self.problems(), [])
        self.assertEqual(len(self.problems(self.CALL, self.CALL)), 1)
        self.assertEqual(len(self.problems(self.CALL | {"call": 2})), 1)
        self.assertEqual(len(self.problems(self.CALL | {"flows": ["1:a", "1:b"]})), 1)
        self.assertEqual(len(self.problems(self.CALL | {"ts_media": "2017-05-12T20:16:40.000000Z"})), 1)


class Findings(unittest.TestCase):
    FLOW = {"type": "flow", "flow": "1:a"}
    FINDING = {"type": "finding", "id": "INJ.TTL", "flow": "1:a", "score": 2.5, "items": [{"lr": 2.5}, {"lr": -0.3}]}
    VERDICT = {"type": "verdict", "app": "viber", "service": "calls", "attempts": 5, "failed": 3, "connected": 2,
               "findings": [{"id": "INJ.TTL", "count": 1}]}

    def test_what_holds_of_all_findings(self):
        def problems(*records):
            return len(run_cases.finding_problems([self.FLOW, *records]))
        self.assertEqual(problems(), 0)
        self.assertEqual(problems(self.FINDING, self.FINDING, {"type": "capture"}), 0)
        self.assertEqual(problems(self.FINDING, self.FLOW), 1)
        self.assertEqual(problems(self.FINDING | {"flow": "1:b"}), 1)
        self.assertEqual(problems(self.FINDING | {"call": 1}), 1)
        self.assertEqual(problems({"type": "call", "call": 1}, self.FINDING | {"call": 1}), 0)
        self.assertEqual(problems(self.FINDING | {"score": 2.8}), 1)

    def test_what_holds_of_all_verdicts(self):
        def problems(*records):
            return len(run_cases.verdict_problems([self.FINDING, *records]))
        self.assertEqual(problems(), 0)
        self.assertEqual(problems(self.VERDICT, self.VERDICT | {"service": "text"}), 0)
        self.assertEqual(problems(self.VERDICT, self.VERDICT), 1)
        self.assertEqual(problems(self.VERDICT | {"failed": 4}), 1)
        self.assertEqual(problems(self.VERDICT | {"findings": [{"id": "INJ.TTL", "count": 2}]}), 1)


class Runner(unittest.TestCase):
    """run_cases.py on a case and a program that are wrong in known ways."""

    def run_case(self, expect, readme):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            case = folder / "pcaps" / "one"
            case.mkdir(parents=True)
            (case / "input.pcap").write_bytes(b"anything")
            (case / "expect.json").write_text(json.dumps(expect))
            (case / "README.md").write_text(readme)
            program = folder / "program"
            program.write_text(PROGRAM)
            program.chmod(stat.S_IRWXU)
            (folder / "schema.json").write_text('{"type": "object", "required": ["schema"]}')
            runner = OPTIONS.source / "tests/cases/run_cases.py"
            return subprocess.run(
                [sys.executable, "-B", runner, "--deadair", program, "--pcaps", folder / "pcaps",
                 "--schema", folder / "schema.json"], capture_output=True, text=True)

    def test_every_fault_is_told(self):
        result = self.run_case({"exit": 3, "records": [{"match": {"type": "flow"}, "count": 1}]}, "")
        self.assertEqual(result.returncode, 1)
        for part in ("SHA-256", "exit 0, expected 3", "schema:", "1 packets, but 0 in flows",
                     "0 records, expected 1", "0 passed, 1 failed"):
            self.assertIn(part, result.stdout)


class Generator(unittest.TestCase):
    def test_committed_cases_are_what_the_generator_makes(self):
        command = [sys.executable, "-B", OPTIONS.source / "tools/make-cases", "--check"]
        result = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
