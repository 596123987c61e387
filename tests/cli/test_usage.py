"""Help, versions, and every way to call deadair wrongly."""

import re

from harness import SOURCE, DeadairTest, capture, main


class Usage(DeadairTest):
    def test_no_arguments_print_short_help(self):
        done = self.run_deadair()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("usage: deadair read FILE", done.stderr)

    def test_help_is_the_same_everywhere_and_fits_80_columns(self):
        text = self.run_deadair("-h").stdout
        for arguments in (["--help"], ["help"], ["read", "-h"], ["live", "--help"]):
            done = self.run_deadair(*arguments)
            self.assertEqual((done.returncode, done.stdout), (0, text), arguments)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_help_lists_every_option_and_format(self):
        text = self.run_deadair("-h").stdout
        table = (SOURCE / "src/cli/option_table.cpp").read_text()
        entries = re.findall(r'OptionEntry\{\s*"([a-z-]+)(?:,(\w))?"', table)
        self.assertGreater(len(entries), 20)
        for long_name, short_name in entries:
            shown = f"-{short_name}, --{long_name}" if short_name else f"      --{long_name}"
            self.assertRegex(text, rf"(?m)^ *{re.escape(shown.strip())}\b")
        for form in ("text", "json", "evidence"):
            self.assertRegex(text, rf"(?m)^ +{form} ")

    def test_version_names_the_libraries(self):
        done = self.run_deadair("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^deadair \d+\.\d+\.\d+\n.*libpcap.* \d.*\nnDPI \d+\.\d+")

    def test_interfaces_are_listed(self):
        for arguments in (["-D"], ["live", "-D"]):
            done = self.run_deadair(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r"(?m)^lo\s+up")

    def test_unknown_options(self):
        self.assert_error(self.run_deadair("read", "--jsn", "x"), "--jsn", "did you mean --json?")
        self.assert_error(self.run_deadair("read", "-w", "x"), "-w", "deadair -h")
        self.assert_error(self.run_deadair("read", "--cou", "5", "x"), "--cou")

    def test_unknown_command(self):
        self.assert_error(self.run_deadair("x.pcap"), "x.pcap", "deadair read x.pcap")

    def test_missing_arguments(self):
        self.assert_error(self.run_deadair("read"), "no input")
        self.assert_error(self.run_deadair("live"), "no interface")
        self.assert_error(self.run_deadair("-v"), "nothing to do")
        self.assert_error(self.run_deadair("read", "-c"), "needs a value")
        self.assert_error(self.run_deadair("read", "--json=1", "x"), "takes no value")

    def test_values_out_of_range(self):
        for option, value in (("-c", "0"), ("-c", "-1"), ("-c", "5x"), ("-c", ""), ("-c", "1" * 30),
                              ("--max-flows", "0"), ("--timeout-udp", "0"), ("--timeout-udp", "nan"),
                              ("--timeout-tcp", "-5"), ("--timeout-media", "1s"),
                              ("--public-net", "10.0.0.0/33"), ("--color", "sometimes")):
            with self.subTest(option=option, value=value):
                self.assert_error(self.run_deadair("read", option, value, "x"), option)

    def test_lists_of_names_that_cannot_be_read(self):
        self.assert_error(self.run_deadair("read", "--watch", "/nonexistent", "x"), "--watch", "No such file")
        self.assert_error(self.run_deadair("read", "--watch", "/", "x"), "--watch", "directory")
        path = self.write("names.txt", b"# mine\none.example\nhttps://two.example/\n")
        self.assert_error(self.run_deadair("read", "--watch", path, "x"), "--watch", "line 3", "https://two.example/")

    def test_options_of_the_other_command(self):
        self.assert_error(self.run_deadair("read", "-i", "lo", "x"), "-i", "deadair read")
        self.assert_error(self.run_deadair("live", "-i", "lo", "-r", "x"), "-r", "deadair live")

    def test_outputs_that_make_no_sense(self):
        self.assert_error(self.run_deadair("read", "-o", "xml", "x"), "xml", "text, json")
        self.assert_error(self.run_deadair("read", "-o", "json:", "x"), "no file")
        self.assert_error(self.run_deadair("read", "-o", "json", "-o", "text", "x"), "standard output")

    def test_two_filters(self):
        path = self.write("a.pcap", capture())
        self.assert_error(self.run_deadair("read", "-f", "udp", path, "--", "tcp"), "udp", "tcp")

    def test_hostile_names_cannot_drive_the_terminal(self):
        self.assert_error(self.run_deadair("read", "\x1b[31mx\n.pcap"), "\\x1b[31mx\\x0a.pcap")


if __name__ == "__main__":
    main()
