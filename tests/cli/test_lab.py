"""Tests the lab's own arithmetic: captures compared end to end, truth made of them, and the list of scenarios.

Runs over namespaces are not made here; `tools/lab run` checks its truth against its captures each time.
"""

import json
import struct
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from harness import OPTIONS, DeadairTest, main, udp_packet

SOURCE = OPTIONS.source.resolve()
sys.path.insert(0, str(SOURCE / "tools"))
from labkit import captures, cli, registry, truth  # noqa: E402

CLIENT, SERVER = ("192.168.77.2", 40000), ("198.18.0.10", 443)
NANO_HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)
UP, DOWN = (*CLIENT, *SERVER), (*SERVER, *CLIENT)


def frame(ends: tuple, payload: bytes, ttl: int = 64) -> bytes:
    """Ethernet, IPv4 and UDP between (address, port, address, port)."""
    packet = bytearray(udp_packet(*ends, payload))
    packet[8] = ttl
    return bytes(12) + b"\x08\x00" + bytes(packet)


def refusal(quoted: bytes) -> bytes:
    """An ICMP admin-prohibited of a router to the sender of the quoted frame."""
    icmp = struct.pack(">BBHI", 3, 13, 0, 0) + quoted[14:42]
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0, bytes([10, 0, 0, 1]), quoted[26:30])
    return bytes(12) + b"\x08\x00" + head + icmp


def capture(frames: list[bytes], first_ns: int = 1_000_000_000, step_ns: int = 10_000_000) -> bytes:
    records = []
    for number, data in enumerate(frames):
        seconds, rest = divmod(first_ns + number * step_ns, 1_000_000_000)
        records.append(struct.pack("<IIII", seconds, rest, len(data), len(data)) + data)
    return NANO_HEADER + b"".join(records)


class Captures(DeadairTest):
    def packets(self, frames: list[bytes]) -> list[captures.Packet]:
        return captures.read(Path(self.write("some.pcap", capture(frames))))

    def test_a_hop_changes_nothing_that_counts(self):
        here = self.packets([frame(UP, b"a", 64), frame(UP, b"b", 64)])
        there = self.packets([frame(UP, b"a", 53)])
        absent = captures.without_counterpart(here, there)
        self.assertEqual([one.frame for one in absent], [2])

    def test_a_copy_is_one_more_than_the_other_side_has(self):
        once, twice = self.packets([frame(DOWN, b"a")]), self.packets([frame(DOWN, b"a"), frame(DOWN, b"a")])
        self.assertEqual([one.frame for one in captures.without_counterpart(twice, once)], [2])
        self.assertEqual(captures.without_counterpart(once, twice), [])

    def test_a_refusal_belongs_to_the_flow_it_quotes(self):
        sent, refused = self.packets([frame(UP, b"a"), refusal(frame(UP, b"a"))])
        self.assertTrue(refused.quotes)
        self.assertEqual(refused.flow, sent.flow)

    def test_one_direction_is_kept(self):
        for upwards, left in ((True, [b"a", b"c"]), (False, [b"b"])):
            path = Path(self.write("two.pcap", capture([frame(UP, b"a"), frame(DOWN, b"b"), frame(UP, b"c")])))
            captures.keep_direction(path, [CLIENT[0]], upwards)
            self.assertEqual([one.same[-1][-1:] for one in captures.read(path)], left)

    def test_other_files_are_refused(self):
        with self.assertRaisesRegex(Exception, "no little-endian pcap"):
            captures.read(Path(self.write("other.pcap", b"\n\r\r\n" + bytes(60))))


def entry(kind: str, affected: int, injected: int, **more) -> dict:
    return {"rule": "watched", "action": kind, "proto": "udp", "client": "192.168.77.2:40000",
            "server": "198.18.0.10:443", "direction": "both", "first_s": 0.0, "last_s": 0.0, "first_unix_s": 1.0,
            "last_unix_s": 1.0, "packets_affected": affected, "packets_injected": injected, "params": {}, **more}


class Truth(DeadairTest):
    def told(self, line: dict, client: list[bytes], server: list[bytes]) -> dict:
        seen = {"client": client, "middle": client, "server": server}
        packets = {name: captures.read(Path(self.write(f"{name}.pcap", capture(frames))))
                   for name, frames in seen.items()}
        return truth.actions([line], packets, dict.fromkeys(seen, 0))[0]

    def test_what_was_dropped_is_found_where_it_was_sent(self):
        passes, lost, answer = frame(UP, b"a"), frame(UP, b"b"), frame(DOWN, b"c")
        told = self.told(entry("drop", 2, 0), [passes, lost], [passes, answer])
        self.assertEqual(told["frames"], {"client": [2, 2], "middle": [2, 2], "server": [2, 2]})
        self.assertEqual(truth.disagreements([told]), [])

    def test_what_was_forged_is_found_where_it_arrived(self):
        question, forged, answer = frame(UP, b"q"), frame(DOWN, b"f"), frame(DOWN, b"a")
        told = self.told(entry("dns", 1, 1), [question, forged, answer], [question, answer])
        self.assertEqual(told["frames"], {"client": [2, 2], "middle": [2, 2], "server": None})
        self.assertEqual(truth.disagreements([told]), [])

    def test_a_refusal_takes_the_packet_and_makes_another(self):
        told = self.told(entry("icmp", 1, 1), [frame(UP, b"a"), refusal(frame(UP, b"a"))], [])
        self.assertEqual(told["frames"]["client"], [1, 2])
        self.assertEqual(truth.disagreements([told]), [])

    def test_what_only_passed_is_found_by_its_time(self):
        frames = [frame(UP, b"a"), frame(UP, b"b")]
        told = self.told(entry("rewrite", 1, 0, first_unix_s=1.01, last_unix_s=1.01), frames, frames)
        self.assertEqual(told["frames"]["client"], [2, 2])

    def test_another_count_is_noticed(self):
        told = self.told(entry("drop", 2, 0), [frame(UP, b"a")], [])
        self.assertEqual(len(truth.disagreements([told])), 1)

    def test_housekeeping_of_ipv6_is_left_out(self):
        lines = [entry("loss", 1, 0), entry("loss", 1, 0, client="[fe80::1]:143", server="[ff02::16]:0")]
        path = Path(self.write("truth.ndjson", "\n".join(map(json.dumps, lines)).encode()))
        self.assertEqual(len(truth.read_entries(path)), 1)

    def test_runs_agree_by_role_action_and_parameter_only(self):
        def roles(times: int, **more) -> list[str]:
            one = {"role": "r", "action": "drop", "params": {"k": 1}, **more}
            return truth.role_actions({"actions": [one] * times})
        self.assertEqual(roles(1, flow="one"), roles(3, flow="other"))
        self.assertNotEqual(roles(1), roles(1, params={"k": 2}))


class Seeds(unittest.TestCase):
    def cells(self, *words: str) -> list[tuple[int, int]]:
        """Seed and round-trip time of each run that the command line asks for."""
        with mock.patch.object(cli.probe, "require"), mock.patch.object(cli.matrix, "run", return_value=0) as asked:
            self.assertEqual(cli.main(["matrix", "S01", *words]), 0)
        return [(one.seed, one.rtt) for one in cli.matrix.cells_of(*asked.call_args.args)]

    def test_seeds_are_counted_from_the_first(self):
        self.assertEqual(self.cells("--seeds", "2"), [(1, 50), (2, 50)])
        self.assertEqual(self.cells("--first-seed", "41"), [(41, 50)])
        self.assertEqual(self.cells("--first-seed", "41", "--seeds", "2", "--rtt", "20", "80"),
                         [(41, 20), (41, 80), (42, 20), (42, 80)])


class Scenarios(unittest.TestCase):
    def test_same_seed_same_rules(self):
        import random
        for one in registry.load().values():
            with self.subTest(one.number):
                rules = [one.rules(random.Random("seed")) for _ in range(2)]
                self.assertEqual(rules[0], rules[1])
                self.assertTrue(all({"name", "match", "action"} <= set(rule) for rule in rules[0]))

    def test_the_guilty_are_told_by_signals_and_the_innocent_by_none(self):
        for one in registry.load().values():
            self.assertEqual(bool(one.expect.signals), not one.innocent, one.number)

    def test_the_list_shows_each(self):
        listed = subprocess.run([sys.executable, "-B", SOURCE / "tools/lab", "list"], capture_output=True, text=True,
                                check=True).stdout
        self.assertEqual([line.split()[0] for line in listed.splitlines()], list(registry.load()))


if __name__ == "__main__":
    main()
