"""Check what no compiler checks: casts and pointer arithmetic, clocks, file headings, unfinished words.

usage: source_rules.py ROOT
"""
import pathlib
import re
import sys

from sources import code_only, cpp_files, layer_of, report, text_of

CLOCK = re.compile(r'\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime'
                   r'|timespec_get)\b|\btime\s*\(\s*(nullptr|NULL|0|&)|\bstd::(time|clock)\s*\(')
CAST = re.compile(r'\breinterpret_cast\b')
POINTER = re.compile(r'(\.|->)(data|c_str)\(\)\s*[-+]|[-+]\s*\w+(\.|->)(data|c_str)\(\)|\*\s*\(\s*\w+\s*\+')
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b|\b(not implemented|placeholder|for now)\b', re.I)

# (name, pattern, the layers where it is allowed, what to do instead)
RULES = [
    ('reinterpret_cast', CAST, {'bytes'}, 'read bytes through ByteView'),
    # report writes text with to_chars and never sees a packet.
    ('pointer arithmetic', POINTER, {'bytes', 'report', 'cli'}, 'use ByteView, span or string_view'),
    ('a clock', CLOCK, {'pipeline', 'cli'}, 'packet time is the only clock below pipeline'),
]


def lines_matching(pattern, text):
    for match in pattern.finditer(text):
        yield text.count('\n', 0, match.start()) + 1, match[0].strip()


def breaches(path, text):
    code = code_only(text)
    layer = layer_of(path)
    for name, pattern, allowed, advice in RULES:
        if layer in allowed:
            continue
        for line, found in lines_matching(pattern, code):
            yield f'{path}:{line}: {name} ({found}): {advice}'


def check(root):
    problems = []
    for path in cpp_files(root, 'src', 'classifiers', 'tests', 'tools'):
        text = text_of(root, path)
        if not re.match(r'(#pragma once\s*)?\s*//', text):
            problems.append(f'{path}:1: say in a comment on top what this file is for')
        problems += [f'{path}:{line}: unfinished: {word}' for line, word in lines_matching(UNFINISHED, text)]
        if layer_of(path) and not path.name.endswith('_test.cpp'):
            problems += breaches(path, text)
    return problems


if __name__ == '__main__':
    sys.exit(report(check(pathlib.Path(sys.argv[1]).resolve())))
