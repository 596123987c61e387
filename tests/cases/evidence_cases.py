#!/usr/bin/env python3
"""Cuts the evidence out of cases and reads it again: the same findings, at no higher a level."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from run_cases import CHOOSING, case_input, run  # noqa: E402

LEVELS = ["indeterminate", "observed", "anomalous", "likely", "confirmed_pattern"]
ACCUSING = {"blocked", "degraded"}


def gravest(records: list[dict]) -> dict[str, int]:
    """The highest level of each finding id, and of each accusing verdict."""
    out: dict[str, int] = {}
    for record in records:
        if record["type"] == "finding":
            what = record["id"]
        elif record["type"] == "verdict" and record["outcome"] in ACCUSING:
            what = f"verdict on {record['app']} {record['service']}"
        else:
            continue
        level = LEVELS.index(record.get("level", "observed"))
        out[what] = max(out.get(what, level), level)
    return out


def records_of(result: subprocess.CompletedProcess) -> list[dict]:
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


def named_frames(records: list[dict]) -> set[int]:
    """The frame numbers that findings name."""
    return {frame for record in records if record["type"] == "finding"
            for frame in record["frames"] if isinstance(frame, int)}


def commented(excerpt: Path) -> str:
    """All comments as tshark reads them, or nothing without tshark."""
    tool = shutil.which("tshark")
    if tool is None:
        return ""
    arguments = [tool, "-r", excerpt, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"]
    return subprocess.run(arguments, capture_output=True, timeout=120, check=True).stdout.decode()


def problems_of(deadair: Path, folder: Path, scratch: Path) -> list[str]:
    """What is wrong with the evidence of one case; empty when nothing is."""
    excerpt = scratch / "evidence.pcapng"
    excerpt.unlink(missing_ok=True)
    given = json.loads((folder / "expect.json").read_text()).get("args", [])
    whole = run(deadair, folder, ["read", case_input(folder), "-o", "json", "-o", f"evidence:{excerpt}", *given])
    if not excerpt.is_file():
        return [f"no excerpt: {whole.stderr.decode(errors='replace').strip()[-300:]}"]
    options = given[:given.index("--")] if "--" in given else given
    kept = [word for place, word in enumerate(options)
            if word not in CHOOSING and (place == 0 or options[place - 1] not in CHOOSING)]
    before = records_of(whole)
    again = run(deadair, folder, ["read", str(excerpt), "-o", "json", *kept])
    after = records_of(again)
    problems = [] if again.returncode == 0 else [f"the excerpt: exit {again.returncode}"]
    said, says = gravest(before), gravest(after)
    problems += [f"the excerpt says {what} at {LEVELS[level]}, the capture "
                 f"{LEVELS[said[what]] if what in said else 'not at all'}"
                 for what, level in says.items() if level > said.get(what, -1)]
    problems += [f"the excerpt does not say {what}" for what in said
                 if what not in says and not what.startswith("verdict")]
    named = named_frames(before)
    comments = commented(excerpt) if named else ""
    if comments:
        problems += [f"no comment for frame {frame}" for frame in sorted(named)
                     if f"Frame {frame} of {case_input(folder)}" not in comments]
    return problems


def concerned(folder: Path) -> bool:
    """Cases of the lab and of calls; others have nothing to show."""
    return folder.name.startswith("lab-") or "call" in folder.name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deadair", type=Path, required=True, help="the program")
    parser.add_argument("--pcaps", type=Path, required=True, help="folder of cases")
    parser.add_argument("--only", metavar="NAME", help="this case alone")
    options = parser.parse_args()
    folders = sorted(path for path in options.pcaps.iterdir() if (path / "expect.json").is_file())
    folders = [path for path in folders if (path.name == options.only if options.only else concerned(path))]
    if not folders:
        sys.exit(f"evidence_cases: no case to run in {options.pcaps}")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="deadair-evidence-") as scratch:
        for folder in folders:
            problems = problems_of(options.deadair.resolve(), folder, Path(scratch))
            failed += bool(problems)
            for problem in problems:
                print(f"FAIL {folder.name}: {problem}", flush=True)
    print(f"{len(folders) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
