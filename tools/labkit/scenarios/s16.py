"""S16: the media of calls is policed to a rate that no voice fits in; everything else passes."""
from __future__ import annotations

import random

from labkit import measured_calls
from labkit.measured_calls import Talks
from labkit.registry import Rule, scenario
from labkit.run import Lab

TALKS, VIDEO_TALKS = Talks(calls=3), Talks(calls=3, seconds=12, kind='video')
SIGNALS = ('THROTTLE.UDPCAP', 'DIFF.CALLS_DEGRADED')
VERDICTS = {'whatsapp/calls': 'degraded', 'whatsapp/text': 'ok'}
RATE_BPS = 24_000


def rules(chance: random.Random) -> list[Rule]:
    """One bucket a direction for all media: fewer than 40 bytes of voice every 20 ms fit in."""
    return [{'name': 'media', 'direction': 'both', 'match': {'proto': 'udp', 'rtp': True},
             'action': {'type': 'police', 'rate_bps': RATE_BPS, 'burst_bytes': chance.choice([1500, 2000, 3000])}}]


def narrow(chance: random.Random) -> list[Rule]:
    """A line that the stream nearly fills, as second-generation radio: everything waits in one queue."""
    return [{'name': 'path', 'direction': 'both', 'match': {},
             'action': {'type': 'shape', 'rate_bps': chance.choice([84_000, 92_000]), 'queue_ms': 400}}]


def play_policed(lab: Lab, talks: Talks, most_heard: float) -> None:
    measured_calls.require_degraded(lab, talks, measured_calls.play(lab, talks), most_heard=most_heard,
                                    stream_spared=True)


@scenario('S16', title='24 kbit/s for the media of calls, other UDP free', rules=rules, level='likely', signals=SIGNALS,
          verdicts=VERDICTS, uses=measured_calls.USES)
def play(lab: Lab) -> None:
    """The model's voice slows down to what nearly fits, between silences."""
    play_policed(lab, TALKS, 0.92)


@scenario('S16-video', title='24 kbit/s for the media of video calls, other UDP free', rules=rules, level='likely',
          signals=SIGNALS, verdicts=VERDICTS, uses=measured_calls.USES)
def play_video(lab: Lab) -> None:
    play_policed(lab, VIDEO_TALKS, 0.6)


@scenario('S16-twin', twin_of='S16', title='a path too narrow for a call and what goes on beside it', rules=narrow,
          notes=('GENERAL_CONGESTION',), uses=measured_calls.USES)
def play_twin(lab: Lab) -> None:
    how = measured_calls.play(lab, TALKS)
    measured_calls.require_degraded(lab, TALKS, how, most_heard=0.97, stream_spared=False)
