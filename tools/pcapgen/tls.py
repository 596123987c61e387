"""TLS 1.3 handshakes as far as they are in clear text (RFC 8446), and opaque records after them."""

import struct

HANDSHAKE, CHANGE_CIPHER, APPLICATION = 22, 20, 23
GREASE_FREE_SUITES = (0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009C)


def _vector(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data


def _extension(kind: int, data: bytes) -> bytes:
    return struct.pack("!H", kind) + _vector(data, 2)


def _words(*values) -> bytes:
    return struct.pack(f"!{len(values)}H", *values)


def _handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _vector(body, 3)


def client_hello(source, server_name=None, alpn=("h2", "http/1.1"), padding=0) -> bytes:
    """The handshake message, without record header; `padding` adds an RFC 7685 extension."""
    extensions = b""
    if server_name:
        entry = b"\0" + _vector(server_name.encode(), 2)
        extensions += _extension(0, _vector(entry, 2))
    extensions += _extension(23, b"") + _extension(0xFF01, b"\0")
    extensions += _extension(10, _vector(_words(0x001D, 0x0017, 0x0018), 2))
    extensions += _extension(11, b"\x01\0") + _extension(35, b"")
    if alpn:
        extensions += _extension(16, _vector(b"".join(_vector(p.encode(), 1) for p in alpn), 2))
    extensions += _extension(5, b"\x01\0\0\0\0")
    extensions += _extension(13, _vector(_words(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501), 2))
    extensions += _extension(51, _vector(_words(0x001D) + _vector(source.randbytes(32), 2), 2))
    extensions += _extension(45, b"\x01\x01") + _extension(43, _vector(_words(0x0304, 0x0303), 1))
    if padding:
        extensions += _extension(21, bytes(padding))
    body = b"\x03\x03" + source.randbytes(32) + _vector(source.randbytes(32), 1)
    body += _vector(_words(*GREASE_FREE_SUITES), 2) + b"\x01\0" + _vector(extensions, 2)
    return _handshake(1, body)


def server_hello(source, session_id: bytes) -> bytes:
    extensions = _extension(51, _words(0x001D) + _vector(source.randbytes(32), 2))
    extensions += _extension(43, _words(0x0304))
    body = b"\x03\x03" + source.randbytes(32) + _vector(session_id, 1) + _words(0x1301) + b"\0"
    return _handshake(2, body + _vector(extensions, 2))


def record(kind: int, data: bytes, version=0x0303) -> bytes:
    return struct.pack("!BH", kind, version) + _vector(data, 2)


def hello_record(hello: bytes, cut=None) -> bytes:
    """The hello in one record, or in two of which the first holds `cut` bytes."""
    parts = [hello[:cut], hello[cut:]] if cut else [hello]
    return b"".join(record(HANDSHAKE, part, 0x0301) for part in parts)


def server_flight(source, hello: bytes) -> bytes:
    """ServerHello, change cipher spec, encrypted extensions to Finished."""
    return (record(HANDSHAKE, server_hello(source, hello[39:71])) + record(CHANGE_CIPHER, b"\x01")
            + record(APPLICATION, source.randbytes(2200)))


def opaque(source, size: int) -> bytes:
    return record(APPLICATION, source.randbytes(size))


def talk(session, server_name=None, alpn=("h2", "http/1.1"), exchanges=((420, 900), (180, 1200)),
         hello_size=None, cut=None) -> None:
    """A whole connection: handshake, (request, response) records of the given sizes, close."""
    source = session.scene.random
    hello = client_hello(source, server_name, alpn)
    session.open().up(hello_record(hello, cut), size=hello_size)
    session.wait(3).down(server_flight(source, hello))
    session.up(record(CHANGE_CIPHER, b"\x01") + opaque(source, 53))
    for request, response in exchanges:
        session.wait(60).up(opaque(source, request), ack=False).wait(42).down(opaque(source, response))
    session.wait(50).close()
