"""Measure file and function lengths; fail beyond the limits and print how they are distributed.

usage: lengths.py ROOT

Functions are found by universal-ctags: pmccabe loses its way in brace initialisers and digit separators.
"""
import json
import pathlib
import subprocess
import sys

from sources import cpp_files, report, text_of

FILE_LIMIT = 400
FUNCTION_LIMIT = 80


def functions(root, files):
    """[(lines, path:line name)] of every function defined in the files."""
    command = ['ctags', '--languages=C++', '--kinds-c++=f', '--fields=+ne', '--output-format=json', '-L-', '-f-']
    names = '\n'.join(map(str, files))
    out = subprocess.run(command, input=names, capture_output=True, text=True, cwd=root, check=True).stdout
    tags = [tag for tag in map(json.loads, out.splitlines()) if 'end' in tag and not tag['name'].startswith('__anon')]
    return [(tag['end'] - tag['line'] + 1, f"{tag['path']}:{tag['line']} {tag['name']}") for tag in tags]


def spread(name, sizes):
    ordered = sorted(size for size, _ in sizes) or [0]
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.9)]
    return f'{name}: {len(sizes)}, lines median {at[0]}, 90th {at[1]}, max {ordered[-1]}'


def too_long(sizes, limit):
    return [f'{where}: {size} lines, over {limit}' for size, where in sizes if size > limit]


def main(root):
    product = [p for p in cpp_files(root, 'src', 'classifiers') if not p.name.endswith('_test.cpp')]
    everything = cpp_files(root, 'src', 'classifiers', 'tests', 'tools')
    scripts = [p.relative_to(root) for folder in ('tools', 'tests') for p in (root / folder).rglob('*.py')]
    file_sizes = {p: text_of(root, p).count('\n') for p in everything + scripts}
    function_sizes = functions(root, product)
    print(spread('files', [(file_sizes[p], str(p)) for p in product]))
    print(spread('functions', function_sizes))
    problems = too_long([(size, str(p)) for p, size in file_sizes.items()], FILE_LIMIT)
    problems += too_long(function_sizes, FUNCTION_LIMIT)
    if not function_sizes and product:
        problems.append('ctags found no function: is universal-ctags installed?')
    return report(problems)


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
