"""Turns what the middlebox wrote down into truth.json: which frames of each capture were touched, and how."""
from __future__ import annotations

import json
import pathlib
from dataclasses import dataclass
from typing import Any

from labkit.captures import Endpoint, FlowKey, Packet, by_flow, endpoint, flow_key, without_counterpart
from labkit.recording import VANTAGES

INJECTING = {'rst', 'http', 'dns', 'icmp'}
REMOVING = {'drop', 'residual', 'police', 'shape', 'loss', 'freeze', 'nat_timeout', 'mtu_hole'}
SLACK_NS = 2_000_000  # tcpdump and the middlebox stamp a packet with one clock, one a little later than the other
Captures = dict[str, list[Packet]]


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


def touched(flow: Flow, entry: dict[str, Any], vantage: str, away_ns: dict[str, int]) -> list[Packet]:
    """The frames an action touched, in one capture."""
    if entry['action'] in INJECTING:
        return flow.injected(vantage)
    if entry['action'] in REMOVING:
        return flow.removed(vantage)
    slack = away_ns[vantage] + SLACK_NS
    first, last = int(entry['first_unix_s'] * 1e9) - slack, int(entry['last_unix_s'] * 1e9) + slack
    return [one for one in flow.packets[vantage] if first <= one.time_ns <= last]


def span(packets: list[Packet]) -> list[int] | None:
    """First and last frame; nothing when the place saw none."""
    return [packets[0].frame, packets[-1].frame] if packets else None


def action(entry: dict[str, Any], captures: dict[str, dict[FlowKey, list[Packet]]],
           away_ns: dict[str, int]) -> dict[str, Any]:
    """One line of the middlebox with the frames it is about."""
    flow = flow_of(entry, captures)
    seen = {vantage: touched(flow, entry, vantage, away_ns) for vantage in VANTAGES}
    return {'role': entry['rule'], 'action': entry['action'], 'params': entry.get('params', {}),
            'flow': {'proto': entry['proto'], 'client': entry['client'], 'server': entry['server'],
                     'direction': entry.get('direction')},
            'first_s': entry.get('first_s'), 'last_s': entry.get('last_s'), 'trigger': entry.get('trigger'),
            'packets_affected': entry.get('packets_affected', 0),
            'packets_injected': entry.get('packets_injected', 0),
            'frames': {vantage: span(packets) for vantage, packets in seen.items()},
            'frames_seen': {vantage: len(packets) for vantage, packets in seen.items()}}


def actions(entries: list[dict[str, Any]], captures: Captures, away_ns: dict[str, int]) -> list[dict[str, Any]]:
    """All of them, in the order in which they began. `away_ns`: how long packets go from each place to the middlebox."""
    indexed = {vantage: by_flow(packets) for vantage, packets in captures.items()}
    made = [action(entry, indexed, away_ns) for entry in entries]
    return sorted(made, key=lambda one: (one['first_s'] or 0, one['role'], one['flow']['client']))


def read_entries(path: pathlib.Path) -> list[dict[str, Any]]:
    """The middlebox's lines about flows."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def role_actions(truth: dict[str, Any]) -> list[str]:
    """What two runs with one seed have in common: role, action and parameters of everything done, sorted."""
    return sorted(json.dumps([one['role'], one['action'], one['params']], sort_keys=True) for one in truth['actions'])
