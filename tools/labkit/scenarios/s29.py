"""S29: ordinary traffic with nobody in its way, in captures that do not show it as it was."""
from __future__ import annotations

import random
from collections.abc import Callable

from labkit import everyday, faults
from labkit.registry import scenario
from labkit.run import Lab
from labkit.topology import CLIENT, CLIENT6

SNAPSHOT = 96
STEP_SECONDS = 10
MEGABYTES = 4  # enough for a congestion window of the largest frames


def doubled(_: random.Random) -> faults.Fault:
    return faults.doubled()


def snapped(_: random.Random) -> faults.Fault:
    return faults.snapped(SNAPSHOT)


def stepped(chance: random.Random) -> faults.Fault:
    return faults.stepped(chance.choice([-STEP_SECONDS, STEP_SECONDS]), chance.choice([0.8, 0.85, 0.9]))


def stopped(chance: random.Random) -> faults.Fault:
    """Within a transfer."""
    return faults.stopped(chance.choice([0.3, 0.4, 0.5]))


def one_way(chance: random.Random) -> faults.Fault:
    return faults.one_way((CLIENT, CLIENT6), chance.choice([True, False]))


VARIANTS: dict[str, tuple[str, Callable[[random.Random], faults.Fault], str]] = {
    'dup': ('every packet recorded twice, behind a router with a TTL one lower', doubled, 'GATE.DUP'),
    'snap': ('only 96 bytes of each frame recorded', snapped, 'GATE.SNAP'),
    'clock': ("the recorder's clock set by 10 s meanwhile", stepped, 'GATE.CLOCK'),
    'stop': ('recording stopped in the middle of flows', stopped, 'GATE.END'),
    'oneway': ('one direction recorded', one_way, 'GATE.ONESIDED'),
}


def variant(number: str, title: str, fault: Callable[[random.Random], faults.Fault], gate: str) -> None:
    """Register one; the traffic is the same in all."""
    @scenario(f'S29-{number}', title=title, fault=fault, notes=(gate,), uses=everyday.USES)
    def play_variant(lab: Lab) -> None:
        everyday.play(lab)


for key, words in VARIANTS.items():
    variant(key, *words)


@scenario('S29-tso', title='segmentation left to the cards: frames that no wire carried', offloads=True,
          notes=('GATE.OFFLOAD',), uses=everyday.USES)
def play_offloaded(lab: Lab) -> None:
    everyday.play(lab, MEGABYTES, paced=False)


@scenario('S29-twin', twin_of='S29-dup', title='the same traffic, recorded as it was', uses=everyday.USES)
def play_twin(lab: Lab) -> None:
    everyday.play(lab)
