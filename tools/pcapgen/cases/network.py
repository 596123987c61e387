"""IP itself: fragments in every order, options, extension headers, echo."""

from .. import containers, ip, links, transport
from ..community_id import community_id
from ..containers import Frame
from ..conversation import Conversation
from ..registry import Case, capture, case, flow_count, outgoing, pcap_case
from ..scene import MS, Scene

SOURCE = "RFC 791 section 3.2, RFC 8200 section 4.5, RFC 815"
MIN_SIZE = {4: 130, 6: 150}  # datagrams shorter than this stay whole


def _build(version, arrange, fragment_missing=None, **more):
    """Every datagram of MIN_SIZE or more goes in 64-byte fragments; `arrange` reorders them."""
    conversation = Conversation(version)
    frames, ident, missing = [], 0x100, 0
    for at, data in conversation.scene.frames():
        parts = [data]
        if len(data) >= MIN_SIZE[version]:
            ident += 1
            parts = arrange(ip.fragments(data, 64, ident))
            if ident == fragment_missing:
                parts, missing = parts[:-1], len(parts) - 1
        frames += [Frame(at + i * 20_000, links.ethernet(part, outgoing(data)))
                   for i, part in enumerate(parts)]
    undecoded = {"undecoded": {"fragment": missing}} if missing else {}
    records = conversation.records(counts=False) if not missing else []
    records.append(capture(len(frames), **undecoded))
    return Case({"input.pcap": containers.pcap(sorted(frames, key=lambda frame: frame.at))},
                {"exit": 0, "records": records} | more)


def _swapped(parts):
    return parts[1:] + parts[:1]


def _repeated(parts):
    return parts[:1] + parts


@case(
    "fragments-ipv4",
    "The longer datagrams of the conversation, UDP and TCP, in IPv4 fragments of 64 bytes: the "
    "flows are the same.",
    SOURCE,
    ("ip.flags.mf == 1",),
)
def in_order():
    return _build(4, list)


@case("fragments-ipv6", "The same over IPv6 with fragment headers.", SOURCE, ("ipv6.fraghdr",))
def in_order_v6():
    return _build(6, list)


@case(
    "fragments-out-of-order",
    "The first fragment, which has the ports, comes last.",
    SOURCE,
    ("ip.flags.mf == 1",),
)
def out_of_order():
    return _build(4, _swapped)


@case(
    "fragments-out-of-order-v6",
    "The first fragment, which has the ports, comes last, over IPv6.",
    SOURCE,
    ("ipv6.fraghdr",),
)
def out_of_order_v6():
    return _build(6, _swapped)


@case(
    "fragments-repeated",
    "The first fragment of every datagram comes twice.",
    SOURCE,
    ("ip.flags.mf == 1",),
)
def repeated():
    return _build(4, _repeated)


@case(
    "fragments-missing",
    "One fragment of one datagram never comes: its others are counted as undecoded, every other "
    "datagram is whole.",
    SOURCE,
    ("ip.flags.mf == 1",),
)
def missing():
    case_made = _build(4, list, fragment_missing=0x103)
    case_made.expect["records"].insert(0, flow_count(4))
    return case_made


def _with_options(version):
    conversation = Conversation(version)
    frames = [Frame(at, links.ethernet(ip.with_options(data), outgoing(data)))
              for at, data in conversation.scene.frames()]
    records = conversation.records(counts=False) + [capture(len(frames))]
    return Case({"input.pcap": containers.pcap(frames)}, {"exit": 0, "records": records})


@case("ip-options", "IPv4 options (router alert, NOP) in every packet.", SOURCE, ("ip.opt.ra",))
def options():
    return _with_options(4)


@case(
    "ip-extension-headers",
    "IPv6 with hop-by-hop and destination options in every packet.",
    SOURCE,
    ("ipv6.hopopts", "ipv6.dstopts"),
)
def extension_headers():
    return _with_options(6)


@case(
    "icmp-echo",
    "Three echo requests with replies, over IPv4 and over IPv6: one flow each, with the Community "
    "ID that maps type and counterpart to ports.",
    "RFC 792, RFC 4443, Community ID specification",
    ("icmp", "icmpv6"),
)
def icmp_echo():
    scene, records = Scene("icmp-echo"), []
    both = ((("192.168.1.20", "203.0.113.1"), ip.ICMP, "icmp", (8, 0)),
            (("2001:db8:1::20", "2001:db8:2::1"), ip.ICMP6, "ipv6-icmp", (128, 129)))
    for hosts, proto, name, types in both:
        for number in range(6):
            src, dst = hosts if number % 2 == 0 else hosts[::-1]
            message = transport.echo(src, dst, number % 2 == 1, number // 2)
            scene.add(number * 500 * MS, scene.datagram((src, 0), (dst, 0), proto, message))
        ident = community_id((hosts[0], types[0]), (hosts[1], types[1]), proto)
        records.append({"match": {"type": "flow", "flow": ident}, "count": 1, "has": {
            "proto": name, "client_ip": hosts[0], "packets_up": 3, "packets_down": 3}})
    return pcap_case(scene, [flow_count(2), *records])
