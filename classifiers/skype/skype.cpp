// Turns stream heads and datagrams into Skype claims: its imitation of TLS, and Microsoft's STUN
// where Teams' marks are absent.
#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/stun.hpp"
#include "skype/signatures.hpp"

namespace deadair::classifiers::skype {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;
namespace stun = proto::stun;

constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "skype",
    .version = "skype 1.0",
    .doc = "Skype chat, calls and web, 2003 to 2025",
    .signals = kSignals,
    .names = kNames,
    .networks = {},             // Microsoft's at large: they say nothing
    .opened_s = 1'062'115'200,  // 2003-08-29
    .closed_s = 1'746'403'200,  // 2025-05-05
    .dns_signal = &kDns,
    .network_signal = nullptr,
    .peer_signal = &kPeerSocket,
};

template <std::size_t N>
bool has_any(const stun::Message& message, const std::array<std::uint16_t, N>& types) {
  return std::any_of(types.begin(), types.end(), [&message](std::uint16_t type) {
    return stun::find_attribute(message, type).has_value();
  });
}

bool is_relay_port(std::uint16_t port) { return port >= kRelayPortFirst && port <= kRelayPortLast; }

Answer claim_fake_tls(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

// What the client sends behind its empty record.
bool has_constant(ByteView rest) {
  constexpr std::size_t kRecordHeader = 5;
  return rest.starts_with(kFakeRecord) && rest.from(kRecordHeader).starts_with(kFakeConstant);
}

class Skype final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  // The UDP of Skype before 2016 is not claimed: its pings have no constant but one octet, and a
  // ping is not a call.
  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr) {
      if (has_any(*datagram.stun, kTeamsAttributes)) return Answer::not_for_us;
      if (has_any(*datagram.stun, kMicrosoftAttributes)) {
        const bool relay = is_relay_port(flow.server_port) || is_relay_port(flow.client_port);
        claims.add({&kStunMicrosoft, Service::call, relay ? Role::relay : Role::peer, false, {}});
      }
      return Answer::unsure;
    }
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    const ByteView hello = ByteView(kFakeHello);
    if (!head.from_start) return Answer::not_for_us;
    if (!head.up.starts_with(hello.first(head.up.size()).span())) return Answer::not_for_us;
    if (head.up.size() < hello.size()) return Answer::unsure;
    if (has_constant(head.up.from(hello.size())) || head.down.starts_with(kFakeAnswer)) {
      return claim_fake_tls(claims, kFakeTls, true);
    }
    return claim_fake_tls(claims, kFakeTlsStart, false);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Skype classifier;
  return classifier;
}

}  // namespace deadair::classifiers::skype
