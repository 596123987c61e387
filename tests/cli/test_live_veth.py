"""`deadair live` between two network namespaces: the records are those of tcpdump's file of the same packets.

All are counted, and they come as soon as they can. Needs root; says so where it is not.
"""

import json
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness import DEADAIR, SOURCE, TIMEOUT, DeadairTest, main, udp_packet

sys.path.insert(0, str(SOURCE / "tools/lib"))
import veth  # noqa: E402

ETHERNET_PCAP = struct.pack("<IHHiII", 0xA1B2C3D4, 2, 4, 0, 0, 65535) + struct.pack("<I", 1)
SO_TIMESTAMPNS = 35


def frames_of(path: Path) -> list[bytes]:
    """The whole frames of a little-endian Ethernet pcap file; none of other files."""
    data, frames, at = path.read_bytes(), [], 24
    if data[:4] != ETHERNET_PCAP[:4] or data[20:24] != ETHERNET_PCAP[20:24]:
        return []
    while at + 16 <= len(data):
        size, wire = struct.unpack_from("<II", data, at + 8)
        if size == wire and at + 16 + size <= len(data):
            frames.append(data[at + 16:at + 16 + size])
        at += 16 + size
    return frames


def case(name: str) -> list[bytes]:
    return frames_of(SOURCE / "pcaps" / name / "input.pcap")


def every_case() -> list[bytes]:
    return [frame for path in sorted(SOURCE.glob("pcaps/*/input.pcap")) for frame in frames_of(path)]


def datagram(port: int, size: int = 20) -> bytes:
    return bytes(12) + b"\x08\x00" + udp_packet("10.0.0.1", port, "198.51.100.7", 9000, b"x" * size)


def without(record: dict, *names: str) -> dict:
    return {name: value for name, value in record.items() if name not in names}


def read_line(pipe, seconds: float) -> bytes:
    """What comes within that time; empty when nothing does."""
    return pipe.readline() if select.select([pipe], [], [], seconds)[0] else b""


class VethTest(DeadairTest):
    def setUp(self):
        super().setUp()
        try:
            self.pair = veth.Pair("dat")
        except veth.Unavailable as reason:
            self.skipTest(str(reason))
        self.addCleanup(self.pair.close)
        self.port = self.pair.near.socket()
        self.addCleanup(self.port.close)
        self.interface = self.pair.far.interface

    def send(self, frames: list[bytes]):
        for frame in frames:
            self.port.send(frame)

    def spawn(self, *command) -> subprocess.Popen:
        child = subprocess.Popen(self.pair.far.within(*command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        return child

    def live(self, *words: str, interface: str = "") -> subprocess.Popen:
        """`deadair live`, capturing when this returns."""
        child = self.spawn(DEADAIR, "live", "-i", interface or self.interface, "--json", *words)
        veth.wait_until_watching(child, TIMEOUT)
        return child

    def finish(self, child: subprocess.Popen, interrupt: bool = True, status: int = 0) -> tuple[list[dict], str]:
        if interrupt:
            child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=TIMEOUT)
        self.assertEqual(child.returncode, status, errors)
        return [json.loads(line) for line in output.splitlines()], errors.decode()


class BesideTcpdump(VethTest):
    """Both programs watch one interface; what deadair says of tcpdump's file is what it said live."""

    def setUp(self):
        super().setUp()
        if shutil.which("tcpdump") is None:
            self.skipTest("not installed: tcpdump")
        # Without such a socket anywhere each capturing program takes the time for itself, some hundred nanoseconds
        # apart; with one, the kernel stamps each packet once, as it arrives.
        stamping = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stamping.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.addCleanup(stamping.close)
        time.sleep(0.1)  # the kernel begins in its own time
        self.path = self.folder / "tcpdump.pcap"

    def tcpdump(self, packets: int, *words: str, interface: str = "") -> subprocess.Popen:
        """It ends by itself after so many packets: interrupted, it would lose what it has not written.

        Its ring has a slot of the greatest length for each packet: with the default length there are too few.
        """
        child = self.spawn("tcpdump", "--nano", "-Z", "root", "-U", "--immediate-mode", "-B", "65536", "-s", "4096",
                           "-w", self.path, "-c", packets, "-i", interface or self.interface, *words)
        said = child.stderr.readline()
        while said and b"listening on" not in said:
            said = child.stderr.readline()
        self.assertIn(b"listening on", said)
        return child

    def both(self, frames: list[bytes], packets: int, *words: str, interface: str = "") -> list[dict]:
        """Sends the frames, of which `packets` pass the filter in `words`; the live records."""
        writer = self.tcpdump(packets, *words, interface=interface)
        watcher = self.live(*words, interface=interface)
        self.send(frames)
        writer.wait(TIMEOUT)
        return self.finish(watcher)[0]

    def check(self, live: list[dict], packets: int, *options: str):
        done = self.run_deadair("read", "--json", *options, str(self.path))
        self.assertEqual(done.returncode, 0, done.stderr)
        read = [json.loads(line) for line in done.stdout.splitlines()]
        ended = live[-1]
        self.assertEqual((ended["packets"], ended["kernel_drops"], ended["interface_drops"]), (packets, 0, 0))
        self.assertEqual([without(record, "file", "kernel_drops", "interface_drops") for record in live],
                         [without(record, "file") for record in read])


class SameRecords(BesideTcpdump):
    def test_every_bundled_ethernet_capture(self):
        frames = every_case()
        self.assertGreater(len(frames), 2000)
        live = self.both(frames, len(frames))
        self.check(live, len(frames))
        self.assertGreater(len({record.get("app") for record in live}), 4)
        self.assertEqual({record["file"] for record in live}, {self.interface})

    def test_packets_cut_short(self):
        frames = case("whatsapp-call-voice") + case("link-vlan")
        self.check(self.both(frames, len(frames), "-s", "96"), len(frames))

    def test_a_filter(self):
        frames, port_53 = case("dns-named") + case("tcp-closed"), struct.pack(">H", 53)
        wanted = sum(frame[23] == 17 and port_53 in (frame[34:36], frame[36:38]) for frame in frames)
        self.assertTrue(0 < wanted < len(frames))
        self.check(self.both(frames, wanted, "udp", "port", "53"), wanted)

    def test_every_interface_at_once(self):
        frames = case("facebook-text")
        live = self.both(frames, len(frames), interface="any")
        self.check(live, len(frames))
        self.assertEqual(live[-1]["link_types"], ["LINUX_SLL2"])


class WhileItRuns(BesideTcpdump):
    """Flows leave when their time is up, whether anything else comes or not."""

    OPTIONS = ("--timeout-closed", "0.5", "--timeout-syn", "1")

    def test_a_busy_interface(self):
        watcher = self.live(*self.OPTIONS)
        closed = case("tcp-closed")
        self.send(closed)
        started, line = time.monotonic(), b""
        while not line and time.monotonic() < started + TIMEOUT:
            self.send([datagram(40000)])
            line = read_line(watcher.stdout, 0.005)
        self.assertLess(time.monotonic() - started, 5)
        flow = json.loads(line)
        self.assertEqual((flow["tcp_state"], flow["frame_first"]), ("closed", 1))
        self.assertIsNone(watcher.poll())
        self.finish(watcher)

    def test_an_idle_interface(self):
        frames = case("tcp-closed") + case("tcp-syn-unanswered") + [datagram(40000)]
        writer = self.tcpdump(len(frames) + 1)
        watcher = self.live(*self.OPTIONS)
        self.send(frames)
        lines = [read_line(watcher.stdout, 10), read_line(watcher.stdout, 10)]
        self.send([datagram(40000)])
        writer.wait(TIMEOUT)
        rest, _ = self.finish(watcher)
        live = [json.loads(line) for line in lines] + rest
        self.assertEqual([record.get("tcp_state") for record in live], ["closed", "syn_sent", None, None])
        self.assertEqual(live[2]["packets_up"], 2)
        self.check(live, len(frames) + 1, *self.OPTIONS)


class Ends(VethTest):
    def send_steadily(self):
        """A packet every half millisecond until the test ends: the interface is never idle."""
        stop = threading.Event()

        def run():
            while not stop.wait(0.0005):
                self.send([datagram(40000)])

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(stop.set)

    def test_duration_on_a_busy_interface(self):
        self.send_steadily()
        watcher = self.live("--duration", "1")
        started = time.monotonic()
        records, _ = self.finish(watcher, interrupt=False)
        self.assertLess(time.monotonic() - started, 4)
        self.assertGreater(records[-1]["packets"], 10)

    def test_count(self):
        watcher = self.live("-c", "7", "udp")
        self.send([datagram(40000 + number) for number in range(20)])
        records, errors = self.finish(watcher, interrupt=False)
        self.assertEqual([record["frame_first"] for record in records[:-1]], list(range(1, 8)))
        self.assertEqual(records[-1]["packets"], 7)
        self.assertTrue(errors.startswith("7 packets, 7 flows, 0 dropped"), errors)

    def test_an_interrupt_keeps_what_was_sent_before(self):
        watcher = self.live()
        self.send([datagram(40000)] * 500)
        records, errors = self.finish(watcher)
        self.assertEqual(records[0]["packets_up"], 500)
        self.assertTrue(errors.startswith("500 packets, 1 flow, 0 dropped"), errors)

    def test_what_the_kernel_dropped_is_told(self):
        watcher = self.live("-B", "1")
        watcher.send_signal(signal.SIGSTOP)
        before = self.pair.far.counters()["rx_packets"]
        self.send([datagram(40000, 1400)] * 4000)
        watcher.send_signal(signal.SIGCONT)
        records, errors = self.finish(watcher)
        told = records[-1]
        self.assertGreater(told["kernel_drops"], 0)
        self.assertGreater(told["packets"], 0)
        self.assertEqual(told["packets"] + told["kernel_drops"], 4000)
        self.assertEqual(self.pair.far.counters()["rx_packets"] - before, 4000)
        self.assertIn(f"{told['kernel_drops']:,} dropped by the kernel", errors)

    def test_the_interface_disappears(self):
        watcher = self.live()
        self.send([datagram(40000)] * 3)
        time.sleep(0.2)
        self.pair.far.run("ip", "link", "delete", self.interface)
        records, errors = self.finish(watcher, interrupt=False, status=3)
        self.assertEqual((records[0]["packets_up"], records[-1]["type"]), (3, "capture"))
        self.assertRegex(errors, rf"(?m)^deadair: {self.interface}: the capture ended: ")

    def test_the_interface_goes_down_and_comes_back(self):
        watcher = self.live()
        self.send([datagram(40000)])
        self.pair.far.run("ip", "link", "set", self.interface, "down")
        time.sleep(0.2)
        self.pair.far.run("ip", "link", "set", self.interface, "up")
        veth.wait_until(self.pair.near.has_carrier, TIMEOUT, "the pair to be up")
        self.send([datagram(40000)])
        records, _ = self.finish(watcher)
        self.assertEqual(records[0]["packets_up"], 2)

    def test_an_interface_that_is_down(self):
        self.pair.far.run("ip", "link", "set", self.interface, "down")
        done = subprocess.run(self.pair.far.within(DEADAIR, "live", "-i", self.interface), capture_output=True,
                              text=True, timeout=TIMEOUT, check=False)
        self.assert_error(done, self.interface, "down")


if __name__ == "__main__":
    main()
