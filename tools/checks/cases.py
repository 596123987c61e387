"""Check that each bundled capture tells where it came from, and that none is a copy of a corpus file.

usage: cases.py ROOT [CORPUS]
"""
import hashlib
import json
import pathlib
import sys

from sources import report

BESIDE = {'README.md', 'expect.json'}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def readable_json(path):
    try:
        json.loads(path.read_text())
    except (OSError, ValueError) as error:
        return [f'{path.parent.name}/{path.name}: {error}']
    return []


def case_problems(folder):
    inputs = sorted(p for p in folder.rglob('*') if p.is_file() and p.name not in BESIDE)
    readme = folder / 'README.md'
    if not readme.is_file():
        return [f'{folder.name}: no README.md telling where the capture came from']
    problems = readable_json(folder / 'expect.json')
    if not inputs:
        problems.append(f'{folder.name}: no input')
    text = readme.read_text()
    for path in inputs:
        if sha256(path) not in text:
            problems.append(f'{folder.name}: README.md lacks the SHA-256 of {path.name}: {sha256(path)}')
    return problems


def copies(root, corpus):
    """Files of pcaps/ and tests/ that are byte for byte in the corpus."""
    theirs = {sha256(p) for p in corpus.rglob('*') if p.is_file()}
    ours = [p for folder in ('pcaps', 'tests') for p in (root / folder).rglob('*') if p.is_file()]
    return [f'{p.relative_to(root)}: a copy of a corpus file, which is not ours to ship'
            for p in ours if p.stat().st_size and sha256(p) in theirs]


def check(root, corpus=None):
    folders = sorted(p for p in (root / 'pcaps').iterdir() if p.is_dir())
    problems = [problem for folder in folders for problem in case_problems(folder)]
    if not folders:
        problems.append('pcaps/ holds no case')
    return problems + (copies(root, corpus) if corpus else [])


if __name__ == '__main__':
    places = [pathlib.Path(word).resolve() for word in sys.argv[1:]]
    sys.exit(report(check(*places)))
