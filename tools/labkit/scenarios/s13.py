"""S13: an application's text works all along, its calls never: what asks the relays for help vanishes on the way.

The shape of what was reported of Azerbaijan in 2017. The calls of the first variant work through a tunnel. One variant
loses only the requests that carry credentials, and Telegram's reflectors, which speak no STUN, lose all datagrams.
"""
from __future__ import annotations

import random

from labkit import neighbours
from labkit.calling import APPS, CHAT, RELAYS, Meeting, require_blocked, require_connected
from labkit.registry import Rule, Rules, scenario
from labkit.run import Lab

HALF_AN_HOUR = 1900
ALLOCATE = 3
CREDENTIALS_BYTES = 60  # a first Allocate without them is shorter, one with them longer
TIMES = 3  # calls a session
PATIENCE = 16  # seconds until a call is given up: long enough for TURN to ask seven times
USES = neighbours.USES
VPN_USES = (*USES, 'turnserver', 'turnutils_stunclient', 'wireguard-go', 'wg')
SIGNALS = ('DROP.STUN.RELAY', 'DIFF.CALLS_BLOCKED')


def stun_vanishes(_: random.Random) -> list[Rule]:
    """Every datagram with STUN's cookie, to whomever."""
    return [{'name': 'stun', 'direction': 'both', 'match': {'proto': 'udp', 'stun': 'cookie'},
             'action': {'type': 'drop'}}]


def credentials_vanish(_: random.Random) -> list[Rule]:
    return [{'name': 'allocate', 'direction': 'up',
             'match': {'proto': 'udp', 'stun': ALLOCATE, 'min_size': CREDENTIALS_BYTES}, 'action': {'type': 'drop'}}]


def reflectors_vanish(_: random.Random) -> list[Rule]:
    port = APPS['telegram'].relay_port
    return [{'name': 'reflector', 'direction': 'both', 'match': {'proto': 'udp', 'server_port': port},
             'action': {'type': 'drop'}}]


def two_sessions(lab: Lab, app: str) -> None:
    """Calls that fail, half an hour apart, with other datagrams answered before and after."""
    meeting = Meeting(lab, APPS[app])
    meeting.callee('--no-p2p')
    others = neighbours.serve(lab, APPS[app].names)
    for _ in range(2):
        with lab.session(HALF_AN_HOUR):
            others.require_udp()
            require_blocked(lab, meeting.call('calls', times=TIMES, patience=PATIENCE), TIMES)
            others.afterwards()


@scenario('S13', title='WhatsApp writes and cannot call: all STUN vanishes; through a tunnel it can',
          rules=stun_vanishes, level='likely', signals=SIGNALS,
          verdicts={'whatsapp/calls': 'blocked', 'whatsapp/text': 'ok'}, uses=VPN_USES)
def play(lab: Lab) -> None:
    app = APPS['whatsapp']
    meeting = Meeting(lab, app)
    meeting.callee('--no-p2p')
    others = neighbours.serve(lab, stun=True)
    for last in (False, True):
        with lab.session(HALF_AN_HOUR):
            others.require_udp()
            lab.require(not others.stun(), 'no STUN may be answered')
            require_blocked(lab, meeting.call('calls', times=TIMES), TIMES)
            others.require_udp()
            if last:
                neighbours.tunnel(lab, (CHAT, *RELAYS))
                require_connected(lab, meeting.call('tunnelled', '--no-p2p', times=TIMES), TIMES)


def blocked(number: str, app: str, title: str, rules: Rules, rtt: int, signal: str = SIGNALS[0]) -> None:
    """Register a variant for another application."""
    label = APPS[app].label

    @scenario(f'S13-{number}', title=title, rules=rules, level='likely', signals=(signal, 'DIFF.CALLS_BLOCKED'),
              verdicts={f'{label}/calls': 'blocked', f'{label}/text': 'ok'}, uses=USES, bundle_rtt=rtt)
    def play_variant(lab: Lab) -> None:
        two_sessions(lab, app)


blocked('2015', 'whatsapp-2015', 'WhatsApp of 2015 writes and cannot call', stun_vanishes, 150)
blocked('messenger', 'messenger', 'Messenger writes and cannot call: requests with credentials vanish',
        credentials_vanish, 150, 'DROP.TURN.ALLOC')
blocked('skype', 'skype', 'Skype writes and cannot call', stun_vanishes, 10)
blocked('signal', 'signal', 'Signal writes and cannot call', stun_vanishes, 10)
blocked('telegram', 'telegram', "Telegram writes and cannot call: its reflectors' datagrams vanish", reflectors_vanish,
        150)


@scenario('S13-twin', twin_of='S13', title='WhatsApp writes and calls', verdicts={'whatsapp/calls': 'ok'}, uses=USES)
def play_twin(lab: Lab) -> None:
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee()
    others = neighbours.serve(lab)
    for _ in range(2):
        with lab.session(HALF_AN_HOUR):
            others.require_udp()
            require_connected(lab, meeting.call('calls', times=TIMES), TIMES)
            others.afterwards()


@scenario('S13-outage', twin_of='S13', title='WhatsApp writes and cannot call: its relays are down, for the tunnel too',
          uses=VPN_USES)
def play_outage(lab: Lab) -> None:
    meeting = Meeting(lab, APPS['whatsapp'], '--silent')
    meeting.callee('--no-p2p')
    others = neighbours.serve(lab, stun=True)
    for last in (False, True):
        with lab.session(HALF_AN_HOUR):
            others.require_udp()
            lab.require(others.stun(), 'STUN of others must be answered')
            require_blocked(lab, meeting.call('calls', times=TIMES), TIMES)
            others.require_udp()
            if last:
                neighbours.tunnel(lab, (CHAT, *RELAYS))
                require_blocked(lab, meeting.call('tunnelled', '--no-p2p', times=TIMES), TIMES)
