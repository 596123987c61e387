// Tests Zoom's signals on bytes written by hand, and that others' traffic is not claimed.
#include <array>

#include "catch.hpp"
#include "flow/media_track.hpp"
#include "unit/classify/classifier_probe.hpp"
#include "zoom/framing.hpp"

namespace deadair::classifiers::zoom {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using namespace deadair::classifiers::zoom;
using classify::Answer;
using classify::Direction;
using classify::Glimpse;
using classify::Role;
using classify::Service;

const classify::Classifier& zoom() { return classifiers::zoom::instance(); }

const char* const kServer = "144.195.10.20";

classify::FlowFacts sfu_flow(std::string_view server = "192.0.2.7") {
  return udp_flow(server, 8801);
}

// RTP with a one-byte extension: type 112 for sound, 98 for pictures.
Bytes rtp(std::string_view marker_and_type, std::size_t size = 80) {
  return hex("90") + hex(marker_and_type) + hex("0007 00012345 01000401 bede 0001 506400aa") +
         Bytes(size, 0x77);
}

// The 15 bytes that media headers share.
Bytes head(std::string_view type) { return hex(type) + hex("0100fb90 14110406 04c2 006fff23"); }
Bytes audio() { return head("0f") + hex("000700f3") + rtp("70"); }
Bytes video() { return head("10") + hex("0000000000 02 0009 04") + rtp("62", 900); }
Bytes short_video() { return head("10") + hex("0000000000") + rtp("62", 900); }
Bytes screen() { return head("1e") + hex("0000000000") + rtp("63", 700); }
Bytes reliable(const Bytes& inner) { return hex("0d 9230 0002 0000") + inner; }
Bytes rtcp() { return head("21") + hex("00 80c8 0006 01000401") + Bytes(20, 0x10); }

Bytes sfu(const Bytes& inner, std::string_view direction = "00") {
  return hex("05 0123 004f8378") + hex(direction) + inner;
}

// Keep-alive with two attributes, and the shortest one.
Bytes alive() {
  return hex("04 00000003 5cfb113c 004f8379 01") + hex("01 04 00000001") + hex("05 40") +
         Bytes(64, 0x54) + hex("00");
}
Bytes short_alive() { return hex("03 00000001 5cfb002a 004f8378 00"); }

Glimpse glimpse(const Bytes& bytes, Direction direction = Direction::up) {
  Glimpse made;
  made.held = static_cast<std::uint8_t>(std::min(bytes.size(), Glimpse::kMost));
  std::copy_n(bytes.begin(), made.held, made.bytes.begin());
  made.direction = direction;
  made.wire_len = static_cast<std::uint16_t>(bytes.size());
  return made;
}

TEST_CASE("zoom: media behind the server's header is certain, of every type") {
  for (const Bytes& inner :
       {audio(), video(), short_video(), screen(), rtcp(), reliable(screen()), reliable(video())}) {
    const Outcome outcome = ask_datagram(zoom(), sfu(inner), sfu_flow());
    INFO(int{inner[0]});
    CHECK(outcome.signal() == "ZOOM.SFU.MEDIA");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().role == Role::relay);
    CHECK(outcome.claims.front().service == Service::call);
    CHECK(outcome.claims.front().unframe == &unframe_sfu);
  }
}

TEST_CASE("zoom: the header's direction must be the datagram's") {
  CHECK(ask_datagram(zoom(), sfu(audio(), "04"), sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), sfu(audio(), "01"), sfu_flow()).claims.empty());
  // Only the server's side was captured, and it was taken for the client.
  classify::FlowFacts turned = udp_flow("10.0.0.2", 51518);
  turned.client = ip("192.0.2.7");
  turned.client_port = 8801;
  CHECK(ask_datagram(zoom(), sfu(audio(), "04"), turned).signal() == "ZOOM.SFU.MEDIA");
  CHECK(ask_datagram(zoom(), sfu(audio()), turned).claims.empty());
}

TEST_CASE("zoom: the server's header counts on its ports only") {
  CHECK(ask_datagram(zoom(), sfu(audio()), udp_flow("192.0.2.7", 8811)).claims.empty());
  CHECK(ask_datagram(zoom(), sfu(audio()), udp_flow("192.0.2.7", 8810)).certain());
}

TEST_CASE("zoom: bytes that only begin like media headers are not RTP") {
  Bytes wrong = sfu(audio());
  wrong[8 + 19] = 0x17;  // RTP's version
  CHECK(ask_datagram(zoom(), wrong, sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), sfu(hex("0f")), sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), hex("05"), sfu_flow()).claims.empty());
}

TEST_CASE("zoom: set-up and control messages are certain") {
  const Bytes id = hex("c84ac4528718cda2b8477a1b899f3383");
  const Bytes join = hex("01 0003") + id + hex("00000000 00000002 006f613f 006f613f 00000040") +
                     Bytes(64, 0xe6) + Bytes(20, 0x10);
  const Bytes answer =
      hex("02 0003") + id + hex("004f8378 006f613f 0000000000000000 0004000400003e00 00");
  const Bytes leave = hex("07 00000000 004f837a 01 05 40") + Bytes(64, 0x64) + hex("00");
  const Bytes answer_of_2020 = hex("02 0001") + id + hex("004f8378 006f613f 0000000000000000");
  for (const Bytes& message : {join, answer, answer_of_2020, alive(), short_alive(), leave}) {
    INFO(int{message[0]});
    const Outcome outcome = ask_datagram(zoom(), message, sfu_flow());
    CHECK(outcome.signal() == "ZOOM.SFU.CONTROL");
    CHECK(outcome.certain());
  }
}

TEST_CASE("zoom: control messages must end where their attributes do") {
  CHECK(ask_datagram(zoom(), alive() + hex("00"), sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), cut(alive(), alive().size() - 1), sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), short_alive() + hex("00"), sfu_flow()).claims.empty());
  CHECK(ask_datagram(zoom(), hex("03 00000001 5cfb002a 00000000 00"), sfu_flow()).claims.empty());
}

TEST_CASE("zoom: what the capture cut off is taken on trust") {
  CHECK(is_control(view(cut(alive(), 40)), alive().size()));
  CHECK_FALSE(is_control(view(cut(alive(), 40)), 40));
}

TEST_CASE("zoom: several headers with one cookie suffice in mid-stream") {
  const Bytes unknown_type = sfu(hex("15 01 00000000 02 03 00") + Bytes(40, 1));
  classify::FlowFacts flow = sfu_flow();
  CHECK(ask_datagram(zoom(), unknown_type, flow).claims.empty());
  std::array earlier = {glimpse(unknown_type), glimpse(sfu(hex("0a060002")))};
  flow.earlier = earlier;
  CHECK(ask_datagram(zoom(), unknown_type, flow).signal() == "ZOOM.SFU.FLOW");
  earlier[1].bytes[4] = 0x99;  // another cookie
  CHECK(ask_datagram(zoom(), unknown_type, flow).claims.empty());
}

Bytes peer_hello() {
  return hex("1f0201") + Bytes(21, 0x3c) + counted(4, ascii("198.51.100.4")) +
         counted(4, Bytes(36, 'a')) + Bytes(4, 0);
}

TEST_CASE("zoom: the hello between peers is certain, its lengths must fit") {
  const classify::FlowFacts flow = udp_flow("198.51.100.4", 40123);
  const Outcome outcome = ask_datagram(zoom(), peer_hello(), flow);
  CHECK(outcome.signal() == "ZOOM.PEER.HELLO");
  CHECK(outcome.certain());
  CHECK(outcome.claims.front().role == Role::peer);
  CHECK(outcome.claims.front().unframe == &unframe_peer);
  CHECK(ask_datagram(zoom(), peer_hello() + hex("00"), flow).claims.empty());
  CHECK(ask_datagram(zoom(), cut(peer_hello(), 30), flow).claims.empty());
}

TEST_CASE("zoom: media between peers needs three datagrams") {
  classify::FlowFacts flow = udp_flow("198.51.100.4", 40123);
  const Outcome one = ask_datagram(zoom(), audio(), flow);
  CHECK(one.signal() == "ZOOM.PEER.FRAME");
  CHECK_FALSE(one.certain());
  std::array earlier = {glimpse(audio()), glimpse(video(), Direction::down)};
  flow.earlier = earlier;
  const Outcome three = ask_datagram(zoom(), audio(), flow);
  CHECK(three.signal() == "ZOOM.PEER.MEDIA");
  CHECK(three.certain());
  earlier[0].bytes[3] = 0;  // another meeting
  CHECK_FALSE(ask_datagram(zoom(), audio(), flow).certain());
}

TEST_CASE("zoom: RTP without extension between peers is not enough") {
  const Bytes plain = head("0f") + hex("000700f3 8070 0007 00012345 01000401") + Bytes(60, 1);
  CHECK(ask_datagram(zoom(), plain, udp_flow("198.51.100.4", 40123)).claims.empty());
}

TEST_CASE("zoom: STUN without cookie is Zoom's in its networks, else shared") {
  const Bytes request =
      hex("0001 0018 101112131415161718191a1b1c1d1e1f 0101 0014") + Bytes(20, '1');
  const Outcome inside = ask_datagram(zoom(), request, udp_flow(kServer));
  CHECK(inside.signal() == "ZOOM.STUN.SERVER");
  CHECK(inside.certain());
  const Outcome outside = ask_datagram(zoom(), request);
  CHECK(outside.signal() == "ZOOM.STUN.CLASSIC");
  CHECK_FALSE(outside.certain());
  // The answer alone, and with the cookie nothing is Zoom's own.
  const Bytes answer = hex("0101 0008 101112131415161718191a1b1c1d1e1f 0103 0004 01020304");
  CHECK(ask_datagram(zoom(), answer).signal() == "ZOOM.STUN.CLASSIC");
  CHECK(ask_datagram(zoom(), stun_message("0001", stun_attribute("0101", 20))).claims.empty());
}

TEST_CASE("zoom: DTLS and RTP count in Zoom's networks only") {
  const Bytes hello = hex("16 fefd 0000 000000000000 0010") + Bytes(16, 1);
  CHECK(ask_datagram(zoom(), hello, udp_flow(kServer, 8802)).signal() == "ZOOM.MEDIA.NETWORK");
  CHECK(ask_datagram(zoom(), hello).claims.empty());
  classify::FlowFacts flow = udp_flow(kServer, 20000);
  const Bytes plain = hex("8068 0001 00000010 11223344") + Bytes(80, 0x33);
  CHECK(ask_datagram(zoom(), plain, flow).claims.empty());
  flow.rtp_flowing = true;
  CHECK(ask_datagram(zoom(), plain, flow).signal() == "ZOOM.MEDIA.NETWORK");
}

TEST_CASE("zoom: frames give up their RTP and its kind") {
  struct Frame {
    Bytes inner;
    std::size_t offset;
    std::uint8_t kind;
  };
  using namespace flow::media_kind;
  const std::array<Frame, 5> frames = {
      Frame{audio(), 19, kVoice}, Frame{video(), 24, kVideo}, Frame{short_video(), 20, kVideo},
      Frame{screen(), 20, kVideo}, Frame{reliable(screen()), 27, kVideo}};
  for (const Frame& frame : frames) {
    INFO(frame.offset);
    const Bytes framed = sfu(frame.inner);
    classify::Media media;
    REQUIRE(unframe_sfu(view(framed), framed.size(), media));
    CHECK(media.rtp_len == frame.inner.size() - frame.offset);
    CHECK(media.rtp.u8(0) == 0x90);
    CHECK(media.kind == frame.kind);
    classify::Media peer;
    CHECK(unframe_peer(view(frame.inner), frame.inner.size(), peer));
    CHECK(peer.rtp_len == media.rtp_len);
  }
}

TEST_CASE("zoom: frames without RTP give nothing, however they are cut") {
  classify::Media media;
  CHECK_FALSE(unframe_sfu(view(sfu(rtcp())), sfu(rtcp()).size(), media));
  CHECK_FALSE(unframe_sfu(view(alive()), alive().size(), media));
  const Bytes whole = sfu(reliable(audio()));
  for (std::size_t size = 0; size < 8 + 7 + 19; ++size) {
    const Bytes part = cut(whole, size);
    CHECK_FALSE(unframe_sfu(view(part), part.size(), media));
    CHECK_FALSE(unframe_peer(view(part), part.size(), media));
  }
}

TEST_CASE("zoom: names") {
  CHECK(service_of(zoom(), "zoomsjcbc12mmr.sjc.zoom.us") == "call");
  CHECK(service_of(zoom(), "rwcams.ams.zoom.us") == "call");
  CHECK(service_of(zoom(), "us04xmpp1.zoom.us") == "text");
  CHECK(service_of(zoom(), "us02file.zoom.us") == "transfer");
  for (const char* web :
       {"zoom.us", "us02web.zoom.us", "www.zoomgov.com", "zoom.com.cn", "zoom.com"})
    CHECK(service_of(zoom(), web) == "web");
  CHECK(service_of(zoom(), "notzoom.us").empty());
  CHECK(service_of(zoom(), "zoom.us.example.net").empty());
}

TEST_CASE("zoom: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    if (what == "Zoom's STUN without cookie") continue;
    CHECK(ask_datagram(zoom(), payload).claims.empty());
    CHECK(ask_datagram(zoom(), payload, sfu_flow()).claims.empty());
  }
  for (const auto& [what, stream] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(zoom(), stream).claims.empty());
  }
}

TEST_CASE("zoom: a flow without any sign is given up") {
  classify::FlowFacts flow = udp_flow();
  const Bytes noise(40, 0x9c);
  CHECK(ask_datagram(zoom(), noise, flow).answer == Answer::unsure);
  flow.datagrams = 100;
  CHECK(ask_datagram(zoom(), noise, flow).answer == Answer::not_for_us);
}

}  // namespace
