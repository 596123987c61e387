"""baresip: two SIP user agents that call each other without a registrar; RTP with tones."""
from __future__ import annotations

import pathlib
import time

from labkit.processes import Process
from labkit.run import Lab, Step
from labkit.topology import Host

MODULES_AT = ('/usr/lib/baresip/modules', '/usr/lib/x86_64-linux-gnu/baresip/modules',
              '/usr/lib/aarch64-linux-gnu/baresip/modules')
MODULES = ('g711.so', 'ausine.so', 'aubridge.so', 'account.so', 'menu.so')
TEMPORARY = ('account.so', 'menu.so')
PORT = 5060


def modules_folder() -> str:
    return next((path for path in MODULES_AT if pathlib.Path(path).is_dir()), MODULES_AT[0])


def settings(address: str) -> str:
    lines = [f'module_path {modules_folder()}', f'sip_listen {address}:{PORT}', f'net_interface {address}',
             'audio_source ausine,440', 'audio_player aubridge,sink', 'audio_alert aubridge,alert', 'rtp_stats yes',
             'ausrc_srate 48000', 'ausrc_channels 2']  # ausine makes its tone in no other format
    lines += [f'{"module_app" if one in TEMPORARY else "module"} {one}' for one in MODULES]
    return '\n'.join(lines) + '\n'


def agent(lab: Lab, host: Host, name: str, address: str, *, dial: str | None = None, answers: bool = True) -> Process:
    """A user agent at its address; it answers by itself, or rings for ever, or dials `dial`."""
    folder = lab.folder(f'baresip-{name}')
    (folder / 'config').write_text(settings(address))
    (folder / 'accounts').write_text(f'<sip:{name}@{address}>;regint=0;answermode={"auto" if answers else "manual"};'
                                     'audio_codecs=pcmu,pcma\n')
    (folder / 'contacts').write_text('')
    command: list[object] = ['baresip', '-4', '-f', folder, *(['-e', f'd {dial}'] if dial else [])]
    process = lab.start(f'baresip-{name}', host, command)
    return process.wait_ready(lambda: process.listens('udp', PORT))


def call(lab: Lab, role: str, address: str, *, client: str, seconds: float = 8, host: Host | None = None,
         answers: bool = True) -> Step:
    """A call from the client's address to one of another host (the server by default), ended by the caller."""
    host = host or lab.server
    host.speak_as(address)
    callee = agent(lab, host, f'{role}-callee', address, answers=answers)
    began = time.time()
    caller = agent(lab, lab.client, f'{role}-caller', client, dial=f'sip:{role}-callee@{address}')
    time.sleep(seconds)
    caller.stop()  # hangs up
    time.sleep(2 * lab.rtt_ms / 1000 + 0.2)
    callee.stop()
    established = caller.said('[Cc]all established')
    return lab.note(role, 'baresip', f'sip:{role}-callee@{address}', established,
                    'established' if established else 'not established', began, f'{client}:{PORT}')
