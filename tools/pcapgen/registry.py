"""The list of cases, and helpers that turn a scene into files and an expectation."""

import ipaddress
from dataclasses import dataclass, field
from typing import Callable

from . import containers, ip, links
from .containers import Frame
from .scene import is_local

APPS = ("whatsapp", "facebook", "meta", "skype", "teams")
CASES: dict[str, "Entry"] = {}


@dataclass
class Case:
    """`files`: path below the case's folder (input.pcap, input/a.pcap) to content."""

    files: dict[str, bytes]
    expect: dict


@dataclass
class Entry:
    shows: str  # one or two sentences for the README
    source: str  # where the protocol facts come from
    build: Callable[[], Case]
    tshark: tuple = field(default=())  # display filters that must each match


def case(name: str, shows: str, source: str, tshark=()):
    def register(build):
        assert name not in CASES, name
        CASES[name] = Entry(shows, source, build, tuple(tshark))
        return build
    return register


def flow(record: dict, lacks=(), **has) -> dict:
    """Expectation for one flow of `Scene.flow`, found by its Community ID."""
    keys = ("type", "flow")
    expected = {"match": {key: record[key] for key in keys}, "count": 1,
                "has": {key: value for key, value in record.items() if key not in keys} | has}
    return expected | ({"lacks": list(lacks)} if lacks else {})


def capture(packets: int, **has) -> dict:
    return {"match": {"type": "capture"}, "count": 1, "has": {"packets": packets} | has}


def flow_count(count: int) -> dict:
    return {"match": {"type": "flow"}, "count": count}


def not_apps(*apps, **more) -> list[dict]:
    """`none` entries: no flow may be labelled as one of `apps`."""
    return [{"type": "flow", "app": app} | more for app in (apps or APPS)]


def outgoing(datagram: bytes) -> bool:
    """Whether the datagram comes from the client's network."""
    version6 = ip.is_ipv6(datagram)
    source = datagram[8:24] if version6 else datagram[12:16]
    return is_local(str(ipaddress.ip_address(source)))


def framed(scene, link="ethernet", interface=0) -> list[Frame]:
    """The scene's datagrams as frames of a link type of `links.LINKS`."""
    if link == "erf":
        return [Frame(at, links.erf(data, outgoing(data), at), 0, interface)
                for at, data in scene.frames()]
    wrap = links.LINKS[link][1]
    return [Frame(at, wrap(data, outgoing(data)), 0, interface) for at, data in scene.frames()]


def pcap_case(scene, records, none=(), **expect) -> Case:
    """input.pcap over Ethernet; the number of packets and flows is expected as well."""
    frames = framed(scene)
    records = [*records, capture(len(frames))]
    expectation = {"exit": 0, "records": records} | ({"none": list(none)} if none else {}) | expect
    return Case({"input.pcap": containers.pcap(frames)}, expectation)
