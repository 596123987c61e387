"""S25: an innocent line of 1 Mbit/s that bulk traffic fills: the call suffers, and so does all else."""
from __future__ import annotations

import random

from labkit import measured_calls
from labkit.calling import CHAT
from labkit.measured_calls import Talks
from labkit.programs import iperf3, ping
from labkit.registry import Rule, scenario
from labkit.run import Lab

BULK = {'bulk-down': ('198.18.0.21', True), 'bulk-up': ('198.18.0.22', False)}
TALKS = Talks(calls=2)
SECONDS, FLOWS = 48, 4
LINE_BPS = 1_000_000


def rules(chance: random.Random) -> list[Rule]:
    """One queue a direction, drop-tail, as deep as home routers have it."""
    return [{'name': 'line', 'direction': 'both', 'match': {},
             'action': {'type': 'shape', 'rate_bps': LINE_BPS, 'queue_ms': chance.choice([200, 300, 500])}}]


@scenario('S25', title='a line of 1 Mbit/s full of bulk traffic, a call and a control stream in it', rules=rules,
          notes=('GENERAL_CONGESTION',), uses=measured_calls.USES)
def play(lab: Lab) -> None:
    running = []
    for role, (address, down) in BULK.items():
        iperf3.serve(lab, lab.server, address)
        running.append(iperf3.begin(lab, role, address, down=down, seconds=SECONDS, parallel=FLOWS))
    echoes = ping.begin(lab, 'echo', CHAT, count=SECONDS, interval_s=1)
    how = measured_calls.play(lab, TALKS)
    waited = ping.mean_ms(echoes.finish()) - lab.rtt_ms
    for one in running:
        one.finish()
    lab.require(how.spoken.connected > 0, 'calls must connect')
    lab.require(waited > 100, f'everything must wait, but echoes only did so for {waited:.0f} ms')
    lab.require(how.heard < 1 and how.stream_lost > 0,
                f'both must lose something, but {how.heard:.1%} was heard and {how.stream_lost:.1%} of the stream lost')
