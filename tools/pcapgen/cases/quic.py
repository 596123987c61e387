"""QUIC: the server's name out of protected Initials, whole, split, retried, cut, one-sided, broken."""

from .. import quic
from ..containers import pcap, snap
from ..registry import Case, capture, case, flow, flow_count, framed, pcap_case
from ..scene import EPOCH_2021, EPOCH_2023, Scene

SOURCE = "RFC 9000, 9001, 9369; Meta's salts from the source of mvfst (getQuicVersionSalt), 2022"
CLIENT = ("192.168.1.20", 50700)
META = ("157.240.229.35", 443)
ELSEWHERE = ("203.0.113.80", 443)


def _connection(name, version=quic.V1, host="www.facebook.com", server=META, **more):
    return quic.Connection(Scene(name, EPOCH_2023), CLIENT, server, version, host, **more)


def _expect(connection, lacks=(), **has):
    record = connection.scene.flow(connection.client, connection.server)
    return pcap_case(connection.scene, [flow_count(1), flow(record, lacks, **has)])


def _shows(host):
    return (f'quic && tls.handshake.extensions_server_name == "{host}"',)


@case("quic-v1-sni", "A connection of QUIC version 1: the hello in one client Initial.", SOURCE,
      _shows("www.facebook.com"))
def v1():
    return _expect(_connection("quic-v1-sni").say_hello().answer(), app="facebook", service="web",
                   host="www.facebook.com")


@case("quic-v2-sni", "QUIC version 2: other packet types, salt and labels.", SOURCE,
      ("quic.version == 0x6b3343cf", *_shows("www.instagram.com")))
def v2():
    return _expect(_connection("quic-v2-sni", quic.V2, "www.instagram.com").say_hello().answer(),
                   app="facebook", service="web", host="www.instagram.com")


@case("quic-facebook-mvfst", "Meta's faceb002, protected with the salt of IETF draft 23.", SOURCE,
      ("quic.version == 0xfaceb002", *_shows("graph.facebook.com")))
def mvfst():
    connection = _connection("quic-facebook-mvfst", quic.MVFST_2, "graph.facebook.com")
    return _expect(connection.say_hello().answer(), app="facebook", service="web",
                   host="graph.facebook.com")


@case("quic-whatsapp-mvfst", "Meta's faceb00e with a name of WhatsApp: the name decides.", SOURCE,
      ("quic.version == 0xfaceb00e",))
def mvfst_whatsapp():
    connection = _connection("quic-whatsapp-mvfst", quic.MVFST_EXPERIMENT, "mmg.whatsapp.net")
    return _expect(connection.say_hello().answer(), app="whatsapp", service="transfer",
                   host="mmg.whatsapp.net")


@case("quic-draft-29", "The draft that browsers of 2020 spoke.", SOURCE,
      ("quic.version == 0xff00001d", *_shows("www.facebook.com")))
def draft():
    return _expect(_connection("quic-draft-29", quic.DRAFT_29).say_hello().answer(), app="facebook",
                   host="www.facebook.com")


def _split(name):
    """A hello of post-quantum size; its pieces lie about as Chrome scatters them."""
    connection = _connection(name, padding=1200)
    end = len(connection.hello)
    return connection, [(900, 1000), (300, 650), (0, 60)], [(60, 300), (1000, end), (650, 900)]


@case("quic-split-hello", "A hello in pieces over two datagrams, of which the second comes first.",
      SOURCE, _shows("www.facebook.com"))
def split():
    connection, first, second = _split("quic-split-hello")
    return _expect(connection.say_hello(second, first).answer(), app="facebook",
                   host="www.facebook.com")


@case("quic-split-lost", "The same, and the datagram with the start of the hello was not captured: "
      "the piece that is there still holds the name.", SOURCE, ("quic",))
def lost():
    connection = _connection("quic-split-lost", padding=1200)
    end = len(connection.hello)
    return _expect(connection.say_hello([(60, 700), (900, end)]).answer(), app="facebook",
                   host="www.facebook.com")


@case("quic-retry", "The server demands a Retry; the keys come from its new connection id.", SOURCE,
      ("quic.long.packet_type == 3", *_shows("www.facebook.com")))
def retried():
    connection = _connection("quic-retry").say_hello()
    token = connection.scene.random.randbytes(80)
    return _expect(connection.retried(token).say_hello(token=token).answer(), app="facebook",
                   host="www.facebook.com")


@case("quic-up-only", "Only the client's direction was captured.", SOURCE, _shows("www.facebook.com"))
def up_only():
    connection = _connection("quic-up-only").say_hello()
    for size in (300, 90, 400):
        connection.up(quic.short(connection.scene.random, connection.server_id, size))
    return _expect(connection, app="facebook", host="www.facebook.com")


@case("quic-snaplen", "Packets cut to 500 bytes: the tag is missing, the name is not.", SOURCE, ("quic",))
def cut():
    connection = _connection("quic-snaplen").say_hello().answer()
    frames = snap(framed(connection.scene), 500)
    record = connection.scene.flow(connection.client, connection.server)
    records = [flow_count(1), flow(record, app="facebook", host="www.facebook.com"),
               capture(len(frames))]
    return Case({"input.pcap": pcap(frames, snaplen=500)}, {"exit": 0, "records": records})


@case("quic-broken-tag", "An Initial whose authentication tag is wrong names nobody.", SOURCE, ("quic",))
def broken():
    connection = _connection("quic-broken-tag", server=ELSEWHERE)
    packet = quic.initial(connection.keys, quic.V1, 0, quic.crypto(0, connection.hello),
                          connection.dcid, connection.scid, fill=1250)
    connection.up(packet[:-1] + bytes([packet[-1] ^ 1]))
    return _expect(connection, lacks=("host",))


def _google_hello(source, host):
    return quic.google_hello([(b"PAD\0", b"-" * 700), (b"SNI\0", host.encode()),
                              (b"VERS", b"Q046"), (b"CCS\0", source.randbytes(16)),
                              (b"UAID", b"com.example Cronet/76.0.3809.0")])


@case("quic-google-q046", "Google QUIC of 2019: its hello (CHLO) in the clear.",
      "Google, \"QUIC Crypto\" and \"QUIC Wire Layout Specification\", 2016 to 2019",
      ('gquic.tag.sni == "www.example.com"',))
def q046():
    scene = Scene("quic-google-q046", EPOCH_2021)
    connection = quic.Connection(scene, CLIENT, ELSEWHERE, quic.V1, "unused")
    hello = _google_hello(scene.random, "www.example.com")
    stream = b"\xa0\x01" + len(hello).to_bytes(2, "big") + hello
    connection.up(b"\xc3Q046\x50" + connection.dcid + b"\0\0\0\1" + scene.random.randbytes(12) + stream)
    return _expect(connection, host="www.example.com")


@case("quic-google-q050", "Google QUIC of 2020: the same hello under the IETF's protection.",
      "Chromium, quic/core/crypto/crypto_utils.cc, 2020", ('gquic.tag.sni == "www.example.com"',))
def q050():
    scene = Scene("quic-google-q050", EPOCH_2021)
    connection = quic.Connection(scene, CLIENT, ELSEWHERE, quic.Q050, "unused")
    frames = quic.crypto(0, _google_hello(scene.random, "www.example.com"), kind=8)
    connection.up(quic.initial(connection.keys, quic.Q050, 1, frames, connection.dcid, fill=1250))
    return _expect(connection, host="www.example.com")
