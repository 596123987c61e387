"""Run deadair on every Nth file of a folder, whole and damaged: it must neither crash, hang nor trip a sanitizer.

usage: damaged.py DEADAIR FOLDER [EVERY]

Each file is read as it is, cut at two places, with 1 % of its bytes changed and from its middle; one run reads
random bytes. Damage is the same on every run. Last line: N passed, N failed.
"""
import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys
import tempfile

LIMIT_SECONDS = 120
FINE = {0: 'read', 2: 'refused', 3: 'read in part'}
TRIPPED = ('Sanitizer', 'runtime error:', 'terminate called')


def variants(name, data):
    """(what, bytes) of each way to damage a file; seeded by its name."""
    rng = random.Random(name)
    yield 'whole', data
    for _ in range(2):
        yield 'cut', data[:rng.randrange(len(data) + 1)]
    changed = bytearray(data)
    for _ in range(max(1, len(data) // 100)):
        changed[rng.randrange(len(data))] = rng.randrange(256)
    yield 'changed', bytes(changed)
    yield 'headless', data[len(data) // 2:]


def problem_of(deadair, path):
    try:
        run = subprocess.run([deadair, 'read', str(path), '-o', 'json'], capture_output=True, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return f'still running after {LIMIT_SECONDS} s'
    said = run.stderr.decode(errors='replace')
    if run.returncode not in FINE or any(word in said for word in TRIPPED):
        return f'exit {run.returncode}\n{said[-3000:]}'
    if run.returncode == 2 and said.strip().count('\n') != 0:
        return f'refused in {said.count(chr(10))} lines instead of one:\n{said[:500]}'
    return None


def check_file(deadair, path, scratch):
    """Problems of all variants of one file, and how many there were."""
    tried, problems = 0, []
    for what, data in variants(path.name, path.read_bytes()):
        damaged = scratch / f'{tried}-{path.name}'
        damaged.write_bytes(data)
        problem = problem_of(deadair, damaged)
        damaged.unlink()
        tried += 1
        if problem:
            problems.append(f'FAIL {path.name}, {what} ({tried}): {problem}')
    return tried, problems


def main(deadair, folder, every=6):
    chosen = sorted(p for p in pathlib.Path(folder).iterdir() if p.is_file() and p.stat().st_size)[::int(every)]
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        noise = pathlib.Path(scratch) / 'noise'
        noise.write_bytes(random.Random(1).randbytes(1 << 20))
        results = list(pool.map(lambda path: check_file(deadair, path, pathlib.Path(scratch)), [*chosen, noise]))
    problems = [problem for _, found in results for problem in found]
    print('\n'.join(problems) or f'ok   {len(chosen)} files and their damaged copies')
    print(f'{sum(tried for tried, _ in results) - len(problems)} passed, {len(problems)} failed')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
