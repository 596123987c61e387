"""Names of the user's own list count as watched."""

import json

from harness import SOURCE, DeadairTest, main

CASE = SOURCE / "pcaps/lab-s01/input.pcap.xz"


class Watch(DeadairTest):
    def clues(self, *arguments: str) -> set:
        """What speaks for resets after the name, in all findings."""
        done = self.run_deadair("read", str(CASE), "--public-net", "198.18.0.0/15", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        findings = [json.loads(line) for line in done.stdout.splitlines() if '"type":"finding"' in line]
        return {item["name"] for finding in findings for item in finding["items"]}

    def test_a_listed_name_is_a_trigger(self):
        self.assertNotIn("TRIGGER", self.clues())
        listed = self.write("names.txt", b"# the lab's\nwatched.example\n")
        self.assertIn("TRIGGER", self.clues("--watch", listed))
        below = self.write("more.txt", b"*.example\n")
        self.assertIn("TRIGGER", self.clues("--watch", below))

    def test_lists_add_up(self):
        one = self.write("one.txt", b"other.example\n")
        two = self.write("two.txt", b"watched.example\n")
        self.assertNotIn("TRIGGER", self.clues("--watch", one))
        self.assertIn("TRIGGER", self.clues("--watch", two, "--watch", one))


if __name__ == "__main__":
    main()
