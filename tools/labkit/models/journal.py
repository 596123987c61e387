"""JSON lines that tell what a model did, so that truth can be checked."""

import json
import sys
import time


class Journal:
    """`wall` is seconds since 1970, as in captures; `t` seconds since the program began."""

    def __init__(self, app: str, role: str):
        self._begun = time.monotonic()
        self._fixed = {"app": app, "role": role}

    def write(self, event: str, **fields) -> None:
        line = {"t": round(time.monotonic() - self._begun, 4), "wall": round(time.time(), 6), **self._fixed,
                "event": event, **fields}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
