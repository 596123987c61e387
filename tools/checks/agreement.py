"""Compare deadair with capinfos and tshark on every capture of a folder (docs/agreement.md).

usage: agreement.py FOLDER [DEADAIR]

Of each file: packets and bytes against capinfos; the set of TCP and of UDP 5-tuples against tshark's conversations;
and that every packet is in a flow or counted as undecoded. One line a file that differs. DEADAIR is
build/release/deadair unless given. Exit status 1 when packets, bytes or that sum differ: 5-tuples may.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
# UDP ports of VXLAN, Geneve, GTP-U, Teredo and L2TP: tshark lists the tunnel's own 5-tuple, deadair what is in it.
TUNNEL_PORTS = {1701, 2152, 3544, 4789, 6081, 8472}
TABLE_TITLE = re.compile(r'(TCP|UDP) Conversations')
TABLE_ROW = re.compile(r'(\S+):(\d+)\s+<->\s+(\S+):(\d+)')


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors='replace')


def tuple_of(address_a, port_a, address_b, port_b):
    """Both directions alike."""
    return tuple(sorted([(address_a, int(port_a)), (address_b, int(port_b))]))


def deadair_view(deadair, path):
    """(exit status, capture record or None, flow records)"""
    result = run(deadair, 'read', str(path), '-o', 'json')
    records = [json.loads(line) for line in result.stdout.splitlines()]
    captures = [record for record in records if record['type'] == 'capture']
    return result.returncode, captures[0] if captures else None, [r for r in records if r['type'] == 'flow']


def flow_tuples(flows, proto):
    return {tuple_of(f['client_ip'], f['client_port'], f['server_ip'], f['server_port'])
            for f in flows if f['proto'] == proto}


def capinfos_totals(path):
    """(packets, bytes), or None when capinfos cannot read the file."""
    lines = run('capinfos', '-T', '-m', '-c', '-d', str(path)).stdout.splitlines()
    if len(lines) < 2:
        return None
    named = dict(zip(lines[0].split(','), lines[1].split(',')))
    return tuple(int(value) for name, value in named.items() if name.startswith(('Number of packets', 'Data size')))


def tshark_tuples(path):
    """{'tcp': set, 'udp': set}"""
    found, table = {'tcp': set(), 'udp': set()}, None
    for line in run('tshark', '-n', '-r', str(path), '-q', '-z', 'conv,tcp', '-z', 'conv,udp').stdout.splitlines():
        title, row = TABLE_TITLE.match(line), TABLE_ROW.match(line)
        if title:
            table = found[title[1].lower()]
        elif row and table is not None:
            table.add(tuple_of(*row.groups()))
    return found


def compare_totals(capture, flows, expected):
    if (capture['packets'], capture['bytes']) != expected:
        yield f"packets and bytes {capture['packets']}, {capture['bytes']}; capinfos {expected[0]}, {expected[1]}"
    undecoded = sum(capture.get('undecoded', {}).values())
    counted = sum(f['packets_up'] + f['packets_down'] for f in flows) + undecoded
    if counted != capture['packets']:
        yield f"{counted} packets in flows or undecoded, of {capture['packets']}"


def compare_tuples(proto, ours, theirs):
    outer = {t for t in theirs - ours if any(port in TUNNEL_PORTS for _, port in t)}
    if outer:
        yield f'{len(outer)} outer {proto} 5-tuples of tunnels in tshark only'
    for whom, only in (('deadair', ours - theirs), ('tshark', theirs - ours - outer)):
        if only:
            yield f'{len(only)} {proto} 5-tuples in {whom} only, as {min(only)}'


def compare(deadair, path):
    """(path, refused, what differs that must not, what differs in 5-tuples)"""
    status, capture, flows = deadair_view(deadair, path)
    if capture is None:
        return path, True, [], []
    totals, theirs = capinfos_totals(path), tshark_tuples(path)
    wrong = list(compare_totals(capture, flows, totals)) if totals else ['capinfos cannot read it']
    if status not in (0, 3):
        wrong.append(f'exit status {status}')
    other = [line for proto in ('tcp', 'udp') for line in compare_tuples(proto, flow_tuples(flows, proto), theirs[proto])]
    if other and capture.get('undecoded'):
        other.append(f"undecoded {capture['undecoded']}")
    return path, False, wrong, other


def main(folder, deadair=TOP / 'build/release/deadair'):
    paths = sorted(path for path in pathlib.Path(folder).rglob('*') if path.is_file())
    refused = wrong_files = other_files = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, was_refused, wrong, other in pool.map(lambda p: compare(str(deadair), p), paths):
            refused += was_refused
            wrong_files += bool(wrong)
            other_files += bool(other)
            for line in ['refused'] if was_refused else wrong + other:
                print(f'{path.name}: {line}', flush=True)
    read = len(paths) - refused
    print(f'{len(paths)} files, {refused} refused; packets and bytes agree on {read - wrong_files} of {read}, '
          f'5-tuples on {read - other_files} of {read}')
    return 1 if wrong_files else 0


if __name__ == '__main__':
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
