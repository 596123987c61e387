// Tests Signal's signals on bytes written by hand, and that others' traffic is not claimed.
#include <array>

#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::signal {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Glimpse;
using classify::Role;
using classify::Service;

const classify::Classifier& signal_app() { return classifiers::signal::instance(); }

Bytes rtp(std::uint8_t type, std::uint32_t ssrc) {
  Bytes packet = hex("80") + Bytes{type} + hex("0102 00000400");
  for (int shift = 24; shift >= 0; shift -= 8)
    packet.push_back(static_cast<std::uint8_t>(ssrc >> shift));
  return packet + Bytes(60, 0x21);
}

Bytes channel_data(const Bytes& inner) { return hex("4003") + counted(2, inner); }

Glimpse glimpse(const Bytes& bytes) {
  Glimpse made;
  made.held = static_cast<std::uint8_t>(std::min(bytes.size(), Glimpse::kMost));
  std::copy_n(bytes.begin(), made.held, made.bytes.begin());
  return made;
}

Outcome ask_after(const Bytes& before, const Bytes& packet) {
  classify::FlowFacts flow = udp_flow("198.51.100.4", 40123);
  const std::array earlier = {glimpse(before)};
  flow.earlier = earlier;
  return ask_datagram(signal_app(), packet, flow);
}

TEST_CASE("signal: RingRTC's fixed streams, one packet uncertain, two certain") {
  struct Stream {
    std::uint8_t type;
    std::uint32_t ssrc;
  };
  const std::array<Stream, 12> streams = {Stream{101, 13},   Stream{101, 1},    Stream{101, 1001},
                                          Stream{101, 2001}, Stream{102, 1002}, Stream{102, 2002},
                                          Stream{105, 2002}, Stream{108, 1003}, Stream{109, 2003},
                                          Stream{104, 1003}, Stream{118, 2013}, Stream{119, 1013}};
  for (const Stream& stream : streams) {
    INFO(int{stream.type} << " " << stream.ssrc);
    const Bytes packet = rtp(stream.type, stream.ssrc);
    const Outcome one = ask_datagram(signal_app(), packet);
    CHECK(one.signal() == "SIGNAL.RTP.ONE");
    CHECK_FALSE(one.certain());
    const Outcome two = ask_after(rtp(102, 2002), packet);
    CHECK(two.signal() == "SIGNAL.RTP.FIXED");
    CHECK(two.certain());
    CHECK(two.claims.front().role == Role::peer);
    CHECK(two.claims.front().service == Service::call);
  }
}

TEST_CASE("signal: the type must be the stream's") {
  CHECK(ask_datagram(signal_app(), rtp(102, 2003)).claims.empty());
  CHECK(ask_datagram(signal_app(), rtp(101, 2002)).claims.empty());
  CHECK(ask_datagram(signal_app(), rtp(111, 2002)).claims.empty());
  CHECK(ask_datagram(signal_app(), rtp(118, 2003)).claims.empty());
  CHECK(ask_datagram(signal_app(), rtp(102, 13)).claims.empty());
}

TEST_CASE("signal: flowing RTP stands for the earlier packet") {
  classify::FlowFacts flow = udp_flow("198.51.100.4", 40123);
  flow.rtp_flowing = true;
  CHECK(ask_datagram(signal_app(), rtp(102, 1002), flow).certain());
  CHECK(ask_datagram(signal_app(), rtp(111, 0x5bc31d70), flow).claims.empty());
}

TEST_CASE("signal: streams in ChannelData are read too") {
  const Bytes packet = channel_data(rtp(102, 2002));
  const Outcome outcome = ask_after(packet, packet);
  CHECK(outcome.signal() == "SIGNAL.RTP.FIXED");
  CHECK(outcome.claims.front().role == Role::relay);
}

TEST_CASE("signal: streams of one device in a group call") {
  const std::uint32_t device = 0x5bc31d70;
  CHECK(ask_after(rtp(102, device), rtp(108, device + 2)).signal() == "SIGNAL.RTP.GROUP");
  CHECK(ask_after(rtp(108, device + 4), rtp(118, device + 5)).certain());
  CHECK(ask_after(rtp(101, device + 13), rtp(102, device)).certain());
  CHECK(ask_after(rtp(109, device + 8), rtp(119, device + 9)).certain());
  CHECK(ask_after(rtp(102, device), rtp(108, device + 0x12)).claims.empty());  // another device
  CHECK(ask_after(rtp(102, device), rtp(108, device + 3)).claims.empty());     // RTX's number
  CHECK(ask_after(rtp(102, device), rtp(102, device)).claims.empty());         // one stream
  CHECK(ask_after(rtp(102, 0), rtp(108, 2)).claims.empty());
}

TEST_CASE("signal: TURN's realm is certain, asked and answered") {
  const Bytes realm = hex("0014 000a") + ascii("signal.org") + Bytes(2, 0);
  for (const char* type : {"0003", "0113", "0008", "0118"}) {
    const Outcome outcome = ask_datagram(signal_app(), stun_message(type, realm));
    CHECK(outcome.signal() == "SIGNAL.TURN.REALM");
    CHECK(outcome.certain());
  }
  const Bytes other = hex("0014 000e") + ascii("notsignal.org") + Bytes(3, 0);
  CHECK(ask_datagram(signal_app(), stun_message("0113", other)).claims.empty());
}

TEST_CASE("signal: names") {
  CHECK(service_of(signal_app(), "turn3.voip.signal.org") == "call");
  CHECK(service_of(signal_app(), "sfu.voip.signal.org") == "call");
  CHECK(service_of(signal_app(), "chat.signal.org") == "text");
  CHECK(service_of(signal_app(), "textsecure-service.whispersystems.org") == "text");
  CHECK(service_of(signal_app(), "textsecure-service-ca.whispersystems.org") == "text");
  CHECK(service_of(signal_app(), "storage.signal.org") == "text");
  CHECK(service_of(signal_app(), "cdn2.signal.org") == "transfer");
  CHECK(service_of(signal_app(), "updates2.signal.org") == "web");
  CHECK(service_of(signal_app(), "notsignal.org").empty());
}

TEST_CASE("signal: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    if (what == "Signal's TURN challenge") continue;
    CHECK(ask_datagram(signal_app(), payload).claims.empty());
    CHECK(ask_after(payload, payload).claims.empty());
  }
  for (const auto& [what, stream] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(signal_app(), stream).claims.empty());
  }
}

TEST_CASE("signal: a flow without any sign is given up") {
  classify::FlowFacts flow = udp_flow();
  const Bytes noise(40, 0x9c);
  CHECK(ask_datagram(signal_app(), noise, flow).answer == Answer::unsure);
  flow.datagrams = 100;
  CHECK(ask_datagram(signal_app(), noise, flow).answer == Answer::not_for_us);
}

}  // namespace
