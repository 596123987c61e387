"""S26: an innocent path that loses packets of every kind alike, at random or in bursts as radio does."""
from __future__ import annotations

import random

from labkit import websites
from labkit.programs import coturn, iperf3
from labkit.registry import Rule, scenario
from labkit.run import Lab
from labkit.websites import TLS_VERSIONS

BULK, RELAY = '198.18.0.20', '198.18.0.40'


def random_loss(_: random.Random) -> list[Rule]:
    return [{'name': 'path', 'direction': 'both', 'match': {}, 'action': {'type': 'loss', 'p': 0.02}}]


def bursts(chance: random.Random) -> list[Rule]:
    """Spells of a tenth of a second in which most is lost."""
    return [{'name': 'path', 'direction': 'both', 'match': {},
             'action': {'type': 'loss', 'good_ms': chance.choice([1500, 2500]), 'bad_ms': 100, 'p': 0.7}}]


def mixture(lab: Lab) -> None:
    """Web, bulk, UDP at a steady rate and a TURN relay: all suffer the same."""
    sites = websites.serve(lab, body_bytes=60_000)
    coturn.serve(lab, lab.server, RELAY)
    iperf3.serve(lab, lab.server, BULK)
    for name in websites.turns(lab, 2):
        sites.visit(lab, websites.role(name), name, lab.random.choice(TLS_VERSIONS))
    iperf3.transfer(lab, 'bulk', BULK, megabytes=1)
    iperf3.transfer(lab, 'steady', BULK, udp_bps=400_000, seconds=4)
    coturn.relay(lab, 'relay', RELAY, messages=100)
    lab.require(any(step.ok for step in lab.steps), 'something must get through')


USES = ('nginx', 'curl', 'openssl', 'turnserver', 'turnutils_uclient', 'iperf3')


@scenario('S26', title='2 % random loss of all traffic', rules=random_loss, uses=USES)
def play(lab: Lab) -> None:
    mixture(lab)


@scenario('S26-bursts', title='bursts of loss of all traffic, as radio has', rules=bursts, uses=USES)
def play_bursts(lab: Lab) -> None:
    mixture(lab)
