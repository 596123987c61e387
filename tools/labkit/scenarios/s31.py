"""S31: downloads from a watched site wait in a queue that is served slowly: the seed draws rate, depth and kind."""
from __future__ import annotations

import random

from labkit import rated_downloads
from labkit.rated_downloads import RATES, Cell
from labkit.registry import Rule, scenario
from labkit.run import Lab

QUEUES_MS = (50, 500)


def rules(chance: random.Random) -> list[Rule]:
    """CoDel half of the time, drop-tail else."""
    return [rated_downloads.held({'type': 'shape', 'rate_bps': chance.choice(RATES),
                                  'queue_ms': chance.choice(QUEUES_MS), 'codel': chance.random() < 0.5})]


@scenario('S31', title='downloads through a shaper of 0.5 to 10 Mbit/s, queues of 50 or 500 ms, drop-tail or CoDel',
          rules=rules, level='observed', signals=('THROTTLE.SHAPE',), uses=rated_downloads.USES)
def play(lab: Lab) -> None:
    cell = rated_downloads.cell_of(lab.rules[0], rated_downloads.draw_flows(lab.random))
    rated_downloads.require_held(lab, cell, rated_downloads.play(lab, cell))


@scenario('S31-twin', twin_of='S31', title='the server itself sends at such a rate: a plateau, no queue and no loss',
          uses=rated_downloads.USES)
def play_twin(lab: Lab) -> None:
    cell = Cell(lab.random.choice(RATES))
    got_bps = rated_downloads.play(lab, cell, f'limit_rate {cell.rate_bps // 8};')
    rated_downloads.require_held(lab, cell, got_bps)
