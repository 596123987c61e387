"""The same conversation under every link type."""

from .. import containers, links
from ..conversation import Conversation
from ..registry import Case, capture, case, framed
from ..containers import Frame

SOURCE = ("link-layer header types: www.tcpdump.org/linktypes.html, read 2026-11-21, and the standards "
          "they name")
IPV4_ONLY, IPV6_ONLY = ("raw-ipv4",), ("raw-ipv6",)


def _register(name, version):
    number = links.LINKS[name][0]
    title = f"link-{name}" + ("-v6" if version == 6 and name not in IPV6_ONLY else "")

    @case(
        title,
        f"A WhatsApp chat head, a DNS look-up and a call over IPv{version} under {name} "
        f"framing (LINKTYPE {number}): the flows must be those of the other link types.",
        SOURCE,
        ("stun",),
    )
    def build():
        conversation = Conversation(version)
        frames = framed(conversation.scene, name)
        records = conversation.records() + [capture(len(frames))]
        return Case({"input.pcap": containers.pcap(frames, number)}, {"exit": 0, "records": records})


for _name in links.LINKS:
    if _name not in IPV6_ONLY:
        _register(_name, 4)
for _name in ("ethernet", "raw", "raw-ipv6", "null", "sll2", "mpls", "ppp", "nflog"):
    _register(_name, 6)


@case(
    "link-null-big-endian",
    "BSD loopback framing written by a big-endian machine: the address family is in the other byte"
    " order.",
    SOURCE,
    ("stun",),
)
def null_big_endian():
    conversation = Conversation(6)
    frames = [Frame(at, links.null(data, order=">", family6=28))
              for at, data in conversation.scene.frames()]
    return Case({"input.pcap": containers.pcap(frames, 0, order=">")},
                {"exit": 0, "records": conversation.records() + [capture(len(frames))]})


@case(
    "link-wifi-protected",
    "802.11 data frames encrypted on the air: nothing to decode, every packet is counted as "
    "encrypted_link.",
    SOURCE,
    ("wlan.fc.protected == 1",),
)
def wifi_protected():
    frames = [Frame(at, links.radiotap(links.wifi_data(data, protected=True)))
              for at, data in Conversation().scene.frames()]
    expected = capture(len(frames), undecoded={"encrypted_link": len(frames)})
    return Case({"input.pcap": containers.pcap(frames, 127)},
                {"exit": 0, "records": [expected], "none": [{"type": "flow"}]})


@case("link-not-ip", "ARP, LLDP and spanning tree among the conversation: counted as not_ip, flows "
      "unharmed.", SOURCE, ("arp", "lldp", "stp"))
def not_ip():
    conversation = Conversation()
    frames = framed(conversation.scene)
    arp = bytes.fromhex("ffffffffffff0200000000010806" "0001080006040001"
                        "020000000001c0a80114" "000000000000c0a80101")
    lldp = bytes.fromhex("0180c200000e02000000000288cc" "0207040200000000020403056574" "6831"
                         "060200780000")
    stp = bytes.fromhex("0180c2000000020000000002" "0026424203" "0000000000" "8000020000000002" "00000000"
                        "8000020000000002" "8001" "0000140002000f00")
    others = [Frame(conversation.scene.start + i * 1000, data.ljust(60, b"\0"))
              for i, data in enumerate((arp, lldp, stp))]
    frames = sorted(frames + others, key=lambda frame: frame.at)
    records = conversation.records() + [capture(len(frames), undecoded={"not_ip": 3})]
    return Case({"input.pcap": containers.pcap(frames)}, {"exit": 0, "records": records})


@case(
    "link-unknown",
    "A link type that deadair does not know (LINKTYPE_USER0): all packets are counted as "
    "unknown_link_type, none is lost silently.",
    SOURCE,
)
def unknown():
    frames = framed(Conversation().scene, "raw")
    expected = capture(len(frames), undecoded={"unknown_link_type": len(frames)})
    return Case({"input.pcap": containers.pcap(frames, 147)},
                {"exit": 0, "records": [expected], "none": [{"type": "flow"}]})
