"""Chromium, headless and with fake devices: a real WebRTC call between two pages, their getStats saved as JSON."""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from labkit.error import LabError
from labkit.processes import Process, wait_until
from labkit.programs import coturn, nginx
from labkit.programs.certificates import Authority
from labkit.run import Lab, Step
from labkit.topology import Host

HERE = pathlib.Path(__file__).resolve().parent
SIGNAL_NAME, SIGNAL_PORT = 'signal.example', 8090
START_SECONDS = 40
# Nothing of the browser's own business; addresses in candidates as they are, since there is no multicast DNS here.
FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--no-default-browser-check',
         '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
         '--disable-default-apps', '--disable-domain-reliability', '--metrics-recording-only', '--mute-audio',
         '--disable-dev-shm-usage', '--disable-quic', '--use-fake-device-for-media-stream',
         '--use-fake-ui-for-media-stream', '--ignore-certificate-errors', '--autoplay-policy=no-user-gesture-required',
         '--disable-features=WebRtcHideLocalIpsWithMdns,OptimizationHints,MediaRouter,DialMediaRouteProvider,Translate')


@dataclass(frozen=True)
class WebCall:
    """A call: voice, or voice with video; direct, or through a coturn at `turn`."""

    role: str
    media: str = 'voice'
    seconds: int = 10
    turn: str | None = None


def meeting_place(lab: Lab, address: str) -> None:
    """The page and the letter boxes, over HTTPS: a browser opens the microphone for no other."""
    folder = lab.folder('signalling')
    certificate = Authority(lab.folder('signalling-ca')).issue(SIGNAL_NAME)
    command = [sys.executable, '-B', HERE / 'signalling.py', SIGNAL_PORT, folder, HERE / 'call_page.html']
    lab.start('signalling', lab.server, command).ready_when_listening('tcp', SIGNAL_PORT)
    site = nginx.Site(SIGNAL_NAME, address, 443, certificate,
                      extra=f'location / {{ proxy_pass http://127.0.0.1:{SIGNAL_PORT}; proxy_read_timeout 60s; }}')
    nginx.serve(lab, lab.server, [site], 'nginx-signalling')


def page(lab: Lab, host: Host, me: str, peer: str, call: WebCall, address: str) -> Process:
    """A browser that opens the page."""
    folder = lab.folder(f'chromium-{me}')
    profile = folder / 'profile'
    lab.at_end(lambda: shutil.rmtree(profile, ignore_errors=True))
    options = {'me': me, 'peer': peer, 'media': call.media, 'seconds': call.seconds}
    if call.turn:
        options |= {'turn': f'{call.turn}:{coturn.PORT}', 'user': coturn.USER, 'password': coturn.PASSWORD}
    rules = f'MAP {SIGNAL_NAME} {address}, MAP * ~NOTFOUND, EXCLUDE {address}'
    command = ['chromium', *FLAGS, f'--user-data-dir={profile}', f'--host-resolver-rules={rules}',
               f'https://{SIGNAL_NAME}/call.html?{urlencode(options)}']
    return lab.start(f'chromium-{me}', host, command, {**os.environ, 'HOME': str(folder), 'LANG': 'C'})


def said(folder: pathlib.Path, who: str, what: str) -> bool:
    path = folder / 'events.ndjson'
    lines = path.read_text().splitlines() if path.exists() else []
    return any(one['who'] == who and one['said'].startswith(what) for one in map(json.loads, lines))


def call(lab: Lab, wanted: WebCall, address: str) -> Step:
    """The client calls the control host; the meeting place is at `address`. One call a run."""
    folder = lab.folder('signalling')
    meeting_place(lab, address)
    page(lab, lab.control, 'callee', 'caller', wanted, address)
    wait_until(lambda: said(folder, 'callee', 'ready'), START_SECONDS, 'the page of the callee')
    began = time.time()
    page(lab, lab.client, 'caller', 'callee', wanted, address)
    wait_until(lambda: said(folder, 'caller', 'ready'), START_SECONDS, 'the page of the caller')
    stats = [folder / f'getstats-{name}.json' for name in ('caller', 'callee')]
    wait_until(lambda: stats[0].exists(), wanted.seconds + START_SECONDS, 'the statistics of the caller')
    try:
        wait_until(lambda: stats[1].exists(), wanted.seconds, 'the statistics of the callee')
    except LabError:
        pass  # its call may have been cut; the caller's tell
    for path in stats:
        if path.exists():
            shutil.copy(path, lab.out)
    received = received_bytes(json.loads(stats[0].read_text()))
    lab.extra['webrtc'] = {'media': wanted.media, 'turn': wanted.turn, 'caller_received_bytes': received}
    return lab.note(wanted.role, 'chromium', f'{wanted.media} call', said(folder, 'caller', 'connected'),
                    ', '.join(f'{kind} {count} bytes' for kind, count in sorted(received.items())) or 'no media', began)


def received_bytes(told: dict[str, Any]) -> dict[str, int]:
    """Media that came in by the last sample, by kind."""
    last = told['samples'][-1]['stats'] if told['samples'] else []
    return {one['kind']: one['bytesReceived'] for one in last if one['type'] == 'inbound-rtp'}
