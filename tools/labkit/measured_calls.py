"""Calls of a model application beside its messages and a steady stream that is no media: what a path does to each."""
from __future__ import annotations

from dataclasses import dataclass

from labkit.programs import iperf3, model
from labkit.programs.client_run import Started
from labkit.run import Lab

APP = 'whatsapp'
CHAT, CALLEE, STREAM = '203.0.113.5', '203.0.113.61', '198.18.0.20'
RELAYS = ('198.18.0.40', '198.18.0.41', '198.18.0.42')
GENERATIONS = ('2019', '2023')
USES = ('iperf3',)
RING_SECONDS, PAUSE_SECONDS = 1, 2
STREAM_BPS, STREAM_BYTES = 64_000, 160  # 50 datagrams a second, as voice has


@dataclass(frozen=True)
class Talks:
    """What is to be played: calls one after the other, and the control stream all the while."""

    calls: int = 2
    seconds: float = 21
    kind: str = 'voice'


@dataclass(frozen=True)
class Fared:
    """How it went. The parts are of what the other side sent: 0 to 1, worst call, what the client heard."""

    reasons: tuple[str, ...]
    heard: float
    stream_lost: float
    messages: int
    unanswered: int


def options(generation: str) -> list[object]:
    """What a client or callee is told: where the chat and the relays are."""
    relays = [word for address in RELAYS for word in ('--relay', f'{address}:3478')]
    return ['--chat', f'{CHAT}:5222', *relays, '--generation', generation]


def serve(lab: Lab, *relay_options: object, relays: bool = True) -> list[object]:
    """Chat, three relays (or hosts on which none runs) and a callee; the options its client needs."""
    for address in (CHAT, CALLEE, *RELAYS):
        lab.server.own(address)
    generation = lab.random.choice(GENERATIONS)
    model.serve(lab, lab.server, APP, 'chat-server', '--bind', f'{CHAT}:5222', '--generation', generation)
    if relays:
        binds = [word for address in RELAYS for word in ('--bind', f'{address}:3478')]
        model.serve(lab, lab.server, APP, 'relay', *binds, *relay_options, '--generation', generation)
    model.serve(lab, lab.server, APP, 'callee', '--bind', CALLEE, *options(generation), '--ring-seconds', RING_SECONDS,
                '--no-p2p', '--seed', lab.random.randrange(1000))
    return options(generation)


def begin_stream(lab: Lab, seconds: float) -> Started:
    """Datagrams of voice's size and rate that are no media."""
    iperf3.serve(lab, lab.server, STREAM)
    return iperf3.begin(lab, 'stream', STREAM, seconds=seconds, udp_bps=STREAM_BPS, datagram=STREAM_BYTES)


def play(lab: Lab, talks: Talks, role: str = 'call') -> Fared:
    """Through a relay, so that all media of a call is one flow."""
    ends = serve(lab)
    lasting = talks.calls * (talks.seconds + RING_SECONDS + PAUSE_SECONDS + 2)
    stream = begin_stream(lab, lasting)
    called = model.client(lab, role, APP, *ends, '--call', talks.kind, '--calls', talks.calls, '--seconds',
                          talks.seconds, '--pause', PAUSE_SECONDS, '--text-every', 4, '--no-p2p', '--seed',
                          lab.random.randrange(1000), seconds=lasting + 60)
    return fared(lab, called.output, iperf3.lost_part(stream.finish()))


def fared(lab: Lab, said: str, stream_lost: float) -> Fared:
    mine = model.events(said)
    theirs = model.events((lab.folder(f'{APP}-callee') / f'{APP}-callee.log').read_text())
    ended = [one for one in mine if one['event'] in ('call_ended', 'call_failed')]
    sent = {one['call']: one.get('media_sent', 0) for one in theirs if one['event'] == 'call_ended'}
    heard = [one.get('media_received', 0) / max(1, sent.get(one['call'], 0)) for one in ended]
    return Fared(tuple(one['reason'] for one in ended), min(heard, default=0.0), stream_lost,
                 sum(one['event'] == 'message_sent' for one in mine),
                 sum(one['event'] == 'message_unanswered' for one in mine))


def require_degraded(lab: Lab, talks: Talks, how: Fared, *, most_heard: float, stream_spared: bool) -> None:
    """All calls connect and last, much of their media is lost, messages pass; the stream suffers or does not."""
    lab.require(how.reasons == ('finished',) * talks.calls, f'calls must connect and last, but: {how.reasons}')
    lab.require(how.heard <= most_heard, f'media must be lost, but {how.heard:.0%} was heard')
    lab.require(how.messages > 0 and how.unanswered == 0, 'messages must be answered')
    lab.require(how.stream_lost < 0.01 if stream_spared else how.stream_lost > 0.03,
                f'the stream beside the call lost {how.stream_lost:.1%}')
