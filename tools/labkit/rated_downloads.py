"""Downloads at a rate that something on the path, or the server itself, keeps them to, and others that are free."""
from __future__ import annotations

import random
from dataclasses import dataclass, replace

from labkit.programs import curl, nginx
from labkit.programs.certificates import Authority
from labkit.programs.client_run import Call, Result, run_client, start_client
from labkit.registry import Rule
from labkit.run import Lab
from labkit.websites import OTHER, WATCHED

HELD, FREE = '198.18.0.10', '198.18.0.11'  # addresses of the watched and the other site
RATES = (500_000, 1_500_000, 3_000_000, 10_000_000)  # bit/s
AT_RATE_BYTES = {500_000: 700_000, 1_500_000: 1_500_000, 3_000_000: 2_500_000, 10_000_000: 3_000_000}
FREE_BYTES = 1_000_000
TIME_OUT = 28  # curl's exit status
USES = ('nginx', 'curl', 'openssl')
MATCH = {'proto': 'tcp', 'server_net': f'{HELD}/32'}


@dataclass(frozen=True)
class Cell:
    """One of the grid: a rate in bit/s, what passes before it is felt, and how many downloads share it."""

    rate_bps: int
    head_bytes: int = 0
    flows: int = 1

    @property
    def body_bytes(self) -> int:
        """Of each download."""
        return (self.head_bytes + AT_RATE_BYTES[self.rate_bps]) // self.flows

    @property
    def seconds(self) -> float:
        """Twice what the rate allows; TCP that gets less is cut off."""
        return 8 + 2 * 8 * AT_RATE_BYTES[self.rate_bps] / self.rate_bps


def held(action: dict[str, object]) -> Rule:
    """The rule whose flows are those of the watched site, and no others."""
    return {'name': 'watched', 'direction': 'down', 'match': MATCH, 'action': action}


def cell_of(rule: Rule, flows: int) -> Cell:
    action = rule['action']
    return Cell(action['rate_bps'], int(action.get('burst_bytes', 0)), flows)


def draw_flows(chance: random.Random) -> int:
    """Alone, or with cross traffic through the same limit."""
    return chance.choice([1, 2])


def play(lab: Lab, cell: Cell, extra: str = '') -> float:
    """A free download, the held ones at once, a free one again; the rate of the held ones together in bit/s."""
    authority = Authority(lab.folder('ca'))
    certificate = authority.issue(WATCHED, OTHER)
    nginx.serve(lab, lab.server, [
        nginx.Site(WATCHED, HELD, 443, certificate, body_bytes=cell.body_bytes, extra=extra),
        nginx.Site(OTHER, FREE, 443, certificate, body_bytes=FREE_BYTES)])
    free = curl.visit('other', f'https://{OTHER}/', FREE, root=authority.root, seconds=30)
    bound = replace(curl.visit('watched', f'https://{WATCHED}/', HELD, root=authority.root, seconds=cell.seconds),
                    good_statuses=(0, TIME_OUT))
    visits = [run_client(lab, lab.client, free), *together(lab, [bound] * cell.flows),
              run_client(lab, lab.client, free)]
    lab.require(all(one.step.ok and bytes_of(one) > 0 for one in visits), 'something must come of every download')
    return rate_bps(visits[1:-1], cell)


def together(lab: Lab, calls: list[Call]) -> list[Result]:
    """All at once, to the end of the last."""
    begun = [start_client(lab, lab.client, one) for one in calls]
    return [one.finish() for one in begun]


def bytes_of(result: Result) -> int:
    """What curl says it got."""
    return int(result.output.split()[-1])


def rate_bps(results: list[Result], cell: Cell) -> float:
    """Of all at once, from the begin of the first to the end of the last, without the head."""
    lasted = max(one.step.end_s for one in results) - min(one.step.begin_s for one in results)
    return 8 * max(0, sum(map(bytes_of, results)) - cell.head_bytes) / max(lasted, 0.001)


def require_held(lab: Lab, cell: Cell, got_bps: float) -> None:
    lab.require(got_bps < 1.1 * cell.rate_bps, f'meant to be held to {cell.rate_bps} bit/s, but had {got_bps:.0f}')
