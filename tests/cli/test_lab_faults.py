"""Tests what the lab makes of captures that are to show faults of the recorder."""

import random
import struct
import sys
import unittest

from harness import OPTIONS, DeadairTest, main, udp_packet

sys.path.insert(0, str(OPTIONS.source.resolve() / "tools"))
from labkit import captures, faults  # noqa: E402
from labkit.captures import Frame  # noqa: E402
from labkit.rewriting import ones_sum  # noqa: E402

CLIENT, SERVER = "192.168.77.2", "198.18.0.10"


def frames(count: int) -> list[Frame]:
    """Every third comes from the server."""
    made = []
    for number in range(1, count + 1):
        ends = (SERVER, 443, CLIENT, 4000) if number % 3 == 0 else (CLIENT, 4000, SERVER, 443)
        packet = bytearray(udp_packet(*ends, b"x" * 120))
        packet[8], packet[10:12] = 64, b"\0\0"
        packet[10:12] = struct.pack(">H", ~ones_sum(bytes(packet[:20])) & 0xFFFF)
        data = bytes(12) + b"\x08\x00" + bytes(packet)
        made.append(Frame(number, number * 10_000_000, data, len(data)))
    return made


def spoiled(fault: faults.Fault, count: int = 1000) -> list[Frame]:
    return fault.spoil(frames(count), random.Random("seed"))


class Faults(unittest.TestCase):
    def test_single_frames_are_lost(self):
        kept = spoiled(faults.lost(0.01))
        self.assertTrue(980 <= len(kept) < 1000, len(kept))
        self.assertEqual(kept, spoiled(faults.lost(0.01)))

    def test_a_hole_is_in_one_piece(self):
        kept = [one.number for one in spoiled(faults.hole(200, 0.5))]
        self.assertEqual(kept, [*range(1, 501), *range(701, 1001)])

    def test_a_hole_fits_in(self):
        self.assertEqual(len(spoiled(faults.hole(200, 0.95))), 800)

    def test_copies_come_later_with_another_ttl_and_a_right_checksum(self):
        kept = spoiled(faults.doubled(), 3)
        self.assertEqual([one.number for one in kept], [1, 1, 2, 2, 3, 3])
        for first, second in zip(kept[::2], kept[1::2]):
            self.assertEqual((first.data[22], second.data[22]), (64, 63))
            self.assertEqual(ones_sum(second.data[14:34]), 0xFFFF)
            self.assertEqual(first.data[34:], second.data[34:])
            self.assertLess(second.time_ns - first.time_ns, 5_000_000)

    def test_a_snapshot_keeps_the_true_length(self):
        self.assertEqual({(len(one.data), one.length) for one in spoiled(faults.snapped(96))}, {(96, 162)})

    def test_a_step_keeps_the_order_of_frames(self):
        for seconds in (-10, 10):
            kept = spoiled(faults.stepped(seconds, 0.5), 10)
            self.assertEqual([one.number for one in kept], list(range(1, 11)))
            self.assertEqual(kept[5].time_ns - kept[4].time_ns, seconds * 10**9 + 10_000_000)

    def test_the_end_and_one_way(self):
        self.assertEqual(len(spoiled(faults.stopped(0.25))), 250)
        down = spoiled(faults.one_way((CLIENT,), False), 9)
        self.assertEqual([one.number for one in down], [3, 6, 9])

    def test_truth_gets_the_numbers_of_the_written_file(self):
        kept = spoiled(faults.hole(200, 0.5))
        self.assertEqual(faults.renumbered([100, 650], kept), [100, 500])
        self.assertEqual(faults.renumbered([650, 705], kept), [501, 505])
        self.assertIsNone(faults.renumbered([600, 650], kept))
        self.assertIsNone(faults.renumbered(None, kept))
        self.assertEqual(faults.renumbered([2, 3], spoiled(faults.doubled(), 3)), [3, 6])

    def test_the_first_difference(self):
        before = frames(1000)
        for fault, first in ((faults.hole(200, 0.5), 501), (faults.stopped(0.25), 251), (faults.snapped(96), 1),
                             (faults.lost(0.0), None)):
            self.assertEqual(faults.first_difference(before, fault.spoil(before, random.Random(1))), first, fault.name)


class Files(DeadairTest):
    def test_the_header_tells_the_snapshot_length(self):
        path = self.folder / "some.pcap"
        captures.write(path, frames(2), 96)
        self.assertEqual(captures.snapshot_length(path), 96)
        captures.keep_direction(path, [CLIENT], True)
        self.assertEqual(captures.snapshot_length(path), 96)


if __name__ == "__main__":
    main()
