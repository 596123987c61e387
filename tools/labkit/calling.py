"""A model application's chat, relays and callees in the lab, and calls of its client: how each went is in the truth."""
from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from labkit.programs import model
from labkit.run import Lab, Step
from labkit.topology import Host

CHAT, CALLEE = '203.0.113.5', '203.0.113.61'
RELAYS = ('198.18.0.41', '198.18.0.42', '198.18.0.43')
RING_SECONDS, PAUSE_SECONDS, TEXT_SECONDS = 1, 2, 2  # of a callee that answers; around calls; between messages
CONNECTED = 'call_connected'
OVER = ('call_ended', 'call_failed')


@dataclass(frozen=True)
class App:
    """A model and its ports; `label` is what deadair calls it, `names` those that its client asks DNS for."""

    model: str
    generation: str
    label: str
    chat_port: int = 443
    relay_port: int = 3478
    chat_name: str = ''
    relay_names: tuple[str, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """Of the chat and of relays."""
        return {name: address for name, address in ((self.chat_name, CHAT), *zip(self.relay_names, RELAYS)) if name}


APPS = {
    'whatsapp': App('whatsapp', '2023', 'whatsapp', 5222),
    'whatsapp-2019': App('whatsapp', '2019', 'whatsapp', 5222),
    'whatsapp-2015': App('whatsapp', '2015', 'whatsapp', 5222),
    'messenger': App('messenger', '2021', 'facebook', chat_name='edge-mqtt.facebook.com'),
    'skype': App('skype', '2018', 'skype', chat_name='client-s.gateway.messenger.live.com'),
    'teams': App('teams', '2020', 'teams', chat_name='emea.ng.msg.teams.microsoft.com'),
    'signal': App('signal', '2023', 'signal', chat_name='chat.signal.org', relay_names=(
        'turn.voip.signal.org', 'turn2.voip.signal.org', 'turn3.voip.signal.org')),
    'telegram': App('telegram', '2017', 'telegram', relay_port=537),
    'viber': App('viber', '2016', 'viber', 4244, 7985),
}


@dataclass(frozen=True)
class Spoken:
    """What the client's model printed of one series of calls."""

    events: list[dict[str, Any]]

    def count(self, event: str) -> int:
        return sum(one['event'] == event for one in self.events)

    @property
    def reasons(self) -> list[str]:
        """Why each call ended, in order."""
        return [one['reason'] for one in self.events if one['event'] in OVER]

    @property
    def connected(self) -> int:
        return self.count(CONNECTED)

    @property
    def texts_work(self) -> bool:
        return self.count('message_answered') > 0 and self.count('message_unanswered') == 0


class Meeting:
    """The application's servers; every part of it is told the generation and where they are."""

    def __init__(self, lab: Lab, app: App, *relay_options: object, relays: tuple[str, ...] = RELAYS) -> None:
        """`relay_options` make relays fail (tools/labkit/models/README.md)."""
        self.lab, self.app = lab, app
        for address in (CHAT, *relays):
            lab.server.own(address)
        self.serve('chat-server', lab.server, '--bind', f'{CHAT}:{app.chat_port}')
        self.serve('relay', lab.server, *self._ends('--bind', relays), *relay_options)
        self._relays = relays

    def serve(self, part: str, host: Host, *options: object, name: str | None = None) -> None:
        model.serve(self.lab, host, self.app.model, part, '--generation', self.app.generation, *self._seed(), *options,
                    name=name)

    def _ends(self, word: str, addresses: tuple[str, ...]) -> list[str]:
        return list(itertools.chain.from_iterable((word, f'{one}:{self.app.relay_port}') for one in addresses))

    def _seed(self) -> list[object]:
        return ['--seed', self.lab.random.randrange(1_000_000)]

    def _user(self, relays: tuple[str, ...] | None) -> list[object]:
        return ['--chat', f'{CHAT}:{self.app.chat_port}', *self._ends('--relay', relays or self._relays)]

    def callee(self, *options: object, who: str = 'bob', address: str = CALLEE,
               relays: tuple[str, ...] | None = None) -> None:
        """At the control host, on the other side of the middlebox."""
        self.lab.control.own(address)
        self.serve('callee', self.lab.control, '--bind', address, '--name', who, '--ring-seconds', RING_SECONDS,
                   *self._user(relays), *options, name=f'{self.app.model}-{who}')

    def call(self, role: str, *options: object, times: int = 3, seconds: float = 8, kind: str = 'voice',
             to: str = 'bob', patience: float = 12, relays: tuple[str, ...] | None = None) -> Spoken:
        """Calls one after the other with messages all the while; `patience` is how long a call may take to connect."""
        result = model.client(
            self.lab, role, self.app.model, '--generation', self.app.generation, *self._seed(), *self._user(relays),
            '--call', kind, '--calls', times, '--seconds', seconds, '--pause', PAUSE_SECONDS, '--text-every',
            TEXT_SECONDS, '--connect-timeout', patience, '--to', to, *options, seconds=60 + times * (seconds + 45))
        spoken = Spoken(model.events(result.output))
        self._tell(role, to, spoken)
        return spoken

    def _tell(self, role: str, to: str, spoken: Spoken) -> None:
        """A step for each call, as the one who called saw it."""
        began: dict[str, float] = {}
        connected: set[str] = set()
        for one in spoken.events:
            if one['event'] == 'call_started':
                began[one['call']] = one['wall'] - self.lab.begin
            elif one['event'] == CONNECTED:
                connected.add(one['call'])
            elif one['event'] in OVER:
                ended = round(one['wall'] - self.lab.begin, 3)
                said = f'{"connected" if one["call"] in connected else "not connected"}, {one["reason"]}'
                self.lab.steps.append(Step(f'{role}-call', f'{self.app.model}-client', to, one['call'] in connected,
                                           said, round(began[one['call']], 3), ended))


def require_blocked(lab: Lab, spoken: Spoken, times: int) -> None:
    lab.require(len(spoken.reasons) == times and spoken.connected == 0,
                f'{times} calls must fail to connect, but: {spoken.reasons}')
    lab.require(spoken.texts_work, 'messages must be answered')


def require_connected(lab: Lab, spoken: Spoken, times: int, reason: str = 'finished') -> None:
    lab.require(spoken.connected == times and spoken.reasons == [reason] * times,
                f'{times} calls must connect and end with {reason}, but: {spoken.reasons}')
    lab.require(spoken.texts_work, 'messages must be answered')
