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
