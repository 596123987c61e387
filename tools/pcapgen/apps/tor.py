"""Tor's ClientHello, a relay's certificate and names of both, as its source makes them."""

import struct

from .. import tls

SUITES = (0x1302, 0x1303, 0x1301, 0xC02B, 0xC02F, 0xCCA9, 0xCCA8, 0xC02C, 0xC030, 0xC00A, 0xC009, 0xC013,
          0xC014, 0x0033, 0x0039, 0x002F, 0x0035, 0x00FF)
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def _vector(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data


def name(source, least: int, most: int, suffix: str) -> str:
    """crypto_random_hostname of tor."""
    letters = source.choices(BASE32, k=source.randint(least, most))
    return "www." + "".join(letters) + suffix


def _extension(kind: int, data=b"") -> bytes:
    return struct.pack("!H", kind) + _vector(data, 2)


def client_hello(source, server_name, suites=SUITES) -> bytes:
    """The handshake message: no ALPN, no GREASE."""
    entry = b"\0" + _vector(server_name.encode(), 2)
    extensions = _extension(0, _vector(entry, 2)) + _extension(11, b"\x03\0\x01\x02")
    extensions += _extension(10, _vector(struct.pack("!HH", 0x1D, 0x17), 2)) + _extension(22) + _extension(23)
    extensions += _extension(13, _vector(struct.pack("!4H", 0x0403, 0x0804, 0x0401, 0x0501), 2))
    extensions += _extension(43, _vector(struct.pack("!HH", 0x0304, 0x0303), 1)) + _extension(45, b"\x01\x01")
    extensions += _extension(51, _vector(struct.pack("!H", 0x1D) + _vector(source.randbytes(32), 2), 2))
    offered = _vector(b"".join(struct.pack("!H", suite) for suite in suites), 2)
    body = b"\x03\x03" + source.randbytes(32) + _vector(source.randbytes(32), 1) + offered + b"\x01\0"
    body += _vector(extensions, 2)
    return b"\x01" + _vector(body, 3)


def _der(tag: int, *values: bytes) -> bytes:
    value = b"".join(values)
    size = len(value)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def _distinguished(common_name: str) -> bytes:
    kind, value = _der(6, b"\x55\x04\x03"), _der(0x13, common_name.encode())
    return _der(0x30, _der(0x31, _der(0x30, kind, value)))


def certificate(source, subject: str, issuer: str) -> bytes:
    """X.509 version 3, RSA of 1024 bits, a signature nobody made."""
    rsa = _der(0x30, _der(6, bytes.fromhex("2a864886f70d010101")), b"\x05\0")
    sha256 = _der(0x30, _der(6, bytes.fromhex("2a864886f70d01010b")), b"\x05\0")
    modulus = _der(2, b"\0" + bytes([0x80 | source.getrandbits(7)]) + source.randbytes(127))
    key = _der(0x30, rsa, _der(3, b"\0", _der(0x30, modulus, _der(2, b"\x01\0\x01"))))
    validity = _der(0x30, _der(0x17, b"130915000000Z"), _der(0x17, b"140221235959Z"))
    serial = _der(2, b"\x5a" + source.randbytes(7))
    signed = _der(0x30, _der(0xA0, _der(2, b"\x02")), serial, sha256, _distinguished(issuer), validity,
                  _distinguished(subject), key)
    return _der(0x30, signed, sha256, _der(3, b"\0", source.randbytes(128)))


def server_flight_12(source) -> bytes:
    """ServerHello of TLS 1.2, the relay's certificate, ServerKeyExchange, ServerHelloDone."""
    der = certificate(source, name(source, 8, 20, ".net"), name(source, 8, 20, ".com"))
    hello = b"\x03\x03" + source.randbytes(32) + b"\0" + b"\xc0\x2f\0" + _vector(_extension(0xFF01, b"\0"), 2)
    exchange = (b"\x03\0\x17" + _vector(b"\x04" + source.randbytes(64), 1) + b"\x04\x01"
                + _vector(source.randbytes(128), 2))
    messages = ((2, hello), (11, _vector(_vector(der, 3), 3)), (12, exchange), (14, b""))
    return b"".join(tls.record(tls.HANDSHAKE, bytes([kind]) + _vector(body, 3)) for kind, body in messages)
