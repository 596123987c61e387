"""A model of Teams: chat in TLS to its message service, calls by Microsoft's TURN and ICE."""

from . import program
from .microsoft import MicrosoftPlane, MicrosoftRelay
from .transports import Tls

APP = program.App(name="teams", plane=MicrosoftPlane, relay=MicrosoftRelay, transports={"2020": Tls}, generation="2020",
                  server_names={"2020": "emea.ng.msg.teams.microsoft.com"})

if __name__ == "__main__":
    program.main(APP)
