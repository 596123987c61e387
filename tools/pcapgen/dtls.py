"""DTLS 1.2 (RFC 6347) handshakes whose hellos negotiate SRTP (RFC 5764), and what follows them."""

import struct

CHANGE_CIPHER, HANDSHAKE, APPLICATION = 20, 22, 23
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_KEY, HELLO_DONE, CLIENT_KEY = 1, 2, 11, 12, 14, 16
USE_SRTP = struct.pack("!HHHHB", 14, 5, 2, 1, 0)  # SRTP_AES128_CM_HMAC_SHA1_80, no MKI
GROUPS = struct.pack("!HHHHH", 10, 6, 4, 0x1D, 0x17)
POINTS = struct.pack("!HHBB", 11, 2, 1, 0)
SIGNATURES = struct.pack("!HHHHH", 13, 6, 4, 0x0403, 0x0401)


def record(kind: int, data: bytes, number: int, epoch=0, version=0xFEFD) -> bytes:
    return struct.pack("!BHHHIH", kind, version, epoch, 0, number, len(data)) + data


def message(kind: int, number: int, body: bytes) -> bytes:
    """A handshake message in one fragment."""
    size = len(body).to_bytes(3, "big")
    return struct.pack("!B3sH3s3s", kind, size, number, bytes(3), size) + body


def _extensions(parts) -> bytes:
    body = b"".join(parts)
    return struct.pack("!H", len(body)) + body


def client_hello(source, srtp=True, cookie=b"") -> bytes:
    suites = struct.pack("!HHHH", 6, 0xC02B, 0xC02F, 0xC009)
    body = (b"\xfe\xfd" + source.randbytes(32) + b"\0" + bytes([len(cookie)]) + cookie + suites + b"\1\0"
            + _extensions([GROUPS, POINTS, *([USE_SRTP] if srtp else []), SIGNATURES]))
    return message(CLIENT_HELLO, 0, body)


def server_hello(source, srtp=True) -> bytes:
    body = (b"\xfe\xfd" + source.randbytes(32) + b"\0\xc0\x2b\0"
            + _extensions([POINTS, *([USE_SRTP] if srtp else [])]))
    return message(SERVER_HELLO, 0, body)


def handshake(source, srtp=True) -> list[tuple[str, bytes]]:
    """(side, datagram) of a handshake without certificates: both hellos, keys, Finished."""
    point = b"\x03\0\x1d\x20" + source.randbytes(32)
    key = message(SERVER_KEY, 1, point + b"\x04\x03\0\x40" + source.randbytes(64))
    flight = (record(HANDSHAKE, server_hello(source, srtp), 0) + record(HANDSHAKE, key, 1)
              + record(HANDSHAKE, message(HELLO_DONE, 2, b""), 2))
    share = message(CLIENT_KEY, 1, b"\x20" + source.randbytes(32))
    return [("up", record(HANDSHAKE, client_hello(source, srtp), 0, version=0xFEFF)), ("down", flight),
            ("up", record(HANDSHAKE, share, 1) + _finish(source, 2)), ("down", _finish(source, 3))]


def _finish(source, number) -> bytes:
    """Change cipher spec and the encrypted Finished, the first record of epoch 1."""
    return record(CHANGE_CIPHER, b"\1", number) + record(HANDSHAKE, source.randbytes(40), 0, epoch=1)


def opaque(source, number: int, size: int) -> bytes:
    """Encrypted application data, such as a data channel's."""
    return record(APPLICATION, source.randbytes(size), number, epoch=1)
