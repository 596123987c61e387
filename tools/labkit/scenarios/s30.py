"""S30: downloads from a watched site pass a policer: the seed draws rate, burst, and whether they have company."""
from __future__ import annotations

import random

from labkit import rated_downloads
from labkit.rated_downloads import RATES, Cell
from labkit.registry import Rule, scenario
from labkit.run import Lab

BURSTS = (8_000, 100_000, 1_000_000, 2_000_000)  # bytes
LOSS = 0.01


def rules(chance: random.Random) -> list[Rule]:
    return [rated_downloads.held({'type': 'police', 'rate_bps': chance.choice(RATES),
                                  'burst_bytes': chance.choice(BURSTS)})]


def lossy(_: random.Random) -> list[Rule]:
    return [rated_downloads.held({'type': 'loss', 'p': LOSS})]


@scenario('S30', title='downloads through a policer of 0.5 to 10 Mbit/s, bursts of 8 kB to 2 MB', rules=rules,
          level='observed', signals=('THROTTLE.POLICE',), uses=rated_downloads.USES)
def play(lab: Lab) -> None:
    cell = rated_downloads.cell_of(lab.rules[0], rated_downloads.draw_flows(lab.random))
    rated_downloads.require_held(lab, cell, rated_downloads.play(lab, cell))


@scenario('S30-twin', twin_of='S30', title='the same downloads over a path that loses 1 % at random', rules=lossy,
          uses=rated_downloads.USES)
def play_twin(lab: Lab) -> None:
    rated_downloads.play(lab, Cell(3_000_000, 0, rated_downloads.draw_flows(lab.random)))
