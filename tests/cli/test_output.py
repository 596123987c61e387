"""Outputs: their records against the schema, their width, colours, files, and failures."""

import json
import os
import pty
import subprocess
from pathlib import Path

import jsonschema

from harness import DEADAIR, SOURCE, TIMEOUT, DeadairTest, capture, main

SCHEMA = json.loads((SOURCE / "docs/schema.json").read_text())
CASES = sorted(path for path in (SOURCE / "pcaps").glob("*/input*") if path.is_file())


def on_terminal(*arguments: str, **environment: str) -> str:
    """What the program writes when standard output is a terminal."""
    inherited = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    own, its = pty.openpty()
    run = subprocess.Popen([DEADAIR, *arguments], stdin=subprocess.DEVNULL, stdout=its,
                           stderr=subprocess.DEVNULL,
                           env={**inherited, "TERM": "xterm", **environment})
    os.close(its)
    chunks = []
    try:
        while chunk := os.read(own, 65536):
            chunks.append(chunk)
    except OSError:  # Linux reports the closed other end as an error
        pass
    run.wait(TIMEOUT)
    os.close(own)
    return b"".join(chunks).decode()


class Records(DeadairTest):
    def validator(self) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(SCHEMA)

    def check(self, record: dict):
        """Against its own part of the schema, for a message that says which field is wrong."""
        self.assertIn(record["type"], SCHEMA["$defs"])
        part = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"],
                "$ref": f"#/$defs/{record['type']}"}
        errors = [error.message for error in jsonschema.Draft202012Validator(part).iter_errors(record)]
        self.assertEqual(errors, [], record)

    def test_the_schema_is_one_and_closed(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        kinds = [reference["$ref"].rsplit("/", 1)[1] for reference in SCHEMA["oneOf"]]
        self.assertEqual(kinds, ["flow", "call", "finding", "verdict", "capture"])
        for kind in kinds:
            self.assertIs(SCHEMA["$defs"][kind]["additionalProperties"], False)
            for name, field in SCHEMA["$defs"][kind]["properties"].items():
                self.assertIn("description", field, f"{kind}.{name}")

    def test_the_schema_notices_faults(self):
        path = self.write("a.pcap", capture(flows=1))
        flow = json.loads(self.run_deadair("read", "--json", path).stdout.splitlines()[0])
        self.assertTrue(self.validator().is_valid(flow))
        for fault in ({"surprise": 1}, {"ts_first": "2017-05-12T08:10:31Z"}, {"frame_first": 0},
                      {"host": ""}, {"app": "whatsapp"}, {"client_port": 65536}, {"signals": []}):
            self.assertFalse(self.validator().is_valid({**flow, **fault}), fault)
        for name in ("flow", "frame_last", "app", "service", "file"):
            self.assertFalse(self.validator().is_valid({k: v for k, v in flow.items() if k != name}))

    def test_every_record_of_every_case_is_valid(self):
        self.assertGreater(len(CASES), 20)
        seen = 0
        for path in CASES:
            with self.subTest(path=path.parent.name):
                for line in self.run_deadair("read", "--json", str(path)).stdout.splitlines():
                    self.check(json.loads(line))
                    seen += 1
        self.assertGreater(seen, len(CASES))

    def test_several_inputs_name_the_file_of_each_frame(self):
        content = capture(flows=1, packets=4)
        size = (len(content) - 24) // 4
        first = self.write("first.pcap", content[:24 + 2 * size])
        second = self.write("second.pcap", content[:24] + content[24 + 2 * size:])
        lines = self.run_deadair("read", "--json", second, first).stdout.splitlines()
        flow = json.loads(lines[0])
        self.check(flow)
        self.assertEqual((flow["file"], flow["frame_first"]), (first, 1))
        self.assertEqual(flow["frame_last"], {"file": second, "frame": 2})


class Page(DeadairTest):
    def test_no_case_is_wider_than_100_columns(self):
        for path in CASES:
            for option in ("-q", "-v"):
                page = self.run_deadair("read", option, str(path)).stdout
                wide = [line for line in page.splitlines() if len(line) > 100]
                self.assertEqual(wide, [], path)

    def test_nothing_to_report_takes_three_lines(self):
        path = self.write("a.pcap", capture())
        page = self.run_deadair("read", path).stdout
        self.assertEqual(page.count("\n"), 3, page)

    def test_colour_only_where_it_is_wanted(self):
        path = self.write("a.pcap", capture())
        self.assertNotIn("\x1b", self.run_deadair("read", path).stdout)
        self.assertIn("\x1b[1m", self.run_deadair("read", "--color=always", path).stdout)
        self.assertIn("\x1b[1m", on_terminal("read", path))
        self.assertIn("\x1b[1m", on_terminal("read", path, NO_COLOR=""))
        self.assertNotIn("\x1b", on_terminal("read", path, NO_COLOR="1"))
        self.assertNotIn("\x1b", on_terminal("read", path, TERM="dumb"))
        self.assertNotIn("\x1b", on_terminal("read", "--color=never", path))
        self.assertIn("\x1b[1m", on_terminal("read", "--color=always", path, NO_COLOR="1"))


class Files(DeadairTest):
    def test_several_outputs_at_once(self):
        path = self.write("a.pcap", capture())
        names = [str(self.folder / name) for name in ("1.json", "2.json", "page.txt")]
        done = self.run_deadair("read", path, "-o", f"json:{names[0]}", "-o", f"json:{names[1]}",
                                "-o", f"text:{names[2]}", "-o", "text")
        self.assertEqual(done.returncode, 0, done.stderr)
        first, second, page = (Path(name).read_text() for name in names)
        self.assertEqual(first, self.run_deadair("read", "--json", path).stdout)
        self.assertEqual(second, first)
        self.assertEqual(page, done.stdout)

    def test_an_output_never_replaces_an_input_or_another_output(self):
        content = capture()
        path = self.write("a.pcap", content)
        link = self.folder / "link"
        link.symlink_to(path)
        for name in (path, str(link)):
            self.assert_error(self.run_deadair("read", path, "-o", f"json:{name}"), "input")
        with open(path, "rb") as unharmed:
            self.assertEqual(unharmed.read(), content)
        name = str(self.folder / "x")
        self.assert_error(
            self.run_deadair("read", path, "-o", f"json:{name}", "-o", f"text:{name}"), name)

    def test_outputs_that_cannot_be_written(self):
        path = self.write("a.pcap", capture())
        self.assert_error(self.run_deadair("read", path, "-o", "json:/nonexistent/x"), "/nonexistent/x")
        self.assert_error(self.run_deadair("read", path, "-o", "json:/dev/full"), "No space left")
        with open("/dev/full", "wb") as full:
            done = self.run_deadair("read", path, capture_output=False, stdout=full,
                                    stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        self.assertIn("standard output", done.stderr)

    def test_a_reader_that_leaves_early_is_no_failure(self):
        path = self.write("a.pcap", capture(flows=20_000, packets=1))
        kept = str(self.folder / "kept.json")
        run = subprocess.Popen([DEADAIR, "read", path, "--json", "-o", f"json:{kept}"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.readline()
        run.stdout.close()
        errors = run.stderr.read()
        run.stderr.close()
        self.assertEqual((run.wait(TIMEOUT), errors), (0, b""))
        with open(kept, encoding="utf-8") as lines:
            self.assertEqual(sum(1 for _ in lines), 20_001)


if __name__ == "__main__":
    main()
