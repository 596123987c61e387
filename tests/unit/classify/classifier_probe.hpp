// Shows hand-made packets to one classifier and keeps what it claims; holds traffic no application
// of ours may claim.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "classify/classifier.hpp"
#include "classify/rule_index.hpp"
#include "classify/unwrap.hpp"
#include "unit/proto/hex.hpp"

namespace deadair::test {

struct Outcome final : classify::Claims {
  classify::Answer answer = classify::Answer::unsure;
  std::vector<classify::Claim> claims;
  std::vector<std::pair<IpAddress, std::uint16_t>> expected;  // where media were announced

  void add(const classify::Claim& claim) override { claims.push_back(claim); }
  void expect_media(const IpAddress& host, std::uint16_t port) override {
    expected.emplace_back(host, port);
  }
  // The only claim's signal, "" when there is none, "several" when there are more.
  [[nodiscard]] std::string_view signal() const {
    if (claims.size() > 1) return "several";
    return claims.empty() ? "" : claims.front().signal->id;
  }
  [[nodiscard]] bool certain() const { return claims.size() == 1 && claims.front().certain; }
};

inline IpAddress ip(std::string_view text) {
  IpAddress address;
  parse_ip_address(text, address);
  return address;
}

// A UDP flow from a private host to `server`.
inline classify::FlowFacts udp_flow(std::string_view server = "192.0.2.7",
                                    std::uint16_t port = 3478) {
  classify::FlowFacts flow;
  flow.proto = 17;
  flow.client = ip("10.0.0.2");
  flow.server = ip(server);
  flow.client_port = 51518;
  flow.server_port = port;
  return flow;
}

inline Outcome ask_datagram(const classify::Classifier& classifier, const Bytes& payload,
                            const classify::FlowFacts& flow = udp_flow()) {
  classify::Unwrapped unwrapped;
  classify::unwrap(view(payload), payload.size(), unwrapped);
  classify::Datagram datagram;
  datagram.payload = view(payload);
  datagram.wire_len = static_cast<std::uint32_t>(payload.size());
  datagram.stun = unwrapped.is_stun ? &unwrapped.stun : nullptr;
  datagram.multiplexed = unwrapped.multiplexed;
  datagram.relayed = unwrapped.relayed;
  datagram.inner = unwrapped.inner;
  datagram.inner_len = static_cast<std::uint32_t>(unwrapped.inner_len);
  datagram.kind = proto::demultiplex(unwrapped.inner);
  proto::rtp::Header rtp;
  if (datagram.kind == proto::CallProtocol::rtp &&
      proto::rtp::parse(datagram.inner, datagram.inner_len, rtp) == ParseStatus::parsed) {
    datagram.rtp = &rtp;
  }
  proto::quic::LongHeader quic;
  if (proto::quic::parse_long_header(view(payload), payload.size(), quic) == ParseStatus::parsed) {
    datagram.quic = &quic;
  }
  Outcome outcome;
  outcome.answer = classifier.on_datagram(flow, datagram, outcome);
  return outcome;
}

inline Outcome ask_stream(const classify::Classifier& classifier, const Bytes& up,
                          const Bytes& down = {}, bool from_start = true) {
  classify::FlowFacts flow = udp_flow("192.0.2.7", 443);
  flow.proto = 6;
  classify::StreamHead head;
  head.up = view(up);
  head.down = view(down);
  if (up.empty()) head.grew = classify::Direction::down;
  head.from_start = from_start;
  Outcome outcome;
  outcome.answer = classifier.on_stream(flow, head, outcome);
  return outcome;
}

// A STUN message with the magic cookie; `attributes` as on the wire.
inline Bytes stun_message(std::string_view type, const Bytes& attributes) {
  const auto length = static_cast<std::uint8_t>(attributes.size());
  return hex(type) + Bytes{0, length} + hex("2112a442 a0a1a2a3a4a5a6a7a8a9aaab") + attributes;
}

// One attribute of `size` bytes of value, without padding.
inline Bytes stun_attribute(std::string_view type, std::size_t size) {
  return hex(type) + counted(2, Bytes(size, 0x5a));
}

// The service of a host name by this classifier's rules; nothing when it does not know the name.
inline std::string service_of(const classify::Classifier& classifier, std::string_view host) {
  const std::array<const classify::Classifier*, 1> all = {&classifier};
  const classify::RuleIndex rules{all};
  const classify::NameMatch match = rules.match_name(host);
  if (match.rule == nullptr) return "";
  constexpr std::array<std::string_view, 6> kNames = {"other",    "text", "call",
                                                      "transfer", "web",  "tunnel"};
  return std::string(kNames[static_cast<std::size_t>(match.rule->service)]);
}

// Datagrams of applications that share ports or formats with ours.
inline std::vector<std::pair<std::string, Bytes>> foreign_datagrams() {
  const Bytes ice_tail = stun_attribute("0008", 20) + hex("8028 0004 01020304");
  const Bytes user = hex("0006 0009") + ascii("abcd:efgh") + Bytes(3, 0);
  const Bytes google = hex("c057 0004 0003000a");
  const Bytes role = hex("802a 0008 0102030405060708") + hex("0024 0004 6e7f1eff");
  return {
      {"WebRTC check with Google's 0xC057", stun_message("0001", user + google + role + ice_tail)},
      {"WebRTC answer with 0xC057", stun_message("0101", google + ice_tail)},
      {"bare Binding request", stun_message("0001", {})},
      {"Binding success", stun_message("0101", hex("0020 0008 0001 0102 21324354") + ice_tail)},
      {"TURN Allocate of RFC 8656", stun_message("0003", hex("0019 0004 11000000"))},
      {"Signal's TURN challenge",
       stun_message("0113", hex("0009 0004 00000401") + hex("0014 000a") + ascii("signal.org") +
                                Bytes(2, 0))},
      {"Telegram's TURN challenge",
       stun_message("0113", hex("0009 0004 00000401") + hex("0014 000c") + ascii("telegram.org"))},
      {"Zoom's STUN without cookie",
       hex("0001 000c 101112131415161718191a1b1c1d1e1f 0101 0008 3132333435363738")},
      {"Google Talk's relay: the MS-TURN cookie without MS-Version",
       hex("0003 0010 101112131415161718191a1b1c1d1e1f 000f 0004 72c64bc6 0006 0004 61626364")},
      {"Discord's discovery", hex("0001 0046 00000001") + Bytes(66, 0)},
      {"noise", hex("9c 3f 01 77 d2 08 5e 41 aa 13 90 6b 27 fe 38 c4 02 19 88 73")},
      {"Skype ping of 2015", hex("1a2b 02 7788 99aabbccddeeff00112233445566778899aa")},
      {"RTP", hex("8068 0001 00000010 11223344") + Bytes(80, 0x33)},
      {"QUIC version 1", hex("c3 00000001 08 0102030405060708 00 00") + Bytes(1180, 0x44)},
      {"empty", {}},
  };
}

// Beginnings of streams of other applications, on the ports of ours.
inline std::vector<std::pair<std::string, Bytes>> foreign_streams() {
  Bytes threema;
  for (int i = 0; i < 48; ++i) threema.push_back(static_cast<std::uint8_t>(i * 37 + 11));
  return {
      {"XMPP", ascii("<?xml version='1.0'?><stream:stream to='example.net'")},
      {"Threema's random hello", threema},
      {"push service on 5222", hex("c2fe 0005") + Bytes(30, 7)},
      {"TLS ClientHello", hex("16030100a5 010000a1 0303") + Bytes(60, 0x21)},
      {"HTTP", ascii("GET / HTTP/1.1\r\nHost: www.example.net\r\n\r\n")},
      {"web text that begins with WA", ascii("WAIT 10 seconds please")},
      {"editor's script that begins with ED", ascii("EDIT file.txt and more text")},
      {"SSH", ascii("SSH-2.0-OpenSSH_9.2\r\n")},
      {"empty", {}},
  };
}

// Asked about all of those, both streams of each included, it says nothing.
inline void claims_nothing_of_others(const classify::Classifier& classifier) {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(classifier, payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(classifier, head).claims.empty());
    CHECK(ask_stream(classifier, {}, head).claims.empty());
  }
}

}  // namespace deadair::test
