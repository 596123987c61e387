"""The meeting place of two call pages: letter boxes, and the statistics they leave. Run as a program, behind nginx.

usage: signalling.py PORT FOLDER PAGE

GET /call.html        the page
POST /mail/NAME       a letter for NAME;  GET /mail/NAME  those waiting, as a list, after at most 10 s
POST /event/NAME      what NAME says of itself, one line of FOLDER/events.ndjson
POST /stats/NAME      written to FOLDER/getstats-NAME.json
"""
from __future__ import annotations

import json
import pathlib
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_SECONDS = 10


class Boxes:
    """Letters by the name of who is to get them."""

    def __init__(self) -> None:
        self.letters: dict[str, list[Any]] = defaultdict(list)
        self.arrived = threading.Condition()

    def put(self, name: str, letter: Any) -> None:
        with self.arrived:
            self.letters[name].append(letter)
            self.arrived.notify_all()

    def take(self, name: str) -> list[Any]:
        with self.arrived:
            self.arrived.wait_for(lambda: bool(self.letters[name]), PATIENCE_SECONDS)
            return self.letters.pop(name, [])


class Handler(BaseHTTPRequestHandler):
    """One request. The class variables are set once, before the server starts."""

    protocol_version = 'HTTP/1.1'
    boxes = Boxes()
    folder = pathlib.Path()
    page = b''

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:  # noqa: N802
        _, what, name = f'{self.path}/'.split('/')[:3]
        if what == 'mail':
            self.answer('application/json', json.dumps(self.boxes.take(name)).encode())
        else:
            self.answer('text/html', self.page if what.startswith('call.html') else b'')

    def do_POST(self) -> None:  # noqa: N802
        _, what, name = f'{self.path}/'.split('/')[:3]
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        if what == 'mail':
            self.boxes.put(name, body)
        elif what == 'event':
            with (self.folder / 'events.ndjson').open('a') as lines:
                lines.write(json.dumps({'who': name, 'said': body}) + '\n')
        elif what == 'stats' and name.isalnum():
            part = self.folder / f'getstats-{name}.part'
            part.write_text(json.dumps(body, indent=1))
            part.rename(self.folder / f'getstats-{name}.json')
        self.answer('application/json', b'{}')


def main(port: str, folder: str, page: str) -> None:
    Handler.folder, Handler.page = pathlib.Path(folder), pathlib.Path(page).read_bytes()
    ThreadingHTTPServer(('127.0.0.1', int(port)), Handler).serve_forever()


if __name__ == '__main__':
    main(*sys.argv[1:])
