// Tests WhatsApp's signals on bytes written by hand, and that traffic of others is not claimed.
#include <vector>

#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::whatsapp {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Role;
using classify::Service;

const classify::Classifier& whatsapp() { return classifiers::whatsapp::instance(); }

// "WA" 6.3, a frame of 0x2a bytes whose protobuf holds field 2.
Bytes noise_hello() { return hex("5741 0603 00002a 12280a20") + Bytes(36, 0x77); }

TEST_CASE("whatsapp: Noise hello alone and behind edge routing") {
  const Bytes routing = hex("45440001 000004 08080802");
  for (const Bytes& head : {noise_hello(), routing + noise_hello(),
                            routing + hex("5741 0502 000114 129102") + Bytes(20, 1)}) {
    const Outcome outcome = ask_stream(whatsapp(), head);
    CHECK(outcome.answer == Answer::certain);
    CHECK(outcome.signal() == "WA.TEXT.NOISE");
    CHECK(outcome.claims.front().service == Service::text);
  }
}

TEST_CASE("whatsapp: a hello split anywhere is waited for") {
  const Bytes head = hex("45440001 000004 08080802") + noise_hello();
  for (std::size_t size = 1; size < 11 + 8; ++size) {
    const Outcome outcome = ask_stream(whatsapp(), cut(head, size));
    INFO(size);
    CHECK(outcome.answer == Answer::unsure);
    CHECK_FALSE(outcome.certain());
    CHECK(outcome.signal() == (size < 8 ? "" : "WA.TEXT.ROUTING"));
  }
  CHECK(ask_stream(whatsapp(), cut(head, 11 + 8)).certain());
}

TEST_CASE("whatsapp: binary XMPP hello of 2015, whatever the port") {
  const Outcome outcome = ask_stream(
      whatsapp(), hex("5741 0105 00001a f80501a59189fc12") + ascii("iPhone-2.12.2-5222"));
  CHECK(outcome.signal() == "WA.TEXT.XMPP");
  CHECK(outcome.certain());
}

TEST_CASE("whatsapp: hellos that are nearly right are refused") {
  for (const char* text :
       {"5741 0a00 00002a 12280a20", "5741 0603 00002a 10280a20", "5741 0603 f0002a 12280a20",
        "5741 0105 00001a f70501a5", "45440001 000004 09080802 5741 0603 00002a12",
        "45440001 0fff04 08080802 5741 0603 00002a12",
        "45440002 000004 08080802 5741 0603 00002a12"}) {
    INFO(text);
    const Outcome outcome = ask_stream(whatsapp(), hex(text) + Bytes(60, 0));
    CHECK(outcome.answer == Answer::not_for_us);
    CHECK(outcome.claims.empty());
  }
}

TEST_CASE("whatsapp: a hello counts where the TCP handshake was not captured") {
  CHECK(ask_stream(whatsapp(), noise_hello(), {}, false).certain());
  CHECK(ask_stream(whatsapp(), Bytes(1, 0) + noise_hello(), {}, false).claims.empty());
}

TEST_CASE("whatsapp: the server's Noise hello where the client's side is missing") {
  const Bytes hello = hex("000036 1a34 0a20") + Bytes(32, 0x61) + hex("1a10") + Bytes(16, 0x62);
  const Outcome outcome = ask_stream(whatsapp(), {}, hello);
  CHECK(outcome.signal() == "WA.TEXT.SERVER");
  CHECK_FALSE(outcome.certain());
  CHECK(ask_stream(whatsapp(), {}, hello, false).signal() == "WA.TEXT.SERVER");
  // The side heard first may be taken for the client.
  CHECK(ask_stream(whatsapp(), hello, {}, false).signal() == "WA.TEXT.SERVER");
  Bytes wrong = hello;
  wrong[4] = 0x33;  // the lengths no longer agree
  CHECK(ask_stream(whatsapp(), {}, wrong).claims.empty());
}

TEST_CASE("whatsapp: the server's start of binary XMPP where the client's side is missing") {
  const Bytes start = hex("000005 f80301 3a91 000003 f8019c 80003d") + Bytes(61, 0x26);
  const Outcome outcome = ask_stream(whatsapp(), {}, start);
  CHECK(outcome.signal() == "WA.TEXT.XMPPSERVER");
  CHECK(outcome.certain());
  for (std::size_t size = 1; size < 13; ++size) {
    INFO(size);
    CHECK(ask_stream(whatsapp(), {}, cut(start, size)).answer == Answer::unsure);
  }
  Bytes other = start;
  other[11] = 0xf7;
  CHECK(ask_stream(whatsapp(), {}, other).claims.empty());
}

// `count` frames of different lengths, `mark` before each length.
Bytes frames(int count, std::uint8_t mark) {
  Bytes out;
  for (int i = 0; i < count; ++i) {
    const auto length = static_cast<std::uint8_t>(29 + 7 * i);
    out = out + Bytes{mark, 0, length} + Bytes(length, 0xc4);
  }
  return out;
}

TEST_CASE("whatsapp: marked frames in mid-stream are a weak sign, plain ones only at Meta") {
  const Bytes marked = frames(4, 0x80);
  const Outcome outcome = ask_stream(whatsapp(), marked, {}, false);
  CHECK(outcome.signal() == "WA.TEXT.XMPPFRAMES");
  CHECK_FALSE(outcome.certain());
  CHECK(ask_stream(whatsapp(), {}, marked, false).signal() == "WA.TEXT.XMPPFRAMES");
  // Two of each side are as good as four of one.
  CHECK(ask_stream(whatsapp(), frames(2, 0x80), frames(2, 0x80), false).signal() ==
        "WA.TEXT.XMPPFRAMES");
  CHECK(ask_stream(whatsapp(), frames(3, 0x80), {}, false).answer == Answer::unsure);
  CHECK(ask_stream(whatsapp(), marked).claims.empty());  // not where the beginning was seen
  CHECK(ask_stream(whatsapp(), frames(4, 0x40), {}, false).claims.empty());
  CHECK(ask_stream(whatsapp(), frames(4, 0), {}, false).claims.empty());

  const Bytes plain = frames(4, 0);
  classify::FlowFacts flow = udp_flow("157.240.20.53", 5222);
  flow.proto = 6;
  classify::StreamHead head;
  head.up = view(plain);
  head.from_start = false;
  Outcome at_meta;
  at_meta.answer = whatsapp().on_stream(flow, head, at_meta);
  CHECK(at_meta.signal() == "WA.TEXT.FRAMES");
  CHECK_FALSE(at_meta.certain());
}

TEST_CASE("whatsapp: Allocate of 2015 with its unaligned length, of 2023 with integrity") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Bytes old = stun_message("0003", stun_attribute("4000", 102));
  CHECK(old.size() == 126);
  const Bytes recent = stun_message(
      "0003", stun_attribute("4000", 152) + hex("0016 0008 0001 0102 21324354") + integrity);
  // Of 2026: Android's and the browser's, with what the call subscribes to.
  const Bytes android =
      stun_message("0003", stun_attribute("4000", 64) + stun_attribute("4025", 16) +
                               stun_attribute("4024", 20) + integrity);
  const Bytes browser =
      stun_message("0003", stun_attribute("4000", 64) + stun_attribute("4024", 96) + integrity);
  for (const Bytes& request :
       {old, stun_message("0003", stun_attribute("4001", 102)), recent, android, browser}) {
    const Outcome outcome = ask_datagram(whatsapp(), request);
    CHECK(outcome.signal() == "WA.RELAY.ALLOCATE");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().role == Role::relay);
    CHECK(outcome.claims.front().service == Service::call);
  }
  // The form Messenger may use as well.
  const Bytes shared = stun_message("0003", stun_attribute("4000", 102) + Bytes(2, 0) + integrity);
  CHECK(ask_datagram(whatsapp(), shared).claims.empty());
}

TEST_CASE("whatsapp: relay answer, bye and bandwidth probes") {
  const Bytes mapped = hex("0020 0008 0001 91766e31b187");
  const Bytes time = hex("4002 0008 0000014d8c8e3275");
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped + time)).signal() ==
        "WA.RELAY.ANSWER");
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped)).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0103", mapped + time + stun_attribute("0008", 20)))
            .claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0800", stun_attribute("4001", 102))).signal() ==
        "WA.RELAY.BYE");
  // Attributes without padding: no STUN parser reads these.
  const Bytes probe = stun_attribute("4003", 9) + stun_attribute("4004", 200);
  CHECK(ask_datagram(whatsapp(), stun_message("0801", probe)).signal() == "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0804", probe)).signal() == "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0802", time + stun_attribute("4003", 9))).signal() ==
        "WA.RELAY.PROBE");
  CHECK(ask_datagram(whatsapp(), stun_message("0800", {})).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0800", stun_attribute("4003", 9))).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0801", {})).claims.empty());
  CHECK(ask_datagram(whatsapp(), stun_message("0806", probe)).claims.empty());
}

TEST_CASE("whatsapp: peer checks wait for the socket, their answers are a weak sign") {
  const Bytes integrity = stun_attribute("0008", 20);
  const Outcome request = ask_datagram(whatsapp(), stun_message("0001", integrity));
  CHECK(request.answer == Answer::unsure);
  CHECK(request.claims.empty());
  const Outcome answer = ask_datagram(whatsapp(), stun_message("0101", integrity));
  CHECK(answer.signal() == "WA.PEER.ANSWER");
  CHECK_FALSE(answer.certain());
  CHECK(answer.claims.front().role == Role::peer);
}

TEST_CASE("whatsapp: a second peer check is a weak sign as well") {
  const Bytes check = stun_message("0001", stun_attribute("0008", 20));
  Bytes other = check;
  other[12] ^= 0x55U;  // another transaction
  std::vector<classify::Glimpse> before = {glimpse_of(up(check))};
  classify::FlowFacts flow = udp_flow("198.51.100.4", 32641);
  flow.earlier = before;
  const Outcome outcome = ask_datagram(whatsapp(), other, flow);
  CHECK(outcome.signal() == "WA.PEER.CHECK");
  CHECK_FALSE(outcome.certain());
  const Bytes user = hex("0006 0009") + ascii("abcd:efgh") + Bytes(3, 0);
  const Bytes ice = stun_message("0001", user + stun_attribute("0008", 20));
  before = {glimpse_of(up(ice))};
  flow.earlier = before;
  CHECK(ask_datagram(whatsapp(), ice, flow).claims.empty());
}

Bytes media(std::string_view head, std::string_view profile, std::string_view ssrc = "c3965a59") {
  return hex(head) + hex("0001 0010f248") + hex(ssrc) + hex(profile) + hex("0001 300b6100") +
         Bytes(700, 0x71);
}

Outcome ask_media(const Bytes& packet, const std::vector<Bytes>& before,
                  std::string_view server = "198.51.100.4", bool flowing = false) {
  std::vector<classify::Glimpse> earlier;
  earlier.reserve(before.size());
  for (const Bytes& each : before) earlier.push_back(glimpse_of(up(each)));
  classify::FlowFacts flow = udp_flow(server, 32641);
  flow.earlier = earlier;
  flow.rtp_flowing = flowing;
  return ask_datagram(whatsapp(), packet, flow);
}

TEST_CASE("whatsapp: its own header extension proves media, twice by the same source") {
  const Bytes video = media("9066", "debe");
  const Outcome outcome = ask_media(video, {video});
  CHECK(outcome.signal() == "WA.MEDIA.EXTENSION");
  CHECK(outcome.certain());
  CHECK(outcome.claims.front().role == Role::peer);
  CHECK(ask_media(video, {video}, "157.240.20.53").claims.front().role == Role::relay);
  CHECK(ask_media(media("9078", "debe"), {media("90f8", "debe")}).certain());
  CHECK(ask_media(video, {}).claims.empty());
  CHECK(ask_media(video, {media("9066", "debe", "11223344")}).claims.empty());
  const Bytes registered = media("9066", "bede");
  CHECK(ask_media(registered, {registered}).claims.empty());
}

TEST_CASE("whatsapp: audio of type 120 counts at Meta's addresses or beside relay pings") {
  const Bytes audio = hex("8078 0001 00000010 11223344") + Bytes(80, 0x33);
  const Outcome at_meta = ask_media(audio, {}, "157.240.20.53", true);
  CHECK(at_meta.signal() == "WA.MEDIA.AUDIO");
  CHECK_FALSE(at_meta.certain());
  CHECK(ask_media(audio, {}, "157.240.20.53", false).claims.empty());
  CHECK(ask_media(audio, {}, "198.51.100.4", true).claims.empty());
  const Bytes other = hex("806f 0001 00000010 11223344") + Bytes(80, 0x33);
  CHECK(ask_media(other, {}, "157.240.20.53", true).claims.empty());

  const Bytes ping = stun_message("0801", {});
  CHECK(ask_media(ping, {audio, audio}).signal() == "WA.MEDIA.AUDIO");
  CHECK(ask_media(ping, {audio}).claims.empty());
  CHECK(ask_media(ping, {other, other}).claims.empty());
}

TEST_CASE("whatsapp: reports of type 208") {
  const Bytes report = hex("81d00002 54592824 95948d5f 80000002") + Bytes(10, 0x4d);
  const Outcome outcome = ask_datagram(whatsapp(), report);
  CHECK(outcome.signal() == "WA.MEDIA.REPORT");
  CHECK_FALSE(outcome.certain());
  Bytes plain = report;
  plain[12] = 0;  // no encryption
  CHECK(ask_datagram(whatsapp(), plain).claims.empty());
  CHECK(ask_datagram(whatsapp(), report + Bytes(4, 0)).claims.empty());
  Bytes avb = report;
  avb[3] = 9;  // IEEE 1733's length
  CHECK(ask_datagram(whatsapp(), avb).claims.empty());
}

TEST_CASE("whatsapp: names") {
  CHECK(service_of(whatsapp(), "e13.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "g.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "chat.cdn.whatsapp.net") == "text");
  CHECK(service_of(whatsapp(), "mmg-fna.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "media-mxp1-1.cdn.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "media.fmxp3-1.fna.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "pps.whatsapp.net") == "transfer");
  CHECK(service_of(whatsapp(), "static.whatsapp.net") == "web");
  CHECK(service_of(whatsapp(), "web.whatsapp.com") == "web");
  CHECK(service_of(whatsapp(), "wa.me") == "web");
  CHECK(service_of(whatsapp(), "notwhatsapp.com").empty());
  CHECK(service_of(whatsapp(), "whatsapp.com.example.net").empty());
}

TEST_CASE("whatsapp: others' traffic is not claimed") { claims_nothing_of_others(whatsapp()); }

TEST_CASE("whatsapp: a flow without any sign is given up") {
  classify::FlowFacts flow = udp_flow();
  const Bytes noise(40, 0x9c);
  CHECK(ask_datagram(whatsapp(), noise, flow).answer == Answer::unsure);
  flow.datagrams = 100;
  CHECK(ask_datagram(whatsapp(), noise, flow).answer == Answer::not_for_us);
}

}  // namespace
