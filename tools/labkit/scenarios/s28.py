"""S28: the recorder loses frames, the network does not; the twins lose as much on the path, and are recorded whole."""
from __future__ import annotations

import random

from labkit import everyday, faults
from labkit.registry import Rule, scenario
from labkit.run import Lab

LOSS = 0.01
HOLE_PACKETS = 2000
MEGABYTES = 4  # enough for the hole


def lost_frames(_: random.Random) -> faults.Fault:
    return faults.lost(LOSS)


def hole(chance: random.Random) -> faults.Fault:
    """Somewhere in the transfers and the call."""
    return faults.hole(HOLE_PACKETS, chance.choice([0.3, 0.4, 0.5]))


def lossy(_: random.Random) -> list[Rule]:
    return [{'name': 'path', 'direction': 'both', 'match': {}, 'action': {'type': 'loss', 'p': LOSS}}]


def outage(chance: random.Random) -> list[Rule]:
    """Nothing passes for about as long as the hole lasts."""
    begin = chance.choice([5.0, 6.0, 7.0])
    return [{'name': 'path', 'direction': 'both', 'from_s': begin, 'until_s': begin + 1.5, 'match': {},
             'action': {'type': 'drop'}}]


@scenario('S28', title='1 % of the frames is missing in the capture, nothing in the traffic', fault=lost_frames,
          notes=('GATE.CAPLOSS.*',), absent=('DROP.*',), uses=everyday.USES)
def play(lab: Lab) -> None:
    everyday.play(lab)


@scenario('S28-hole', title='2,000 frames in a row are missing in the capture', fault=hole,
          notes=('GATE.CAPLOSS.*',), absent=('DROP.*',), uses=everyday.USES)
def play_hole(lab: Lab) -> None:
    everyday.play(lab, MEGABYTES)


@scenario('S28-twin', twin_of='S28', title='1 % of all packets is lost on the path, and the capture has all', rules=lossy,
          uses=everyday.USES)
def play_twin(lab: Lab) -> None:
    spoken = everyday.traffic(lab)
    lab.require(spoken.connected == 1, 'the call must connect')


@scenario('S28-hole-twin', twin_of='S28-hole', title='nothing passes for a second and a half, and the capture has all',
          rules=outage, uses=everyday.USES)
def play_hole_twin(lab: Lab) -> None:
    spoken = everyday.traffic(lab, MEGABYTES)
    lab.require(spoken.connected == 1, 'the call must connect')
