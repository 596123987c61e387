#!/usr/bin/env python3
"""Runs deadair on every case under pcaps/ and checks its records against the case's expect.json."""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import jsonschema

sys.dont_write_bytecode = True
import expectation  # noqa: E402

TEXT_COLUMNS = 100
CHOOSING = {"--", "-f", "--filter", "-c", "--count"}  # options that leave packets out
SECONDS = 120  # a case that takes longer hangs


def case_input(folder: Path) -> str:
    """Name of the case's capture: input.* or the folder input/."""
    if (folder / "input").is_dir():
        return "input"
    names = sorted(path.name for path in folder.glob("input.*"))
    if len(names) != 1:
        raise ValueError(f"expected one input.* or a folder input/, found {names}")
    return names[0]


def captures(folder: Path) -> list[Path]:
    return sorted(path for path in [*folder.glob("input.*"), *folder.glob("input/*")] if path.is_file())


def provenance(folder: Path) -> list[str]:
    """The README must exist, say how the capture was made, and quote the right SHA-256 of each file."""
    readme = folder / "README.md"
    if not readme.is_file():
        return ["README.md is missing: every capture needs its provenance"]
    text = readme.read_text()
    return [f"README.md does not give the SHA-256 of {path.relative_to(folder)}" for path in captures(folder)
            if f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" not in text]


def run(deadair: Path, folder: Path, arguments: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run([deadair, *arguments], cwd=folder, capture_output=True, timeout=SECONDS)


def parse(output: bytes, validator) -> tuple[list[dict], list[str]]:
    """The records, and what is wrong with them by the schema."""
    records, problems = [], []
    for number, line in enumerate(output.decode().splitlines(), 1):
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError as error:
            problems.append(f"line {number} is not JSON: {error}")
            continue
        problems += [f"line {number}: schema: {error.json_path}: {error.message}"
                     for error in validator.iter_errors(records[-1])]
    return records, problems


def _packets(record: dict) -> int:
    return record.get("packets_up", 0) + record.get("packets_down", 0)


def invariants(records: list[dict], filtered: bool) -> list[str]:
    """What holds of every run: capture records last, every packet in a flow or counted as undecoded."""
    types = [record.get("type") for record in records]
    problems = []
    first = types.index("capture") if "capture" in types else len(types)
    if first == len(types) or any(kind != "capture" for kind in types[first:]):
        problems.append("capture records must exist and come last")
    in_flows = sum(_packets(record) for record in records if record.get("type") == "flow")
    of_captures = [record for record in records if record.get("type") == "capture"]
    undecoded = sum(sum(record.get("undecoded", {}).values()) for record in of_captures)
    total = sum(record.get("packets", 0) for record in of_captures)
    if not filtered and total != in_flows + undecoded:
        problems.append(f"{total} packets, but {in_flows} in flows and {undecoded} undecoded")
    return problems + call_problems(records) + finding_problems(records) + verdict_problems(records)


def _instant(time: str) -> str:
    """A time of a record so that times of 6 and of 9 digits compare."""
    return time.rstrip("Z").ljust(29, "0")


def call_problems(records: list[dict]) -> list[str]:
    """Calls are numbered from 1, their times are in order, and their flows have records."""
    calls = [record for record in records if record.get("type") == "call"]
    flows = {record.get("flow") for record in records if record.get("type") == "flow"}
    problems = []
    numbers = sorted(record.get("call", 0) for record in calls)
    if numbers != list(range(1, len(calls) + 1)):
        problems.append(f"calls are numbered {numbers}")
    for record in calls:
        times = [_instant(record[key]) for key in ("ts_start", "ts_media", "ts_end") if key in record]
        if times != sorted(times):
            problems.append(f"call {record.get('call')}: its times are out of order")
        problems += [f"call {record.get('call')}: no record of flow {flow}"
                     for flow in record.get("flows", ()) if flow not in flows]
    return problems


def finding_problems(records: list[dict]) -> list[str]:
    """Findings follow all flows and calls, which those they name are among, and score no more than their items."""
    kinds = [record.get("type") for record in records]
    flows = {record.get("flow") for record in records if record.get("type") == "flow"}
    calls = {record.get("call") for record in records if record.get("type") == "call"}
    problems = []
    if "finding" in kinds and not {"flow", "call"}.isdisjoint(kinds[kinds.index("finding"):]):
        problems.append("a flow or call comes after a finding")
    for record in records:
        if record.get("type") != "finding":
            continue
        name, weights = record.get("id"), [item.get("lr", 0) for item in record.get("items", ())]
        problems += [f"{name}: no record of {key} {record[key]}" for key, known in (("flow", flows), ("call", calls))
                     if key in record and record[key] not in known]
        # Each weight is rounded, and so is the sum.
        if record.get("score", 0) > sum(lr for lr in weights if lr > 0) + 0.05 * (len(weights) + 1) + 1e-9:
            problems.append(f"{name}: score {record['score']} is more than its items {weights}")
    return problems


def verdict_problems(records: list[dict]) -> list[str]:
    """One answer for each application and service, resting on findings that are there; counts add up."""
    verdicts = [record for record in records if record.get("type") == "verdict"]
    findings = [record.get("id") for record in records if record.get("type") == "finding"]
    asked = [(record.get("app"), record.get("service")) for record in verdicts]
    problems = [f"{app} {service}: several verdicts" for app, service in sorted(set(asked))
                if asked.count((app, service)) > 1]
    for record in verdicts:
        label = f"{record.get('app')} {record.get('service')}"
        problems += [f"{label}: {each['count']} findings {each['id']}, but {findings.count(each['id'])} records"
                     for each in record.get("findings", ()) if each["count"] > findings.count(each["id"])]
        told = record.get("failed", 0) + record.get("connected", 0)
        if "attempts" in record and told > record["attempts"]:
            problems.append(f"{label}: {told} failed or connected of {record['attempts']} attempts")
    return problems


def text_problems(deadair, folder, arguments, code: int) -> list[str]:
    """The default output ends alike and fits the terminal."""
    result = run(deadair, folder, arguments)
    lines = result.stdout.decode().splitlines()
    problems = [] if result.returncode == code else [f"text: exit {result.returncode}, expected {code}"]
    problems += [] if lines else ["text: no output"]
    return problems + [f"text line {number} has {len(line)} columns" for number, line in enumerate(lines, 1)
                       if len(line) > TEXT_COLUMNS]


def check_case(deadair: Path, folder: Path, validator) -> list[str]:
    """Everything that is wrong with one case; empty when it passes."""
    problems = provenance(folder)
    expect = json.loads((folder / "expect.json").read_text())
    arguments = ["read", case_input(folder), *expect.get("args", ())]
    code = expect.get("exit", 0)
    result = run(deadair, folder, [*arguments, "-o", "json"])
    if result.returncode != code:
        message = result.stderr.decode(errors="replace").strip()[-300:]
        problems.append(f"exit {result.returncode}, expected {code}: {message}")
    records, wrong = parse(result.stdout, validator)
    problems += wrong + invariants(records, not CHOOSING.isdisjoint(arguments)) + expectation.unmet(expect, records)
    if run(deadair, folder, [*arguments, "-o", "json"]).stdout != result.stdout:
        problems.append("a second run printed something else")
    return problems + text_problems(deadair, folder, arguments, code)


def guarded(deadair, folder, validator) -> list[str]:
    """A case that cannot be run at all is a failure of that case, not of the run."""
    try:
        return check_case(deadair, folder, validator)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return [f"{type(error).__name__}: {error}"]


def load_validator(path: Path):
    if not path.is_file():
        sys.exit(f"run_cases: {path}: no JSON Schema there; give it with --schema")
    schema = json.loads(path.read_text())
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deadair", type=Path, required=True, help="the program")
    parser.add_argument("--pcaps", type=Path, required=True, help="folder of cases")
    parser.add_argument("--schema", type=Path, required=True, help="JSON Schema of the records")
    parser.add_argument("--only", metavar="NAME", help="run this case alone")
    options = parser.parse_args()
    validator = load_validator(options.schema)
    folders = sorted(path for path in options.pcaps.iterdir() if (path / "expect.json").is_file())
    if options.only:
        folders = [path for path in folders if path.name == options.only]
    if not folders:
        sys.exit(f"run_cases: no case to run in {options.pcaps}")
    if not options.deadair.is_file():
        sys.exit(f"run_cases: {options.deadair}: no such program")
    failed = 0
    for folder in folders:
        problems = guarded(options.deadair.resolve(), folder, validator)
        failed += bool(problems)
        for problem in problems:
            print(f"FAIL {folder.name}: {problem}")
    print(f"{len(folders) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
