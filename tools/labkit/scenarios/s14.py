"""S14: calls are set up, and their media ends after so many packets or so long; the clients try again and again."""
from __future__ import annotations

import random

from labkit import neighbours
from labkit.calling import APPS, Meeting, Spoken, require_connected
from labkit.programs import chromium
from labkit.programs.chromium import WebCall
from labkit.registry import Rule, scenario
from labkit.run import Lab

PAGE = '198.18.0.60'
PACKETS, SECONDS = 44, 10  # of both directions together: 20 and more each way
TIMES = 3
TALK, LOST_AFTER = 30, 8  # seconds: the talk meant, and how long a client bears silence
USES = neighbours.USES
WEB_USES = (*USES, 'chromium', 'nginx')


def quota(_: random.Random) -> list[Rule]:
    """Checks of the path pass all the while: what looks like RTP does so for its first packets alone."""
    return [{'name': 'media', 'direction': 'both', 'match': {'proto': 'udp', 'rtp': True, 'after_packets': PACKETS},
             'action': {'type': 'drop'}}]


def timer(_: random.Random) -> list[Rule]:
    """The whole flow, checks and all, ends so long after its first media."""
    return [{'name': 'media', 'direction': 'both', 'sticky': True,
             'match': {'proto': 'udp', 'rtp': True, 'after_s': SECONDS}, 'action': {'type': 'drop'}}]


def no_dtls(_: random.Random) -> list[Rule]:
    return [{'name': 'dtls', 'direction': 'both', 'match': {'proto': 'udp', 'dtls': True}, 'action': {'type': 'drop'}}]


def cut_calls(lab: Lab, app: str) -> None:
    """Every call connects, falls silent and is given up; the client calls again."""
    meeting = Meeting(lab, APPS[app])
    meeting.callee('--no-p2p', '--lost-after', LOST_AFTER)
    others = neighbours.serve(lab, APPS[app].names)
    others.require_udp()
    spoken = meeting.call('calls', '--lost-after', LOST_AFTER, '--no-p2p', times=TIMES, seconds=TALK)
    others.afterwards()
    require_cut(lab, spoken)


def require_cut(lab: Lab, spoken: Spoken) -> None:
    lab.require(spoken.connected == TIMES and set(spoken.reasons) <= {'lost', 'hung_up'} and
                spoken.count('call_reconnecting') >= TIMES, f'calls must be lost, but: {spoken.reasons}')
    lab.require(spoken.texts_work, 'messages must be answered')


@scenario('S14', title='WhatsApp calls whose media ends after 20 packets each way, three in a row', rules=quota,
          level='likely', signals=('MEDIA.*', 'CALL.LOOP'),
          verdicts={'whatsapp/calls': 'blocked', 'whatsapp/text': 'ok'}, uses=USES)
def play(lab: Lab) -> None:
    cut_calls(lab, 'whatsapp')


@scenario('S14-time', title='Messenger calls that end 10 s after their first media, three in a row', rules=timer,
          level='likely', signals=('MEDIA.*', 'CALL.LOOP'),
          verdicts={'facebook/calls': 'blocked', 'facebook/text': 'ok'}, uses=USES, bundle_rtt=150)
def play_timed(lab: Lab) -> None:
    cut_calls(lab, 'messenger')


@scenario('S14-twin', twin_of='S14', title='WhatsApp calls that the callee ends after 10 s, three in a row',
          verdicts={'whatsapp/calls': 'ok'}, uses=USES)
def play_twin(lab: Lab) -> None:
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee('--no-p2p', '--hangs-up-after', SECONDS)
    others = neighbours.serve(lab)
    others.require_udp()
    spoken = meeting.call('calls', '--no-p2p', times=TIMES, seconds=TALK)
    others.afterwards()
    require_connected(lab, spoken, TIMES, 'hung_up')


def web_calls(lab: Lab, wanted: WebCall, connects: bool) -> int:
    """Real calls one after the other; bytes of the last that the caller heard."""
    others = neighbours.serve(lab)
    others.require_udp()
    steps = chromium.calls(lab, wanted, PAGE, TIMES)
    others.afterwards()
    lab.require(all(step.ok == connects for step in steps), f'calls must {"" if connects else "not "}connect')
    return int(lab.extra['webrtc']['caller_received_bytes'].get('audio', 0))


@scenario('S14-webrtc', title='calls between browsers whose media ends after 20 packets each way, three times',
          rules=quota, level='likely', signals=('MEDIA.*', 'CALL.LOOP'),
          verdicts={'webrtc/calls': 'blocked'}, uses=WEB_USES)
def play_web(lab: Lab) -> None:
    heard = web_calls(lab, WebCall('call', seconds=12), True)
    lab.require(heard < PACKETS * 200, f'media must be cut, but {heard} bytes were heard')


@scenario('S14-dtls', title='calls between browsers whose DTLS vanishes, three in a row', rules=no_dtls, level='likely',
          signals=('DROP.DTLS', 'CALL.LOOP'), verdicts={'webrtc/calls': 'blocked'}, uses=WEB_USES,
          bundle_rtt=10)
def play_dtls(lab: Lab) -> None:
    """Who is called begins the handshake."""
    heard = web_calls(lab, WebCall('call', seconds=14, incoming=True), False)
    lab.require(heard == 0, 'nothing may be heard')


@scenario('S14-webrtc-twin', twin_of='S14-webrtc', title='calls between browsers that the callee ends after 10 s',
          verdicts={'webrtc/calls': 'ok'}, uses=WEB_USES, bundle_rtt=150)
def play_web_twin(lab: Lab) -> None:
    heard = web_calls(lab, WebCall('call', seconds=TALK, hung_up_s=SECONDS), True)
    lab.require(heard > 0, 'voice must come through')
