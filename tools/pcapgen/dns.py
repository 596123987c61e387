"""DNS queries and answers with name compression (RFC 1035)."""

import struct

from .checksums import address_bytes

A, CNAME, AAAA = 1, 5, 28
OWNER = b"\xc0\x0c"  # pointer to the question's name


def encode_name(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".")]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def query(ident, name, kind=A) -> bytes:
    return struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + encode_name(name) + struct.pack("!HH", kind, 1)


def record(owner: bytes, kind: int, data: bytes, ttl=60) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def answer(ident, name, addresses, alias=None) -> bytes:
    """Answers of `addresses`, behind a CNAME when `alias` is given."""
    kind = AAAA if ":" in addresses[0] else A
    question = encode_name(name) + struct.pack("!HH", kind, 1)
    records = []
    owner = OWNER
    if alias:
        records.append(record(OWNER, CNAME, encode_name(alias)))
        owner = struct.pack("!H", 0xC000 | 12 + len(question) + 12)
    records += [record(owner, kind, address_bytes(address)) for address in addresses]
    return struct.pack("!6H", ident, 0x8180, 1, len(records), 0, 0) + question + b"".join(records)


def look_up(scene, at, client, resolver, name, addresses, alias=None) -> tuple:
    """One query and its answer 12 ms later; returns the client's end."""
    ident = scene.random.getrandbits(16)
    source = (client, scene.random.randrange(49152, 65535))
    target = (resolver, 53)
    kind = AAAA if ":" in addresses[0] else A
    scene.udp(at, source, target, query(ident, name, kind))
    scene.udp(at + 12_000_000, target, source, answer(ident, name, addresses, alias))
    return source
