"""The same conversation in every tunnel: the innermost IP is the flow."""

from .. import containers, links, tunnels
from ..containers import Frame
from ..conversation import TEREDO_CLIENT, Conversation
from ..registry import Case, capture, case, outgoing

SOURCE = "RFC 2784, 2890, 2003, 2473, 4213, 4380, 7348, 8926 and 3GPP TS 29.281, read 2026-11-21"


def _register(name, wrap, version):
    title = f"tunnel-{name}" + ("-v6" if version == 6 and name in tunnels.TUNNELS4 else "")

    @case(
        title,
        f"The conversation over IPv{version} inside {name}: the flows are those of "
        "the inner packets, with the inner packets' lengths.",
        SOURCE,
        ("stun",),
    )
    def build():
        conversation = Conversation(version, TEREDO_CLIENT if name == "teredo" else None)
        frames = []
        for at, data in conversation.scene.frames():
            away = outgoing(data)
            frames.append(Frame(at, links.ethernet(wrap(data, away), away)))
        records = conversation.records() + [capture(len(frames))]
        return Case({"input.pcap": containers.pcap(frames)}, {"exit": 0, "records": records})


for _name, _wrap in tunnels.TUNNELS4.items():
    _register(_name, _wrap, 4)
for _name, _wrap in tunnels.TUNNELS6.items():
    _register(_name, _wrap, 6)
