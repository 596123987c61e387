"""Turns what the middlebox wrote down into truth.json: which frames of each capture were touched, and how."""
from __future__ import annotations

import ipaddress
import json
import pathlib
from dataclasses import dataclass
from typing import Any

from labkit.captures import Endpoint, FlowKey, Packet, by_flow, endpoint, flow_key, without_counterpart
from labkit.recording import VANTAGES
from labkit.sessions import Clock

REMOVING = {'drop', 'residual', 'police', 'shape', 'loss', 'freeze', 'nat_timeout', 'mtu_hole'}
DROPS_BY_DEFAULT = {'icmp'}
MAY_DELAY = {'shape'}  # what it touched is more than what it removed
SLACK_NS = 2_000_000  # tcpdump and the middlebox stamp a packet with one clock, one a little later than the other
Captures = dict[str, list[Packet]]
UNSHIFTED = Clock([], [0])


@dataclass
class Flow:
    """The packets of one flow at the three places."""

    client: Endpoint
    packets: Captures

    def sent(self, vantage: str, upwards: bool) -> list[Packet]:
        """What the client sent, or what came towards it. An ICMP error has its own sender: the host is what counts."""
        return [one for one in self.packets[vantage]
                if ((one.source[0] if upwards else one.target[0]) == self.client[0])]

    def removed(self, seen_at: str) -> list[Packet]:
        """Packets that left one end and did not come to the other, as seen at a place before they vanished."""
        upwards = seen_at != 'server'
        other = 'server' if upwards else 'client'
        return without_counterpart(self.sent(seen_at, upwards), self.sent(other, upwards))

    def injected(self, seen_at: str) -> list[Packet]:
        """Packets that came to one end and never left the other."""
        upwards = seen_at == 'server'
        other = 'client' if upwards else 'server'
        return without_counterpart(self.sent(seen_at, upwards), self.sent(other, upwards))


def flow_of(entry: dict[str, Any], captures: dict[str, dict[FlowKey, list[Packet]]]) -> Flow:
    client = endpoint(entry['client'])
    key = flow_key(entry['proto'], client, endpoint(entry['server']))
    return Flow(client, {vantage: flows.get(key, []) for vantage, flows in captures.items()})


def removes(entry: dict[str, Any]) -> bool:
    """Forgeries let the packet that set them off pass, unless told otherwise."""
    drops = entry.get('params', {}).get('drop', entry['action'] in DROPS_BY_DEFAULT)
    return entry['action'] in REMOVING or bool(drops)


def within(flow: Flow, entry: dict[str, Any], vantage: str, away_ns: int) -> list[Packet]:
    """Frames of the rule's direction that came by while it acted: of what leaves packets as they are, or nearly."""
    first = int(entry['first_unix_s'] * 1e9) - away_ns - SLACK_NS
    last = int(entry['last_unix_s'] * 1e9) + away_ns + SLACK_NS
    ways = {'up': (True,), 'down': (False,)}.get(entry.get('direction') or 'both', (True, False))
    return [one for one in flow.packets[vantage]
            if first <= one.time_ns <= last and (one.source[0] == flow.client[0]) in ways]


def touched(flow: Flow, entry: dict[str, Any], vantage: str, away_ns: int) -> list[Packet]:
    """The frames an action made or took away, in one capture; else those that passed under it."""
    made = flow.injected(vantage) if entry.get('packets_injected') else []
    taken = flow.removed(vantage) if removes(entry) else []
    if made or taken or removes(entry) or entry.get('packets_injected'):
        return sorted({one.frame: one for one in made + taken}.values(), key=lambda one: one.frame)
    return within(flow, entry, vantage, away_ns)


def span(packets: list[Packet]) -> list[int] | None:
    """First and last frame; nothing when the place saw none."""
    return [packets[0].frame, packets[-1].frame] if packets else None


def moment(entry: dict[str, Any], which: str, clock: Clock) -> float:
    """Seconds since the middlebox was ready, with what lies between sessions added."""
    return round(float(entry[f'{which}_s']) + clock.shift_s(entry[f'{which}_unix_s']), 6)


def action(entry: dict[str, Any], captures: dict[str, dict[FlowKey, list[Packet]]],
           away_ns: dict[str, int], clock: Clock = UNSHIFTED) -> dict[str, Any]:
    """One line of the middlebox with the frames it is about, found where they were played, timed as they are told."""
    flow = flow_of(entry, captures)
    seen = {vantage: touched(flow, entry, vantage, away_ns[vantage]) for vantage in VANTAGES}
    return {'role': entry['rule'], 'action': entry['action'], 'params': entry.get('params', {}),
            'flow': {'proto': entry['proto'], 'client': entry['client'], 'server': entry['server']},
            'direction': entry.get('direction'),
            'first_s': moment(entry, 'first', clock), 'last_s': moment(entry, 'last', clock),
            'trigger': entry.get('trigger'),
            'packets_affected': entry.get('packets_affected', 0),
            'packets_injected': entry.get('packets_injected', 0),
            'frames': {vantage: span(packets) for vantage, packets in seen.items()},
            'frames_seen': {vantage: len(packets) for vantage, packets in seen.items()}}


def actions(entries: list[dict[str, Any]], captures: Captures, away_ns: dict[str, int],
            clock: Clock = UNSHIFTED) -> list[dict[str, Any]]:
    """All, in the order in which they began. `away_ns`: how long packets go from each place to the middlebox."""
    indexed = {vantage: by_flow(packets) for vantage, packets in captures.items()}
    made = [action(entry, indexed, away_ns, clock) for entry in entries]
    return sorted(made, key=lambda one: (one['first_s'] or 0, one['role'], one['flow']['client']))


def is_housekeeping(entry: dict[str, Any]) -> bool:
    """Neighbours and groups that IPv6 announces by itself when addresses come."""
    ends = [ipaddress.ip_address(endpoint(entry[side])[0]) for side in ('client', 'server')]
    return any(one.is_multicast or one.is_link_local for one in ends)


def read_entries(path: pathlib.Path) -> list[dict[str, Any]]:
    """The middlebox's lines about flows of programs."""
    lines = path.read_text().splitlines() if path.exists() else []
    entries = [json.loads(line) for line in lines if line.strip()]
    return [one for one in entries if not is_housekeeping(one)]


def role_actions(told: dict[str, Any]) -> list[str]:
    """What runs with one seed have in common: role, action and parameters of everything done."""
    return sorted({json.dumps([one['role'], one['action'], one['params']], sort_keys=True) for one in told['actions']})


def disagreements(told: list[dict[str, Any]]) -> list[str]:
    """Where the captures show another number of packets made and taken away than the middlebox counted.

    Only flows that one rule alone touched can be counted, and only of actions that do nothing but this.
    """
    lines = []
    for one in told:
        alone = sum(other['flow'] == one['flow'] for other in told) == 1
        counted = expected_count(one)
        seen = one['frames_seen']['client'] + one['frames_seen']['server']
        if alone and counted is not None and seen != counted:
            lines.append(f'{one["role"]}: {one["action"]} {one["flow"]["client"]} - {one["flow"]["server"]}: the '
                         f'middlebox counted {counted} packets, the captures show {seen}')
    return lines


def expected_count(one: dict[str, Any]) -> int | None:
    """How many packets can be seen at one end only; None when that is not known."""
    takes = removes(one)
    if one['action'] in MAY_DELAY or not (takes or one['packets_injected']):
        return None
    return int(one['packets_injected']) + (int(one['packets_affected']) if takes else 0)
