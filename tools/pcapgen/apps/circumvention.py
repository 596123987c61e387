"""First flights of tunnels that hide what they are, and of what resembles them.

Sources: the Shadowsocks AEAD specification (SIP004), VMess's documentation, obfs4-spec.txt, obfuscated-openssh's
README.obfuscation, simple-obfs' src/obfs_tls.c, psiphon-tunnel-core's psiphon/meekConn.go, "Message Stream
Encryption" (Vuze wiki), BIP 324, and a public capture of PotatoVPN (2023), read 2026-11-22. Random bytes stand for
ciphertext: no more can be seen of it.
"""

import base64
import struct

from .. import tls

SHADOWSOCKS_SALT, SHADOWSOCKS_TAG = 32, 16
OPENSSL_110_SUITES = (
    0xC02C, 0xC030, 0x009F, 0xCCA9, 0xCCA8, 0xCCAA, 0xC02B, 0xC02F, 0x009E, 0xC024, 0xC028, 0x006B, 0xC023,
    0xC027, 0x0067, 0xC00A, 0xC014, 0x0039, 0xC009, 0xC013, 0x0033, 0x009D, 0x009C, 0x003D, 0x003C, 0x0035,
    0x002F, 0x00FF)


def shadowsocks(source, payload: int, first=True) -> bytes:
    """A chunk of `payload` bytes: length and data, each with a tag, behind the salt if it is the first."""
    size = (SHADOWSOCKS_SALT if first else 0) + 2 + SHADOWSOCKS_TAG + payload + SHADOWSOCKS_TAG
    return source.randbytes(size)


def vmess(source, payload: int) -> bytes:
    """Authenticated id (16), length (18), nonce (8), header (about 60), then one chunk of data."""
    return source.randbytes(16 + 18 + 8 + 60 + 2 + payload + 16)


def obfs4_client(source) -> bytes:
    """Key (32), padding (85 to 8128), mark and MAC (16 each)."""
    return source.randbytes(32 + source.randint(700, 6000) + 32)


def obfs4_server(source) -> bytes:
    """Key and authentication (32 each), padding, mark and MAC, and a frame with the PRNG seed."""
    return source.randbytes(64 + source.randint(700, 6000) + 32 + 45)


def obfuscated_ssh(source, padding: int) -> bytes:
    """Seed (16), magic and padding length (8), padding: all but the seed under RC4."""
    return source.randbytes(24 + padding)


def _hello(source, suites, extensions: bytes, version=0x0303) -> bytes:
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32)
    body += struct.pack(f"!H{len(suites)}H", 2 * len(suites), *suites) + b"\x01\0"
    body += struct.pack("!H", len(extensions)) + extensions
    return tls.record(tls.HANDSHAKE, b"\x01" + len(body).to_bytes(3, "big") + body, version)


def _extension(kind: int, data: bytes) -> bytes:
    return struct.pack("!HH", kind, len(data)) + data


def _server_name(name: str) -> bytes:
    entry = b"\0" + struct.pack("!H", len(name)) + name.encode()
    return _extension(0, struct.pack("!H", len(entry)) + entry)


def invented_suites(source, count: int) -> list[int]:
    """Random numbers, none of them near a registered one."""
    return [source.choice((0x1A00, 0x4800, 0x7500, 0x8C00, 0xA500, 0xDA00)) | source.randrange(1, 255)
            for _ in range(count)]


def potato_hello(source, name: str, suites) -> bytes:
    """SNI, point formats, signature algorithms and ALPN around invented suites."""
    extensions = (_server_name(name) + _extension(11, b"\x01\0")
                  + _extension(13, struct.pack("!6H", 10, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805))
                  + _extension(16, b"\0\x03\x02h2"))
    return _hello(source, suites, extensions)


def potato_answer(source, suite: int) -> bytes:
    """ServerHello that chooses `suite`, and what looks like certificate, key exchange and done."""
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32) + struct.pack("!HB", suite, 0)
    extensions = _extension(0xFF01, b"\0") + _extension(11, b"\x01\0") + _extension(16, b"\0\x03\x02h2")
    body += struct.pack("!H", len(extensions)) + extensions
    hello = tls.record(tls.HANDSHAKE, b"\x02" + len(body).to_bytes(3, "big") + body)
    return hello + tls.record(tls.HANDSHAKE, b"\x0e\0\0\0")


def simple_obfs_hello(source, name: str, data: int) -> bytes:
    """OpenSSL 1.1.0's suites; the data fills a session ticket in front of the server name."""
    extensions = (_extension(0x0023, source.randbytes(data)) + _server_name(name)
                  + _extension(11, b"\x03\x01\0\x02")
                  + _extension(10, struct.pack("!5H", 8, 0x001D, 0x0017, 0x0019, 0x0018))
                  + _extension(13, struct.pack("!4H", 6, 0x0601, 0x0501, 0x0401))
                  + _extension(22, b"") + _extension(23, b""))
    return _hello(source, OPENSSL_110_SUITES, extensions, 0x0301)


def simple_obfs_answer(source, data: int) -> bytes:
    """ServerHello, change cipher spec, and the data as a handshake record."""
    body = b"\x03\x03" + source.randbytes(32) + b"\x20" + source.randbytes(32) + b"\xcc\xa8\0"
    extensions = _extension(0xFF01, b"\0") + _extension(23, b"") + _extension(11, b"\x01\0")
    body += struct.pack("!H", len(extensions)) + extensions
    return (tls.record(tls.HANDSHAKE, b"\x02" + len(body).to_bytes(3, "big") + body)
            + tls.record(tls.CHANGE_CIPHER, b"\x01") + tls.record(tls.HANDSHAKE, source.randbytes(data)))


def meek_request(source, host: str, cookie: bytes, body=b"") -> bytes:
    """What Go's HTTP client writes for psiphon's meek."""
    lines = ["POST / HTTP/1.1", f"Host: {host}", "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
             f"Content-Length: {len(body)}", "Content-Type: application/octet-stream",
             f"Cookie: {cookie.decode()}", "Accept-Encoding: gzip"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def meek_cookie(source, letter="K", padding=70) -> bytes:
    """Seed, magic and length, padding, ephemeral key, authenticator, JSON; in base64."""
    return letter.encode() + b"=" + base64.b64encode(source.randbytes(16 + 8 + padding + 32 + 16 + 63))


def certificate_flight(source, der: bytes) -> bytes:
    """ServerHello of TLS 1.2, one certificate, ServerKeyExchange over P-256, ServerHelloDone."""
    hello = b"\x03\x03" + source.randbytes(32) + b"\0\xc0\x2b\0\0\x05" + _extension(0xFF01, b"\0")
    chain = len(der).to_bytes(3, "big") + der
    signature = source.randbytes(70)
    exchange = (b"\x03\0\x17\x41\x04" + source.randbytes(64) + b"\x04\x03" + struct.pack("!H", len(signature))
                + signature)
    messages = ((2, hello), (11, len(chain).to_bytes(3, "big") + chain), (12, exchange), (14, b""))
    return b"".join(tls.record(tls.HANDSHAKE, bytes([kind]) + len(body).to_bytes(3, "big") + body)
                    for kind, body in messages)
