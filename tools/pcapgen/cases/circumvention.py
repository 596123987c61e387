"""Tunnels that hide what they are, VPN services by name, and streams that resemble such tunnels."""

import struct

from .. import dns, ip, tls
from ..apps import circumvention as hidden
from ..apps import tor
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..scene import EPOCH_2023, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = ("Wu et al., USENIX Security 2023, the tunnels' specifications (tools/pcapgen/apps/circumvention.py), and "
          "public captures measured on 2026-11-22")
HOST = "192.168.1.20"
OURS = ("obfuscated", "psiphon", "ultrasurf", "vpn")


def _talk(scene, number, port, up, down, tail=3, address=None):
    """A connection that begins with these flights and goes on with random bytes both ways."""
    source = scene.random
    server = (address or f"198.51.100.{10 + number}", port)
    session = TcpSession(scene, (HOST, 40100 + number), server, number * SECOND).open()
    session.up(up).wait(45).down(down)
    for _ in range(tail):
        session.wait(30).up(source.randbytes(source.randint(80, 300)), ack=False)
        session.wait(40).down(source.randbytes(source.randint(300, 900)))
    session.wait(20).close()
    return session


def _keep(scene, whole, session, side) -> None:
    """Adds the packets of `whole` that one side of the session sent to `scene`."""
    source = bytes(map(int, session.ends[side][0][0].split(".")))
    for time, packet in whole.frames():
        if packet[12:16] == source:
            scene.count(*session.ends[side], ip.TCP, len(packet))
            scene.add(time - whole.start, packet)


def _records(scene, sessions, **has):
    return [flow(scene.flow(each.client, each.server, ip.TCP), **has) for each in sessions]


@case(
    "obfuscated-streams",
    "Streams that are encrypted from their first byte, as Shadowsocks, VMess, obfs4 and Psiphon's obfuscated SSH "
    "send them: the entropy rule makes them tunnels, as a guess.",
    SOURCE,
    ("tcp.len > 600",),
)
def streams():
    scene = Scene("obfuscated-streams", EPOCH_2023)
    source = scene.random
    flights = [(8388, hidden.shadowsocks(source, 7 + 517), hidden.shadowsocks(source, 1400)),
               (443, hidden.shadowsocks(source, 7 + 90), hidden.shadowsocks(source, 2800)),
               (10086, hidden.vmess(source, 517), source.randbytes(38 + 1960)),
               (9443, hidden.obfs4_client(source), hidden.obfs4_server(source)),
               (2053, hidden.obfuscated_ssh(source, 3100), source.randbytes(1100))]
    sessions = [_talk(scene, number, *each) for number, each in enumerate(flights)]
    records = _records(scene, sessions, app="obfuscated", service="tunnel", confidence="guess")
    return pcap_case(scene, [flow_count(len(sessions)), *records])


@case(
    "obfuscated-fake-tls",
    "Hellos under the names of famous sites that no TLS can have sent: their cipher suites are invented numbers; the "
    "server chooses one of them.",
    SOURCE,
    ("tls.handshake.type == 1", "tls.handshake.type == 2", "tls.handshake.extensions_server_name"),
)
def fake_tls():
    scene = Scene("obfuscated-fake-tls", EPOCH_2023)
    source = scene.random
    sessions = []
    for number, name in enumerate(("www.instagram.com", "www.google.com", "web.whatsapp.com")):
        suites = hidden.invented_suites(source, 10 + 5 * number)
        up, down = hidden.potato_hello(source, name, suites), hidden.potato_answer(source, suites[-1])
        sessions.append(_talk(scene, number, 443, up, down))
    records = _records(scene, sessions, app="obfuscated", service="tunnel", confidence="certain")
    return pcap_case(scene, [flow_count(len(sessions)), *records], not_apps())


@case(
    "obfuscated-fake-tls-one-way",
    "The same imitation with only one direction captured, in one flow the client's, in the other the server's, whose "
    "single number of a cipher suite is a guess.",
    SOURCE,
    ("tls.handshake.type == 1", "tls.handshake.type == 2"),
)
def fake_tls_one_way():
    scene = Scene("obfuscated-fake-tls-one-way", EPOCH_2023)
    source = scene.random
    sessions = []
    for number, seen in enumerate(("up", "down")):
        whole = Scene(f"obfuscated-fake-tls-one-way {number}", EPOCH_2023)
        suites = hidden.invented_suites(source, 12)
        session = _talk(whole, number, 443, hidden.potato_hello(source, "www.facebook.com", suites),
                        hidden.potato_answer(source, suites[3]))
        _keep(scene, whole, session, seen)
        sessions.append(session)
    claimed = {"app": "obfuscated", "service": "tunnel"}
    asked, answered = ([session] for session in sessions)
    records = (_records(scene, asked, **claimed, confidence="certain")
               + _records(scene, answered, **claimed, confidence="guess"))
    return pcap_case(scene, [flow_count(len(sessions)), *records], not_apps())


@case(
    "obfuscated-simple-obfs",
    "Shadowsocks behind simple-obfs in TLS mode: its data lies in a session ticket in front of the server name.",
    SOURCE,
    ("tls.handshake.extension.type == 35",),
)
def simple_obfs():
    scene = Scene("obfuscated-simple-obfs", EPOCH_2023)
    source = scene.random
    session = _talk(scene, 0, 443, hidden.simple_obfs_hello(source, "www.facebook.com", 570),
                    hidden.simple_obfs_answer(source, 1380))
    records = _records(scene, [session], app="obfuscated", service="tunnel", confidence="certain")
    return pcap_case(scene, [flow_count(1), *records], not_apps())


@case(
    "psiphon-meek",
    "Psiphon's meek over plain HTTP: POST requests of octets whose single cookie is a key exchange; an ordinary POST "
    "with an ordinary cookie beside it.",
    "psiphon-tunnel-core, psiphon/meekConn.go, read 2026-11-22",
    ('http.request.method == "POST"',),
)
def psiphon_meek():
    scene = Scene("psiphon-meek", EPOCH_2023)
    source = scene.random
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n"
    cookies = [hidden.meek_cookie(source), b"SID=" + hidden.meek_cookie(source)[2:]]
    sessions = []
    for number, cookie in enumerate(cookies):
        request = hidden.meek_request(source, f"198.51.100.{10 + number}", cookie, source.randbytes(700))
        sessions.append(_talk(scene, number, 80, request, answer + source.randbytes(512), tail=0))
    meek = _records(scene, sessions[:1], app="psiphon", service="tunnel", confidence="guess")
    return pcap_case(scene, [flow_count(2), *meek, *_records(scene, sessions[1:], app="unknown")])


@case(
    "psiphon-certificate",
    "Psiphon's connection to a content network without SNI, only the server's direction captured: the certificate is "
    "for psiphon3.net.",
    "public captures of 2021 (nDPI's test set) and 2025 (certificate subject in published logs), read 2026-11-22",
    ("tls.handshake.type == 11",),
)
def psiphon_certificate():
    scene = Scene("psiphon-certificate", EPOCH_2023)
    client, server = (HOST, 40100), ("198.51.100.10", 443)
    whole = Scene("psiphon-certificate whole", EPOCH_2023)
    session = TcpSession(whole, client, server).open()
    session.up(tls.hello_record(tls.client_hello(whole.random)))
    der = tor.certificate(whole.random, "psiphon3.net", "WE1")
    session.down(hidden.certificate_flight(whole.random, der)).wait(30).up(tls.opaque(whole.random, 88))
    session.down(tls.opaque(whole.random, 900)).close()
    _keep(scene, whole, session, "down")
    record = scene.flow(client, server, ip.TCP)
    return pcap_case(scene, [flow_count(1), flow(record, app="psiphon", service="tunnel", confidence="likely")])


def _sites(name, app, service, hosts, confidence):
    """DNS for each host, then TLS to the address under the same name."""
    scene = Scene(name, EPOCH_2023)
    sessions = []
    for number, host in enumerate(hosts):
        address = f"198.51.100.{10 + number}"
        dns.look_up(scene, number * SECOND, HOST, "192.168.1.1", host, [address])
        session = TcpSession(scene, (HOST, 40100 + number), (address, 443), number * SECOND + 40 * MS)
        tls.talk(session, host)
        sessions.append(session)
    records = _records(scene, sessions, app=app, service=service, confidence=confidence)
    return pcap_case(scene, [flow_count(2 * len(hosts)), *records])


@case("psiphon-web", "Psiphon's sites.", SOURCE, ("tls.handshake.extensions_server_name",))
def psiphon_web():
    return _sites("psiphon-web", "psiphon", "web", ("psiphon.ca", "www.psiphon3.net"), "certain")


@case("ultrasurf-web", "Ultrasurf's sites: nothing else of it is proved.", SOURCE,
      ("tls.handshake.extensions_server_name",))
def ultrasurf_web():
    return _sites("ultrasurf-web", "ultrasurf", "web", ("ultrasurf.us", "www.wujieliulan.com"), "certain")


@case("vpn-tunnel", "HTTPS proxies of VPN services by their names.", SOURCE,
      ("tls.handshake.extensions_server_name",))
def vpn_tunnel():
    hosts = ("eu0.sec-tunnel.com", "ie.lazerpenguin.com", "consumer-masque.cloudflareclient.com",
             "node-us-156.protonvpn.net", "us-atl.prod.surfshark.com", "brazil-2-ca-version-2.expressnetw.com",
             "87-1-lv.cg-dialup.net", "au2-auto-tcp.ptoserver.com", "america3.vpn.airdns.org", "ch1.gw.ivpn.net",
             "se-got-wg-001.relays.mullvad.net", "dfw-86-wg.whiskergalaxy.com", "uk-048.totallyacdn.com")
    return _sites("vpn-tunnel", "vpn", "tunnel", hosts, "certain")


@case("vpn-web", "Sites and interfaces of VPN services: no tunnels.", SOURCE,
      ("tls.handshake.extensions_server_name",))
def vpn_web():
    hosts = ("api2.sec-tunnel.com", "api.polargrizzly.com", "vpn-api.proton.me", "www.nordvpn.com",
             "www.privateinternetaccess.com", "www.hotspotshield.com", "getlantern.org", "assets.totallyacdn.com")
    return _sites("vpn-web", "vpn", "web", hosts, "certain")


def _length_framed(source, size: int) -> bytes:
    return struct.pack("!H", size) + source.randbytes(size)


@case(
    "not-obfuscated-streams",
    "Streams full of random bytes that are no tunnels: BitTorrent's encryption, Skype's old greeting, a speed test, "
    "Bitcoin's version 2, length-framed messages, a zipped upload, a random upload without an answer, a server that "
    "speaks first, and a random stream that begins before the capture.",
    SOURCE,
    ("tcp.len > 600",),
)
def not_streams():
    scene = Scene("not-obfuscated-streams", EPOCH_2023)
    source = scene.random
    zipped = b"PK\x03\x04\x14\0\0\0\x08\0" + source.randbytes(1400)
    flights = [(51413, source.randbytes(96 + 300), source.randbytes(96 + 512)),
               (40022, source.randbytes(108), source.randbytes(64)),
               (18080, source.randbytes(77), source.randbytes(64)),
               (8333, source.randbytes(64 + 1300), source.randbytes(64 + 2000)),
               (7000, _length_framed(source, 900), _length_framed(source, 1200)),
               (7001, zipped, b"OK\r\n"),
               (7002, source.randbytes(1400), b"\x06\0\0\0\0\0\0\x01" + bytes(60))]
    sessions = [_talk(scene, number, *each) for number, each in enumerate(flights)]

    silent = TcpSession(scene, (HOST, 40200), ("198.51.100.40", 7003), 20 * SECOND).open()
    silent.up(source.randbytes(9000)).wait(20).close()
    banner = TcpSession(scene, (HOST, 40201), ("198.51.100.41", 7004), 21 * SECOND).open()
    banner.down(source.randbytes(900)).wait(10).up(source.randbytes(900)).wait(20).close()
    middle = TcpSession(scene, (HOST, 40202), ("198.51.100.42", 7005), 22 * SECOND)
    middle.up(source.randbytes(900)).wait(10).down(source.randbytes(1400)).wait(20).close()
    sessions += [silent, banner, middle]
    records = _records(scene, sessions, app="unknown")
    return pcap_case(scene, [flow_count(len(sessions)), *records], not_apps(*OURS))


def _sealed_smb(source, size: int) -> bytes:
    """Session header, then an SMB2 TRANSFORM_HEADER: signature, nonce, size, flags, session ([MS-SMB2] 2.2.41)."""
    header = (b"\xfdSMB" + source.randbytes(16) + source.randbytes(11) + bytes(5)
              + struct.pack("<IHHQ", size, 0, 1, 0x400000000001))
    return struct.pack("!I", len(header) + size) + header + source.randbytes(size)


@case(
    "not-obfuscated-known",
    "What is encrypted and says so: TLS, SSH, RDP and SMB 3. None is a hidden tunnel.",
    "RFC 8446, RFC 4253, [MS-RDPBCGR], [MS-SMB2]",
    ("tls.handshake.type == 1", "ssh", "tpkt", "smb2"),
)
def not_known():
    scene = Scene("not-obfuscated-known", EPOCH_2023)
    source = scene.random
    tls.talk(TcpSession(scene, (HOST, 40300), ("198.51.100.50", 8388)), None)
    ssh = TcpSession(scene, (HOST, 40301), ("198.51.100.51", 22), SECOND).open()
    ssh.up(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n").down(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    for _ in range(3):
        ssh.up(source.randbytes(900)).down(source.randbytes(1300))
    ssh.close()
    request = bytes.fromhex("030000130ee000000000000100080003000000")
    confirm = bytes.fromhex("030000130ed000001234000209080002000000")
    rdp = TcpSession(scene, (HOST, 40302), ("198.51.100.52", 3389), 2 * SECOND).open()
    rdp.up(request).down(confirm).up(tls.hello_record(tls.client_hello(source))).close()
    smb = TcpSession(scene, (HOST, 40303), ("198.51.100.53", 445), 3 * SECOND).open()
    smb.up(_sealed_smb(source, 900)).down(_sealed_smb(source, 1200)).close()
    return pcap_case(scene, [flow_count(4)], not_apps(*OURS))
