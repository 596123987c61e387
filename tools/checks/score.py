"""Compare deadair's score on labelled real captures with the figures last reached.

usage: score.py DEADAIR CORPUS FLOOR.json

CORPUS holds score.py and the labels. FLOOR.json names figures: of `broken` and `loud` (runs that break,
captures with false alarms) no more than that, of the others no fewer. Last line: N passed, N failed.
"""
import json
import pathlib
import re
import subprocess
import sys

FEWER_IS_BETTER = {'broken', 'loud'}
FIGURES = {
    'app': r'^flows:.*\bapp (\d+)/',
    'app_service': r'^flows:.*\bapp\+service (\d+)/',
    'media': r'^flows:.*\bmedia (\d+)/',
    'calls': r'^calls: captures right (\d+)/',
    'found': r'^found: real interference recognised (\d+)/',
    'loud': r'^quiet:.*\bfalse alarms (\d+)/',
    'broken': r'^quiet:.*\bbroken runs (\d+)/',
}


def figures(said):
    found = {name: re.search(pattern, said, re.M) for name, pattern in FIGURES.items()}
    return {name: int(match[1]) for name, match in found.items() if match}


def below(now, floor):
    """What got worse, in words."""
    worse = []
    for name, was in floor.items():
        value = now.get(name)
        if value is None or (value > was if name in FEWER_IS_BETTER else value < was):
            worse.append(f'{name} is {"missing" if value is None else value}, was {was}')
    return worse


def main(deadair, corpus, floor_file):
    floor = json.loads(pathlib.Path(floor_file).read_text())
    command = [sys.executable, str(pathlib.Path(corpus) / 'score.py'),
               '--cmd', f'{deadair} read {{file}} -o json', 'flows', 'calls', 'quiet']
    said = subprocess.run(command, capture_output=True, text=True).stdout
    worse = below(figures(said), floor)
    print(said if worse else '\n'.join(line for line in said.splitlines() if line.startswith(('flows:', 'calls:', 'quiet:', 'found:'))))
    print('\n'.join(f'FAIL {line}' for line in worse) or f'ok   no figure below {pathlib.Path(floor_file).name}')
    print(f'{len(floor) - len(worse)} passed, {len(worse)} failed')
    return 1 if worse else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
