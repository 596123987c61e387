"""Compares NDJSON records with the partial expectation of a case."""

LEVELS = ("observed", "anomalous", "likely", "confirmed_pattern")
CONFIDENCES = ("guess", "likely", "certain")
AT_LEAST = {"level_min": ("level", LEVELS), "confidence_min": ("confidence", CONFIDENCES)}


def _within(bounds: dict, actual) -> bool:
    """Whether `actual` is a number from "min" to "max", of which one may be absent."""
    if isinstance(actual, bool) or not isinstance(actual, (int, float)):
        return False
    return bounds.get("min", actual) <= actual <= bounds.get("max", actual)


def _only(expected: list, actual) -> bool:
    """Whether each item of the one list agrees with one of the other, and no item is left over."""
    return isinstance(actual, list) and len(actual) == len(expected) and agrees(expected, actual) and all(
        any(agrees(value, item) for value in expected) for item in actual)


def agrees(expected, actual) -> bool:
    """Objects and lists are partial; numbers and strings must be equal. {"any": [...]} is a choice,
    {"min": 1, "max": 2} a range of numbers, {"only": [...]} a list without other items,
    {"length": ...} a number, or range, of items."""
    if isinstance(expected, dict) and set(expected) == {"any"}:
        return any(agrees(choice, actual) for choice in expected["any"])
    if isinstance(expected, dict) and expected and set(expected) <= {"min", "max"}:
        return _within(expected, actual)
    if isinstance(expected, dict) and set(expected) == {"only"}:
        return _only(expected["only"], actual)
    if isinstance(expected, dict) and set(expected) == {"length"}:
        return isinstance(actual, list) and agrees(expected["length"], len(actual))
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and agrees(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and all(
            any(agrees(value, item) for item in actual) for value in expected)
    return type(expected) is type(actual) and expected == actual


def _reaches(record, key, minimum) -> bool:
    name, ladder = AT_LEAST[key]
    return record.get(name) in ladder[ladder.index(minimum):]


def selects(match: dict, record: dict) -> bool:
    """Whether a record has all fields of `match`; level_min and confidence_min are lower bounds."""
    return all(_reaches(record, key, value) if key in AT_LEAST
               else key in record and agrees(value, record[key]) for key, value in match.items())


def _shortfalls(item: dict, record: dict) -> list[str]:
    """How a matched record differs from what it must have and must lack."""
    wrong = [f"{key} is {record.get(key, 'absent')!r}, expected {value!r}"
             for key, value in item.get("has", {}).items()
             if key not in record or not agrees(value, record[key])]
    return wrong + [f"{key} is {record[key]!r}, expected absent"
                    for key in item.get("lacks", ()) if key in record]


def _wrong_count(item: dict, found: int) -> str | None:
    if "count" in item and found != item["count"]:
        return f"{found} records, expected {item['count']}"
    minimum = item.get("count_min", 1)
    if "count" not in item and found < minimum:
        return f"{found} records, expected at least {minimum}"
    return None


def _label(record: dict) -> str:
    ends = [f"{record[side + '_ip']}:{record.get(side + '_port', '')}"
            for side in ("client", "server") if side + "_ip" in record]
    return " ".join([record.get("type", "?"), *ends])


def unmet(expect: dict, records: list[dict]) -> list[str]:
    """One line for every expectation that the records do not meet."""
    problems = []
    for item in expect.get("records", ()):
        matched = [record for record in records if selects(item["match"], record)]
        wrong = _wrong_count(item, len(matched))
        if wrong:
            problems.append(f"match {item['match']}: {wrong}")
        problems += [f"{_label(record)}: {line}" for record in matched for line in _shortfalls(item, record)]
    for match in expect.get("none", ()):
        problems += [f"{_label(record)}: must not match {match}"
                     for record in records if selects(match, record)]
    return problems
