// Turns datagrams into Teams claims: Microsoft's dialect of STUN and TURN, told from Skype's where
// that is possible.
#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/stun.hpp"
#include "teams/signatures.hpp"

namespace deadair::classifiers::teams {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
namespace stun = proto::stun;

constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "teams",
    .version = "teams 1.0",
    .doc = "Microsoft Teams chat, calls, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .opened_s = 1'489'449'600,  // 2017-03-14
    .dns_signal = &kDns,
    .network_signal = &kNetwork,
    .peer_signal = &kPeerSocket,
};

template <std::size_t N>
bool has_any(const stun::Message& message, const std::array<std::uint16_t, N>& types) {
  return std::any_of(types.begin(), types.end(), [&message](std::uint16_t type) {
    return stun::find_attribute(message, type).has_value();
  });
}

// Magic Cookie as first attribute and MS-Version among the first three.
bool is_ms_turn(ByteView payload) {
  constexpr std::size_t kAttribute =
      8;  // both have 4 bytes of value, like what stands between them
  std::size_t at = stun::kHeaderSize;
  if (payload.be32(at) != kTurnCookieHead || payload.be32(at + 4) != kTurnCookie) return false;
  for (int i = 0; i < 2; ++i) {
    at += kAttribute;
    if (payload.be32(at) == kVersionHead) return true;
    if (payload.be16(at + 2) != 4) return false;
  }
  return false;
}

bool is_relay_port(std::uint16_t port) { return port >= kRelayPortFirst && port <= kRelayPortLast; }

bool in_networks(const IpAddress& address) {
  static const auto networks = [] {
    std::array<IpPrefix, kNetworks.size()> prefixes{};
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
      parse_ip_prefix(kNetworks[i].cidr, prefixes[i]);
    }
    return prefixes;
  }();
  return std::any_of(networks.begin(), networks.end(),
                     [&address](const IpPrefix& prefix) { return prefix.contains(address); });
}

Answer claim(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

class Teams final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const stun::Message* message = datagram.stun;
    const bool relay_port = is_relay_port(flow.server_port) || is_relay_port(flow.client_port);
    const bool framed = datagram.multiplexed && relay_port;
    const bool ms_turn = is_ms_turn(datagram.payload);
    const bool teams = message != nullptr && has_any(*message, kTeamsAttributes);
    const bool microsoft =
        ms_turn || teams || (message != nullptr && has_any(*message, kMicrosoftAttributes));
    const Role role = relay_port || ms_turn ? Role::relay : Role::peer;

    if ((microsoft || framed) && (in_networks(flow.server) || in_networks(flow.client))) {
      return claim(claims, kTurnNetwork, role, true);
    }
    if (teams) return claim(claims, kStunTeams, role, true);
    if (microsoft) return claim(claims, kStunMicrosoft, role, false);
    if (framed) return claim(claims, kMultiplex, role, false);
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Teams classifier;
  return classifier;
}

}  // namespace deadair::classifiers::teams
