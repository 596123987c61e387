"""S27: innocent outages of a service: relays that refuse, hosts without the relay program, hosts that are gone."""
from __future__ import annotations

from labkit import measured_calls
from labkit.calling import APPS, CHAT, RELAYS, Meeting, Spoken, require_blocked
from labkit.measured_calls import FORMS, STREAM
from labkit.programs import iperf3
from labkit.registry import scenario
from labkit.run import Lab
from labkit.topology import HARDWARE

CLOSED = ('198.18.0.46', '198.18.0.47', '198.18.0.48')  # hosts that are up, and where no relay runs
SECOND_CLIENT = '192.168.77.12'
TIMES = 3


def blocked_calls(lab: Lab, meeting: Meeting, relays: tuple[str, ...] = RELAYS) -> Spoken:
    """Messages pass, and so do datagrams to others: this host can speak UDP."""
    iperf3.serve(lab, lab.server, STREAM)
    stream = measured_calls.begin_stream(lab, 20)
    spoken = meeting.call('calls', '--no-p2p', times=TIMES, relays=relays)
    require_blocked(lab, spoken, TIMES)
    lab.require(stream.finish().step.ok, 'the stream must pass')
    return spoken


@scenario('S27', title='relays refuse allocations with TURN error 508', notes=('DROP.TURN.ERR',),
          uses=measured_calls.USES)
def play(lab: Lab) -> None:
    meeting = Meeting(lab, APPS[lab.random.choice(FORMS)], '--error', 508)
    meeting.callee('--no-p2p')
    spoken = blocked_calls(lab, meeting)
    lab.require(spoken.reasons == ['relays_refused'] * TIMES, f'relays must refuse, but: {spoken.reasons}')


@scenario('S27-closed', title="the relays' hosts answer ICMP port unreachable", uses=measured_calls.USES)
def play_closed(lab: Lab) -> None:
    for address in CLOSED:
        lab.server.own(address)
    meeting = Meeting(lab, APPS[lab.random.choice(FORMS)])
    meeting.callee('--no-p2p', relays=CLOSED)
    blocked_calls(lab, meeting, CLOSED)


def take_down(lab: Lab, address: str) -> None:
    """Packets to it still go to the server's card, and nobody there is called so."""
    lab.client.ip('neighbour', 'replace', address, 'lladdr', HARDWARE['server'], 'dev', 'eth0', 'nud', 'permanent')
    lab.server.ip('address', 'del', f'{address}/32', 'dev', 'eth0')


@scenario('S27-down', title='chat and relays are down, for two clients alike', uses=measured_calls.USES)
def play_down(lab: Lab) -> None:
    meeting = Meeting(lab, APPS[lab.random.choice(FORMS)])
    for address in (CHAT, *RELAYS):
        take_down(lab, address)
    lab.client.own(SECOND_CLIENT)
    iperf3.serve(lab, lab.server, STREAM)
    stream = measured_calls.begin_stream(lab, 20)
    for role, words in (('calls', ()), ('second-calls', ('--bind', SECOND_CLIENT))):
        spoken = meeting.call(role, '--ring-timeout', 6, *words, times=TIMES)
        lab.require(spoken.reasons == ['no_signalling'] * TIMES, f'nothing may work, but: {spoken.reasons}')
    lab.require(stream.finish().step.ok, 'the stream must pass')
