"""Tests how the lab makes small cases of its runs: other addresses, shorter packets, and what is told of them."""

import ipaddress
import struct
import sys
import unittest
from pathlib import Path

from harness import OPTIONS, main

for folder in ("tools", "tests/cases"):
    sys.path.insert(0, str(OPTIONS.source.resolve() / folder))
from expectation import unmet  # noqa: E402
from labkit import bundle, cutting, provenance  # noqa: E402
from labkit.captures import Frame  # noqa: E402
from labkit.cutting import Cutter, Measure  # noqa: E402
from labkit.error import LabError  # noqa: E402
from labkit.registry import Expectation, Scenario, no_rules  # noqa: E402
from labkit.rewriting import Rewriter, ones_sum  # noqa: E402
from pcapgen import stun  # noqa: E402

CLIENT, OLD, NEW = "192.168.77.2", "203.0.113.10", "157.240.1.60"
OLD6, NEW6 = "2001:db8:5::1", "2a03:2880:f0::1"
REWRITER = Rewriter({OLD: NEW, OLD6: NEW6})
UDP, TCP = 17, 6


def packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def whole(total: int) -> bool:
    """A sum over a right checksum and all it covers."""
    return total == 0xFFFF


def ip(source: str, target: str, protocol: int, segment: bytes) -> bytes:
    """IPv4 or IPv6 with right checksums of the IP header and of TCP or UDP."""
    ends = packed(source) + packed(target)
    at = {UDP: 6, TCP: 16}.get(protocol)
    if at is not None:
        pseudo = ends + struct.pack(">II", len(segment), protocol)
        checksum = ~ones_sum(pseudo + segment) & 0xFFFF
        segment = segment[:at] + struct.pack(">H", checksum) + segment[at + 2:]
    if len(ends) == 32:
        return struct.pack(">IHBB", 6 << 28, len(segment), protocol, 64) + ends + segment
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 7, 0, 64, protocol, 0) + ends
    return head[:10] + struct.pack(">H", ~ones_sum(head) & 0xFFFF) + head[12:] + segment


def udp(payload: bytes, ports: tuple[int, int] = (40000, 3478)) -> bytes:
    return struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload


def tcp(payload: bytes) -> bytes:
    return struct.pack(">HHIIBBHHH", 40000, 443, 1, 1, 5 << 4, 0x18, 500, 0, 0) + payload


def frame(packet: bytes, number: int = 1) -> Frame:
    data = bytes(12) + (b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd") + packet
    return Frame(number, number * 10**7, data, len(data))


def rewritten(packet: bytes) -> bytes:
    return REWRITER.frame(frame(packet)).data[14:]


def sound(packet: bytes) -> bool:
    """Whether the checksums of IP and of TCP or UDP hold."""
    if packet[0] >> 4 == 6:
        return whole(ones_sum(packet[8:40] + struct.pack(">II", len(packet) - 40, packet[6]) + packet[40:]))
    pseudo = packet[12:20] + struct.pack(">II", len(packet) - 20, packet[9])
    return whole(ones_sum(packet[:20])) and whole(ones_sum(pseudo + packet[20:]))


class Rewriting(unittest.TestCase):
    def test_both_versions_of_ip_and_their_checksums(self):
        for source, target, new in ((CLIENT, OLD, NEW), (OLD, CLIENT, NEW), ("2001:db8:77::2", OLD6, NEW6)):
            for protocol, segment in ((UDP, udp(b"odd")), (TCP, tcp(b"even"))):
                made = rewritten(ip(source, target, protocol, segment))
                self.assertIn(packed(new), made[:40])
                self.assertTrue(sound(made), (source, protocol))

    def test_a_wrong_checksum_stays_wrong_and_an_absent_one_absent(self):
        wrong = bytearray(ip(CLIENT, OLD, TCP, tcp(b"x")))
        wrong[36] ^= 0x55
        self.assertFalse(sound(rewritten(bytes(wrong))))
        none = bytearray(ip(CLIENT, OLD, UDP, udp(b"x")))
        none[26:28] = bytes(2)
        self.assertEqual(rewritten(bytes(none))[26:28], bytes(2))

    def test_stun_addresses_and_fingerprint(self):
        transaction = bytes(range(12))
        for old, new, client in ((OLD, NEW, CLIENT), (OLD6, NEW6, "2001:db8:77::2")):
            attributes = [(stun.XOR_RELAYED, stun.xor_address((old, 5000), transaction)),
                          (stun.MAPPED, stun.address((old, 5001)))]
            wanted = [(stun.XOR_RELAYED, stun.xor_address((new, 5000), transaction)),
                      (stun.MAPPED, stun.address((new, 5001)))]
            message, expected = (stun.message(stun.ALLOCATE | stun.SUCCESS, transaction, one, fingerprint=True)
                                 for one in (attributes, wanted))
            made = rewritten(ip(client, old, UDP, udp(message)))
            self.assertEqual(made[-len(expected):], expected)
            self.assertTrue(sound(made))

    def test_a_check_within_an_indication(self):
        def indication(relay: str) -> bytes:
            inner = stun.message(stun.BINDING | stun.SUCCESS, bytes(12),
                                 [(stun.XOR_MAPPED, stun.xor_address((relay, 9)))], fingerprint=True)
            return stun.message(stun.DATA | stun.INDICATION, bytes(range(12)),
                                [(stun.XOR_PEER, stun.xor_address((relay, 9))), (stun.DATA_ATTR, inner)],
                                fingerprint=True)
        made = rewritten(ip(CLIENT, OLD, UDP, udp(indication(OLD))))
        self.assertEqual(made[28:], indication(NEW))

    def test_text_is_replaced_as_a_word_and_keeps_its_length(self):
        made = rewritten(ip(CLIENT, OLD, UDP, udp(b"c=IN IP4 203.0.113.10\r\no=203.0.113.101 1203.0.113.10")))
        self.assertEqual(made[28:], b"c=IN IP4 157.240.1.60\r\no=203.0.113.101 1203.0.113.10")
        with self.assertRaisesRegex(LabError, "as many characters"):
            Rewriter({OLD: "31.13.1.2"}).frame(frame(ip(CLIENT, OLD, UDP, udp(b"at 203.0.113.10"))))

    def test_who_has_that_address(self):
        asked = bytes(12) + b"\x08\x06" + bytes.fromhex("0001080006040001") + bytes(6) + packed(CLIENT) + bytes(6)
        made = REWRITER.frame(Frame(1, 0, asked + packed(OLD), 42)).data
        self.assertEqual(made, asked + packed(NEW))

    def test_a_neighbour_solicitation(self):
        sought = struct.pack(">BBHI", 135, 0, 0, 0) + packed(OLD6)
        pseudo = packed("2001:db8:77::2") + packed("ff02::1:ff00:1") + struct.pack(">II", len(sought), 58)
        sought = sought[:2] + struct.pack(">H", ~ones_sum(pseudo + sought) & 0xFFFF) + sought[4:]
        made = rewritten(ip("2001:db8:77::2", "ff02::1:ff00:1", 58, sought))
        self.assertEqual(made[48:], packed(NEW6))
        self.assertTrue(sound(made))

    def test_what_an_icmp_error_quotes(self):
        quoted = ip(CLIENT, OLD, UDP, udp(b"gone"))
        icmp = struct.pack(">BBHI", 3, 3, 0, 0) + quoted
        icmp = icmp[:2] + struct.pack(">H", ~ones_sum(icmp) & 0xFFFF) + icmp[4:]
        made = rewritten(ip(OLD, CLIENT, 1, icmp))
        self.assertTrue(whole(ones_sum(made[20:])))
        self.assertEqual(made[28:], rewritten(quoted))


class Cutting(unittest.TestCase):
    MEASURE = Measure(tcp_bytes=1000, datagrams=2, rest=4)

    def kept(self, packets: list[bytes]) -> list[int]:
        """Payload bytes that stay of each; the true length must."""
        cutter, left = Cutter(self.MEASURE), []
        for number, packet in enumerate(packets, 1):
            one = frame(packet, number)
            made = cutter.cut(one)
            self.assertEqual(made.length, len(one.data))
            left.append(len(made.data) - (len(one.data) - len(cutting.segment(one.data).payload)))
        return left

    def test_media_after_the_first_keep_their_header(self):
        plain = struct.pack(">BBHII", 0x80, 111, 1, 2, 3) + bytes(100)
        extended = struct.pack(">BBHIIHH", 0x90, 111, 1, 2, 3, 0xBEDE, 1) + bytes(4) + bytes(100)
        packets = [plain, plain, plain, extended, stun.channel_data(0x4001, plain)]
        self.assertEqual(self.kept([ip(CLIENT, OLD, UDP, udp(one)) for one in packets]), [112, 112, 16, 24, 20])

    def test_signalling_stays_whole(self):
        binding = stun.ice_check(bytes(12), "a:b", "secret")
        report = struct.pack(">BBHI", 0x81, 200, 6, 5) + bytes(60)
        handshake = bytes([22, 0xFE, 0xFD]) + bytes(300)
        later = [binding, report, handshake]
        packets = [bytes(50)] * 2 + later
        self.assertEqual(self.kept([ip(CLIENT, OLD, UDP, udp(one)) for one in packets]), [50, 50, *map(len, later)])

    def test_each_direction_counts_by_itself(self):
        down = struct.pack(">HHHH", 3478, 40000, 8 + 90, 0) + bytes(90)
        packets = [ip(CLIENT, OLD, UDP, udp(bytes(90)))] * 3 + [ip(OLD, CLIENT, UDP, down)]
        self.assertEqual(self.kept(packets), [90, 90, 24, 90])

    def test_dns_stays_whole(self):
        self.assertEqual(self.kept([ip(CLIENT, OLD, UDP, udp(bytes(80), (40000, 53)))] * 4), [80] * 4)

    def test_streams_keep_their_beginning_and_their_heads(self):
        sizes = [bytes(900), bytes(900), bytes(900), b"HTTP/1.1 200 OK\r\n" + bytes(883), b"\x16\x03\x03" + bytes(5)]
        self.assertEqual(self.kept([ip(CLIENT, OLD, TCP, tcp(one)) for one in sizes]), [900, 900, 12, 900, 8])


def case(**expect) -> bundle.Case:
    """A scenario that expects this."""
    one = Scenario("S99", "title", lambda _: None, no_rules, Expectation(**expect), None, False, ())
    return bundle.Case(one, Path("lab-s99"), {}, "command")


class Expected(unittest.TestCase):
    RECORDS = [{"type": "flow", "app": "whatsapp", "service": "call", "proto": "udp", "server_ip": OLD,
                "server_port": 3478, "client_port": 4000}] * 2 + \
              [{"type": "flow", "app": "unknown", "service": "other"}, {"type": "capture", "packets": 9}]

    def test_flows_of_today_and_the_whole(self):
        made = bundle.expectation(case(level="likely", signals=("X",)), self.RECORDS, ["203.0.113.0/24"], 0)
        self.assertEqual(made["args"], ["--public-net", "203.0.113.0/24"])
        self.assertEqual([(one["match"]["type"], one["count"]) for one in made["records"]],
                         [("capture", 1), ("flow", 3), ("flow", 2)])
        self.assertEqual(made["records"][2]["match"]["server_ip"], OLD)
        self.assertEqual(made["interference"], {"scenario": "S99", "level": "likely", "signals": ("X",)})
        self.assertNotIn("none", made)
        self.assertEqual(unmet(made, self.RECORDS), [])

    def test_the_innocent_are_not_to_be_accused_but_of_what_they_show(self):
        made = bundle.expectation(case(verdicts={"whatsapp/calls": "degraded"}), self.RECORDS, [], 0)
        accused = {"type": "finding", "id": "X", "level": "likely"}
        blocked = {"type": "verdict", "outcome": "blocked"}
        degraded = {"type": "verdict", "outcome": "degraded"}
        self.assertEqual(unmet(made, [*self.RECORDS, degraded]), [])
        for wrong in (accused, blocked):
            self.assertEqual(len(unmet(made, [*self.RECORDS, wrong])), 1)

    def test_ranges_to_be_called_public(self):
        frames = [frame(ip(CLIENT, OLD, UDP, udp(b"x"))), frame(ip(CLIENT, NEW, UDP, udp(b"x")))]
        self.assertEqual(bundle.public_nets(frames), ["203.0.113.0/24"])
        self.assertEqual(bundle.public_nets(frames[1:]), [])


class Provenance(unittest.TestCase):
    def test_kinds_of_programs(self):
        for command, kind in ((["curl", "-s"], ("real", "curl")),
                              (["env", "A=b", "/usr/bin/tor", "-f"], ("real", "tor")),
                              (["env", "python3", "-B", "-m", "labkit.models.whatsapp", "relay"], ("model", "whatsapp")),
                              (["python3", "-B", "/x/labkit/programs/odd_server.py", "reset"], ("own", "odd_server")),
                              (["tcpdump", "-i", "eth0"], None), (["/x/box", "--truth", "t"], None)):
            self.assertEqual(provenance.kind(command), kind)

    def test_the_table_adds_up_flows_and_shows_addresses_as_captured(self):
        one = {"role": "r", "action": "drop", "params": {"k": 1}, "flow": {"proto": "udp", "server": f"{OLD}:3478"},
               "packets_affected": 2, "packets_injected": 0, "frames": {"client": [3, 9]}}
        other = {**one, "frames": {"client": [1, 4]}}
        last = provenance.table([one, other], {OLD: NEW}).splitlines()[-1]
        self.assertEqual(last, "| r | drop | k 1 | udp 157.240.1.60:3478 | 2 | 4 | 0 | 1 to 9 |")

    def test_rules_are_told_with_their_quotas(self):
        rule = {"name": "r", "direction": "down", "sticky": True, "match": {"server_net": OLD, "after_bytes": 9},
                "action": {"type": "freeze"}, "from_s": 2}
        self.assertEqual(provenance.choices([rule], {OLD: NEW})[1],
                         f"- `r`, down: after_bytes 9, from_s 2, server_net {NEW}, sticky true")
        self.assertEqual(provenance.choices([], {}), [])


if __name__ == "__main__":
    main()
