"""Run clang-tidy over the product's files, skipping those that passed before and have not changed since.

usage: tidy.py ROOT BUILD_DIR CLANG_TIDY [FILE...]

A file's result is remembered under the hash of everything it depends on in this tree: itself, what it
includes, its compile command, .clang-tidy and the tool's version.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from sources import includes, report, text_of

CACHE = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'deadair' / 'tidy'


def commands(root, build_dir):
    """{path relative to root: compile command} of the product's files."""
    found = {}
    for entry in json.loads((build_dir / 'compile_commands.json').read_text()):
        path = pathlib.Path(entry['file'])
        if not path.is_relative_to(root):
            continue
        relative = path.relative_to(root)
        if relative.parts[0] in ('src', 'classifiers'):
            found[relative] = entry['command']
    return found


def reachable(root, path, seen):
    """All files of this tree that path includes, directly or not."""
    if path in seen:
        return seen
    seen.add(path)
    for _, name in includes(text_of(root, path))[0]:
        for base in (root / 'src', root / 'classifiers', root / 'tests', (root / path).parent):
            if (base / name).is_file():
                reachable(root, (base / name).resolve().relative_to(root), seen)
                break
    return seen


def key(root, path, command, version):
    parts = [version, (root / '.clang-tidy').read_text(), command.replace(str(root), '')]
    parts += [text_of(root, p) for p in sorted(reachable(root, path, set()))]
    return hashlib.sha256('\0'.join(parts).encode()).hexdigest()


def tidy(root, build_dir, tool, path, stamp):
    """'' when the file is clean, else what the tool says."""
    if stamp.exists():
        return ''
    command = [tool, '-p', str(build_dir), '--quiet', '--warnings-as-errors=*',
               '--extra-arg=-Wno-unknown-warning-option', str(path)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if run.returncode == 0:
        stamp.touch()
        return ''
    return run.stdout.replace(f'{root}/', '') or run.stderr


def main(root, build_dir, tool, only):
    version = subprocess.run([tool, '--version'], capture_output=True, text=True, check=True).stdout
    CACHE.mkdir(parents=True, exist_ok=True)
    chosen = {path: command for path, command in commands(root, build_dir).items() if not only or str(path) in only}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda item: tidy(root, build_dir, tool, item[0], CACHE / key(root, *item, version)),
                        sorted(chosen.items()))
        problems = [text for text in said if text]
    print(f'{len(chosen)} files')
    return report(problems) or int(not chosen)


if __name__ == '__main__':
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3], sys.argv[4:]))
