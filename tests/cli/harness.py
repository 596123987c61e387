"""Runs deadair for the tests of this folder, and writes tiny captures for it to read."""

import argparse
import struct
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
DEADAIR = str(OPTIONS.deadair.resolve())
SOURCE = OPTIONS.source.resolve()
TIMEOUT = 120  # seconds; generous, because sanitizer builds are slow

PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)  # LINKTYPE_RAW
START = 1_494_576_631  # 2017-05-12 08:10:31 UTC


def udp_packet(source: str, source_port: int, target: str, target_port: int, payload: bytes) -> bytes:
    """IPv4 and UDP, checksums left zero."""
    address = lambda text: bytes(int(part) for part in text.split("."))  # noqa: E731
    udp = struct.pack(">HHHH", source_port, target_port, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0)
    return head + address(source) + address(target) + udp


def pcap_record(packet: bytes, microseconds: int) -> bytes:
    seconds, rest = divmod(microseconds, 1_000_000)
    return struct.pack("<IIII", START + seconds, rest, len(packet), len(packet)) + packet


def capture(flows: int = 3, packets: int = 2) -> bytes:
    """`flows` UDP flows, their packets in turn, a millisecond apart."""
    records = []
    for index in range(flows * packets):
        packet = udp_packet("10.0.0.1", 40000 + index % flows, "198.51.100.7", 9000, b"x" * 20)
        records.append(pcap_record(packet, 1000 * index))
    return PCAP_HEADER + b"".join(records)


class DeadairTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="deadair-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def run_deadair(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        """Its output as text; keyword arguments as for subprocess.run."""
        options = {"capture_output": True, "timeout": TIMEOUT, "stdin": subprocess.DEVNULL, **options}
        if "input" in options:
            del options["stdin"]
        done = subprocess.run([DEADAIR, *arguments], check=False, **options)
        for name in ("stdout", "stderr"):
            if getattr(done, name) is not None:
                setattr(done, name, getattr(done, name).decode("utf-8"))
        return done

    def assert_error(self, done: subprocess.CompletedProcess, *words: str):
        """Status 2, nothing on stdout, and one line on stderr that has all `words`."""
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("deadair: "), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)


def main():
    unittest.main(argv=[sys.argv[0], *REST])
