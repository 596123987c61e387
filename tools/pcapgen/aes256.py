"""AES-256 (FIPS 197) in counter mode (NIST SP 800-38A), which the standard library lacks."""

from .aes import DOUBLE, SBOX, SHIFTED

ROUNDS = 14


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right))


def _round_keys(key: bytes) -> list[bytes]:
    words = [key[i:i + 4] for i in range(0, 32, 4)]
    constant = 1
    for i in range(8, 4 * (ROUNDS + 1)):
        word = words[-1]
        if i % 8 == 0:
            word = bytes(SBOX[b] for b in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = DOUBLE[constant]
        elif i % 8 == 4:
            word = bytes(SBOX[b] for b in word)
        words.append(_xor(words[i - 8], word))
    return [b"".join(words[i:i + 4]) for i in range(0, len(words), 4)]


def _mix(column: bytes) -> bytes:
    total = column[0] ^ column[1] ^ column[2] ^ column[3]
    return bytes(column[i] ^ total ^ DOUBLE[column[i] ^ column[(i + 1) % 4]] for i in range(4))


class Counter256:
    """One keystream: `run` continues where the last call ended."""

    def __init__(self, key: bytes, iv: bytes):
        self._keys, self._counter, self._left = _round_keys(key), int.from_bytes(iv, "big"), b""

    def _block(self) -> bytes:
        state = _xor(self._counter.to_bytes(16, "big"), self._keys[0])
        for number, key in enumerate(self._keys[1:], 1):
            state = bytes(SBOX[state[i]] for i in SHIFTED)
            if number < ROUNDS:
                state = b"".join(_mix(state[i:i + 4]) for i in range(0, 16, 4))
            state = _xor(state, key)
        self._counter = (self._counter + 1) % (1 << 128)
        return state

    def run(self, data: bytes) -> bytes:
        while len(self._left) < len(data):
            self._left += self._block()
        stream, self._left = self._left[:len(data)], self._left[len(data):]
        return _xor(data, stream)
