"""Link-layer framing of an IP datagram, one function a LINKTYPE_ (www.tcpdump.org/linktypes.html)."""

import struct
import zlib

from .ip import is_ipv6

CLIENT_MAC = bytes.fromhex("020000000001")
GATEWAY_MAC = bytes.fromhex("020000000002")
ETHERTYPE_MPLS, ETHERTYPE_PPPOE, ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x8847, 0x8864, 0x8100, 0x88A8


def ethertype(datagram: bytes) -> int:
    return 0x86DD if is_ipv6(datagram) else 0x0800


def _macs(outgoing: bool) -> bytes:
    return GATEWAY_MAC + CLIENT_MAC if outgoing else CLIENT_MAC + GATEWAY_MAC


def _mac_frame(outgoing, kind, payload):
    return (_macs(outgoing) + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def ethernet(datagram, outgoing=True) -> bytes:
    """Padded to the 60 bytes that Ethernet demands."""
    return _mac_frame(outgoing, ethertype(datagram), datagram)


def vlan(datagram, outgoing=True, tag=42) -> bytes:
    inner = struct.pack("!HH", tag, ethertype(datagram)) + datagram
    return _mac_frame(outgoing, ETHERTYPE_VLAN, inner)


def qinq(datagram, outgoing=True) -> bytes:
    tags = struct.pack("!HHHH", 0x2000 | 100, ETHERTYPE_VLAN, 42, ethertype(datagram))
    return _mac_frame(outgoing, ETHERTYPE_QINQ, tags + datagram)


def mpls(datagram, outgoing=True) -> bytes:
    """Two label stack entries (RFC 3032): the bottom one has the S bit."""
    labels = struct.pack("!II", 16001 << 12 | 63, 24 << 12 | 1 << 8 | 63)
    return _mac_frame(outgoing, ETHERTYPE_MPLS, labels + datagram)


def _ppp_protocol(datagram):
    return 0x0057 if is_ipv6(datagram) else 0x0021


def pppoe(datagram, outgoing=True) -> bytes:
    """PPPoE session (RFC 2516)."""
    payload = struct.pack("!H", _ppp_protocol(datagram)) + datagram
    return _mac_frame(outgoing, ETHERTYPE_PPPOE, struct.pack("!BBHH", 0x11, 0, 7, len(payload)) + payload)


def ppp(datagram, outgoing=True) -> bytes:
    """PPP with address and control field (RFC 1662)."""
    return struct.pack("!BBH", 0xFF, 3, _ppp_protocol(datagram)) + datagram


def cisco_hdlc(datagram, outgoing=True) -> bytes:
    return struct.pack("!BBH", 0x0F, 0, ethertype(datagram)) + datagram


def raw(datagram, outgoing=True) -> bytes:
    return datagram


def null(datagram, outgoing=True, order="<", family6=30) -> bytes:
    """BSD loopback: address family in the byte order of the capturing machine."""
    return struct.pack(order + "I", family6 if is_ipv6(datagram) else 2) + datagram


def loop(datagram, outgoing=True) -> bytes:
    """OpenBSD loopback: as null, but in network byte order."""
    return null(datagram, outgoing, ">", 24)


def sll(datagram, outgoing=True) -> bytes:
    """Linux cooked v1: packet type, ARPHRD_ETHER, address length and address, protocol."""
    head = struct.pack("!HHH", 4 if outgoing else 0, 1, 6)
    mac = CLIENT_MAC if outgoing else GATEWAY_MAC
    return head + mac + bytes(2) + struct.pack("!H", ethertype(datagram)) + datagram


def sll2(datagram, outgoing=True) -> bytes:
    """Linux cooked v2: protocol, reserved, interface index, ARPHRD, packet type, address."""
    mac = CLIENT_MAC if outgoing else GATEWAY_MAC
    head = struct.pack("!HHIHBB", ethertype(datagram), 0, 3, 1, 4 if outgoing else 0, 6)
    return head + mac + bytes(2) + datagram


def _nflog_value(kind, value):
    return (struct.pack("<HH", 4 + len(value), kind) + value).ljust(4 + len(value) + -len(value) % 4, b"\0")


def nflog(datagram, outgoing=True) -> bytes:
    """Netfilter log: family, version, resource id, then TLVs in host byte order; type 9 is the packet."""
    header = struct.pack("!BBH", 10 if is_ipv6(datagram) else 2, 0, 5)
    hook = struct.pack("!HBB", ethertype(datagram), 3 if outgoing else 1, 0)
    return (header + _nflog_value(1, hook) + _nflog_value(10, b"in\0") +
            _nflog_value(5 if outgoing else 4, struct.pack("!I", 2)) + _nflog_value(9, datagram))


def _llc_snap(datagram):
    return bytes.fromhex("aaaa03000000") + struct.pack("!H", ethertype(datagram)) + datagram


def wifi_data(datagram, outgoing=True, qos=True, protected=False) -> bytes:
    """802.11 data frame between the client and its access point (IEEE 802.11-2016 section 9.3.2.1)."""
    bssid = bytes.fromhex("020000000010")
    flags = (0x01 if outgoing else 0x02) | (0x40 if protected else 0)
    if outgoing:  # to the distribution system: BSSID, source, destination
        addresses = bssid + CLIENT_MAC + GATEWAY_MAC
    else:
        addresses = CLIENT_MAC + bssid + GATEWAY_MAC
    head = struct.pack("<BBH", 0x88 if qos else 0x08, flags, 44) + addresses + struct.pack("<H", 0x1230)
    body = _llc_snap(datagram)
    if protected:  # CCMP header, then ciphertext (here: the plain text turned round) and an 8-byte MIC
        body = bytes.fromhex("0100002000000000") + bytes(b ^ 0xA5 for b in body) + bytes(range(8))
    return head + (b"\0\0" if qos else b"") + body


def radiotap(frame_80211: bytes, fcs=True) -> bytes:
    """Radiotap with TSFT, flags and rate; flag 0x10 says that the frame ends with its FCS."""
    present = 0b111
    fields = struct.pack("<QBB", 123456789, 0x10 if fcs else 0, 108)
    tail = struct.pack("<I", zlib.crc32(frame_80211)) if fcs else b""
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields + frame_80211 + tail


def wifi_radiotap(datagram, outgoing=True) -> bytes:
    return radiotap(wifi_data(datagram, outgoing))


def wifi_radiotap_no_qos(datagram, outgoing=True) -> bytes:
    return radiotap(wifi_data(datagram, outgoing, qos=False), fcs=False)


def pktap(datagram, outgoing=True) -> bytes:
    """Apple PKTAP: 108-byte header naming the interface and the link type of what follows."""
    head = struct.pack("<III24sIIIIi20s", 108, 1, 1, b"en0", 2 if outgoing else 1, 2, 14, 0, 501,
                       b"Messenger")
    return head.ljust(108, b"\0") + ethernet(datagram, outgoing)


def erf(datagram, outgoing=True, at=0) -> bytes:
    """ERF record of type 2 (Ethernet): 16-byte header, 2 bytes of offset and padding, the frame."""
    frame = ethernet(datagram, outgoing)
    fraction = (at % 1_000_000_000 << 32) // 1_000_000_000
    stamp = struct.pack("<Q", (at // 1_000_000_000) << 32 | fraction)
    fixed = struct.pack("!BBHHH", 2, 4 | (0 if outgoing else 1), 18 + len(frame), 0, len(frame))
    return stamp + fixed + b"\0\0" + frame


LINKS = {  # name: (LINKTYPE number, function)
    "ethernet": (1, ethernet), "vlan": (1, vlan), "qinq": (1, qinq), "mpls": (1, mpls),
    "pppoe": (1, pppoe), "ppp": (9, ppp), "ppp-hdlc": (50, ppp), "cisco-hdlc": (104, cisco_hdlc),
    "raw": (101, raw), "raw-ipv4": (228, raw), "raw-ipv6": (229, raw), "null": (0, null),
    "loop": (108, loop), "sll": (113, sll), "sll2": (276, sll2), "nflog": (239, nflog),
    "wifi": (105, wifi_data), "radiotap": (127, wifi_radiotap),
    "radiotap-no-qos": (127, wifi_radiotap_no_qos), "pktap": (258, pktap), "erf": (197, erf),
}
