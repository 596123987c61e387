"""Play every action of the middlebox over real namespaces, and check its truth against the packets of both ends.

usage: actions.py MIDDLEBOX     (root, iproute2, ethtool, tcpdump; else one line and exit status 77)
"""
from __future__ import annotations

import os
import pathlib
import socket
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import smoke

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from labkit import captures, probe, truth  # noqa: E402
from labkit.captures import Packet  # noqa: E402
from labkit.middlebox import CLIENT_HOPS, SERVER_HOPS, Middlebox, away_ns  # noqa: E402
from labkit.recording import VANTAGES, Recording  # noqa: E402
from labkit.topology import CLIENT, Topology  # noqa: E402

SKIPPED, RTT_MS, SEED = 77, 10, 7
ADDRESS, WATCHED = '198.18.0.10', 'watched.example'
RST, FIN = 4, 1
Rule = dict[str, Any]


def rule(action: str, match: dict[str, Any] | None = None, direction: str = 'up', **params: object) -> Rule:
    """A rule named after its action; the port of its traffic is added later."""
    return {'name': action, 'direction': direction, 'match': match or {}, 'action': {'type': action, **params}}


def question() -> bytes:
    """A DNS question for the A record of the watched name."""
    labels = b''.join(bytes([len(part)]) + part.encode() for part in WATCHED.split('.')) + b'\0'
    return struct.pack('>6H', 77, 0x0100, 1, 0, 0, 0) + labels + struct.pack('>HH', 1, 1)


class Talk:
    """A client's socket to one port of the server; every datagram differs."""

    def __init__(self, space: str, port: int, kind: int) -> None:
        self.socket = smoke.socket_in(space, kind)
        self.socket.settimeout(5)
        self.socket.connect((ADDRESS, port))
        self.sent = 0

    def send(self, *sizes: int) -> None:
        for size in sizes:
            self.sent += 1
            data = struct.pack('>I', self.sent).ljust(size, b'.')
            try:
                self.socket.send(data)
            except OSError:  # tells of an ICMP error for the one before, and sends nothing
                self.socket.send(data)

    def say(self, data: bytes) -> None:
        """And wait for an answer or the end."""
        try:
            self.socket.send(data)
            self.socket.recv(2048)
        except OSError:
            return


def burst(count: int, size: int = 100) -> Callable[[Talk], None]:
    return lambda talk: talk.send(*[size] * count)


def one_by_one(count: int, every_s: float = 0.02) -> Callable[[Talk], None]:
    def play(talk: Talk) -> None:
        for _ in range(count):
            talk.send(100)
            time.sleep(every_s)
    return play


def large_then_small(talk: Talk) -> None:
    """The large one sets it off; 1.3 s later it is forgotten."""
    talk.send(500)
    time.sleep(0.05)
    talk.send(100, 100)
    time.sleep(1.3)
    talk.send(100)


def pause(talk: Talk) -> None:
    talk.send(100)
    time.sleep(1.3)
    talk.send(100)


@dataclass(frozen=True)
class Ways:
    """What one port's traffic was at both ends; `told` is the middlebox's truth of it."""

    told: list[dict[str, Any]]
    up_sent: list[Packet]
    up_came: list[Packet]
    down_sent: list[Packet]
    down_came: list[Packet]

    def lost(self) -> list[Packet]:
        return captures.without_counterpart(self.up_sent, self.up_came)

    def forged(self) -> list[Packet]:
        """What the client got and the server never sent."""
        return captures.without_counterpart(self.down_came, self.down_sent)

    def total(self, field: str) -> int:
        return sum(one[field] for one in self.told)

    def delays_ms(self) -> list[float]:
        came = {one.same: one.time_ns for one in self.up_came}
        return [(came[one.same] - one.time_ns) / 1e6 for one in self.up_sent if one.same in came]


def flags(one: Packet) -> int:
    return one.same[-1][13]


def payloads(packets: list[Packet]) -> list[bytes]:
    return [one.same[-1][6:] for one in packets]


def took(count: int) -> Callable[[Ways], bool]:
    return lambda seen: len(seen.lost()) == seen.total('packets_affected') == count


def was_reset(seen: Ways) -> bool:
    """One to each end; the client's comes with a TTL 7 below the server's."""
    to_server = captures.without_counterpart(seen.up_came, seen.up_sent)
    made = seen.forged() + to_server
    honest = next(one for one in seen.down_came if one not in seen.forged()).ttl
    return (len(made) == seen.total('packets_injected') == 2 and all(flags(one) & RST for one in made)
            and seen.forged()[0].ttl == honest - 7)


def was_redirected(seen: Ways) -> bool:
    made = seen.forged()
    return (b'HTTP/1.1 302' in b''.join(payloads(made)) and any(flags(one) & FIN for one in made)
            and len(made) == seen.total('packets_injected'))


def was_misled(seen: Ways) -> bool:
    made = seen.forged()
    return len(made) == seen.total('packets_injected') == 1 and payloads(made)[0].endswith(bytes([10, 10, 34, 34]))


def was_remembered(seen: Ways) -> bool:
    """Two on the way up, and the answer to the one that set it off."""
    down = captures.without_counterpart(seen.down_sent, seen.down_came)
    return len(seen.lost()) == 2 and len(down) == 1 and seen.total('packets_affected') == 3


def was_policed(seen: Ways) -> bool:
    """A bucket of 11 packets of 128 bytes, and hardly more in the time they take."""
    return len(seen.lost()) == seen.total('packets_affected') and 11 <= len(seen.up_came) <= 14


def was_shaped(seen: Ways) -> bool:
    """8 packets of 500 bytes at 80 kbit/s: one each 50 ms."""
    took_ms = (seen.up_came[-1].time_ns - seen.up_came[0].time_ns) / 1e6
    return not seen.lost() and 340 < took_ms < 420 and seen.total('packets_affected') >= 7


def was_lost(seen: Ways) -> bool:
    return len(seen.lost()) == seen.total('packets_affected') and 25 <= len(seen.lost()) <= 75


def was_delayed(seen: Ways) -> bool:
    return not seen.lost() and min(seen.delays_ms()) >= 80 + RTT_MS / 2 and seen.total('packets_affected') == 10


def was_reordered(seen: Ways) -> bool:
    sent, came = ([one.same for one in packets] for packets in (seen.up_sent, seen.up_came))
    overtaken = sum(before > after for before, after in zip(map(sent.index, came), map(sent.index, came[1:])))
    return sorted(sent) == sorted(came) and 0 < overtaken <= seen.total('packets_affected')


def was_doubled(seen: Ways) -> bool:
    return len(seen.up_came) == 2 * len(seen.up_sent) == 2 * seen.total('packets_injected') == 10


def was_refused(seen: Ways) -> bool:
    made = seen.forged()
    return (len(seen.lost()) == 3 and len(made) == seen.total('packets_injected') == 3
            and all(one.quotes and one.same[-1][:2] == bytes([3, 13]) for one in made))


def was_frozen(seen: Ways) -> bool:
    """The way down ends after three packets, the way up goes on."""
    down = captures.without_counterpart(seen.down_sent, seen.down_came)
    return not seen.lost() and len(seen.down_came) == 3 and len(down) == seen.total('packets_affected') == 5


def was_rewritten(seen: Ways) -> bool:
    return {one.ttl for one in seen.up_came} == {40 - SERVER_HOPS} and seen.total('packets_affected') == 5


def was_spared(seen: Ways) -> bool:
    """The rule behind it would drop everything."""
    hops = {before.ttl - after.ttl for before, after in zip(seen.up_sent, seen.up_came)}
    return not seen.lost() and len(seen.up_came) == 5 and hops == {CLIENT_HOPS + SERVER_HOPS}


@dataclass(frozen=True)
class Case:
    """An action, the traffic it is tried on, and what must be true of it then."""

    rule: Rule
    play: Callable[[Talk], None]
    holds: Callable[[Ways], bool]
    kind: int = socket.SOCK_DGRAM
    port: int | None = None


STREAM = socket.SOCK_STREAM
CASES = [
    Case(rule('rst', {'min_size': 200}, flags='RST+ACK', to='both', ttl='-7', drop=False),
         lambda talk: talk.say(b'.' * 300), was_reset, STREAM),
    Case(rule('http', {'host': WATCHED}, location='http://198.51.100.9/', drop=True),
         lambda talk: talk.say(f'GET / HTTP/1.1\r\nHost: {WATCHED}\r\n\r\n'.encode()), was_redirected, STREAM),
    Case(rule('dns', {'dns_name': WATCHED}, address='10.10.34.34', delay_ms=2), lambda talk: talk.say(question()),
         was_misled, port=53),
    Case(rule('drop'), burst(5), took(5)),
    Case(rule('residual', {'min_size': 400}, key=3, seconds=1), large_then_small, was_remembered),
    Case(rule('police', rate_bps=8000, burst_bytes=1500), burst(40), was_policed),
    Case(rule('shape', rate_bps=80_000, queue_ms=2000), burst(8, 472), was_shaped),
    Case(rule('loss', p=0.5), burst(100), was_lost),
    Case(rule('delay', ms=80), burst(10), was_delayed),
    Case(rule('reorder', p=0.3, by_ms=30), one_by_one(30, 0.01), was_reordered),
    Case(rule('duplicate', p=1.0, delay_ms=1), burst(5), was_doubled),
    Case(rule('icmp', code='admin'), one_by_one(3), was_refused),
    Case(rule('freeze', {'after_packets': 3}, direction='down'), one_by_one(8), was_frozen),
    Case(rule('rewrite', ttl=40), burst(5), was_rewritten),
    Case(rule('nat_timeout', seconds=1), pause, took(1)),
    Case(rule('mtu_hole', bytes=500), lambda talk: talk.send(400, 600, 400, 700), took(2)),
    Case(rule('passthrough', direction='both'), burst(5), was_spared),
]


def port(case: Case) -> int:
    return case.port or 9000 + CASES.index(case)


def rules() -> list[Rule]:
    """All at once, each on its port; a drop behind the passthrough on its."""
    made = [{**case.rule, 'match': {**case.rule['match'], 'server_port': port(case)}} for case in CASES]
    spared = next(case for case in CASES if case.rule['name'] == 'passthrough')
    return [*made, {'name': 'behind', 'match': {'server_port': port(spared)}, 'action': {'type': 'drop'}}]


def echo(space: str, case: Case) -> None:
    """Answer everything that comes to the case's port, until the program ends."""
    listening = smoke.socket_in(space, case.kind)
    listening.bind((ADDRESS, port(case)))

    def datagrams() -> None:
        while True:
            data, sender = listening.recvfrom(2048)
            listening.sendto(data, sender)

    def streams() -> None:
        talk, _ = listening.accept()
        try:
            talk.sendall(talk.recv(2048))
        except ConnectionError:
            return
    if case.kind == STREAM:
        listening.listen()
    threading.Thread(target=streams if case.kind == STREAM else datagrams, daemon=True).start()


def play(topology: Topology) -> None:
    topology.server.own(ADDRESS)
    for case in CASES:
        echo(topology.server.name, case)
    talks = [Talk(topology.client.name, port(case), case.kind) for case in CASES]
    for case, talk in zip(CASES, talks):
        case.play(talk)
    time.sleep(1)  # with all sockets open: a closed one refuses what still comes
    topology.silence()
    time.sleep(0.1)


def ways(case: Case, told: list[dict[str, Any]], packets: dict[str, list[Packet]]) -> Ways:
    """The packets of the case's port in both directions, as both ends have them."""
    ours = {vantage: [one for one in found if port(case) in {end[1] for end in one.flow[1]}]
            for vantage, found in packets.items()}
    up, down = ({vantage: [one for one in found if (one.source[0] == CLIENT) == upwards]
                 for vantage, found in ours.items()} for upwards in (True, False))
    mine = [one for one in told if one['role'] == case.rule['name']]
    return Ways(mine, up['client'], up['server'], down['server'], down['client'])


def run(program: pathlib.Path, out: pathlib.Path) -> tuple[list[dict[str, Any]], dict[str, list[Packet]]]:
    """Truth, and the packets of each place."""
    (out / 'logs').mkdir()
    with Topology() as topology, Recording(topology, out) as recording:
        box = Middlebox(program, topology, out, rules(), RTT_MS, SEED)
        try:
            play(topology)
        finally:
            box.stop()
    packets = {vantage: captures.read(recording.path(vantage)) for vantage in VANTAGES}
    return truth.actions(truth.read_entries(box.truth), packets, away_ns(RTT_MS)), packets


def main() -> int:
    reason = probe.why_not(None)
    if reason:
        print(f'skipped: {reason}')
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        told, packets = run(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
    for case in CASES:
        name, seen = case.rule['name'], ways(case, told, packets)
        said = f'{len(seen.up_sent)} up, {len(seen.up_came)} came; {len(seen.down_sent)} down, {len(seen.down_came)} came'
        touched = [one['frames_seen'] for one in seen.told]
        smoke.check(name, case.holds(seen) and (bool(seen.told) or name == 'passthrough'), f'{said}; truth {touched}')
    wrong = truth.disagreements(told)
    smoke.check('truth agrees with the packets', not wrong and 'behind' not in {one['role'] for one in told}, wrong)
    return 1 if smoke.failures else 0


if __name__ == '__main__':
    sys.exit(main())
