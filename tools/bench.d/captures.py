"""The captures to measure with: what they are made of, where they lie, and that they are the same everywhere."""
import hashlib
import json
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = TOP / 'build' / 'bench'
SUMS = TOP / 'tools' / 'benchgen' / 'sha256sums'
CORPUS = TOP.parent / 'shared' / 'corpus' / 'pcaps'
MIX_PACKETS = 4_500_000


class Capture:
    """One recipe of the generator. `small` are its arguments at a thousandth of the size."""

    def __init__(self, name, recipe, arguments, small, text, *, floor=False, json_output=False, repeat=1,
                 peer_runs=None):
        self.name, self.recipe, self.arguments, self.small, self.text = name, recipe, arguments, small, text
        self.floor = floor                # also against a bare libpcap loop
        self.json_output = json_output    # also with -o json
        self.repeat = repeat              # short ones are run more often
        self.peer_runs = peer_runs        # the other program is run no more often than this

    @property
    def pinned(self):
        return self.recipe != 'mix'


def mix_folders():
    return [str(CORPUS)] if CORPUS.is_dir() else [str(TOP / 'pcaps')]


def captures():
    flows = '40 % SYN, 30 % refused, 30 % DNS, begun within 60 s'
    conc = 'RTP packets of random flows, 10 s'
    return [
        Capture('mix', 'mix', [MIX_PACKETS, *mix_folders()], None,
                f'copies of the captures in {mix_folders()[0]}, each with other clients'),
        Capture('voip', 'voip', [2000, 28], [2, 28], '2000 calls and 2000 TCP chats, 28 s', floor=True),
        Capture('bulk', 'bulk', [1000], [1], '8 HTTP downloads, 1000 MB', floor=True),
        Capture('many40k', 'many', [40_000], [40], f'40,000 flows: {flows}', repeat=3),
        Capture('many400k', 'many', [400_000], [400], f'400,000 flows: {flows}'),
        Capture('many4M', 'many', [4_000_000], [4000], f'4,000,000 flows: {flows}', json_output=True,
                peer_runs=2),
        Capture('conc10k', 'conc', [10_000, 5_000_000], [10, 5000], f'10,000 flows: {conc}', peer_runs=2),
        Capture('conc100k', 'conc', [100_000, 5_000_000], [100, 5000], f'100,000 flows: {conc}', peer_runs=2),
        Capture('conc1M', 'conc', [1_000_000, 5_000_000], [1000, 5000], f'1,000,000 flows: {conc}', peer_runs=2),
        Capture('empty', 'empty', [], [], 'no packet: what starting costs', repeat=3),
    ]


def committed_sums():
    """{name of a capture: its SHA-256}; those of --smoke begin with `smoke/`."""
    lines = SUMS.read_text().splitlines() if SUMS.exists() else []
    return {name.removesuffix('.pcap'): digest for digest, name in (line.split() for line in lines)}


def sha256(path):
    digest = hashlib.sha256()
    with path.open('rb', buffering=0) as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def generate(generator, capture, name, arguments):
    """Writes build/bench/NAME.pcap unless it is there; returns {packets, flows, sha256}."""
    path, stamp = FOLDER / f'{name}.pcap', FOLDER / f'{name}.made.json'
    wanted = committed_sums().get(name)
    if path.exists() and stamp.exists():
        made = json.loads(stamp.read_text())
        if made['arguments'] == arguments and made['bytes'] == path.stat().st_size \
                and wanted in (None, made['sha256']):
            return made
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    command = [generator, capture.recipe, path, *arguments]
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    made = {key: int(value) for key, value in (word.split('=') for word in said.split())}
    made |= {'arguments': arguments, 'bytes': path.stat().st_size, 'sha256': sha256(path)}
    if wanted not in (None, made['sha256']):
        raise SystemExit(f'bench: {path} is not what tools/benchgen/sha256sums says: '
                         'the generator changed, or is not deterministic on this machine')
    stamp.write_text(json.dumps(made) + '\n')
    return made
