"""C01 to C04: real calls between two browsers over paths of known quality, each with what the browsers measured."""
from __future__ import annotations

import random

from labkit.programs import chromium, coturn
from labkit.programs.chromium import WebCall
from labkit.registry import Rule, Rules, scenario
from labkit.run import Lab

PAGE, RELAY = '198.18.0.60', '198.18.0.61'
SECONDS = 20
USES = ('chromium', 'nginx', 'openssl')
KINDS = {'voice': ('audio',), 'video': ('audio', 'video')}


def losing(part: float) -> Rules:
    """A path that loses this part of all datagrams, each by itself."""
    def rules(_: random.Random) -> list[Rule]:
        return [{'name': 'path', 'direction': 'both', 'match': {'proto': 'udp'}, 'action': {'type': 'loss', 'p': part}}]
    return rules


def jittery(_: random.Random) -> list[Rule]:
    """Each datagram is held for up to 60 ms, 30 on the average; none overtakes another."""
    return [{'name': 'path', 'direction': 'both', 'match': {'proto': 'udp'},
             'action': {'type': 'delay', 'jitter_ms': 60}}]


def call(lab: Lab, media: str, *, relayed: bool = False) -> None:
    """One call, direct or through a coturn, in which the caller must hear (and see) the other side."""
    if relayed:
        coturn.serve(lab, lab.server, RELAY)
    step = chromium.call(lab, WebCall('call', media, SECONDS, RELAY if relayed else None), PAGE)
    lab.require(step.ok, 'the browsers must connect')
    heard = lab.extra['webrtc']['caller_received_bytes']
    lab.require(all(heard.get(kind, 0) > 0 for kind in KINDS[media]), f'{media} must come through')


@scenario('C01', title='a clean voice call of two browsers', uses=USES)
def play_voice(lab: Lab) -> None:
    call(lab, 'voice')


@scenario('C01-relay', title='a clean voice call of two browsers through a relay', uses=(*USES, 'turnserver'))
def play_voice_relayed(lab: Lab) -> None:
    call(lab, 'voice', relayed=True)


@scenario('C02', title='a clean call of two browsers, voice and video', uses=USES)
def play_video(lab: Lab) -> None:
    call(lab, 'video')


@scenario('C02-relay', title='a clean video call of two browsers through a relay', uses=(*USES, 'turnserver'))
def play_video_relayed(lab: Lab) -> None:
    call(lab, 'video', relayed=True)


@scenario('C03', title='a voice call of two browsers, 2 % of all datagrams lost', rules=losing(0.02), uses=USES)
def play_lossy(lab: Lab) -> None:
    call(lab, 'voice')


@scenario('C03-more', title='a voice call of two browsers, 5 % of all datagrams lost', rules=losing(0.05), uses=USES)
def play_lossier(lab: Lab) -> None:
    call(lab, 'voice')


@scenario('C03-video', title='a video call of two browsers, 2 % of all datagrams lost', rules=losing(0.02), uses=USES)
def play_lossy_video(lab: Lab) -> None:
    call(lab, 'video')


@scenario('C04', title='a voice call of two browsers, datagrams delayed unevenly', rules=jittery, uses=USES)
def play_jittery(lab: Lab) -> None:
    call(lab, 'voice')
