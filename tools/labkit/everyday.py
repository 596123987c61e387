"""An ordinary quarter of a minute: pages, messages and a call, and a download and an upload beside them."""
from __future__ import annotations

from labkit import websites
from labkit.calling import APPS, Meeting, Spoken, require_connected
from labkit.programs import iperf3
from labkit.run import Lab

BULK, BACK_PORT = '198.18.0.20', 5202
SECONDS = 10  # of the call, and about as long of the transfers
MEGABYTES = 1  # down; half as much goes up
USES = ('nginx', 'curl', 'openssl', 'iperf3')


def pages(lab: Lab, sites: websites.Sites) -> None:
    for name in websites.turns(lab, 1):
        sites.visit(lab, websites.role(name), name)


def traffic(lab: Lab, megabytes: float = MEGABYTES, paced: bool = True) -> Spoken:
    """All of it; how the calls went. So many megabytes come down meanwhile, at a steady rate or as fast as they can."""
    sites = websites.serve(lab, body_bytes=40_000)
    meeting = Meeting(lab, APPS['whatsapp'])
    meeting.callee('--no-p2p')
    for port in (iperf3.PORT, BACK_PORT):
        iperf3.serve(lab, lab.server, BULK, port)
    pages(lab, sites)
    begun = [iperf3.begin(lab, role, BULK, port=port, down=down, megabytes=size,
                          tcp_bps=int(size * 8e6 / SECONDS) if paced else None)
             for role, port, down, size in (('download', iperf3.PORT, True, megabytes),
                                            ('upload', BACK_PORT, False, megabytes / 2))]
    spoken = meeting.call('calls', '--no-p2p', times=1, seconds=SECONDS)
    for one in begun:
        one.finish()
    pages(lab, sites)
    return spoken


def play(lab: Lab, megabytes: float = MEGABYTES, paced: bool = True) -> None:
    """Nothing goes wrong."""
    require_connected(lab, traffic(lab, megabytes, paced), 1)
    lab.require(all(step.ok for step in lab.steps), 'all must work')
