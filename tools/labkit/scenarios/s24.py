"""S24: innocent networks and machines: no UDP gets out at all, or calls are sent from an address nobody can answer."""
from __future__ import annotations

import random

from labkit import neighbours
from labkit.calling import APPS, Meeting, require_blocked
from labkit.programs import chromium, coturn, dnsmasq
from labkit.programs.chromium import WebCall
from labkit.registry import Rule, scenario
from labkit.run import Lab

PAGE, RELAY = '198.18.0.60', '198.18.0.61'
WRONG_SOURCE = '10.0.2.15'  # what emulators and virtual machines give their guests
TIMES = 3
USES = neighbours.USES
NOTES = ('LOCAL_UDP_BLOCK',)


def no_udp(_: random.Random) -> list[Rule]:
    return [{'name': 'lan', 'direction': 'both', 'match': {'proto': 'udp'}, 'action': {'type': 'drop'}}]


def wrong_source(_: random.Random) -> list[Rule]:
    """The first router passes no packets of another network's address."""
    return [{'name': 'router', 'direction': 'both', 'match': {'client_net': f'{WRONG_SOURCE}/32'},
             'action': {'type': 'drop'}}]


def names_over_tcp(lab: Lab, others: neighbours.Neighbours) -> None:
    """The resolver is silent over UDP, so that it is asked over TCP."""
    lab.require(not dnsmasq.resolve(lab, 'names', neighbours.WEB_NAME).step.ok, 'no name may resolve over UDP')
    lab.client.write_setting('resolv.conf', f'nameserver {neighbours.RESOLVER}\noptions use-vc\n')
    lab.require(others.ask('names-tcp'), 'names must resolve over TCP')


@scenario('S24', title='a network that lets no UDP out: names, QUIC and WhatsApp calls fail, text works', rules=no_udp,
          notes=NOTES, uses=USES)
def play(lab: Lab) -> None:
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee()
    others = neighbours.serve(lab)
    names_over_tcp(lab, others)
    lab.require(not others.browse(), 'QUIC must fail')
    require_blocked(lab, meeting.call('calls', times=TIMES), TIMES)
    others.afterwards(udp=False)


@scenario('S24-tcp', title='a network that lets no UDP out: calls of browsers fall back to a relay over TCP',
          rules=no_udp, notes=NOTES, uses=(*USES, 'chromium', 'nginx', 'turnserver'))
def play_fallback(lab: Lab) -> None:
    others = neighbours.serve(lab)
    names_over_tcp(lab, others)
    coturn.serve(lab, lab.server, RELAY)
    steps = chromium.calls(lab, WebCall('call', seconds=10, turn=RELAY, turn_tcp=True), PAGE, 2)
    others.afterwards(udp=False)
    lab.require(all(step.ok for step in steps), 'calls must connect')


@scenario('S24-source', title='WhatsApp calls sent from 10.0.2.15, which nobody can answer; text goes out as it should',
          rules=wrong_source, uses=USES)
def play_wrong_source(lab: Lab) -> None:
    lab.client.own(WRONG_SOURCE)
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee()
    others = neighbours.serve(lab)
    others.require_udp()
    require_blocked(lab, meeting.call('calls', '--media-bind', WRONG_SOURCE, times=TIMES), TIMES)
    others.afterwards()
