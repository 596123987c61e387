"""S18: calls within the country work; those to relays and peers abroad do not, whose range lets no datagram through.

The client is in the country of 203.0.113.0/24; 198.51.100.0/24 is abroad, and its upper half is what is blocked.
"""
from __future__ import annotations

import random

from labkit import neighbours
from labkit.calling import APPS, Meeting, require_blocked, require_connected
from labkit.programs import dnsmasq
from labkit.registry import Rule, scenario
from labkit.run import Lab

HOME, ABROAD, BLOCKED = '203.0.113.0/24', '198.51.100.0/24', '198.51.100.128/25'
COUNTRIES = {HOME: 'AA', ABROAD: 'BB'}
RELAYS_HOME = ('203.0.113.41', '203.0.113.42', '203.0.113.43')
RELAYS_ABROAD = ('198.51.100.141', '198.51.100.142', '198.51.100.143')
PEER_HOME, PEER_ABROAD, RESOLVER_ABROAD = '203.0.113.61', '198.51.100.161', '198.51.100.53'
TIMES, TALK, PATIENCE = 3, 8, 16
USES = neighbours.USES


def prefix_vanishes(_: random.Random) -> list[Rule]:
    return [{'name': 'abroad', 'direction': 'both', 'match': {'proto': 'udp', 'server_net': BLOCKED},
             'action': {'type': 'drop'}}]


def both_ways(lab: Lab, app: str, works_abroad: bool) -> None:
    """Calls home and abroad in turn; another server abroad answers datagrams all the while."""
    lab.extra['countries'] = COUNTRIES
    meeting = Meeting(lab, APPS[app], relays=(*RELAYS_HOME, *RELAYS_ABROAD))
    meeting.callee(who='bob', address=PEER_HOME, relays=RELAYS_HOME)
    meeting.callee(who='carol', address=PEER_ABROAD, relays=RELAYS_ABROAD)
    others = neighbours.serve(lab, APPS[app].names)
    names = {neighbours.WEB_NAME: neighbours.WEB, **APPS[app].names}
    dnsmasq.serve(lab, lab.server, names, RESOLVER_ABROAD, 'dnsmasq-abroad')
    home = {'to': 'bob', 'relays': RELAYS_HOME}
    abroad = {'to': 'carol', 'relays': RELAYS_ABROAD}
    for role, whom in lab.random.sample([('home', home), ('abroad', abroad)], 2):
        others.require_udp()
        spoken = meeting.call(role, times=TIMES, seconds=TALK, patience=PATIENCE, **whom)
        if role == 'home' or works_abroad:
            require_connected(lab, spoken, TIMES)
        else:
            require_blocked(lab, spoken, TIMES)
    others.afterwards()


@scenario('S18', title='WhatsApp calls at home work, those abroad do not: relays and peers there get no datagram',
          rules=prefix_vanishes, level='likely', signals=('DROP.STUN.RELAY', 'DIFF.CALLS_BLOCKED'), uses=USES)
def play(lab: Lab) -> None:
    both_ways(lab, 'whatsapp', False)


@scenario('S18-telegram', title='Telegram calls at home work, those abroad do not', rules=prefix_vanishes,
          level='likely', signals=('DROP.STUN.RELAY', 'DIFF.CALLS_BLOCKED'), uses=USES, bundle_rtt=150)
def play_telegram(lab: Lab) -> None:
    both_ways(lab, 'telegram', False)


@scenario('S18-twin', twin_of='S18', title='WhatsApp calls at home and abroad, all work',
          verdicts={'whatsapp/calls': 'ok'}, uses=USES)
def play_twin(lab: Lab) -> None:
    both_ways(lab, 'whatsapp', True)
