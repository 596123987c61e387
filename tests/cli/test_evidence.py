"""The excerpt of the evidence: what is in it, and what can go wrong on the way."""

import hashlib
import json
import lzma
import os
import shutil
import subprocess
import unittest

from harness import PCAP_HEADER, SOURCE, DeadairTest, capture, main

RESET = SOURCE / "pcaps/lab-s01/input.pcap.xz"
CALLS = SOURCE / "pcaps/lab-s13/input.pcap.xz"
LAB = ("--public-net", "198.18.0.0/15")


class Evidence(DeadairTest):
    def cut(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess:
        done = self.run_deadair("read", *arguments, "-o", f"evidence:{self.path()}", *LAB)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def path(self):
        return self.folder / "proof.pcapng"

    def findings(self, path, *arguments: str) -> list[tuple[str, str]]:
        done = self.run_deadair("read", str(path), "--json", *LAB, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return sorted((each["id"], each["level"]) for each in records if each["type"] == "finding")

    def leftovers(self) -> list[str]:
        return sorted(each.name for each in self.folder.iterdir())

    def test_it_names_the_same_findings(self):
        for source in (RESET, CALLS):
            done = self.cut(str(source))
            self.assertRegex(done.stderr, r"proof\.pcapng: [\d,]+ packets, \d+ of them with comments\n$")
            self.assertEqual(self.findings(self.path()), self.findings(source))
            self.assertEqual(self.leftovers(), ["proof.pcapng"])

    def test_the_page_stays_and_json_takes_its_place(self):
        self.assertIn("findings", self.cut(str(RESET)).stdout)
        done = self.cut(str(RESET), "--json")
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["type"], "capture")

    def test_the_same_bytes_again(self):
        self.cut(str(RESET))
        first = self.path().read_bytes()
        self.cut(str(RESET))
        self.assertEqual(self.path().read_bytes(), first)

    def test_the_section_names_its_source(self):
        self.cut(str(RESET))
        digest = hashlib.sha256(RESET.read_bytes()).hexdigest()
        self.assertIn(f"{RESET}, 88 packets, SHA-256 {digest}".encode(), self.path().read_bytes())
        self.assertIn(b"deadair read FILE --public-net 198.18.0.0/15", self.path().read_bytes())

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_wireshark_shows_the_comments(self):
        self.cut(str(RESET))
        run = subprocess.run(["tshark", "-r", self.path(), "-T", "fields", "-E", "separator=|", "-e", "tcp.flags.reset", "-e", "frame.interface_name", "-e", "frame.comment"],
                             capture_output=True, check=True, timeout=60)
        rows = [line.split("|") for line in run.stdout.decode().splitlines()]
        resets = [row for row in rows if row[0] in ("1", "True") and row[2]]
        self.assertEqual(len(resets), 3)
        for row in resets:
            self.assertEqual(row[1], "input.pcap.xz")
            self.assertIn("likely", row[2])
            self.assertIn("its TTL is not the sender's: 46", row[2])
            self.assertRegex(row[2], r"Frame \d+ of \S+input\.pcap\.xz\.")

    @unittest.skipUnless(shutil.which("tshark"), "tshark is not installed")
    def test_the_packets_are_those_of_the_capture(self):
        self.cut(str(RESET))
        def packets(path):
            run = subprocess.run(["tshark", "-r", path, "-T", "json", "-x", "-j", "frame"], capture_output=True,
                                 check=True, timeout=60)
            return [(each["_source"]["layers"]["frame"]["frame.time_epoch"], each["_source"]["layers"]["frame_raw"][0])
                    for each in json.loads(run.stdout)]
        plain = self.write("a.pcap", lzma.decompress(RESET.read_bytes()))
        whole, part = packets(plain), packets(self.path())
        self.assertLess(len(part), len(whole))
        self.assertEqual(part, [packet for packet in whole if packet in set(part)])

    def test_several_inputs_of_several_link_types(self):
        plain = self.write("reset.pcap", lzma.decompress(RESET.read_bytes()))
        raw = self.write("raw.pcap", capture())
        self.cut(plain, raw)
        self.assertEqual(self.findings(self.path()), self.findings(RESET))

    def test_nothing_found_is_an_empty_excerpt(self):
        path = self.write("a.pcap", capture())
        done = self.cut(path)
        self.assertIn("no packets, for there is no finding and no call", done.stderr)
        records = self.run_deadair("read", "--json", str(self.path())).stdout.splitlines()
        self.assertEqual(json.loads(records[0])["packets"], 0)

    def test_a_filter_holds_for_the_excerpt_too(self):
        self.cut(str(RESET), "-f", "port 53")
        self.assertEqual(self.findings(self.path()), [])

    def test_what_cannot_be_read_twice(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for name in ("-", str(pipe), "/dev/stdin"):
            done = self.run_deadair("read", name, "-o", f"evidence:{self.path()}")
            self.assert_error(done, "-o evidence", "cannot be read twice")
        self.assert_error(self.run_deadair("live", "-i", "lo", "-o", f"evidence:{self.path()}"), "deadair live")

    def test_a_file_is_needed_and_only_one(self):
        self.assert_error(self.run_deadair("read", str(RESET), "-o", "evidence"), "needs a file")
        self.assert_error(self.run_deadair("read", str(RESET), "-o", "evidence:-"), "needs a file")
        self.assert_error(self.run_deadair("read", str(RESET), "-o", "evidence:a", "-o", "evidence:b"), "only once")

    def test_no_input_and_no_other_output_is_replaced(self):
        path = self.write("a.pcap", capture())
        for target, arguments in ((path, (path,)), (path, (str(self.folder),))):
            self.assert_error(self.run_deadair("read", *arguments, "-o", f"evidence:{target}"), "would replace an input")
        same = str(self.folder / "x")
        self.assert_error(self.run_deadair("read", path, "-o", f"json:{same}", "-o", f"evidence:{same}"),
                          "two outputs go to")
        self.assertEqual((self.folder / "a.pcap").read_bytes(), capture())

    def test_where_nothing_can_be_written(self):
        path = self.write("a.pcap", capture())
        for target in ("/nonexistent/a.pcapng", "/dev/null", str(self.folder)):
            self.assert_error(self.run_deadair("read", path, "-o", f"evidence:{target}"), "cannot write", target)

    def test_a_file_that_changes_meanwhile(self):
        """The first reading waits in an output pipe while the capture is replaced."""
        plain = self.write("a.pcap", lzma.decompress(RESET.read_bytes()))
        pipe = self.folder / "out"
        os.mkfifo(pipe)
        run = subprocess.Popen([*self.command("read", plain, *LAB, "-o", f"json:{pipe}", "-o", f"evidence:{self.path()}")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with pipe.open("rb") as reader:
            # Opened for writing before the capture is; the scan may or may not have come first.
            self.write("b.pcap", PCAP_HEADER)
            reader.read(1)
            os.replace(self.folder / "b.pcap", plain)
            reader.read()
        _, told = run.communicate(timeout=60)
        if run.returncode == 0:
            self.skipTest("the run was over before the file was replaced")
        self.assertEqual(run.returncode, 3)
        self.assertIn(b"a.pcap changed while it was read, or cannot be read again", told)
        self.assertFalse(self.path().exists())

    def command(self, *arguments: str) -> list[str]:
        from harness import DEADAIR
        return [DEADAIR, *arguments]


if __name__ == "__main__":
    main()
