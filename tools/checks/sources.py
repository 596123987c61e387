"""The C++ files a check reads, and what they include."""
import pathlib
import re

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)


def cpp_files(root, *folders):
    """Sorted paths relative to root of all C++ sources below the folders."""
    found = []
    for folder in folders:
        for suffix in ('cpp', 'hpp'):
            found += (root / folder).rglob(f'*.{suffix}')
    return sorted(path.relative_to(root) for path in found)


def text_of(root, path):
    return (root / path).read_text(encoding='utf-8', errors='replace')


def includes(text):
    """(quoted, angled) names of a file's #include lines, each with its line number."""
    quoted, angled = [], []
    for match in INCLUDE.finditer(text):
        line = text.count('\n', 0, match.start()) + 1
        if match[1]:
            quoted.append((line, match[1]))
        else:
            angled.append((line, match[2]))
    return quoted, angled


def code_only(text):
    """The text with comments and strings blanked, lines kept."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)


def layer_of(path):
    """'wire' for src/wire/..., 'classifiers/whatsapp' for a classifier, else None."""
    parts = pathlib.PurePath(path).parts
    if len(parts) > 2 and parts[0] == 'src':
        return parts[1]
    if len(parts) > 2 and parts[0] == 'classifiers':
        return f'classifiers/{parts[1]}'
    return None


def report(problems):
    """Print problems; the exit status of a check."""
    for problem in problems:
        print(problem)
    return 1 if problems else 0
