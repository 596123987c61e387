"""What the calls of all applications have in common; each application's own stack fills in its messages."""

from ..rtp import srtcp
from ..scene import EPOCH_2023, MS, SECOND
from .media import Path, Picture, Sound
from .text import HOST, Tls

RETRIES = [int(at * SECOND) for at in (0, 0.5, 1.5, 3.5, 7.5, 15.5)]  # RFC 8489 section 6.2.1
OTHER = {"up": "down", "down": "up"}
OUTSIDE = "203.0.113.9"  # the client's address behind its router


class Stack:
    """One call of one application from `client` to `far`, a relay, a media server or a peer.

    `set_up` returns the time at which it is done. `silent` is the set-up that nobody answers.
    """

    app, epoch, client, far = "", EPOCH_2023, (HOST, 51518), ("203.0.113.60", 3478)
    pt, clock, gap, extension, picture_pt = 111, 48000, 60 * MS, None, 96
    report = True  # whether RTCP goes on the path of the media
    readable = True  # whether sequence numbers can be read
    one_socket = True  # whether set-up and media share it
    alike = None  # applications that one direction alone may be taken for
    text_name, text_address = "", ""

    def __init__(self, scene):
        self.scene = scene
        self.voice = {way: self.sound(way) for way in OTHER}
        self.camera = {way: self.picture(way) for way in OTHER}
        self.paths = {way: Path() for way in OTHER}

    def text(self):
        return Tls(self.scene, self.text_name, self.text_address)

    def sound(self, way):
        return Sound(self.scene.random, self.pt, self.clock, self.gap, extension=self.extension)

    def picture(self, way):
        return Picture(self.scene.random, self.picture_pt, extension=self.extension)

    def ends(self, way):
        return (self.client, self.far) if way == "up" else (self.far, self.client)

    def wrap(self, way, data: bytes) -> bytes:
        return data

    def transaction(self) -> bytes:
        return self.scene.random.randbytes(12)

    def send(self, at, way, data: bytes) -> None:
        self.scene.udp(at, *self.ends(way), self.wrap(way, data))

    def play(self, way, packets) -> None:
        """Sends `packets` of (time, bytes) through the path of `way`."""
        wrapped = [(at, self.wrap(way, data)) for at, data in packets]
        for at, data in self.paths[way].carry(self.scene.random, wrapped):
            self.scene.udp(at, *self.ends(way), data)

    def talk(self, start, seconds, ways=("up", "down")) -> None:
        """Sound, with an encrypted report every five seconds."""
        for late, way in enumerate(ways):
            self.play(way, self.voice[way].packets(start + late * 7 * MS, seconds))
            for number in range(1, int(seconds / 5) + 1) if self.report else ():
                at = start + number * 5 * SECOND - 500 * MS
                self.send(at, way, srtcp(self.scene.random, 200, self.voice[way].ssrc, 6))

    def show(self, start, seconds, ways=("up", "down")) -> None:
        """Pictures."""
        for late, way in enumerate(ways):
            self.play(way, self.camera[way].packets(start + late * 9 * MS, seconds))

    def keep(self, start, seconds, answered=True, every=2) -> None:
        """Consent checks or keep-alives, whatever the application has."""
        for number in range(int(seconds / every)):
            self.alive(start + int((number * every + 0.4) * SECOND), answered)

    def ring(self, start, seconds) -> None:
        """What keeps the set-up alive until somebody picks up."""
        self.keep(start, seconds, every=3)

    def tried(self, responses) -> dict:
        """What a record tells of relays that were asked: none answered, or at least so often."""
        return {"relays": [{"requests": {"min": 2}, "responses": {"min": responses} if responses else 0}]}

    def set_up(self, at) -> int:
        raise NotImplementedError

    def connect(self, at) -> int:
        """What follows once the callee has picked up."""
        return at

    def silent(self, at) -> int:
        raise NotImplementedError

    def alive(self, at, answered=True) -> None:
        raise NotImplementedError

    def bye(self, at, answered=True) -> None:
        """Many applications just stop."""
