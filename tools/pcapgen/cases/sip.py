"""Telephony by SIP: calls over UDP and TCP, phones that only register, messages, and look-alikes."""

from .. import ip
from ..apps import sip
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, rtcp_report
from ..scene import EPOCH_2023, MS, SECOND, Scene
from ..tcp_session import TcpSession

SOURCE = "RFC 3261, RFC 3264, RFC 8866"
HOST, EXCHANGE, GATEWAY = "192.168.1.20", ("203.0.113.40", 5060), "203.0.113.41"
SIGNALLING = {"app": "sip", "service": "call", "confidence": "certain"}
MEDIA = {"app": "sip", "service": "call", "confidence": "likely"}


def _voice(scene, ends, start, seconds=3, both=True):
    """G.711 A-law in packets of 20 ms."""
    for late, (src, dst) in enumerate((ends, ends[::-1])[:1 + both]):
        play(scene, RtpStream(scene.random, 8, (160, 160), 160), src, dst, start + 5 * MS * late, seconds, 50)


@case(
    "sip-call",
    "A telephone registers and calls: INVITE and 200 announce G.711 on two ports, RTCP runs beside it. "
    "Media and RTCP are bound by what SDP announced.",
    SOURCE,
    ("sip.Method == \"INVITE\"", "rtp.p_type == 8", "rtcp.pt == 200"),
)
def call():
    scene = Scene("sip-call", EPOCH_2023)
    dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
    up = dialog.set_up(dialog.register(0) + SECOND, sip.description(HOST, 16384),
                       sip.description(GATEWAY, 18002))
    ends, control = ((HOST, 16384), (GATEWAY, 18002)), ((HOST, 16385), (GATEWAY, 18003))
    _voice(scene, ends, up)
    for number in range(2):
        scene.udp(up + (number + 1) * SECOND, *control, rtcp_report(scene.random, 0x1234ABCD))
        scene.udp(up + (number + 1) * SECOND + 9 * MS, *control[::-1], rtcp_report(scene.random, 0x77AA01))
    dialog.hang_up(up + 4 * SECOND)
    return pcap_case(scene, [
        flow_count(3), flow(scene.flow((HOST, 5060), EXCHANGE), lacks=["media"], **SIGNALLING),
        flow(scene.flow(*ends), media=["voice"], **MEDIA),
        flow(scene.flow(*control), lacks=["media"], **MEDIA)])


@case(
    "sip-call-video",
    "A call with sound and picture on ports of their own, SIP on a port nobody registered for it.",
    SOURCE,
    ("rtp.p_type == 99",),
)
def video_call():
    scene = Scene("sip-call-video", EPOCH_2023)
    exchange = ("203.0.113.40", 36060)
    dialog = sip.Dialog(scene, (HOST, 41000), exchange)
    up = dialog.set_up(0, sip.description(HOST, 20000, 20002), sip.description(GATEWAY, 30000, 30002))
    sound, picture = ((HOST, 20000), (GATEWAY, 30000)), ((HOST, 20002), (GATEWAY, 30002))
    _voice(scene, sound, up)
    for late, (src, dst) in enumerate((picture, picture[::-1])):
        play(scene, RtpStream(scene.random, 99, (700, 1150), 3000, burst=4), src, dst, up + 5 * MS * late, 1, 60)
    dialog.hang_up(up + 4 * SECOND)
    return pcap_case(scene, [flow_count(3), flow(scene.flow((HOST, 41000), exchange), **SIGNALLING),
                             flow(scene.flow(*sound), media=["voice"], **MEDIA),
                             flow(scene.flow(*picture), media=["video"], **MEDIA)])


@case(
    "sip-call-nat",
    "SDP names the telephone's inner address, the capture lies outside the NAT, and the gateway sends from "
    "another port than it announced: media is bound by the address that sent the INVITE.",
    SOURCE,
    ("sdp.connection_info.address == \"10.7.7.7\"",),
)
def behind_nat():
    scene = Scene("sip-call-nat", EPOCH_2023)
    dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
    up = dialog.set_up(0, sip.description("10.7.7.7", 16384), sip.description("10.8.8.8", 18002))
    ends = ((HOST, 16384), (GATEWAY, 40002))
    _voice(scene, ends, up)
    return pcap_case(scene, [flow_count(2), flow(scene.flow((HOST, 5060), EXCHANGE), **SIGNALLING),
                             flow(scene.flow(*ends), media=["voice"], **MEDIA)])


@case(
    "sip-call-one-direction",
    "Only what the exchange and its gateway send was captured: answers name the method in CSeq and carry the "
    "description that binds the media.",
    SOURCE,
    ("sip.Status-Code == 200",),
)
def one_direction():
    scene = Scene("sip-call-one-direction", EPOCH_2023)
    dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
    offer, accept = sip.description(HOST, 16384), sip.description(GATEWAY, 18002)
    dialog.request("INVITE", offer)
    dialog.reply(0, dialog.answer("183 Session Progress", "INVITE", accept))
    dialog.reply(SECOND, dialog.answer("200 OK", "INVITE", accept))
    media = ((GATEWAY, 18002), (HOST, 16384))
    _voice(scene, media, SECOND, both=False)
    records = [flow_count(2)] + [{"match": {"type": "flow", "flow": scene.flow(*ends)["flow"]}, "count": 1,
                                  "has": {"app": "sip", "service": "call"}}
                                 for ends in (((HOST, 5060), EXCHANGE), media)]
    return pcap_case(scene, records)


@case(
    "sip-call-tcp",
    "SIP over TCP on port 5060, several messages in a segment and one message over several segments; the "
    "media it announces is bound.",
    SOURCE,
    ("tcp.port == 5060 && sip",),
)
def over_tcp():
    scene = Scene("sip-call-tcp", EPOCH_2023)
    session = TcpSession(scene, (HOST, 50600), EXCHANGE).open()
    dialog = sip.Dialog(scene, session.client, EXCHANGE, "TCP")
    session.up(dialog.request("REGISTER")).down(dialog.answer("200 OK", "REGISTER"))
    session.up(dialog.request("INVITE", sip.description(HOST, 16384)), size=200)
    session.down(dialog.answer("100 Trying", "INVITE")
                 + dialog.answer("200 OK", "INVITE", sip.description(GATEWAY, 18002)), size=400)
    session.up(dialog.request("ACK"))
    ends = ((HOST, 16384), (GATEWAY, 18002))
    _voice(scene, ends, session.now)
    session.wait(3500).up(dialog.request("BYE")).down(dialog.answer("200 OK", "BYE")).close()
    return pcap_case(scene, [flow_count(2), flow(scene.flow(session.client, EXCHANGE, ip.TCP), **SIGNALLING),
                             flow(scene.flow(*ends), media=["voice"], **MEDIA)])


@case(
    "sip-register",
    "A telephone that only registers and is asked for its options: signalling of telephony, no media.",
    SOURCE,
    ("sip.Method == \"REGISTER\"",),
)
def register():
    scene = Scene("sip-register", EPOCH_2023)
    dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
    at = dialog.register(0)
    dialog.send(at + SECOND, dialog.request("OPTIONS"))
    dialog.reply(at + SECOND + 30 * MS, dialog.answer("200 OK", "OPTIONS"))
    return pcap_case(scene, [flow_count(1), flow(scene.flow((HOST, 5060), EXCHANGE), lacks=["media"],
                                                 **SIGNALLING)])


@case("sip-text", "A text by SIP MESSAGE and its answer.", "RFC 3428", ("sip.Method == \"MESSAGE\"",))
def text():
    scene = Scene("sip-text", EPOCH_2023)
    dialog = sip.Dialog(scene, (HOST, 5060), EXCHANGE)
    for number in range(2):
        dialog.send(number * SECOND, dialog.request("MESSAGE", b"Watson, come here.", "text/plain"))
        dialog.reply(number * SECOND + 40 * MS, dialog.answer("200 OK", "MESSAGE"))
    return pcap_case(scene, [flow_count(1), flow(scene.flow((HOST, 5060), EXCHANGE), app="sip",
                                                 service="text", confidence="certain")])


LOOK_ALIKES = (
    b"OPTIONS rtsp://203.0.113.60/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\n\r\n",
    b"AUEP 1201 aaln/1@203.0.113.60 MGCP 1.0\r\n\r\n",
    b"SIP/3.0 200 OK\r\n\r\n",
    b"INVITE you all to sip: wine, at eight\r\n",
)


@case("sip-not", "Texts on port 5060 that resemble SIP: RTSP, SSDP, MGCP, another version, prose.", SOURCE)
def look_alikes():
    scene = Scene("sip-not", EPOCH_2023)
    for number, data in enumerate(LOOK_ALIKES):
        scene.udp(number * 100 * MS, (HOST, 45000 + number), EXCHANGE, data)
    return pcap_case(scene, [flow_count(len(LOOK_ALIKES))], not_apps("sip", "rtp", "webrtc"))
