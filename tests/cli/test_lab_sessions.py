"""Tests how the lab moves sessions apart in captures and truth."""

import sys
import unittest
from datetime import datetime, timezone

from harness import OPTIONS, DeadairTest, main

sys.path.insert(0, str(OPTIONS.source.resolve() / "tools"))
from labkit import captures  # noqa: E402
from labkit.error import LabError  # noqa: E402
from labkit.sessions import Clock, Timeline, shift_steps  # noqa: E402

SECOND = 1_000_000_000


def timeline(*blocks: tuple) -> Timeline:
    """Of (begin, end, gap, at) in seconds."""
    made = Timeline()
    for begin, end, gap, at in blocks:
        made.open(round(begin * SECOND), gap, at).end_ns = round(end * SECOND)
    return made


class Sessions(unittest.TestCase):
    def test_without_sessions_nothing_moves(self):
        clock = Timeline().clock([5, 6])
        self.assertTrue(clock.idle)
        self.assertEqual(clock.told(7), 7)

    def test_each_begins_its_gap_after_the_last_end(self):
        clock = timeline((10, 20, 0, None), (21, 30, 1900, None), (32, 33, 60, None)).clock([])
        self.assertEqual(clock.told(15 * SECOND), 15 * SECOND)
        self.assertEqual(clock.told(21 * SECOND), 1920 * SECOND)
        self.assertEqual(clock.told(30 * SECOND), 1929 * SECOND)
        self.assertEqual(clock.told(32 * SECOND), 1989 * SECOND)

    def test_the_first_stays_whatever_its_gap(self):
        self.assertTrue(timeline((10, 20, 1900, None)).clock([]).idle)

    def test_a_session_may_have_a_date(self):
        evening = datetime(2026, 3, 3, 20, 30, tzinfo=timezone.utc)
        clock = timeline((10, 20, 0, datetime(2026, 3, 3, 19, 0)), (21, 22, 0, evening)).clock([])
        self.assertEqual(clock.told(21 * SECOND), round(evening.timestamp()) * SECOND)
        self.assertEqual(clock.told(10 * SECOND), round(evening.timestamp() - 5400) * SECOND)

    def test_time_does_not_run_backwards(self):
        with self.assertRaises(LabError):
            timeline((10, 20, 0, None), (21, 22, 0, datetime(1970, 1, 1, 0, 0, 15))).clock([])

    def test_the_bound_lies_in_the_longest_silence(self):
        clock = timeline((0, 10, 0, None), (20, 30, 100, None)).clock([5 * SECOND, 11 * SECOND, 19 * SECOND])
        self.assertEqual(clock.bounds, [15 * SECOND])
        self.assertEqual(clock.told(11 * SECOND), 11 * SECOND)
        self.assertEqual(clock.told(19 * SECOND), 109 * SECOND)

    def test_steps_and_sessions_are_told_alike(self):
        made = timeline((10, 20, 0, None), (21, 30, 1900, None))
        clock = made.clock([])
        steps = shift_steps([{"role": "call", "begin_s": 12.0, "end_s": 13.5}], clock, 10.0)
        self.assertEqual(steps, [{"role": "call", "begin_s": 1911.0, "end_s": 1912.5}])
        self.assertEqual(made.told(clock, 10.0)[1], {"begin_s": 1910.0, "end_s": 1919.0, "shift_s": 1899.0})


class Captures(DeadairTest):
    def test_nanoseconds_and_cut_frames_survive(self):
        path = self.folder / "some.pcap"
        captures.write(path, [captures.Frame(1, 10 * SECOND + 7, b"abcd", 1500), captures.Frame(2, 99 * SECOND, b"", 3)])
        Clock([50 * SECOND], [0, 1900 * SECOND]).rewrite(path)
        self.assertEqual([(one.time_ns, one.data, one.length) for one in captures.frames(path)],
                         [(10 * SECOND + 7, b"abcd", 1500), (1999 * SECOND, b"", 3)])


if __name__ == "__main__":
    main()
