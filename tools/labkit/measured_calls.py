"""Calls of a model application beside its messages and a steady stream that is no media: what a path does to each."""
from __future__ import annotations

from dataclasses import dataclass

from labkit.calling import APPS, PAUSE_SECONDS, RING_SECONDS, Meeting, Spoken
from labkit.programs import iperf3, model
from labkit.programs.client_run import Started
from labkit.run import Lab

FORMS = ('whatsapp', 'whatsapp-2019')
STREAM = '198.18.0.20'
STREAM_BPS, STREAM_BYTES = 64_000, 160  # 50 datagrams a second, as voice has
USES = ('iperf3',)


@dataclass(frozen=True)
class Talks:
    """What is to be played: calls one after the other, and the stream all the while."""

    calls: int = 2
    seconds: float = 21
    kind: str = 'voice'

    @property
    def lasting(self) -> float:
        return self.calls * (self.seconds + RING_SECONDS + PAUSE_SECONDS + 2)


@dataclass(frozen=True)
class Fared:
    """What the client heard of what the other side sent in the worst call, and the stream's loss: 0 to 1."""

    spoken: Spoken
    heard: float
    stream_lost: float


def begin_stream(lab: Lab, seconds: float, bps: int = STREAM_BPS) -> Started:
    """Datagrams of voice's size, by default at its rate, that are no media."""
    return iperf3.begin(lab, 'stream', STREAM, seconds=seconds, udp_bps=bps, datagram=STREAM_BYTES)


def meet(lab: Lab) -> Meeting:
    """All servers. No paths between peers, so that all media of a call is one flow."""
    iperf3.serve(lab, lab.server, STREAM)
    meeting = Meeting(lab, APPS[lab.random.choice(FORMS)])
    meeting.callee('--no-p2p')
    return meeting


def play(lab: Lab, talks: Talks) -> Fared:
    return talk(lab, meet(lab), talks)


def talk(lab: Lab, meeting: Meeting, talks: Talks, bps: int = STREAM_BPS) -> Fared:
    stream = begin_stream(lab, talks.lasting, bps)
    spoken = meeting.call('calls', '--no-p2p', times=talks.calls, seconds=talks.seconds, kind=talks.kind)
    return Fared(spoken, heard(lab, spoken), iperf3.lost_part(stream.finish()))


def heard(lab: Lab, spoken: Spoken) -> float:
    """Of the worst call, what the client got of what the callee says it sent."""
    log = lab.folder('whatsapp-bob') / 'whatsapp-bob.log'
    sent = {one['call']: one['media_sent'] for one in model.events(log.read_text()) if one['event'] == 'call_ended'}
    got = {one['call']: one['media_received'] for one in spoken.events if one['event'] == 'call_ended'}
    return min((count / max(1, sent.get(call, 0)) for call, count in got.items()), default=0.0)


def require_degraded(lab: Lab, talks: Talks, how: Fared, *, most_heard: float, stream_spared: bool) -> None:
    """All calls connect and last, and much of their media is lost. Messages and the stream suffer too unless spared."""
    reasons = how.spoken.reasons
    lab.require(how.spoken.connected == talks.calls and reasons == ['finished'] * talks.calls,
                f'calls must connect and last, but: {reasons}')
    lab.require(how.heard <= most_heard, f'media must be lost, but {how.heard:.0%} was heard')
    lab.require(how.spoken.texts_work if stream_spared else how.spoken.count('message_answered') > 0,
                'messages must be answered')
    lab.require(how.stream_lost < 0.01 if stream_spared else how.stream_lost > 0.03,
                f'the stream beside the call lost {how.stream_lost:.1%}')
