"""S33: what others show, told by comparing both ends: all captures are kept, whatever vantage is asked for."""
from __future__ import annotations

from labkit.registry import SCENARIOS, scenario
from labkit.scenarios import s01, s04, s16, s28  # noqa: F401  # registers them

PAIRS = {'': 'S01', '-drop': 'S04', '-police': 'S16', '-caploss': 'S28'}


def from_both_ends(number: str, of: str, twin_of: str | None = None) -> None:
    """Register another scenario's traffic and rules under this number."""
    one = SCENARIOS[of]
    scenario(number, title=f'{one.title}, recorded at both ends', twin_of=twin_of, rules=one.rules, two_ended=True,
             level=one.expect.level, signals=one.expect.signals, verdicts=one.expect.verdicts, notes=one.expect.notes,
             absent=one.expect.absent, uses=one.uses, fault=one.fault)(one.play)


for suffix, original in PAIRS.items():
    name = f'S33{suffix}'
    from_both_ends(name, original)
    from_both_ends(f'{name}-twin', f'{original}-twin', name)
