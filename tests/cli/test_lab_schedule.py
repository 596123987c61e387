"""Tests how the lab tells a few sessions at many times."""

import sys
import unittest
from datetime import datetime, timezone

from harness import OPTIONS, DeadairTest, main

sys.path.insert(0, str(OPTIONS.source.resolve() / "tools"))
from labkit import captures  # noqa: E402
from labkit.schedule import Place, Sessions, expand  # noqa: E402

SECOND = 1_000_000_000
RUN_BEGAN = 1000.5
MONDAY, TUESDAY = datetime(2026, 3, 2, 9), datetime(2026, 3, 3, 20)


def seconds(at: datetime) -> int:
    return round(at.replace(tzinfo=timezone.utc).timestamp())


def truth() -> dict:
    """Of a run with a good session and one in which something was dropped."""
    return {"sessions": [{"begin_s": 1.5, "end_s": 5.0, "shift_s": 0.0},
                         {"begin_s": 9.5, "end_s": 12.0, "shift_s": 0.0}],
            "packets": {"client": 0},
            "actions": [{"role": "media", "first_s": 10.0, "last_s": 11.0, "frames": {"client": [4, 5]}}],
            "traffic": [{"role": "good", "begin_s": 2.0, "end_s": 3.0}, {"role": "bad", "begin_s": 9.6, "end_s": 11.0}]}


class Times(unittest.TestCase):
    def test_a_time_belongs_to_the_session_that_began_last(self):
        sessions = Sessions(truth(), RUN_BEGAN)
        self.assertEqual([sessions.of(one) for one in (1001, 1002, 1009, 1010, 2000)], [-1, 0, 0, 1, 1])

    def test_copies_come_in_the_order_of_their_times(self):
        copies = Sessions(truth(), RUN_BEGAN).copies([Place(1, TUESDAY), Place(0, MONDAY)])
        self.assertEqual([one.session for one in copies], [0, 1])
        self.assertEqual(copies[1].shift_s, seconds(TUESDAY) - 1010)


class Copies(DeadairTest):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "client.pcap"
        times = (1001.0, 1003.25, 1004.0, 1011.0, 1012.0)  # the first before any session
        captures.write(self.path, [captures.Frame(number, round(at * SECOND), bytes([number]), 60)
                                   for number, at in enumerate(times, 1)])
        places = [Place(1, TUESDAY), Place(0, MONDAY), Place(1, TUESDAY.replace(day=5))]
        self.told = expand(truth(), RUN_BEGAN, places, {"client": self.path})

    def test_frames_of_sessions_are_repeated_and_others_left_out(self):
        frames = list(captures.frames(self.path))
        self.assertEqual([one.data[0] for one in frames], [2, 3, 4, 5, 4, 5])
        self.assertEqual(frames[0].time_ns, seconds(MONDAY) * SECOND + 1_250_000_000)
        self.assertEqual(frames[4].time_ns - frames[2].time_ns, 2 * 86400 * SECOND)
        self.assertEqual({one.length for one in frames}, {60})

    def test_the_truth_names_the_frames_of_each_copy(self):
        actions = self.told["actions"]
        self.assertEqual([one["frames"]["client"] for one in actions], [[3, 4], [5, 6]])
        self.assertAlmostEqual(actions[0]["first_s"] + RUN_BEGAN, seconds(TUESDAY) + 0.5)
        self.assertAlmostEqual(actions[1]["last_s"] - actions[0]["last_s"], 2 * 86400)

    def test_steps_and_sessions_follow(self):
        self.assertEqual([one["role"] for one in self.told["traffic"]], ["good", "bad", "bad"])
        self.assertEqual([one["copy_of"] for one in self.told["sessions"]], [0, 1, 1])
        self.assertIn("2 sessions", self.told["synthetic"])


if __name__ == "__main__":
    main()
