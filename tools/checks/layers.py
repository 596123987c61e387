"""Check that each file includes only its own layer and the layers it may use (table in src/README.md).

usage: layers.py ROOT
"""
import pathlib
import sys

from sources import cpp_files, includes, layer_of, report, text_of

MAY_USE = {
    'bytes': '',
    'wire': 'bytes',
    'proto': 'bytes',
    'capture': 'bytes wire',
    'flow': 'bytes wire proto',
    'classify': 'bytes wire proto capture flow',
    'call': 'bytes wire proto capture flow classify',
    'interference': 'bytes wire proto capture flow classify call',
    'report': 'bytes',
    'pipeline': 'bytes wire proto capture flow classify call interference classifiers report',
    'cli': 'bytes wire proto capture flow classify call interference classifiers report pipeline',
    # Contracts, flow views and dissectors; one application never sees another.
    'classifiers': 'bytes wire proto flow classify',
}

# Headers that only one layer may see, and whether only one file of it may.
OWNED = [
    ('pcap', 'capture', False),
    ('ndpi', 'classify', True),
    ('boost/program_options', 'cli', False),
]


def target_of(root, path, name):
    """The file an include names, relative to root; None when it is not one of ours."""
    for base in (root / 'src', root / 'classifiers', (root / path).parent):
        if (base / name).is_file():
            return (base / name).resolve().relative_to(root)
    return None


def may_include(layer, target):
    kind = layer.split('/')[0]
    target_kind = target.split('/')[0]
    return layer == target or target_kind in MAY_USE.get(kind, '').split()


def wrong_layers(root, path, quoted):
    layer = layer_of(path)
    if layer.split('/')[0] not in MAY_USE:
        return [f'{path}: {layer} is not a layer of the table in tools/checks/layers.py']
    wrong = []
    for line, name in quoted:
        target = target_of(root, path, name)
        if target is None:
            wrong.append(f'{path}:{line}: no such file: "{name}"')
        elif not may_include(layer, layer_of(target) or '?'):
            wrong.append(f'{path}:{line}: {layer} may not use {layer_of(target)}: "{name}"')
    return wrong


def owned_headers(users):
    """users: [(path, line, header)] of all angled includes -> problems."""
    wrong = []
    for prefix, owner, single in OWNED:
        hits = [u for u in users if u[2] == f'{prefix}.h' or u[2].startswith((f'{prefix}/', f'{prefix}_', f'{prefix}.'))]
        wrong += [f'{path}:{line}: only src/{owner} may include <{header}>'
                  for path, line, header in hits if layer_of(path) != owner]
        files = sorted({str(path) for path, _, _ in hits})
        if single and len(files) > 1:
            wrong.append(f'<{prefix}...> belongs in one file, not in {", ".join(files)}')
    return wrong


def check(root):
    problems, users = [], []
    for path in cpp_files(root, 'src', 'classifiers'):
        if path.name.endswith('_test.cpp') or layer_of(path) is None:
            continue
        quoted, angled = includes(text_of(root, path))
        problems += wrong_layers(root, path, quoted)
        users += [(path, line, header) for line, header in angled]
    return problems + owned_headers(users)


if __name__ == '__main__':
    sys.exit(report(check(pathlib.Path(sys.argv[1]).resolve())))
