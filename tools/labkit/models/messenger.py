"""A model of Messenger: chat in TLS to edge-mqtt.facebook.com, calls by ICE and Meta's TURN (realm turner.facebook).

Sources: docs of the cases facebook-call and facebook-text (tools/pcapgen/cases/facebook.py).
"""

from . import program
from .iceplane import IcePlane
from .media import Coding
from .transports import Tls
from .turn import TurnServer


class MessengerPlane(IcePlane):
    VOICE = Coding(111, sizes=(50, 110), extension=0xBEDE)
    VIDEO = Coding(97, 90000, (800, 1100), 0xBEDE)


class MessengerRelay(TurnServer):
    REALM = "turner.facebook"


APP = program.App(name="messenger", plane=MessengerPlane, relay=MessengerRelay, transports={"2021": Tls},
                  generation="2021", server_names={"2021": "edge-mqtt.facebook.com"})

if __name__ == "__main__":
    program.main(APP)
