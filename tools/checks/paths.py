"""Check that no tracked file names a place of one machine or a package archive's host.

usage: paths.py ROOT
"""
import pathlib
import re
import subprocess
import sys

from sources import report

# Generic words that a path of the form /NAME/ must not begin with, plus the folder this tree stands in.
HOMES = re.compile(r'(?<![\w.$}/-])/(home|root|Users)/\w')
ARCHIVES = re.compile(r'://(deb|registry|security|ftp|snapshot)\.[\w.]*\b(org|com|net)\b')


def tracked(root):
    out = subprocess.run(['git', '-C', str(root), 'ls-files', '-z'], capture_output=True, check=True).stdout
    return [name.decode() for name in out.split(b'\0') if name]


def patterns(root):
    parent = root.parent
    own = [re.compile(re.escape(f'{parent}/'))] if parent.name and len(parent.parts) > 1 else []
    return [HOMES, ARCHIVES, *own]


def check(root):
    problems, wanted = [], patterns(root)
    for name in tracked(root):
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        if b'\0' in data[:4096]:
            continue
        for number, line in enumerate(data.decode(errors='replace').splitlines(), 1):
            problems += [f'{name}:{number}: {p.search(line)[0]}' for p in wanted if p.search(line)]
    return problems


if __name__ == '__main__':
    sys.exit(report(check(pathlib.Path(sys.argv[1]).resolve())))
