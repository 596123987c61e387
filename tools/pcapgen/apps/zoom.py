"""Zoom's own messages: media servers (SFU), media headers, peers, and STUN of RFC 3489's form."""

import struct

OPEN_TIME = 7_300_000  # milliseconds of the client's clock
MEETING = bytes.fromhex("0100fb90")  # bytes 1 to 4 of every media header
AUDIO, VIDEO, SCREEN, RELIABLE, RTCP = 15, 16, 30, 13, 33


def join(source, ident: bytes, time=OPEN_TIME) -> bytes:
    token = source.randbytes(64)
    head = b"\x01\x00\x03" + ident + struct.pack("!IIIII", 0, 2, time, time, len(token))
    return head + token + source.randbytes(20)


def join_answer(ident: bytes, cookie: int, time=OPEN_TIME) -> bytes:
    return (b"\x02\x00\x03" + ident + struct.pack("!II", cookie, time) + bytes(8)
            + bytes.fromhex("0004000400003e00") + b"\x00")


def attributes(*pairs) -> bytes:
    """Type, length and value of each behind a 1, and a final zero."""
    if not pairs:
        return b"\0"
    return b"\x01" + b"".join(bytes([kind, len(value)]) + value for kind, value in pairs) + b"\0"


def alive(kind: int, count: int, time: int, cookie: int, *pairs) -> bytes:
    return struct.pack("!BIII", kind, count, time, cookie) + attributes(*pairs)


def leave(source, cookie: int) -> bytes:
    return struct.pack("!BII", 7, 0, cookie) + attributes((5, source.randbytes(64)))


def sfu(seq: int, cookie: int, from_server: bool, inner: bytes) -> bytes:
    return struct.pack("!BHIB", 5, seq & 0xFFFF, cookie, 4 if from_server else 0) + inner


def _head(kind: int, seq: int, time: int) -> bytes:
    """The 15 bytes that all media headers share."""
    return bytes([kind]) + MEETING + bytes.fromhex("14110406") + struct.pack("!HI", seq & 0xFFFF, time)


def audio(seq, time, rtp) -> bytes:
    return _head(AUDIO, seq, time) + bytes.fromhex("000700f3") + rtp


def video(seq, time, frame, packets, rtp) -> bytes:
    return _head(VIDEO, seq, time) + bytes(5) + b"\x02" + struct.pack("!HB", frame & 0xFFFF, packets) + rtp


def screen(seq, time, rtp) -> bytes:
    """Screen sharing through a server: a header of 7 bytes, then the one that peers use."""
    return bytes([RELIABLE]) + struct.pack("!HH", time & 0xFFFF, seq & 0xFFFF) + b"\0\0" \
        + _head(SCREEN, seq, time) + bytes(5) + rtp


def rtcp(seq, time, packet) -> bytes:
    return _head(RTCP, seq, time) + b"\0" + packet


def bind(kind: int, ident: bytes, name: bytes) -> bytes:
    """Set-up that both sides exchange before media flows (types 12 and 13 without RTP)."""
    return bytes([kind, 1]) + ident + b"\x08" + struct.pack("!I", len(name)) + name


def peer_hello(source, address: str) -> bytes:
    name, ident = address.encode(), source.randbytes(18).hex().encode()
    return (b"\x1f\x02\x01" + source.randbytes(21) + struct.pack("!I", len(name)) + name
            + struct.pack("!I", len(ident)) + ident + bytes(4))


def stun(kind: int, transaction: bytes, attribute: int, value: bytes) -> bytes:
    """Without magic cookie: all 16 bytes are the transaction's."""
    return struct.pack("!HH", kind, 4 + len(value)) + transaction + struct.pack("!HH", attribute, len(value)) \
        + value
