"""A model of Skype since 2016: chat in TLS to its messenger gateway, calls by Microsoft's TURN and ICE."""

from pcapgen.apps import microsoft

from . import program
from .microsoft import MicrosoftPlane, MicrosoftRelay
from .transports import Tls


class SkypePlane(MicrosoftPlane):
    ATTRIBUTES = microsoft.SKYPE


APP = program.App(name="skype", plane=SkypePlane, relay=MicrosoftRelay, transports={"2018": Tls}, generation="2018",
                  server_names={"2018": "client-s.gateway.messenger.live.com"})

if __name__ == "__main__":
    program.main(APP)
