"""Discord: voice and video through its servers, chat, attachments and site."""

from ..apps import discord, tlsnames
from ..registry import case, flow, flow_count, not_apps, pcap_case
from ..rtp import RtpStream, play, srtcp
from ..scene import EPOCH_2021, EPOCH_2023, MS, SECOND, Scene

SOURCE = ("Discord's developer documentation \"Voice connections\", RFC 3550 and public captures of 2022 (nDPI's "
          "test set), measured with tshark on 2026-11-21")
HOST = "192.168.1.20"


def _stream(scene, pt, sizes, step, ssrc, burst=1):
    stream = RtpStream(scene.random, pt, sizes, step, True, burst)
    stream.ssrc = ssrc
    return stream


def _alive(scene, client, server, at):
    for number in range(2):
        packet = discord.keep_alive(number + 1)
        scene.udp(at + number * 5 * SECOND, client, server, packet)
        scene.udp(at + number * 5 * SECOND + 31 * MS, server, client, packet)


@case(
    "discord-call",
    "A voice channel: address discovery (74 bytes), RTP PT 120 both ways with the small SSRCs that the server "
    "hands out, RTCP, keep-alives 13 37 CA FE; the camera of another member (PT 103) on a second socket.",
    SOURCE,
    ("udp.length == 82", "udp.length == 16"),
)
def call():
    scene = Scene("discord-call", EPOCH_2023)
    client, server = (HOST, 57955), ("66.22.196.40", 50004)
    camera, video_server = (HOST, 64837), ("203.0.113.140", 50001)  # rented from a cloud provider
    for ends, ssrc in (((client, server), 0xACE3), ((camera, video_server), 0x24B18)):
        scene.udp(0, *ends, discord.discovery(1, ssrc))
        scene.udp(30 * MS, *reversed(ends), discord.discovery(2, ssrc, "203.0.113.9", ends[0][1]))
    play(scene, _stream(scene, 120, (60, 150), 960, 0xACE3), client, server, 200 * MS, 4, 40)
    play(scene, _stream(scene, 120, (60, 150), 960, 0xA1F9), server, client, 300 * MS, 4, 40)
    play(scene, _stream(scene, 103, (800, 1000), 3000, 0x23C07, 4), video_server, camera, 300 * MS, 4, 20)
    scene.udp(2 * SECOND, client, server, srtcp(scene.random, 200, 0xACE3, 6))
    _alive(scene, client, server, 500 * MS)
    _alive(scene, camera, video_server, 600 * MS)
    called = {"app": "discord", "service": "call"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(client, server, **called, media=["voice"])),
                             flow(scene.flow(camera, video_server, **called, media=["video"]))])


@case(
    "discord-call-2020",
    "Address discovery as it was until 2023: 70 bytes without type and length. Only the server's side was "
    "captured.",
    SOURCE,
    ("udp.length == 78",),
)
def old_call():
    scene = Scene("discord-call-2020", EPOCH_2021)
    client, server = (HOST, 57960), ("203.0.113.141", 50010)
    scene.udp(0, server, client, discord.old_discovery(0xACE5, "203.0.113.9", 57960))
    play(scene, _stream(scene, 120, (60, 150), 960, 0xA1FB), server, client, 300 * MS, 4, 30)
    return pcap_case(scene, [flow_count(1), {"match": {"type": "flow"}, "count": 1, "has": {
        "app": "discord", "service": "call", "confidence": "certain", "media": ["voice"]}}])


@case(
    "discord-client-only",
    "Only the client's side was captured: requests for its address, whose port field holds leftovers, RTP and RTCP. "
    "On another socket a request of the old form, which proves nothing until RTCP carries the SSRC it announced.",
    SOURCE,
    ("udp.length == 82", "udp.length == 78", "udp.payload[0:2] == 80:c9"),
)
def client_only():
    scene = Scene("discord-client-only", EPOCH_2023)
    client, server = (HOST, 57965), ("203.0.113.144", 50004)
    old_client, old_server = (HOST, 57966), ("203.0.113.145", 51234)
    scene.udp(0, client, server, discord.discovery(1, 0xACE7, "", 0x6F74))
    play(scene, _stream(scene, 120, (60, 150), 960, 0xACE7), client, server, 200 * MS, 4, 40)
    scene.udp(0, old_client, old_server, discord.old_discovery(0xACE9))
    for number in range(3):
        scene.udp((1 + number) * SECOND, old_client, old_server, srtcp(scene.random, 201, 0xACE9, 1, 0))
    called = {"app": "discord", "service": "call", "confidence": "certain"}
    return pcap_case(scene, [flow_count(2), flow(scene.flow(client, server, **called, media=["voice"])),
                             flow(scene.flow(old_client, old_server, **called))])


@case(
    "discord-call-midstream",
    "One direction of a voice channel in mid-stream, without a keep-alive: RTP PT 120 from Discord's network is "
    "no more than likely.",
    SOURCE,
    ("udp.srcport == 50004",),
)
def midstream():
    scene = Scene("discord-call-midstream", EPOCH_2023)
    client, server = (HOST, 57961), ("66.22.196.41", 50004)
    play(scene, _stream(scene, 120, (60, 150), 960, 0xA203), server, client, 0, 4, 30)
    return pcap_case(scene, [flow_count(1), {"match": {"type": "flow"}, "count": 1, "has": {
        "app": "discord", "service": "call", "confidence": {"any": ["guess", "likely"]}, "media": ["voice"]}}])


@case("discord-call-signalling", "Signalling of a voice channel: TLS with SNI under discord.media.", SOURCE,
      tlsnames.sni_filter("rotterdam1042.discord.media"))
def signalling():
    return tlsnames.named("discord-call-signalling", "discord", "call", "rotterdam1042.discord.media",
                          "203.0.113.142")


@case("discord-text", "Discord's chat: TLS with SNI gateway.discord.gg.", SOURCE,
      tlsnames.sni_filter("gateway.discord.gg"))
def text():
    return tlsnames.named("discord-text", "discord", "text", "gateway.discord.gg", "162.159.135.234")


@case("discord-transfer", "An attachment: TLS with SNI cdn.discordapp.com.", SOURCE,
      tlsnames.sni_filter("cdn.discordapp.com"))
def transfer():
    return tlsnames.named("discord-transfer", "discord", "transfer", "cdn.discordapp.com", "162.159.135.233")


@case("discord-web", "Discord's site: TLS with SNI discord.com.", SOURCE, tlsnames.sni_filter("discord.com"))
def web():
    return tlsnames.named("discord-web", "discord", "web", "discord.com", "162.159.136.232")


@case(
    "not-discord-rtp",
    "Another application's RTP PT 120 with one-byte extensions between peers on port 50004: random SSRCs, as "
    "everybody but Discord's server draws them.",
    "RFC 3550",
)
def other_rtp():
    scene = Scene("not-discord-rtp", EPOCH_2023)
    client, peer = (HOST, 53120), ("203.0.113.143", 50004)
    for src, dst in ((client, peer), (peer, client)):
        play(scene, RtpStream(scene.random, 120, (60, 150), 960, True), src, dst, 0, 3, 25)
    generic = {"any": ["unknown", "rtp"]}
    return pcap_case(scene, [flow_count(1), flow(scene.flow(client, peer), app=generic)], not_apps("discord"))
