"""Sends packets over a veth pair at a given rate, watches them with `deadair live`, and counts that none is missing."""
import argparse
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / 'tools' / 'lib'))
sys.dont_write_bytecode = True
import captures  # noqa: E402
import veth  # noqa: E402

TOOLS = TOP / 'build' / 'bench-tools' / 'tools' / 'benchgen'
SUMMARY = re.compile(r'([\d,]+) packets?, ([\d,]+) flows?, ([\d,]+) dropped by the kernel, ([\d,]+) by the interface')
COLUMNS = ('traffic', 'output', 'offered', 'sent', 'packets/s', 'rx_packets', 'captured', 'flows', 'kernel drops',
           'interface drops', 'loss %', 'core %', 'ns/packet', 'MiB', 'adds up')


class RunFailed(Exception):
    pass


def words(text):
    return text.split(',')


def arguments():
    parser = argparse.ArgumentParser(prog='live-bench', description=__doc__)
    parser.add_argument('--traffic', type=words, default=['many4M', 'voip'], metavar='NAMES',
                        help='captures of tools/bench --list, separated by commas (many4M,voip); when one is over '
                             'it is sent again with other clients')
    parser.add_argument('--output', type=words, default=['text', 'json'], metavar='FORMATS',
                        help='what deadair writes, one run each (text,json)')
    parser.add_argument('--rate', type=int, default=1_000_000, metavar='N', help='packets a second offered (1000000)')
    parser.add_argument('--seconds', type=float, default=6, metavar='S', help='how long to send (6; at most 120)')
    parser.add_argument('--cores', type=words, default=['0', '1'], metavar='A,B',
                        help="the sender's and deadair's (0,1)")
    parser.add_argument('--realtime', action='store_true',
                        help='run both ahead of all other programs: measures on a machine that is busy')
    parser.add_argument('options', nargs='*', metavar='-- OPTION', help='more options for deadair')
    parser.add_argument('--deadair', default=TOP / 'build' / 'release' / 'deadair', metavar='PROGRAM',
                        help='measure this one instead of building it')
    chosen = parser.parse_args()
    known = {capture.name: capture for capture in captures.captures() if capture.arguments}
    for name in chosen.traffic:
        if name not in known:
            parser.error(f'no capture is called {name}; there are {", ".join(known)}')
    if chosen.rate < 1 or not 0 < chosen.seconds <= 120 or len(chosen.cores) != 2:
        parser.error('--rate: at least 1; --seconds: above 0, at most 120; --cores: two')
    chosen.deadair = pathlib.Path(chosen.deadair).resolve()
    chosen.traffic = [known[name] for name in chosen.traffic]
    return chosen


def placed(chosen, core):
    return ['taskset', '-c', chosen.cores[core], *(['chrt', '-f', '1'] if chosen.realtime else [])]


def watched(pair, chosen, output, folder):
    """`deadair live` on the far end, capturing when this returns."""
    command = pair.far.within(*placed(chosen, 1), chosen.deadair, 'live', '-i', pair.far.interface, '-o',
                              f'{output}:{folder / output}', *chosen.options)
    errors = (folder / 'errors').open('w+')
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
    child.errors = errors
    veth.wait_until_watching(child)
    if child.poll() is not None:
        errors.seek(0)
        raise RunFailed(errors.read().strip() or f'deadair: exit status {child.returncode}')
    return child


def send(pair, chosen, path):
    """{offered, sent, seconds}"""
    packets = max(1, int(chosen.rate * chosen.seconds))
    command = pair.near.within(*placed(chosen, 0), TOOLS / 'live_send', pair.near.interface, path, chosen.rate, packets)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(done.stderr.strip())
    return {key: float(value) for key, value in (word.split('=') for word in done.stdout.split())}


def cpu_so_far(child):
    """Seconds, to the clock tick (proc(5): utime and stime)."""
    fields = pathlib.Path(f'/proc/{child.pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def ended(child):
    """Interrupts deadair; what its summary says, and what it used: {captured, flows, kernel, interface, cpu, peak}."""
    child.send_signal(signal.SIGINT)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.errors.seek(0)
    said = child.errors.read()
    found = SUMMARY.search(said)
    if child.returncode != 0 or not found:
        raise RunFailed(f'deadair: exit status {child.returncode}: {said.strip()}')
    captured, flows, kernel, interface = (int(number.replace(',', '')) for number in found.groups())
    return {'captured': captured, 'flows': flows, 'kernel': kernel, 'interface': interface,
            'cpu': usage.ru_utime + usage.ru_stime, 'peak': usage.ru_maxrss / 1024}


def stopped(child):
    if child.returncode is None:
        child.kill()
        child.wait()
    child.errors.close()


def one_run(chosen, capture, path, output):
    captures.FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix='live-', dir=captures.FOLDER) as folder, veth.Pair('dab') as pair, \
            contextlib.ExitStack() as stack:
        child = watched(pair, chosen, output, pathlib.Path(folder))
        stack.callback(stopped, child)
        before, cpu = pair.far.counters()['rx_packets'], cpu_so_far(child)
        sent = send(pair, chosen, path)
        received = pair.far.counters()['rx_packets'] - before
        core = (cpu_so_far(child) - cpu) / sent['seconds']
        result = ended(child)
    return {'traffic': capture.name, 'output': output, 'received': received, 'core': core, **sent, **result}


def row(run):
    captured, received = run['captured'], run['received']
    return [run['traffic'], run['output'], f'{run["offered"]:,.0f}', f'{run["sent"]:,.0f}',
            f'{run["sent"] / run["seconds"]:,.0f}', f'{received:,}', f'{captured:,}', f'{run["flows"]:,}',
            f'{run["kernel"]:,}', f'{run["interface"]:,}', f'{100 * (received - captured) / max(received, 1):.3f}',
            f'{100 * run["core"]:.0f}', f'{1e9 * run["cpu"] / max(captured, 1):.0f}', f'{run["peak"]:.0f}',
            'yes' if adds_up(run) else 'NO']


def adds_up(run):
    return run['captured'] + run['kernel'] == run['received']


def table(rows):
    widths = [max(map(len, column)) for column in zip(COLUMNS, *rows)]
    return ['  '.join(f'{cell:<{width}}' if i < 2 else f'{cell:>{width}}'
                      for i, (cell, width) in enumerate(zip(cells, widths))) for cells in [COLUMNS, *rows]]


def measure(chosen):
    load, runs = os.getloadavg()[0], []
    for capture in chosen.traffic:
        captures.generate(TOOLS / 'deadair_benchgen', capture, capture.name, capture.arguments)
        path = captures.FOLDER / f'{capture.name}.pcap'
        for output in chosen.output:
            print(f'live-bench: {capture.name}, {output}', file=sys.stderr)
            runs.append(one_run(chosen, capture, path, output))
    print('\n'.join(table([row(run) for run in runs])))
    print(f'\n{chosen.rate:,} packets/s asked for; {os.cpu_count()} cores, load {load:.1f} before and '
          f'{os.getloadavg()[0]:.1f} after; core %: of deadair while packets came; ns/packet: CPU time '
          'from its start to its end')
    return 0 if all(map(adds_up, runs)) else 1


def main():
    veth.end_in_order_on_signals()
    try:
        return measure(arguments())
    except (RunFailed, TimeoutError, veth.Unavailable) as failure:
        print(f'live-bench: {failure}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == '__main__':
    sys.exit(main())
