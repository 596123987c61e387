"""What `deadair read` accepts, and with which status it ends."""

import json
import os
import signal
import subprocess
import time

from harness import DEADAIR, TIMEOUT, DeadairTest, capture, main


class Read(DeadairTest):
    def records(self, *arguments: str, status: int = 0, **options) -> list[dict]:
        done = self.run_deadair("read", "--json", *arguments, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def packets(self, records: list[dict]) -> int:
        return sum(r["packets"] for r in records if r["type"] == "capture")

    def test_a_file_by_word_by_option_and_from_standard_input(self):
        path = self.write("a.pcap", capture(flows=3, packets=2))
        records = self.records(path)
        self.assertEqual([r["type"] for r in records], ["flow"] * 3 + ["capture"])
        self.assertEqual(self.records("-r", path), records)
        done = self.run_deadair("-r", path, "--json")
        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], records)
        piped = self.records("-", input=capture(flows=3, packets=2))
        self.assertEqual([r.get("bytes_up") for r in piped], [r.get("bytes_up") for r in records])

    def test_a_missing_file_is_fatal_alone_and_a_part_beside_others(self):
        self.assert_error(self.run_deadair("read", "/nonexistent/a.pcap"), "/nonexistent/a.pcap")
        path = self.write("a.pcap", capture())
        done = self.run_deadair("read", path, "/nonexistent/a.pcap")
        self.assertEqual(done.returncode, 3)
        self.assertIn("/nonexistent/a.pcap", done.stderr)

    def test_what_is_no_capture(self):
        path = self.write("a.txt", b"these are words\n")
        self.assert_error(self.run_deadair("read", path), path)

    def test_directories_are_read_and_their_other_files_counted(self):
        self.write("a.pcap", capture())
        self.write("notes.txt", b"these are words\n")
        records = self.records(str(self.folder))
        self.assertEqual(self.packets(records), 6)
        self.assertIn("skipped", self.run_deadair("read", str(self.folder)).stdout)

    def test_a_file_cut_in_mid_packet_is_read_up_to_there(self):
        path = self.write("cut.pcap", capture(flows=1, packets=4)[:-5])
        done = self.run_deadair("read", "--json", path)
        self.assertEqual(done.returncode, 3)
        last = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual((last["packets"], last["truncated"]), (3, True))
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertEqual(done.stderr.count("cut.pcap"), 1, "the name once: " + done.stderr)
        page = self.run_deadair("read", path)
        self.assertEqual(page.returncode, 3)
        self.assertIn("capture incomplete", page.stdout)

    def test_count_and_filters(self):
        path = self.write("a.pcap", capture(flows=3, packets=2))
        self.assertEqual(self.packets(self.records("-c", "4", path)), 4)
        self.assertEqual(self.packets(self.records("-f", "udp port 40001", path)), 2)
        self.assertEqual(self.packets(self.records(path, "--", "udp", "port", "40001")), 2)
        self.assertEqual(self.packets(self.records(path, "-c", "1", "--", "udp port 40001")), 1)
        self.assert_error(self.run_deadair("read", path, "--", "no such filter"), "filter")

    def test_max_flows_bounds_the_table_and_tells(self):
        path = self.write("a.pcap", capture(flows=9, packets=1))
        records = self.records("--max-flows", "2", path)
        self.assertEqual(sum(r["type"] == "flow" for r in records), 9)
        self.assertGreater(records[-1]["evicted_flows"], 0)

    def test_a_second_run_says_the_same(self):
        path = self.write("a.pcap", capture(flows=50, packets=3))
        for form in ("text", "json"):
            runs = {self.run_deadair("read", "-v", "-o", form, path).stdout for _ in range(2)}
            self.assertEqual(len(runs), 1)

    def test_an_interrupt_ends_a_waiting_run_in_order(self):
        path = str(self.folder / "pipe")
        os.mkfifo(path)
        for number in (signal.SIGINT, signal.SIGTERM):
            run = subprocess.Popen([DEADAIR, "read", "--json", path], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
            with open(path, "wb") as pipe:
                pipe.write(capture(flows=2, packets=2))
                pipe.flush()
                time.sleep(1)
                run.send_signal(number)
                output, errors = run.communicate(timeout=TIMEOUT)
            self.assertEqual(run.returncode, 0, errors)
            kinds = [json.loads(line)["type"] for line in output.splitlines()]
            self.assertEqual(kinds, ["flow", "flow", "capture"])


if __name__ == "__main__":
    main()
