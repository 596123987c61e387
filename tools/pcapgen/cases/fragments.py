"""Datagrams cut into IPv4 and IPv6 fragments: in order, out of order, repeated, with one missing."""

from .. import containers, ip, links
from ..containers import Frame
from ..conversation import Conversation
from ..registry import Case, capture, case, flow, flow_count, framed, outgoing

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
