"""S19: calls are throttled on Tuesdays and Thursdays from 20 to 22 h, and at no other time, for three weeks.

The trace is synthetic: two sessions are played with the policer of S16 and two without, and copies of them told at the
hours of a calendar. A copy has the ports, sequence numbers and gaps of its original.
"""
from __future__ import annotations

import random
import time
from datetime import datetime, timedelta

from labkit import measured_calls
from labkit.measured_calls import Fared, Talks
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.scenarios import s16
from labkit.schedule import Place

MONDAY = datetime(2026, 3, 2)
DAYS, HOURS = 21, (12, 19, 20, 21, 22)  # UTC
BUSY_DAYS, BUSY_HOURS = (1, 3), (20, 21)  # Tuesday and Thursday
TALKS = Talks(calls=1)
STREAM_BPS = 6_400  # a tenth of voice's rate
PLAYED, SETTLED_S = 2, 75  # sessions of either kind; when the rules begin, in seconds since the run did


def late(rules: list[Rule]) -> list[Rule]:
    return [{**one, 'from_s': SETTLED_S} for one in rules]


def throttled(chance: random.Random) -> list[Rule]:
    return late(s16.rules(chance))


def congested(chance: random.Random) -> list[Rule]:
    """A queue that a call and little else overfill."""
    return late([{'name': 'path', 'direction': 'both', 'match': {},
                  'action': {'type': 'shape', 'rate_bps': chance.choice([24_000, 28_000]), 'queue_ms': 400}}])


def places(lab: Lab, days: tuple[int, ...]) -> list[Place]:
    """A session at some minute of each hour of the calendar: of the harmed ones in the busy hours of these weekdays."""
    made = []
    for day in range(DAYS):
        for hour in HOURS:
            harmed = day % 7 in days and hour in BUSY_HOURS
            at = MONDAY + timedelta(days=day, hours=hour, minutes=lab.random.randrange(55))
            made.append(Place(lab.random.randrange(PLAYED) + (PLAYED if harmed else 0), at))
    return made


def play_sessions(lab: Lab) -> list[Fared]:
    """First those that nothing happens to."""
    meeting, fared = measured_calls.meet(lab), []
    for number in range(2 * PLAYED):
        if number == PLAYED:
            time.sleep(max(0.0, lab.begin + SETTLED_S + 0.5 - time.time()))
        with lab.session(gap_s=60):
            fared.append(measured_calls.talk(lab, meeting, TALKS, STREAM_BPS))
    lab.require(all(one.spoken.connected == 1 for one in fared), 'calls must connect')
    good = fared[:PLAYED]
    lab.require(all(one.heard > 0.97 and one.spoken.texts_work for one in good), 'nothing may harm the first calls')
    return fared[PLAYED:]


@scenario('S19', title='24 kbit/s for the media of calls on Tuesdays and Thursdays from 20 to 22 h (UTC), in a '
          'synthetic trace of three weeks', rules=throttled, level='likely',
          signals=('DIFF.PATTERN', 'THROTTLE.UDPCAP'), verdicts={'whatsapp/text': 'ok'}, uses=measured_calls.USES)
def play(lab: Lab) -> None:
    harmed = play_sessions(lab)
    lab.require(all(one.heard < 0.92 and one.stream_lost < 0.01 and one.spoken.texts_work for one in harmed),
                'calls alone must suffer')
    lab.places = places(lab, BUSY_DAYS)


@scenario('S19-twin', twin_of='S19', title='a line too narrow for all that is asked of it from 20 to 22 h (UTC) every '
          'day, in a synthetic trace of three weeks', rules=congested, notes=('GENERAL_CONGESTION',),
          uses=measured_calls.USES)
def play_twin(lab: Lab) -> None:
    harmed = play_sessions(lab)
    lab.require(all(one.heard < 0.97 and one.stream_lost > 0.01 for one in harmed), 'calls and the stream must suffer')
    lab.places = places(lab, tuple(range(7)))
