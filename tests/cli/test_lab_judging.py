"""Tests that kept runs of the lab are judged anew: which are found, what is said of each, and the exit status."""

import json
import subprocess
import sys
import unittest

from harness import DEADAIR, SOURCE, DeadairTest, capture, main

KEPT = {"S01-1": "S01", "S01-twin-1": "S01-twin", "S09-2": "S09"}


class Judging(DeadairTest):
    def keep(self, name: str, files: dict[str, bytes]) -> None:
        (self.folder / name).mkdir()
        for file, content in files.items():
            (self.folder / name / file).write_bytes(content)

    def judge(self, *words: str) -> tuple[int, str]:
        command = [sys.executable, str(SOURCE / "tools/lab"), "matrix", "--judge", str(self.folder), "--deadair", DEADAIR]
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def setUp(self) -> None:
        super().setUp()
        for name, number in KEPT.items():
            truth = json.dumps({"scenario": number, "seed": 1, "rtt_ms": 50}).encode()
            self.keep(name, {"truth.json": truth, "client.pcap": capture()})
        self.keep("refused", {"client.pcap": capture()})

    def test_the_innocent_are_right_and_the_guilty_missed(self):
        status, said = self.judge("S01", "S01-twin")
        rows = [line.split() for line in said.splitlines()]
        self.assertIn(["S01", "client", "no", "1", "0", "0", "1", "0"], rows)
        self.assertIn(["S01-twin", "client", "yes", "1", "1", "0", "0", "0"], rows)
        self.assertIn("S01 seed 1 rtt 50 client: MISSED: no RST.PSH.*; no INJ.TTL", said)
        self.assertNotIn("S09", said)
        self.assertEqual(status, 1)

    def test_elsewhere_the_guilty_need_not_be_found(self):
        status, said = self.judge("S01", "--vantage", "client-up", "server")
        rows = [line.split() for line in said.splitlines()]
        self.assertIn(["S01", "client-up", "no", "1", "1", "0", "0", "0"], rows)
        self.assertFalse(any(row[:2] == ["S01", "server"] for row in rows))
        self.assertEqual(status, 0)

    def test_nothing_to_judge_is_an_error(self):
        status, said = self.judge("S02")
        self.assertEqual(status, 2)
        self.assertIn("no recording", said)


if __name__ == "__main__":
    main()
