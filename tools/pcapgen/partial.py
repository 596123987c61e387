"""A scene of which the capture holds a part: one direction, or what came after or before some moment."""

from .scene import EPOCH_2017, Scene, is_local


class Partial(Scene):
    """Keeps packets of `side` ("up" from the client, "down" to it, None both) from time `begin` until `end`."""

    def __init__(self, seed, start=EPOCH_2017, side=None, begin=0, end=None):
        super().__init__(seed, start)
        self._side, self._begin, self._end = side, begin, end

    def send(self, at, src, dst, proto, segment, captured=True) -> bytes:
        side = "up" if is_local(src[0]) else "down"
        kept = captured and at >= self._begin and (self._end is None or at < self._end) \
            and self._side in (None, side)
        return super().send(at, src, dst, proto, segment, kept)
