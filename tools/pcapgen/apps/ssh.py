"""SSH's version exchange and key exchange (RFC 4253), and opaque packets after them."""

import struct

KEX = ("curve25519-sha256,ecdh-sha2-nistp256", "ssh-ed25519,rsa-sha2-512", "aes128-ctr", "aes128-ctr",
       "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "")


def packet(source, message: bytes) -> bytes:
    """A binary packet before encryption: padded to a multiple of 8, four bytes at least."""
    padding = 8 - (5 + len(message)) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack("!IB", 1 + len(message) + padding, padding) + message + source.randbytes(padding)


def key_exchange(source) -> bytes:
    lists = b"".join(struct.pack("!I", len(names)) + names.encode() for names in KEX)
    return packet(source, b"\x14" + source.randbytes(16) + lists + bytes(5))


def log_in(session, client="OpenSSH_9.2p1 Debian-2", server="OpenSSH_8.4p1", before=(b"", b"")) -> None:
    """A connection; `before`: what each side sends in front of its version."""
    source = session.scene.random
    session.open().up(before[0] + f"SSH-2.0-{client}\r\n".encode())
    session.down(before[1] + f"SSH-2.0-{server}\r\n".encode())
    session.up(key_exchange(source)).down(key_exchange(source))
    for size in (48, 16, 64, 112):
        session.wait(20).up(source.randbytes(size)).down(source.randbytes(size + 32))
    session.close()
