// Tests WebRTC's signals on bytes written by hand: what is set-up, what makes it a call, and what
// is neither.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::webrtc {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Service;

const classify::Classifier& webrtc() { return classifiers::webrtc::instance(); }

const Bytes kUser = hex("0006 0009") + ascii("abcd:efgh") + Bytes(3, 0);
const Bytes kPriority = hex("0024 0004 6e7f1eff");
const Bytes kControlling = hex("802a 0008 0102030405060708");
const Bytes kControlled = hex("8029 0008 0102030405060708");
const Bytes kCheck = stun_message("0001", kUser + kControlling + kPriority);
const Bytes kRtp = hex("806f 0001 00000010 11223344") + Bytes(80, 0x33);

// A DTLS 1.2 record around a handshake message whose extensions are given.
Bytes dtls_hello(std::string_view type, const Bytes& before_extensions, const Bytes& extensions) {
  const Bytes body = hex("fefd") + Bytes(32, 0x5a) + before_extensions + counted(2, extensions);
  const Bytes message = hex(type) + Bytes{0, 0, static_cast<std::uint8_t>(body.size())} +
                        hex("0000 000000") + Bytes{0, 0, static_cast<std::uint8_t>(body.size())} +
                        body;
  return hex("16 fefd 0000 000000000000") + counted(2, message);
}

const Bytes kClientFields = hex("00 00 0004 c02bc02f 01 00");
const Bytes kServerFields = hex("00 c02b 00");
const Bytes kGroups = hex("000a 0004 0002001d");
const Bytes kUseSrtp = hex("000e 0005 0002 0001 00");

classify::FlowFacts flowing(const std::vector<Bytes>& earlier, std::vector<classify::Glimpse>& of) {
  classify::FlowFacts flow = udp_flow();
  for (const Bytes& payload : earlier) of.push_back(glimpse_of(up(payload)));
  flow.earlier = of;
  flow.datagrams = static_cast<std::uint32_t>(of.size());
  flow.rtp_flowing = true;
  return flow;
}

void check_set_up(const Outcome& outcome, std::string_view signal) {
  CHECK(outcome.signal() == signal);
  REQUIRE(outcome.claims.size() == 1);
  CHECK(outcome.claims.front().service == Service::other);
  CHECK_FALSE(outcome.claims.front().certain);
}

TEST_CASE("webrtc: a connectivity check of either side is set-up, not a call") {
  check_set_up(ask_datagram(webrtc(), kCheck), "WEBRTC.ICE.CHECK");
  check_set_up(ask_datagram(webrtc(), stun_message("0001", kUser + kPriority + kControlled)),
               "WEBRTC.ICE.CHECK");
}

TEST_CASE("webrtc: other Bindings are no connectivity check") {
  for (const Bytes& attributes :
       {Bytes{}, kUser, kUser + kPriority, kUser + kControlling, kPriority + kControlling,
        hex("0006 0004") + ascii("abcd") + kPriority + kControlling}) {
    CHECK(ask_datagram(webrtc(), stun_message("0001", attributes)).claims.empty());
  }
  CHECK(ask_datagram(webrtc(), stun_message("0101", kUser + kControlling + kPriority))
            .claims.empty());
}

TEST_CASE("webrtc: hellos with use_srtp") {
  check_set_up(
      ask_datagram(webrtc(), dtls_hello("01", kClientFields, kGroups + kUseSrtp + kGroups)),
      "WEBRTC.DTLS.SRTP");
  check_set_up(ask_datagram(webrtc(), dtls_hello("02", kServerFields, kUseSrtp)),
               "WEBRTC.DTLS.SRTP");
  CHECK(ask_datagram(webrtc(), dtls_hello("01", kClientFields, kGroups)).claims.empty());
  CHECK(ask_datagram(webrtc(), dtls_hello("0b", kClientFields, kUseSrtp)).claims.empty());
}

TEST_CASE("webrtc: a hello cut anywhere is read without leaving it") {
  const Bytes hello = dtls_hello("01", kClientFields, kGroups + kUseSrtp);
  for (std::size_t size = 0; size < hello.size() - kUseSrtp.size(); ++size)
    CHECK(ask_datagram(webrtc(), cut(hello, size)).claims.empty());
}

TEST_CASE("webrtc: a relay is asked for, or given") {
  const Bytes transport = hex("0019 0004 11000000");
  const Bytes relayed = hex("0016 0008 0001 0102 21324354");
  check_set_up(ask_datagram(webrtc(), stun_message("0003", transport)), "WEBRTC.TURN.ALLOCATE");
  check_set_up(ask_datagram(webrtc(), stun_message("0103", relayed)), "WEBRTC.TURN.ALLOCATE");
  CHECK(ask_datagram(webrtc(), stun_message("0003", stun_attribute("4000", 102))).claims.empty());
  CHECK(ask_datagram(webrtc(), stun_message("0103", stun_attribute("4002", 8))).claims.empty());
}

TEST_CASE("webrtc: RTP beside the set-up is a call, in whichever order they are seen") {
  for (const Bytes& set_up :
       {kCheck, stun_message("0101", hex("0020 0008 0001 0102 21324354")),
        dtls_hello("01", kClientFields, kUseSrtp), dtls_hello("02", kServerFields, kUseSrtp)}) {
    std::vector<classify::Glimpse> glimpses;
    const Outcome outcome =
        ask_datagram(webrtc(), kRtp, flowing({set_up, kRtp, kRtp, kRtp}, glimpses));
    CHECK(outcome.signal() == "WEBRTC.MEDIA");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
  }
  std::vector<classify::Glimpse> glimpses;
  const Outcome late = ask_datagram(webrtc(), kCheck, flowing({kRtp, kRtp, kRtp}, glimpses));
  REQUIRE(late.claims.size() == 2);
  CHECK(late.claims.back().signal->id == "WEBRTC.MEDIA");
}

TEST_CASE("webrtc: RTP in a relay's frame is a call through it") {
  std::vector<classify::Glimpse> glimpses;
  const Bytes frame = hex("4000") + counted(2, kRtp);
  const Outcome outcome = ask_datagram(webrtc(), frame, flowing({frame, frame, frame}, glimpses));
  CHECK(outcome.signal() == "WEBRTC.MEDIA");
  CHECK(outcome.claims.front().role == classify::Role::relay);
}

TEST_CASE("webrtc: RTP alone is not WebRTC") {
  std::vector<classify::Glimpse> glimpses;
  const Outcome outcome =
      ask_datagram(webrtc(), kRtp, flowing({kRtp, kRtp, kRtp, kRtp, kRtp}, glimpses));
  CHECK(outcome.claims.empty());
  CHECK(outcome.answer == Answer::unsure);  // a check may still come
}

TEST_CASE("webrtc: other traffic is given up soon") {
  classify::FlowFacts flow = udp_flow();
  CHECK(ask_datagram(webrtc(), hex("c0ffee00 11223344"), flow).answer == Answer::unsure);
  flow.datagrams = 4;
  CHECK(ask_datagram(webrtc(), hex("c0ffee00 11223344"), flow).answer == Answer::not_for_us);
}

TEST_CASE("webrtc: data channels are no call") {
  const Bytes data = hex("17 fefd 0001 000000000001") + counted(2, Bytes(200, 0x41));
  const Outcome outcome = ask_flow(
      webrtc(), {up(dtls_hello("01", kClientFields, kUseSrtp)), up(data), down(data), up(data)});
  for (const classify::Claim& claim : outcome.claims) CHECK(claim.service == Service::other);
}

TEST_CASE("webrtc: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    if (what.find("WebRTC check") == 0 || what.find("TURN Allocate") == 0) continue;  // is generic
    INFO(what);
    CHECK(ask_datagram(webrtc(), payload).claims.empty());
  }
  for (std::uint32_t seed = 0; seed < 500; ++seed)
    CHECK(ask_datagram(webrtc(), noise(100, seed)).claims.empty());
}

}  // namespace

namespace {

Bytes channel_data(const Bytes& inner) {
  const Bytes padding((4 - inner.size() % 4) % 4, 0);
  return hex("4001") + counted(2, inner) + padding;
}

const Bytes kAllocation = stun_message("0003", hex("0019 0004 11000000"));

}  // namespace

TEST_CASE("webrtc: a relay's stream is set-up until media flows in it") {
  check_set_up(ask_stream(webrtc(), kAllocation), "WEBRTC.TURN.ALLOCATE");
  check_set_up(ask_stream(webrtc(), kAllocation + channel_data(kCheck)), "WEBRTC.ICE.CHECK");
  Bytes three = kAllocation;
  for (int i = 0; i < 3; ++i) three = three + channel_data(kRtp);
  check_set_up(ask_stream(webrtc(), three), "WEBRTC.TURN.ALLOCATE");
  const Outcome call = ask_stream(webrtc(), three + channel_data(kRtp));
  REQUIRE(call.claims.size() == 2);
  CHECK(call.claims.back().service == Service::call);
  CHECK(call.claims.back().certain);
  CHECK(call.answer == Answer::unsure);
}

TEST_CASE("webrtc: RTP in a relay's stream without set-up, and other streams, claim nothing") {
  Bytes media = channel_data(kRtp);
  for (int i = 0; i < 5; ++i) media = media + channel_data(kRtp);
  CHECK(ask_stream(webrtc(), media).claims.empty());
  CHECK(ask_stream(webrtc(), ascii("GET / HTTP/1.1\r\n")).answer == Answer::not_for_us);
}
