"""Tells readers of a bundled case how it was made: real programs, models, and what the middlebox did."""
from __future__ import annotations

import ipaddress
import json
import pathlib
import re
import textwrap
from collections import defaultdict
from typing import Any

from labkit.registry import Scenario

COLUMNS = 100
MODEL = re.compile(r'-m labkit\.models\.(\w+)')
OWN = re.compile(r'(?:-m labkit\.\w+\.(\w+)|/labkit/programs/(\w+)\.py)')
RECORDER, MIDDLEBOX = 'tcpdump', '--truth'  # they make the run and are no part of its traffic


def kind(command: list[str]) -> tuple[str, str] | None:
    """('model' or 'own' or 'real', its name) of a command line; None of the lab's own recorders."""
    line = ' '.join(command)
    for what, pattern in (('model', MODEL), ('own', OWN)):
        match = pattern.search(line)
        if match:
            return what, next(one for one in match.groups() if one)
    words = [word for word in command if word != 'env' and not re.match(r'[A-Za-z_]+=', word)]
    program = pathlib.Path(words[0]).name
    return None if program == RECORDER or MIDDLEBOX in words else ('real', program)


def programs(logs: pathlib.Path) -> dict[str, list[str]]:
    """What ran, by kind, from the command lines that were kept beside the logs."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in logs.rglob('*.command'):
        for line in path.read_text().splitlines():
            seen = kind(json.loads(line))
            if seen is not None:
                found[seen[0]].add(seen[1])
    return {what: sorted(names) for what, names in sorted(found.items())}


def cast(told: dict[str, list[str]]) -> str:
    """One sentence a kind of program."""
    said = {'real': 'Real programs: {}.', 'own': 'Small programs of ours, on real sockets: {}.',
            'model': 'Models (clients and servers of ours that speak the wire formats of applications which cannot run '
                     'here; contents are random): {}.'}
    return ' '.join(said[what].format(', '.join(told[what])) for what in said if told.get(what))


def addresses(scenario: Scenario, nets: list[str]) -> str:
    """Where the addresses come from."""
    parts = ['The client is 192.168.77.2.']
    if nets:
        parts.append(f'Servers have addresses of documentation and benchmark ranges ({", ".join(nets)}), which deadair '
                     'is told to take as public ones.')
    if scenario.bundled.rewrite:
        pairs = ', '.join(f'{old} became {new}' for old, new in scenario.bundled.rewrite.items())
        parts.append(f"Rewritten after recording, to lie in an operator's network: {pairs}. Nothing was ever sent to "
                     'these; checksums and FINGERPRINT were made anew, MESSAGE-INTEGRITY was not.')
    return ' '.join(parts)


def paragraphs(scenario: Scenario, truth: dict[str, Any], nets: list[str], cut: int) -> list[str]:
    """`cut`: packets that lack some of their payload."""
    role = f', the innocent twin of {scenario.twin_of}' if scenario.twin_of and scenario.innocent else ''
    made = (f'A run of scenario {scenario.number}{role} in the lab (`tools/labkit`), seed {truth["seed"]}, round-trip '
            f'time {truth["rtt_ms"]} ms, recorded at the client; no packet of it left the machine.')
    if cut:
        made += f' The payload of {cut} packets of bulk or media is cut, with the true length kept.'
    if 'synthetic' in truth:
        made += f' The trace is synthetic: {truth["synthetic"]}, each copy with the ports and gaps of its original.'
    texts = [made, cast(truth.get('programs', {})), addresses(scenario, nets), 'Made by']
    return [textwrap.fill(text, COLUMNS) for text in texts if text]


def spelled(params: dict[str, Any]) -> str:
    return ', '.join(f'{key} {json.dumps(value) if isinstance(value, (dict, list, bool)) else value}'
                     for key, value in sorted(params.items())) or '-'


def server(one: dict[str, Any], rewrite: dict[str, str]) -> str:
    """`address:port` as it stands in the capture."""
    address, _, port = one['flow']['server'].rpartition(':')
    plain = str(ipaddress.ip_address(address.strip('[]')))
    shown = rewrite.get(plain, plain)
    return f'[{shown}]:{port}' if ':' in shown else f'{shown}:{port}'


def groups(actions: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    made: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in actions:
        made[one['role'], one['action'], spelled(one['params'])].append(one)
    return made


def span(alike: list[dict[str, Any]]) -> str:
    """First and last frame at the client."""
    frames = [number for one in alike for number in one['frames']['client'] or ()]
    return f'{min(frames)} to {max(frames)}' if frames else '-'


def ends(alike: list[dict[str, Any]], rewrite: dict[str, str]) -> str:
    found = sorted({f'{one["flow"]["proto"]} {server(one, rewrite)}' for one in alike})
    return ', '.join(found) if len(found) <= 3 else f'{found[0]} and {len(found) - 1} others'


def table(actions: list[dict[str, Any]], rewrite: dict[str, str]) -> str:
    """The truth in one table: a line for each thing done, over all flows it was done to."""
    if not actions:
        return 'The middlebox passed everything on, and only delayed it.'
    lines = ['| role | action | parameters | servers | flows | packets touched | made | frames here |',
             '|---|---|---|---|---|---|---|---|']
    for (role, action, params), alike in groups(actions).items():
        touched, made = (sum(one[key] for one in alike) for key in ('packets_affected', 'packets_injected'))
        lines.append(f'| {role} | {action} | {params} | {ends(alike, rewrite)} | {len(alike)} | {touched} | {made} | '
                     f'{span(alike)} |')
    return '\n'.join(lines)


def choice(rule: dict[str, Any], rewrite: dict[str, str]) -> str:
    """Which packets a rule is about, with its quotas and times."""
    match = {key: rewrite.get(value, value) if isinstance(value, str) else value
             for key, value in rule.get('match', {}).items()}
    times = {key: rule[key] for key in ('from_s', 'until_s', 'windows', 'sticky') if key in rule}
    return textwrap.fill(f'- `{rule["name"]}`, {rule.get("direction", "both")}: {spelled({**match, **times})}', COLUMNS,
                         subsequent_indent='  ', break_on_hyphens=False)


def choices(rules: list[dict[str, Any]], rewrite: dict[str, str]) -> list[str]:
    """What the middlebox's rules chose, as paragraphs; none without rules."""
    if not rules:
        return []
    return ['The rules chose:', '\n'.join(choice(one, rewrite) for one in rules)]


def faults(told: list[dict[str, Any]], vantage: str) -> str:
    """What the capture lacks or has too much of, while the traffic itself was whole."""
    lines = ['| fault | parameters | frames recorded | here | differs from frame |', '|---|---|---|---|---|']
    lines += [f'| {one["fault"]} | {spelled(one["params"])} | {one["recorded"]} | {one["written"]} | '
              f'{one["first_frame"]} |' for one in told if one['vantage'] == vantage]
    return '\n'.join(lines)
