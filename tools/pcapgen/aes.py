"""AES-128 (FIPS 197) and its Galois/Counter Mode (NIST SP 800-38D), which the standard library lacks."""


def _make_sbox() -> bytes:
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= (p << 1 ^ (0x1B if p & 0x80 else 0)) & 0xFF
        for shift in (1, 2, 4):
            q ^= q << shift & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        rotations = [(q << n | q >> 8 - n) & 0xFF for n in range(5)]
        value = 0x63
        for rotation in rotations:
            value ^= rotation
        box[p] = value
        if p == 1:
            return bytes(box)


SBOX = _make_sbox()
DOUBLE = bytes((x << 1 ^ (0x1B if x & 0x80 else 0)) & 0xFF for x in range(256))
# Where ShiftRows takes each byte of the state from, column by column.
SHIFTED = [(4 * (column + row) + row) % 16 for column in range(4) for row in range(4)]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right))


def _round_keys(key: bytes) -> list[bytes]:
    words = [key[i:i + 4] for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = words[-1]
        if i % 4 == 0:
            word = bytes(SBOX[b] for b in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = DOUBLE[constant]
        words.append(_xor(words[-4], word))
    return [b"".join(words[i:i + 4]) for i in range(0, 44, 4)]


def _mix(column: bytes) -> bytes:
    total = column[0] ^ column[1] ^ column[2] ^ column[3]
    return bytes(column[i] ^ total ^ DOUBLE[column[i] ^ column[(i + 1) % 4]] for i in range(4))


class Aes128:
    def __init__(self, key: bytes):
        self._keys = _round_keys(key)

    def block(self, data: bytes) -> bytes:
        """One block, encrypted."""
        state = _xor(data, self._keys[0])
        for number, key in enumerate(self._keys[1:], 1):
            state = bytes(SBOX[state[i]] for i in SHIFTED)
            if number < 10:
                state = b"".join(_mix(state[i:i + 4]) for i in range(0, 16, 4))
            state = _xor(state, key)
        return state

    def _multiply(self, x: int, y: int) -> int:
        product = 0
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                product ^= y
            y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
        return product

    def _ghash(self, data: bytes) -> int:
        subkey, total = int.from_bytes(self.block(bytes(16)), "big"), 0
        for i in range(0, len(data), 16):
            total = self._multiply(total ^ int.from_bytes(data[i:i + 16], "big"), subkey)
        return total

    def seal(self, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
        """Cipher text and tag; the nonce has 12 bytes."""
        count = (len(plain) + 15) // 16
        stream = b"".join(self.block(nonce + (i + 2).to_bytes(4, "big")) for i in range(count))
        cipher = _xor(plain, stream)
        lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(cipher)).to_bytes(8, "big")
        padded = b"".join(part + bytes(-len(part) % 16) for part in (associated, cipher)) + lengths
        tag = _xor(self._ghash(padded).to_bytes(16, "big"), self.block(nonce + b"\0\0\0\1"))
        return cipher + tag
