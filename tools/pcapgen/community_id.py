"""Community ID v1 of a 5-tuple, written from its specification."""

import base64
import hashlib
import struct

from .checksums import address_bytes


def community_id(a, b, proto: int, seed: int = 0) -> str:
    """github.com/corelight/community-id-spec: SHA-1 over seed, ordered ends, protocol and ports."""
    first, second = sorted([(address_bytes(a[0]), a[1]), (address_bytes(b[0]), b[1])])
    data = struct.pack("!H", seed) + first[0] + second[0]
    data += struct.pack("!BBHH", proto, 0, first[1], second[1])
    return "1:" + base64.b64encode(hashlib.sha1(data).digest()).decode()
