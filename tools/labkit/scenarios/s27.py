"""S27: innocent outages of a service: relays that refuse, hosts without the relay program, hosts that are gone."""
from __future__ import annotations

from labkit import measured_calls
from labkit.measured_calls import APP, CHAT, GENERATIONS, PAUSE_SECONDS, RELAYS
from labkit.programs import model
from labkit.programs.client_run import Call, Result, Started, start_client
from labkit.registry import scenario
from labkit.run import Lab
from labkit.topology import HARDWARE

USES = measured_calls.USES
SECOND_CLIENT = '192.168.77.12'
CALLS, GIVE_UP_SECONDS = 3, 10


def begin_attempts(lab: Lab, role: str, ends: list[object], *more: object) -> Started:
    """Calls that cannot come about, with messages before, between and after."""
    command = model.command(APP, 'client', (
        *ends, '--call', 'voice', '--calls', CALLS, '--seconds', 10, '--pause', PAUSE_SECONDS, '--text-every', 3,
        '--no-p2p', '--connect-timeout', GIVE_UP_SECONDS, '--ring-timeout', 5, '--seed', lab.random.randrange(1000),
        *more))
    return start_client(lab, lab.client, Call(role, f'{APP}-client', APP, command, 120))


def require_failed(lab: Lab, attempted: Result, reasons: tuple[str, ...], *, messages_pass: bool) -> None:
    events = model.events(attempted.output)
    names = [one['event'] for one in events]
    ended = [one['reason'] for one in events if one['event'] in ('call_ended', 'call_failed')]
    lab.require('call_connected' not in names and len(ended) == CALLS and set(ended) <= set(reasons),
                f'calls must fail by {reasons}, but: {ended}')
    lab.require(('message_answered' in names) == messages_pass, f'messages must {"" if messages_pass else "not "}pass')


def attempt(lab: Lab, ends: list[object], reasons: tuple[str, ...]) -> None:
    """Messages pass, and so do datagrams to others: this host can speak UDP."""
    stream = measured_calls.begin_stream(lab, 20)
    require_failed(lab, begin_attempts(lab, 'call', ends).finish(), reasons, messages_pass=True)
    lab.require(stream.finish().step.ok, 'the stream must pass')


@scenario('S27', title='relays refuse allocations with TURN error 508', notes=('DROP.TURN.ERR',), uses=USES)
def play(lab: Lab) -> None:
    attempt(lab, measured_calls.serve(lab, '--error', 508), ('relays_refused',))


@scenario('S27-closed', title="the relays' hosts answer ICMP port unreachable", uses=USES)
def play_closed(lab: Lab) -> None:
    attempt(lab, measured_calls.serve(lab, relays=False), ('no_path', 'relays_silent'))


def take_down(lab: Lab, address: str) -> None:
    """Packets to it go to the server's card, and nobody there is called so."""
    lab.client.ip('neighbour', 'replace', address, 'lladdr', HARDWARE['server'], 'dev', 'eth0', 'nud', 'permanent')


@scenario('S27-down', title='chat and relays are down, for two clients alike', uses=USES)
def play_down(lab: Lab) -> None:
    for address in (CHAT, *RELAYS):
        take_down(lab, address)
    lab.client.own(SECOND_CLIENT)
    ends = measured_calls.options(lab.random.choice(GENERATIONS))
    stream = measured_calls.begin_stream(lab, 20)
    clients = [begin_attempts(lab, 'call', ends), begin_attempts(lab, 'second-call', ends, '--bind', SECOND_CLIENT)]
    for one in clients:
        require_failed(lab, one.finish(), ('no_signalling',), messages_pass=False)
    lab.require(stream.finish().step.ok, 'the stream must pass')
