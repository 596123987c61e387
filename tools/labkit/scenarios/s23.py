"""S23: innocent calls that nobody takes, while relays answer and nearly all checks of peers lead nowhere."""
from __future__ import annotations

from labkit import neighbours
from labkit.calling import APPS, Meeting
from labkit.programs import model
from labkit.registry import scenario
from labkit.run import Lab

TIMES, RINGING, TALK = 2, 14, 8
DEAD = tuple(f'203.0.113.{191 + number}:{60312 + 7 * number}' for number in range(9))  # nine of ten candidates
USES = neighbours.USES


def dead_ends(lab: Lab, app: str) -> list[object]:
    """Addresses that take datagrams and say nothing, as behind a NAT; the callee's options to offer them."""
    for end in DEAD:
        lab.control.own(end.rpartition(':')[0])
    binds = [word for end in DEAD for word in ('--bind', end)]
    model.serve(lab, lab.control, APPS[app].model, 'relay', '--silent', *binds, name='dead-ends')
    return ['--early-candidates', *(word for end in DEAD for word in ('--dead-candidate', end))]


def untaken(lab: Lab, app: str) -> None:
    """Calls to one who never answers, one who declines, one who is busy, and one who takes them."""
    meeting = Meeting(lab, APPS[app])
    candidates = dead_ends(lab, app)
    wanted = {'never': ('no_answer', TIMES), 'decline': ('declined', TIMES), 'busy': ('busy', 1),
              'yes': ('finished', 1)}
    for number, answer in enumerate(wanted):
        meeting.callee('--answer', answer, *candidates, who=answer, address=f'203.0.113.{61 + number}')
    others = neighbours.serve(lab, APPS[app].names)
    others.require_udp()
    for answer in lab.random.sample(list(wanted), len(wanted)):
        reason, times = wanted[answer]
        spoken = meeting.call(answer, '--ring-timeout', RINGING, times=times, seconds=TALK, to=answer)
        lab.require(spoken.reasons == [reason] * times, f'calls must end with {reason}, but: {spoken.reasons}')
        lab.require(answer == 'busy' or spoken.count('relay_answered') >= times, 'relays must answer')
        lab.require(spoken.texts_work, 'messages must be answered')
    others.afterwards()


@scenario('S23', title='WhatsApp calls that are not answered, declined, or taken; most candidates lead nowhere',
          uses=USES)
def play(lab: Lab) -> None:
    untaken(lab, 'whatsapp')


@scenario('S23-messenger', title='Messenger calls that are not answered, declined, or taken', uses=USES, bundle_rtt=150)
def play_messenger(lab: Lab) -> None:
    untaken(lab, 'messenger')


@scenario('S23-viber', title='Viber calls that are not answered, declined, or taken', uses=USES, bundle_rtt=10)
def play_viber(lab: Lab) -> None:
    untaken(lab, 'viber')
