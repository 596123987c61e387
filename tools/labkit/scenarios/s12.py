"""S12: a router refuses datagrams to port 3478 by ICMP, so that no relay can be asked."""
from __future__ import annotations

import random

from labkit import neighbours, websites
from labkit.calling import APPS, Meeting, require_blocked
from labkit.programs import coturn, dnsmasq
from labkit.registry import Rule, scenario
from labkit.run import Lab

RELAY_PORT = 3478
ROUTERS = ('198.51.100.1', '203.0.113.254')
CLOSED = ('198.18.0.91', '198.18.0.92', '198.18.0.93')  # hosts without a relay program
CALLS, PATIENCE_SECONDS, TIMES = 3, 12, 2
USES = (*neighbours.USES, 'turnserver', 'turnutils_stunclient')


def rules(chance: random.Random) -> list[Rule]:
    """Signed by a router, which may be sparing of its messages; all datagrams vanish whether it speaks or not."""
    return [{'name': 'relays', 'direction': 'up', 'match': {'proto': 'udp', 'server_port': RELAY_PORT},
             'action': {'type': 'icmp', 'code': chance.choice(['admin', 'host-admin', 'net-admin']),
                        'source': chance.choice(ROUTERS), 'per_s': chance.choice([1, 5, 1000])}}]


def go_on(lab: Lab) -> None:
    """Until it is certain that relays which were silent stay so."""
    asked = websites.keep_visiting(lambda: dnsmasq.resolve(lab, 'names', neighbours.WEB_NAME), 12)
    lab.require(all(one.step.ok for one in asked), 'names must resolve')


@scenario('S12', title='ICMP administratively prohibited for UDP to port 3478', rules=rules, level='likely',
          signals=('ICMP.ADMIN', 'DROP.STUN.RELAY'), verdicts={'whatsapp/calls': 'blocked', 'whatsapp/text': 'ok'},
          uses=USES)
def play(lab: Lab) -> None:
    """Calls of the WhatsApp model, and Bindings of a STUN client."""
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee('--no-p2p')
    others = neighbours.serve(lab, stun=True)
    others.require_udp()
    for _ in range(TIMES):
        lab.require(not others.stun(), 'no Binding may be answered')
    require_blocked(lab, meeting.call('calls', times=CALLS, patience=PATIENCE_SECONDS), CALLS)
    go_on(lab)


@scenario('S12-twin', twin_of='S12', title="the relays' own hosts answer port unreachable: the service is not there",
          absent=('ICMP.ADMIN',), uses=USES)
def play_twin(lab: Lab) -> None:
    """Another operator's STUN works, at the same port."""
    meeting = Meeting(lab, APPS['whatsapp'])
    for address in CLOSED:
        lab.server.own(address)
    meeting.callee('--no-p2p', relays=CLOSED)
    others = neighbours.serve(lab, stun=True)
    others.require_udp()
    for _ in range(TIMES):
        lab.require(others.stun(), 'STUN elsewhere must work')
        coturn.binding(lab, 'closed', lab.random.choice(CLOSED))
    require_blocked(lab, meeting.call('calls', times=CALLS, patience=PATIENCE_SECONDS, relays=CLOSED), CALLS)
    go_on(lab)
