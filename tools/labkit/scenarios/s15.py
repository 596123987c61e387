"""S15: of what relays and peers send, large media vanishes: the client is heard and hears nothing, checks pass."""
from __future__ import annotations

import random

from labkit import neighbours
from labkit.calling import APPS, Meeting, require_connected
from labkit.programs import chromium
from labkit.programs.chromium import WebCall
from labkit.registry import Rule, scenario
from labkit.run import Lab

PAGE, RELAY = '198.18.0.60', '198.18.0.61'
LARGE = 101  # bytes of UDP payload
TIMES, TALK = 3, 16
FEW_BYTES = 5000
PART_HEARD = 0.3  # comfort noise is smaller
SPEECH = ('--voice-bytes', 90, 190)  # of RTP payload
USES = neighbours.USES
WEB_USES = (*USES, 'chromium', 'nginx')


def large_media_down(_: random.Random) -> list[Rule]:
    return [{'name': 'media', 'direction': 'down', 'match': {'proto': 'udp', 'rtp': True, 'min_size': LARGE},
             'action': {'type': 'drop'}}]


def silent_calls(lab: Lab, app: str, *callee: object, kind: str = 'voice') -> tuple[int, int]:
    """Calls that last; packets of media sent and received in them."""
    meeting = Meeting(lab, APPS[app])
    meeting.callee('--lost-after', 2 * TALK, *callee)
    others = neighbours.serve(lab, APPS[app].names)
    others.require_udp()
    spoken = meeting.call('calls', '--lost-after', 2 * TALK, times=TIMES, seconds=TALK, kind=kind)
    others.afterwards()
    require_connected(lab, spoken, TIMES)
    ended = [one for one in spoken.events if one['event'] == 'call_ended']
    return sum(one['media_sent'] for one in ended), sum(one['media_received'] for one in ended)


def play_one_way(lab: Lab, app: str) -> None:
    sent, heard = silent_calls(lab, app, *SPEECH)
    lab.require(heard < PART_HEARD * sent, f'little may be heard, but {heard} packets were, {sent} sent')


@scenario('S15', title='WhatsApp calls of which the client hears no speech: large media down vanishes',
          rules=large_media_down, level='likely', signals=('MEDIA.ONEWAY.DOWN',),
          verdicts={'whatsapp/calls': 'blocked', 'whatsapp/text': 'ok'}, uses=USES)
def play(lab: Lab) -> None:
    play_one_way(lab, 'whatsapp')


@scenario('S15-skype', title='Skype calls of which the client hears no speech: large media down vanishes',
          rules=large_media_down, level='likely', signals=('MEDIA.ONEWAY.DOWN',),
          verdicts={'skype/calls': 'blocked', 'skype/text': 'ok'}, uses=USES, bundle_rtt=150)
def play_skype(lab: Lab) -> None:
    play_one_way(lab, 'skype')


@scenario('S15-twin', twin_of='S15', title='WhatsApp calls to one who is muted: nothing but comfort noise comes',
          verdicts={'whatsapp/calls': 'ok'}, uses=USES)
def play_muted(lab: Lab) -> None:
    sent, heard = silent_calls(lab, 'whatsapp', '--muted')
    lab.require(heard < PART_HEARD * sent, f'little may be heard, but {heard} packets were, {sent} sent')


@scenario('S15-camera', twin_of='S15', title='WhatsApp video calls to one whose camera is off',
          verdicts={'whatsapp/calls': 'ok'}, uses=USES, bundle_rtt=10)
def play_camera_off(lab: Lab) -> None:
    silent_calls(lab, 'whatsapp', '--no-camera', kind='video')


def web_calls(lab: Lab, wanted: WebCall) -> dict[str, int]:
    """Real calls; bytes of the last that the caller received, by kind."""
    others = neighbours.serve(lab)
    others.require_udp()
    steps = chromium.calls(lab, wanted, PAGE, TIMES)
    others.afterwards()
    lab.require(all(step.ok for step in steps), 'calls must connect')
    return dict(lab.extra['webrtc']['caller_received_bytes'])


@scenario('S15-webrtc', title='calls between browsers of which the caller hears nothing: large media down vanishes',
          rules=large_media_down, level='likely', signals=('MEDIA.ONEWAY.DOWN',), verdicts={'webrtc/calls': 'blocked'},
          uses=WEB_USES)
def play_web(lab: Lab) -> None:
    heard = web_calls(lab, WebCall('call', seconds=12, voice_bps=64_000))
    lab.require(heard.get('audio', 0) < FEW_BYTES, f'nothing may be heard, but: {heard}')


@scenario('S15-webrtc-twin', twin_of='S15-webrtc', title='calls between browsers to one who is muted',
          verdicts={'webrtc/calls': 'ok'}, uses=WEB_USES, bundle_rtt=10)
def play_web_muted(lab: Lab) -> None:
    heard = web_calls(lab, WebCall('call', seconds=12, muted=True))
    lab.require(heard.get('audio', 0) < FEW_BYTES, f'nothing but silence may be heard, but: {heard}')


@scenario('S15-webrtc-camera', twin_of='S15-webrtc',
          title='video calls of browsers to one who is muted, without camera', verdicts={'webrtc/calls': 'ok'},
          uses=WEB_USES, bundle_rtt=150)
def play_web_dark(lab: Lab) -> None:
    heard = web_calls(lab, WebCall('call', 'video', 12, muted=True))
    lab.require(heard.get('video', 0) == 0 and heard.get('audio', 0) < FEW_BYTES,
                f'nothing but silence may come, but: {heard}')
