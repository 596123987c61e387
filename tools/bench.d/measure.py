"""Runs programs in turn and takes their CPU time, wall time and peak memory."""
import os
import statistics
import subprocess
import time


class RunFailed(Exception):
    pass


def run(command, out_path):
    """One run: {cpu, wall} in seconds and {peak} in MiB. The peak is never below this process's own, ~15 MiB."""
    with open(out_path, 'wb') as out:
        start = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RunFailed(f'exit status {child.returncode}: {" ".join(command)}')
    return {'cpu': usage.ru_utime + usage.ru_stime, 'wall': wall, 'peak': usage.ru_maxrss / 1024}


def in_turn(programs, runs, most, out_path):
    """A B A B ...: {name: [run, ...]}, after one run of the first that counts for nothing.

    `programs` is {name: command}; `most` is {name: runs at most}.
    """
    results = {name: [] for name in programs}
    run(next(iter(programs.values())), out_path)
    for number in range(runs):
        for name, command in programs.items():
            if number < most.get(name, runs):
                results[name].append(run(command, out_path))
    return results


def values(results, name, what='cpu'):
    return [result[what] for result in results.get(name, [])]


def median(numbers):
    return statistics.median(numbers)


def ratios(results, above, below, what='cpu'):
    """Pair by pair: one of `above` through one of `below` of the same turn."""
    return [a / b for a, b in zip(values(results, above, what), values(results, below, what)) if b > 0]


def spread(numbers, digits=2):
    """`median [min-max]`"""
    if not numbers:
        return '-'
    return f'{median(numbers):.{digits}f} [{min(numbers):.{digits}f}-{max(numbers):.{digits}f}]'
