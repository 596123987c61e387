"""`deadair live` on the loopback interface; needs the right to capture, and says so when it lacks it."""

import json
import signal
import socket
import subprocess
import sys
import time

from harness import DEADAIR, SOURCE, TIMEOUT, DeadairTest, main

sys.path.insert(0, str(SOURCE / "tools/lib"))
import veth  # noqa: E402

PORT = 39125


def may_capture() -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except PermissionError:
        return False
    return True


def send(count: int):
    """`count` datagrams to ourselves, to a port where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(count):
            try:
                sender.sendto(b"x" * 30, ("127.0.0.1", PORT))
            except ConnectionRefusedError:  # the ICMP answer to the one before
                pass


class Live(DeadairTest):
    def setUp(self):
        super().setUp()
        if not may_capture():
            self.skipTest("no right to capture")

    def start(self, *arguments: str) -> subprocess.Popen:
        run = subprocess.Popen([DEADAIR, "live", "-i", "lo", *arguments], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        veth.wait_until_watching(run, TIMEOUT)
        return run

    def finish(self, run: subprocess.Popen) -> tuple[list[dict], str]:
        output, errors = run.communicate(timeout=TIMEOUT)
        self.assertEqual(run.returncode, 0, errors)
        return [json.loads(line) for line in output.splitlines()], errors.decode()

    def test_an_interrupt_flushes_and_sums_up(self):
        run = self.start("--json", "udp", "port", str(PORT))
        send(20)
        run.send_signal(signal.SIGINT)
        records, errors = self.finish(run)
        self.assertEqual([r["type"] for r in records], ["flow", "capture"])
        self.assertEqual(records[0]["packets_up"], 20)
        self.assertEqual((records[1]["file"], records[1]["kernel_drops"]), ("lo", 0))
        self.assertRegex(errors, r"^20 packets, 1 flow, 0 dropped by the kernel")

    def test_count_ends_the_run(self):
        run = self.start("--json", "-q", "-c", "5", "-f", f"udp port {PORT}")
        send(20)
        records, errors = self.finish(run)
        self.assertEqual((records[-1]["packets"], errors), (5, ""))

    def test_duration_ends_an_idle_run(self):
        started = time.monotonic()
        run = self.start("--json", "--duration", "2", "udp", "port", str(PORT + 1))
        records, _ = self.finish(run)
        self.assertEqual([r["type"] for r in records], ["capture"])
        self.assertGreaterEqual(time.monotonic() - started, 1.9)

    def test_the_page_comes_at_the_end(self):
        run = self.start("-i", "any", f"udp port {PORT}")
        send(3)
        run.send_signal(signal.SIGTERM)
        output, errors = run.communicate(timeout=TIMEOUT)
        self.assertEqual((run.returncode, errors), (0, b""))
        self.assertIn(b"capture complete", output)

    def test_an_unknown_interface_is_an_error(self):
        self.assert_error(self.run_deadair("live", "-i", "nosuch0"), "nosuch0")


if __name__ == "__main__":
    main()
