"""SIP messages (RFC 3261) and SDP (RFC 8866) of a telephone and its exchange."""

from ..scene import MS


def description(address: str, audio: int, video: int = 0, voice=(8, "PCMA"), way="") -> bytes:
    """`voice` (G.711 A-law) on port `audio`, VP8 on port `video`; `way`: sendonly and the like."""
    number, name = voice
    lines = ["v=0", f"o=- 20518 0 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
             f"m=audio {audio} RTP/AVP {number} 101", f"a=rtpmap:{number} {name}/8000",
             "a=rtpmap:101 telephone-event/8000", *([f"a={way}"] if way else [])]
    if video:
        lines += [f"m=video {video} RTP/AVP 99", "a=rtpmap:99 VP8/90000"]
    return "".join(line + "\r\n" for line in lines).encode()


class Dialog:
    """Messages of one Call-ID between a telephone and an exchange; `via`: the transport they name."""

    def __init__(self, scene, phone, exchange, via="UDP"):
        self.scene, self.phone, self.exchange, self._via = scene, phone, exchange, via
        self._call = f"{scene.random.getrandbits(48):x}@{phone[0]}"
        self._tag, self._number = f"{scene.random.getrandbits(32):x}", 0

    def _message(self, first: str, method: str, body: bytes, kind: str, to_tag: str, extra=()) -> bytes:
        host, port = self.phone
        branch = f"z9hG4bK{self._call[:8]}{self._number}"
        lines = [first, f"Via: SIP/2.0/{self._via} {host}:{port};branch={branch};rport",
                 "Max-Forwards: 70", f"From: <sip:alice@example.net>;tag={self._tag}",
                 f"To: <sip:bob@example.net>{to_tag}", f"Call-ID: {self._call}",
                 f"CSeq: {self._number} {method}", f"Contact: <sip:alice@{host}:{port}>", *extra]
        lines += [f"Content-Type: {kind}"] if body else []
        return ("\r\n".join([*lines, f"Content-Length: {len(body)}"]) + "\r\n\r\n").encode() + body

    def request(self, method, body=b"", kind="application/sdp", extra=()) -> bytes:
        """An ACK or CANCEL keeps the number of its INVITE; every other request has a new one."""
        self._number += method not in ("ACK", "CANCEL")
        tag = ";tag=b0b" if method in ("ACK", "BYE") else ""
        return self._message(f"{method} sip:bob@example.net SIP/2.0", method, body, kind, tag, extra)

    def answer(self, status: str, method, body=b"", extra=()) -> bytes:
        tag = "" if status.startswith("100") else ";tag=b0b"
        return self._message(f"SIP/2.0 {status}", method, body, "application/sdp", tag, extra)

    def send(self, at, data: bytes) -> None:
        self.scene.udp(at, self.phone, self.exchange, data)

    def reply(self, at, data: bytes) -> None:
        self.scene.udp(at, self.exchange, self.phone, data)

    def register(self, at) -> int:
        """REGISTER, the challenge, REGISTER with the digest, 200."""
        challenge = ['WWW-Authenticate: Digest realm="example.net", nonce="4f1c", algorithm=MD5']
        digest = ['Authorization: Digest username="alice", realm="example.net", nonce="4f1c", '
                  f'uri="sip:example.net", response="{self.scene.random.getrandbits(128):032x}"']
        self.send(at, self.request("REGISTER"))
        self.reply(at + 30 * MS, self.answer("401 Unauthorized", "REGISTER", extra=challenge))
        self.send(at + 32 * MS, self.request("REGISTER", extra=digest))
        self.reply(at + 64 * MS, self.answer("200 OK", "REGISTER"))
        return at + 70 * MS

    def set_up(self, at, offer: bytes, accept: bytes) -> int:
        """INVITE with `offer`, 100, 180, 200 with `accept`, ACK; returns the time after."""
        self.send(at, self.request("INVITE", offer))
        self.reply(at + 30 * MS, self.answer("100 Trying", "INVITE"))
        self.reply(at + 180 * MS, self.answer("180 Ringing", "INVITE"))
        self.reply(at + 900 * MS, self.answer("200 OK", "INVITE", accept))
        self.send(at + 910 * MS, self.request("ACK"))
        return at + 920 * MS

    def hang_up(self, at) -> None:
        self.send(at, self.request("BYE"))
        self.reply(at + 30 * MS, self.answer("200 OK", "BYE"))
