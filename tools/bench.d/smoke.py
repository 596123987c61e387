"""Makes every capture at a thousandth of its size and has others judge it: deadair, capinfos, tshark."""
import json
import shutil
import subprocess

import captures

WRONG = 'ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || _ws.malformed'
CHECKSUMS = [word for name in ('ip', 'tcp', 'udp') for word in ('-o', f'{name}.check_checksum:TRUE')]


def output_of(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def by_deadair(program, path):
    """(packets, flows) that deadair counts."""
    lines = [json.loads(line) for line in output_of(program, 'read', '-o', 'json', path).splitlines()]
    flows = sum(line['type'] == 'flow' for line in lines)
    return sum(line['packets'] for line in lines if line['type'] == 'capture'), flows


def by_capinfos(path):
    said = output_of('capinfos', '-c', '-M', path)
    return int(said.rsplit(':', 1)[1])


def complaints(capture, made, program, path):
    counted = by_deadair(program, path)
    if counted != (made['packets'], made['flows']):
        yield f"deadair counts {counted} packets and flows, made were {made['packets'], made['flows']}"
    if shutil.which('capinfos') and by_capinfos(path) != made['packets']:
        yield 'capinfos counts other packets'
    if shutil.which('tshark') and (wrong := output_of('tshark', '-n', '-r', path, *CHECKSUMS, '-Y', WRONG)):
        yield f'tshark finds errors: {wrong.splitlines()[0].strip()}'


def smoke(program, generator):
    """Whether all is well."""
    bad = 0
    for capture in captures.captures():
        if capture.small is None:
            continue
        made = captures.generate(generator, capture, f'smoke/{capture.name}', capture.small)
        found = list(complaints(capture, made, program, captures.FOLDER / f'smoke/{capture.name}.pcap'))
        print(f"{capture.name:<9} {made['packets']:>6} packets {made['flows']:>5} flows  {'; '.join(found) or 'ok'}")
        bad += bool(found)
    return bad == 0
