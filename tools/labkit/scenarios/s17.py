"""S17: the media of calls loses 15 % and is held back unevenly, up to 300 ms; everything else passes."""
from __future__ import annotations

import random

from labkit import measured_calls
from labkit.measured_calls import Talks
from labkit.registry import Rule, scenario
from labkit.run import Lab

TALKS = Talks(calls=3)
LOSS, JITTER_MS = 0.15, 300


def harm(match: dict[str, object], role: str) -> list[Rule]:
    """What was reported of calls in August 2025: speech that is chopped and comes in the wrong order."""
    return [{'name': f'{role}-loss', 'direction': 'both', 'match': match, 'action': {'type': 'loss', 'p': LOSS}},
            {'name': f'{role}-jitter', 'direction': 'both', 'match': match,
             'action': {'type': 'delay', 'jitter_ms': JITTER_MS, 'keep_order': False}}]


def rules(_: random.Random) -> list[Rule]:
    return harm({'proto': 'udp', 'rtp': True}, 'media')


def radio(_: random.Random) -> list[Rule]:
    return harm({'proto': 'udp'}, 'path')


@scenario('S17', title='15 % random loss and 0 to 300 ms of jitter on the media of calls alone', rules=rules,
          level='likely', signals=('LOSS.INJECT', 'MEDIA.DEGRADE', 'DIFF.CALLS_DEGRADED'),
          verdicts={'whatsapp/calls': 'degraded', 'whatsapp/text': 'ok'}, uses=measured_calls.USES)
def play(lab: Lab) -> None:
    how = measured_calls.play(lab, TALKS)
    measured_calls.require_degraded(lab, TALKS, how, most_heard=0.93, stream_spared=True)


@scenario('S17-twin', twin_of='S17', title='the same loss and jitter of all datagrams', rules=radio,
          uses=measured_calls.USES)
def play_twin(lab: Lab) -> None:
    how = measured_calls.play(lab, TALKS)
    measured_calls.require_degraded(lab, TALKS, how, most_heard=0.93, stream_spared=False)
