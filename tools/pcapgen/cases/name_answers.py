"""Addresses that no public name has, given by whom a network's own answers come from, and by others."""

from .. import dns
from ..registry import case, flow_count, pcap_case
from ..scene import EPOCH_2023, MS, SECOND, Scene

HOST = "192.168.1.20"
BEYOND, OTHER = "192.88.2.53", "192.88.3.53"  # resolvers of the Internet
RIGHT, RIGHT_V6 = "192.88.1.1", "2a00:1188::1"
WATCHED = ("web.whatsapp.com", "graph.facebook.com")
PORTAL = "10.5.50.1"
UNRELATED = ("www.example.org", "www.example.net", "www.example.com")


def _found(level, count) -> dict:
    return {"match": {"type": "finding", "id": "DNS.BOGON"}, "count": count, "has": {"level": level}}


def _answered(name, answers) -> Scene:
    """Every name asked of a resolver beyond the network, and then as `answers` has it: (resolver, name, address)."""
    scene = Scene(name, EPOCH_2023)
    for number, watched in enumerate(WATCHED):
        dns.look_up(scene, number * SECOND, HOST, OTHER, watched, [RIGHT])
        dns.look_up(scene, number * SECOND + 30 * MS, HOST, OTHER, watched, [RIGHT_V6])
    for number, (resolver, asked, address) in enumerate(answers):
        dns.look_up(scene, (10 + number) * SECOND, HOST, resolver, asked, [address])
    return scene


def _case(scene, answers, *findings):
    return pcap_case(scene, [flow_count(2 * len(WATCHED) + len(answers)), *findings])


@case(
    "dns-own-answers",
    "Resolvers of the user's own network that answer with addresses of their choice: a filter with its own address, "
    "a login page for every name, DNS64 with a ULA prefix, a proxy that makes addresses up. All are only observed, "
    "although another resolver answers otherwise.",
    "RFC 1035, 6052, 6147; Pi-hole's blocking mode IP, from memory",
    ("dns.a == 192.168.1.5", "dns.a == 10.5.50.1", "dns.aaaa == fd00:64:64::c058:101", "dns.a == 198.18.0.4"),
)
def dns_own_answers():
    filtered, portal, translator, proxy = "192.168.1.5", "192.168.1.6", "192.168.1.7", "192.168.1.8"
    answers = [(filtered, name, filtered) for name in WATCHED]
    answers += [(portal, name, "10.5.50.1") for name in WATCHED + UNRELATED]
    answers += [(translator, name, "fd00:64:64::c058:101") for name in WATCHED]
    answers += [(proxy, name, f"198.18.0.{4 + number}") for number, name in enumerate(WATCHED + UNRELATED)]
    scene = _answered("dns-own-answers", answers)
    # One for each watched name and resolver; one for each of two resolvers that answered for names of nobody's.
    return _case(scene, answers, _found("observed", 4 * len(WATCHED) + 2))


@case(
    "dns-others-answers",
    "The same kinds of addresses without what makes them a network's own: from a resolver of the Internet they are "
    "likely forged, and one that a near resolver gives a single name is strange.",
    "RFC 1035, 6052",
    ("dns.a == 10.5.50.1", "dns.aaaa == fd00:64:64::c058:102", "dns.a == 198.18.0.4"),
)
def dns_others_answers():
    answers = [(BEYOND, WATCHED[0], "10.5.50.1"), (BEYOND, WATCHED[1], "fd00:64:64::c058:102"),
               ("192.168.1.5", WATCHED[0], "10.5.50.1"), ("192.168.1.6", WATCHED[1], "198.18.0.4")]
    scene = _answered("dns-others-answers", answers)
    levels = [{"match": {"type": "finding", "id": "DNS.BOGON", "level": level}, "count": 2, "has": {}}
              for level in ("likely", "anomalous")]
    return _case(scene, answers, *levels)


def _logging_in(name, meanwhile) -> Scene:
    """Whatever is asked of a resolver of the Internet is answered with one address, but for `meanwhile`; later all is well."""
    scene = Scene(name, EPOCH_2023)
    asked = [(watched, PORTAL) for watched in WATCHED] + [(other, PORTAL) for other in UNRELATED]
    asked[3:3] = [(other, RIGHT) for other in meanwhile]
    asked += [(other, RIGHT) for other in WATCHED + UNRELATED]
    for number, (other, address) in enumerate(asked):
        dns.look_up(scene, number * SECOND, HOST, BEYOND, other, [address])
        dns.look_up(scene, (60 + number) * SECOND, HOST, OTHER, other, [RIGHT])
    return scene


@case(
    "dns-login-page",
    "A network that waits for a login answers every name with one address, in the name of a resolver of the Internet, "
    "until the login is done. Strange, and no more, although others answer otherwise.",
    "RFC 1035, RFC 8952",
    ("dns.a == 10.5.50.1",),
)
def login_page():
    scene = _logging_in("dns-login-page", ())
    return pcap_case(scene, [flow_count(20), {
        "match": {"type": "finding", "id": "DNS.BOGON", "level": "anomalous"}, "count": len(WATCHED)}],
        [{"type": "finding", "level": {"any": ["likely", "confirmed_pattern"]}}])


@case(
    "dns-login-page-not",
    "The same answers, but other names are answered well meanwhile: some are chosen, and likely forged.",
    "RFC 1035, RFC 8952",
    ("dns.a == 10.5.50.1",),
)
def no_login_page():
    meanwhile = ("www.example.edu", "www.example.info")
    scene = _logging_in("dns-login-page-not", meanwhile)
    return pcap_case(scene, [flow_count(2 * (10 + len(meanwhile))), {
        "match": {"type": "finding", "id": "DNS.BOGON", "level": "likely"}, "count": len(WATCHED)}])
