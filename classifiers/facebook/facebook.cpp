// Turns datagrams and stream heads into claims for Facebook, or for `meta` when a call does not
// tell its application.
#include "classify/classifier.hpp"
#include "classify/data/meta_networks.hpp"
#include "facebook/signatures.hpp"
#include "proto/quic.hpp"
#include "proto/stun.hpp"

namespace deadair::classifiers::facebook {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;
namespace stun = proto::stun;
namespace attribute = proto::stun::attribute;

constexpr std::string_view kMeta = "meta";
constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "facebook",
    .version = "facebook 1.0",
    .doc = "Facebook, Messenger and Instagram, and Meta calls whose application is not told",
    .signals = kSignals,
    .names = kNames,
    .networks = classify::kMetaNetworks,
    .dns_signal = &kDns,
    .network_signal = nullptr,  // the address alone does not tell which of Meta's applications
    .peer_signal = &kPeerSocket,
};

bool has(const stun::Message& message, std::uint16_t type) {
  return stun::find_attribute(message, type).has_value();
}

Answer claim_meta(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, kMeta});
  return certain ? Answer::certain : Answer::unsure;
}

bool is_meta_ice(const stun::Message& message) {
  return has(message, kPrivateIceA) || has(message, kPrivateIceB) ||
         stun::text(message, attribute::kUsername).starts_with(kEdgeRayUser);
}

// The messages of Meta's relays that WhatsApp and Messenger both send. Those that prove nothing
// stay uncertain, so that a better sign later in the flow decides.
Answer on_relay_dialect(const stun::Message& message, Claims& claims) {
  const bool integrity = has(message, attribute::kMessageIntegrity);
  switch (message.type) {
    case kAllocateRequest:
      if (!integrity || !has(message, kRelayToken)) break;
      if (has(message, attribute::kXorRelayedAddress)) break;  // only WhatsApp's
      return claim_meta(claims, kMetaToken, Role::relay, true);
    case kAllocateSuccess:
      if (!integrity || !has(message, kRelayTime)) break;
      return claim_meta(claims, kMetaAnswer, Role::relay, false);
    case kRelayBye:
    case kRelayPing:
    case kRelayPong:
      if (message.length != 0) break;
      return claim_meta(claims, kMetaPing, Role::relay, false);
    default:
      break;
  }
  return Answer::unsure;
}

Answer on_stun(const stun::Message& message, Claims& claims) {
  if (stun::text(message, attribute::kRealm) == kRealm) {
    claims.add({&kTurnRealm, Service::call, Role::relay, true, {}});
    return Answer::certain;
  }
  if (!message.magic_cookie) return Answer::unsure;
  if (is_meta_ice(message)) return claim_meta(claims, kMetaIce, Role::relay, true);
  return on_relay_dialect(message, claims);
}

class Facebook final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr && !datagram.multiplexed) return on_stun(*datagram.stun, claims);
    proto::quic::LongHeader quic;
    if (proto::quic::parse_long_header(datagram.payload, datagram.wire_len, quic) ==
            ParseStatus::parsed &&
        quic.family == proto::quic::Family::mvfst) {
      // The library is Meta's; a name in the hello may still say WhatsApp.
      claims.add({&kQuicVersion, Service::web, Role::none, false, {}});
      return Answer::not_for_us;
    }
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  //  '1'   "QTV"   digit   length (32, little-endian)   tag
  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    const ByteView view = head.up.empty() ? head.down : head.up;
    const ByteView magic = ByteView::of(kZero);
    if (!view.starts_with(magic.first(view.size()).span())) return Answer::not_for_us;
    if (!view.has(0, kZeroTag + 3)) return Answer::unsure;
    const std::string_view tag = view.sub(kZeroTag, 3).text();
    if (tag != "CHL" && tag != "SHL" && tag != "SNO" && tag != "REJ") return Answer::not_for_us;
    claims.add({&kZeroHello, Service::web, Role::none, true, {}});
    return Answer::certain;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Facebook classifier;
  return classifier;
}

}  // namespace deadair::classifiers::facebook
