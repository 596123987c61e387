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
    """A call: voice, or voice with video; direct, or through a coturn at `turn`.

    `turn_tcp`: the relay is offered over TCP as well. `hung_up_s`: the callee ends the call after so long.
    `muted`: the callee's microphone is, and its silence is not sent; nor does it send video. `voice_bps`: the callee
    sends its voice at that rate all the time, in packets of one size. `incoming`: the control host calls the client.
    """

    role: str
    media: str = 'voice'
    seconds: int = 10
    turn: str | None = None
    turn_tcp: bool = False
    hung_up_s: int | None = None
    muted: bool = False
    voice_bps: int | None = None
    incoming: bool = False

    def options(self, me: str, peer: str, number: int) -> dict[str, object]:
        """What the page is told in its address."""
        callee = me == 'callee'
        told: dict[str, object] = {'me': me, 'peer': peer, 'media': self.media, 'seconds': self.seconds,
                                   'call': number}
        if callee and self.hung_up_s is not None:
            told['seconds'] = self.hung_up_s
        if callee and self.muted:
            told |= {'muted': 1, 'voice': 'usedtx=1'}
        if callee and self.voice_bps:
            told['voice'] = f'cbr=1;maxaveragebitrate={self.voice_bps}'
        if self.turn:
            told |= {'turn': f'{self.turn}:{coturn.PORT}', 'user': coturn.USER, 'password': coturn.PASSWORD}
        return told | ({'tcp': 1} if self.turn_tcp else {})


def meeting_place(lab: Lab, address: str) -> None:
    """The page and the letter boxes, over HTTPS: a browser opens the microphone for no other."""
    folder = lab.folder('signalling')
    certificate = Authority(lab.folder('signalling-ca')).issue(SIGNAL_NAME)
    command = [sys.executable, '-B', HERE / 'signalling.py', SIGNAL_PORT, folder, HERE / 'call_page.html']
    lab.start('signalling', lab.server, command).ready_when_listening('tcp', SIGNAL_PORT)
    site = nginx.Site(SIGNAL_NAME, address, 443, certificate,
                      extra=f'location / {{ proxy_pass http://127.0.0.1:{SIGNAL_PORT}; proxy_read_timeout 60s; }}')
    nginx.serve(lab, lab.server, [site], 'nginx-signalling')


def page(lab: Lab, host: Host, me: str, peer: str, call: WebCall, address: str, number: int = 1) -> Process:
    """A browser that opens the page."""
    folder = lab.folder(f'chromium-{me}')
    profile = folder / 'profile'
    lab.at_end(lambda: shutil.rmtree(profile, ignore_errors=True))
    rules = f'MAP {SIGNAL_NAME} {address}, MAP * ~NOTFOUND, EXCLUDE {address}'
    if call.turn:
        rules += f', EXCLUDE {call.turn}'  # over TCP even an address is looked up
    command = ['chromium', *FLAGS, f'--user-data-dir={profile}', f'--host-resolver-rules={rules}',
               f'https://{SIGNAL_NAME}/call.html?{urlencode(call.options(me, peer, number))}']
    return lab.start(f'chromium-{me}', host, command, {**os.environ, 'HOME': str(folder), 'LANG': 'C'})


def said(folder: pathlib.Path, who: str, what: str) -> bool:
    path = folder / 'events.ndjson'
    lines = path.read_text().splitlines() if path.exists() else []
    return any(one['who'] == who and one['said'].startswith(what) for one in map(json.loads, lines))


def call(lab: Lab, wanted: WebCall, address: str) -> Step:
    """The client calls the control host, or is called; the meeting place is at `address`. One call a run."""
    return calls(lab, wanted, address, 1)[0]


def calls(lab: Lab, wanted: WebCall, address: str, times: int) -> list[Step]:
    """Calls one after the other, each with browsers of its own."""
    meeting_place(lab, address)
    return [one_call(lab, wanted, address, number) for number in range(1, times + 1)]


def one_call(lab: Lab, wanted: WebCall, address: str, number: int) -> Step:
    """The meeting place is there; what an earlier call left in it is not."""
    folder = lab.folder('signalling')
    for left in (*folder.glob('getstats-*'), *folder.glob('events.*')):
        left.unlink()
    called, calling = (lab.client, lab.control) if wanted.incoming else (lab.control, lab.client)
    callee = page(lab, called, 'callee', 'caller', wanted, address, number)
    wait_until(lambda: said(folder, 'callee', 'ready'), START_SECONDS, 'the page of the callee')
    began = time.time()
    caller = page(lab, calling, 'caller', 'callee', wanted, address, number)
    wait_until(lambda: said(folder, 'caller', 'ready'), START_SECONDS, 'the page of the caller')
    told = gather(lab, wanted, folder, number)
    connected = said(folder, 'caller', 'connected')
    for browser in (caller, callee):
        browser.stop()
    received = received_bytes(told)
    lab.extra['webrtc'] = {'media': wanted.media, 'turn': wanted.turn, 'caller_received_bytes': received}
    return lab.note(wanted.role, 'chromium', f'{wanted.media} call', connected,
                    ', '.join(f'{kind} {count} bytes' for kind, count in sorted(received.items())) or 'no media', began)


def gather(lab: Lab, wanted: WebCall, folder: pathlib.Path, number: int) -> dict[str, Any]:
    """Wait for both browsers' statistics and keep them; the content of the caller's."""
    stats = [folder / f'getstats-{name}.json' for name in ('caller', 'callee')]
    wait_until(lambda: stats[0].exists(), wanted.seconds + START_SECONDS, 'the statistics of the caller')
    try:
        wait_until(lambda: stats[1].exists(), wanted.seconds, 'the statistics of the callee')
    except LabError:
        pass  # its call may have been cut; the caller's tell
    for path in stats:
        if path.exists():
            shutil.copy(path, lab.out / (path.name if number == 1 else f'{path.stem}-{number}.json'))
    return dict(json.loads(stats[0].read_text()))


def received_bytes(told: dict[str, Any]) -> dict[str, int]:
    """Media that came in by the last sample, by kind."""
    last = told['samples'][-1]['stats'] if told['samples'] else []
    return {one['kind']: one['bytesReceived'] for one in last if one['type'] == 'inbound-rtp'}
