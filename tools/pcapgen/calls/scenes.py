"""Calls that were picked up, as the cases of what happens in them begin and end."""

from ..scene import SECOND
from .outcomes import Told, about, between, calls, finish, path, record

NO_LOSS = {"loss_up": between(0, 0.004), "loss_down": between(0, 0.004)}
VOICE = {"media": {"only": ["voice"]}}


def taken(make, name, until=34, **more):
    """A call that was set up and picked up; returns it, its stack and when media begins."""
    told = Told(make, name, **more)
    begin = told.picked_up(until * SECOND)
    return told, told.stack, begin


def connected(told, seconds, flows=None, **has):
    """The case of a good call that lasted so long; `flows` are expected beside its record."""
    stack = told.stack
    return finish(told.scene, flows or [path(stack)], [calls(1), record(
        stack, "connected", **VOICE | {"talk_ms": about(seconds)} | has)])
