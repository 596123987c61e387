// Turns datagrams and stream heads into claims for Facebook, or for `meta` when a call does not
// tell its application.
#include <algorithm>

#include "classify/classifier.hpp"
#include "classify/data/meta_networks.hpp"
#include "classify/network_set.hpp"
#include "facebook/signatures.hpp"
#include "proto/fbzero.hpp"
#include "proto/stun.hpp"
#include "proto/stun_stream.hpp"

namespace deadair::classifiers::facebook {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::StreamHead;
namespace stun = proto::stun;
namespace attribute = proto::stun::attribute;

constexpr std::string_view kMeta = "meta";
constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "facebook",
    .version = "facebook 2.0",
    .doc = "Facebook, Messenger and Instagram, and Meta calls whose application is not told",
    .signals = kSignals,
    .names = kNames,
    .networks = classify::kMetaNetworks,
    .dns_signal = &kDns,
    .network_signal = nullptr,  // the address alone does not tell which of Meta's applications
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
    .sends_when_muted = true,
};

bool has(const stun::Message& message, std::uint16_t type) {
  return stun::find_attribute(message, type).has_value();
}

// However certain, asking goes on: a sign of the application may follow.
Answer claim_meta(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, kMeta});
  return Answer::unsure;
}

// An end of the flow is Meta's. Looks at many prefixes: asked only when the bytes fit.
bool at_meta(const FlowFacts& flow) {
  static const classify::NetworkSet networks(classify::kMetaNetworks);
  const auto named = [](const IpAddress& address) {
    return !address.is_v4() && address.low >> 32 == kFaceBook;
  };
  return networks.contains_end_of(flow) || named(flow.server) || named(flow.client);
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

// What only a TURN client and its server say to each other. Meta's own relays, WhatsApp's among
// them, leave the transport out.
bool is_turn(const stun::Message& message) {
  switch (message.method) {
    case stun::method::kAllocate:
      return message.kind == stun::Class::success ? has(message, attribute::kXorRelayedAddress)
                                                  : has(message, attribute::kRequestedTransport);
    case stun::method::kRefresh:
    case stun::method::kSend:
    case stun::method::kData:
    case stun::method::kCreatePermission:
    case stun::method::kChannelBind:
      return true;
    default:
      return false;
  }
}

// WhatsApp's calls know no TURN: what does at Meta's addresses is Messenger's or Instagram's.
Answer on_turn(const FlowFacts& flow, Claims& claims) {
  if (at_meta(flow)) claims.add({&kTurnRelay, Service::call, Role::relay, false, {}});
  return Answer::unsure;  // the realm may still come
}

// An ICE check, or its answer. A bare Binding is an idle application's keep-alive.
bool is_ice(const stun::Message& message) {
  return message.method == stun::method::kBinding && has(message, attribute::kMessageIntegrity) &&
         (message.kind == stun::Class::request ? has(message, attribute::kUsername)
                                               : has(message, attribute::kFingerprint));
}

Answer on_server(const FlowFacts& flow, Claims& claims) {
  return at_meta(flow) ? claim_meta(claims, kMetaServer, Role::relay, false) : Answer::not_for_us;
}

bool is_realm(const stun::Message& message) {
  return stun::text(message, attribute::kRealm) == kRealm;
}

Answer claim_realm(Claims& claims) {
  claims.add({&kTurnRealm, Service::call, Role::relay, true, {}});
  return Answer::certain;
}

Answer on_stun(const FlowFacts& flow, const stun::Message& message, Claims& claims) {
  if (is_realm(message)) return claim_realm(claims);
  if (is_turn(message)) return on_turn(flow, claims);
  if (!message.magic_cookie) return Answer::unsure;
  if (is_meta_ice(message)) return claim_meta(claims, kMetaIce, Role::relay, true);
  return is_ice(message) ? on_server(flow, claims) : on_relay_dialect(message, claims);
}

bool is_rtcp(const Glimpse& glimpse) {
  return proto::demultiplex(glimpse.head()) == proto::CallProtocol::rtcp;
}

// Media and its set-up, which say nothing but where they go.
Answer on_media(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  constexpr std::uint8_t kDtlsMajor = 0xfe;  // 1.0 and 1.2 both
  const ByteView inner = datagram.inner;
  switch (datagram.kind) {
    case proto::CallProtocol::rtp:
      return flow.rtp_flowing ? on_server(flow, claims) : Answer::unsure;
    case proto::CallProtocol::rtcp:
      return std::any_of(flow.earlier.begin(), flow.earlier.end(), is_rtcp)
                 ? on_server(flow, claims)
                 : Answer::unsure;
    case proto::CallProtocol::dtls:
      return inner.u8(1) == kDtlsMajor ? on_server(flow, claims) : Answer::unsure;
    default:
      return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }
}

// TURN over TCP, where a network lets no UDP through: looks for the realm in the messages that the
// stream holds so far.
Answer on_turn_stream(ByteView stream, Claims& claims) {
  constexpr int kMostFrames = 8;
  stun::Framing framing = stun::Framing::none;
  const ParseStatus found = stun::detect_framing(stream, framing);
  if (found == ParseStatus::truncated) return Answer::unsure;
  if (found != ParseStatus::parsed) return Answer::not_for_us;
  stun::Frame frame;
  ByteView rest = stream;
  for (int i = 0; i < kMostFrames; ++i, rest = rest.from(frame.next)) {
    if (stun::next_frame(rest, framing, frame) != ParseStatus::parsed) return Answer::unsure;
    stun::Message message;
    if (stun::parse(frame.body, frame.wire, message) == ParseStatus::parsed && is_realm(message))
      return claim_realm(claims);
  }
  return Answer::not_for_us;
}

class Facebook final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.multiplexed) return Answer::not_for_us;  // Microsoft's
    if (datagram.stun != nullptr) return on_stun(flow, *datagram.stun, claims);
    if (datagram.relayed) return at_meta(flow) ? on_turn(flow, claims) : Answer::not_for_us;
    if (datagram.quic != nullptr && datagram.quic->family == proto::quic::Family::mvfst) {
      // The library is Meta's; a name in the hello may still say WhatsApp.
      claims.add({&kQuicVersion, Service::web, Role::none, false, {}});
      return Answer::not_for_us;
    }
    return on_media(flow, datagram, claims);
  }

  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    const ByteView grown = head.grew == classify::Direction::up ? head.up : head.down;
    if (grown.u8(0) != static_cast<std::uint8_t>(kZero.front()))
      return on_turn_stream(grown, claims);
    proto::fbzero::FirstMessage first;
    const ParseStatus status = proto::fbzero::parse_first(grown, first);
    if (status == ParseStatus::not_this) return Answer::not_for_us;
    // A message cut short is a message, but what is not there cannot prove it.
    const bool whole = status == ParseStatus::parsed;
    if (grown.has(0, kZeroTagEnd)) claims.add({&kZeroHello, Service::web, Role::none, whole, {}});
    return whole ? Answer::certain : Answer::unsure;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Facebook classifier;
  return classifier;
}

}  // namespace deadair::classifiers::facebook
