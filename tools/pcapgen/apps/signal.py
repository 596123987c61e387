"""RTP streams as RingRTC numbers them: fixed SSRCs between two, demux ids in groups."""

from ..rtp import RtpStream

DATA, OPUS, VP8, VP8_RTX = 101, 102, 108, 118
CALLER, CALLEE = 1000, 2000
RTP_DATA, SFU_DATA = 0xD, 1


def stream(source, pt, ssrc, sizes=(60, 150), step=960, extension=False, burst=1) -> RtpStream:
    made = RtpStream(source, pt, sizes, step, extension, burst)
    made.ssrc = ssrc
    return made


def data(source, ssrc=RTP_DATA) -> RtpStream:
    """The control channel: one packet a second."""
    return stream(source, DATA, ssrc, (30, 44), 48000)


def sound(source, base) -> RtpStream:
    return stream(source, OPUS, base + 2)


def picture(source, base) -> RtpStream:
    return stream(source, VP8, base + 3, (800, 1100), 3000, True, 4)
