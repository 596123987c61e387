// Turns datagrams and stream heads into WhatsApp claims: chat hellos, relay set-up, peer checks.
#include "classify/classifier.hpp"
#include "classify/data/meta_networks.hpp"
#include "proto/stun.hpp"
#include "whatsapp/signatures.hpp"

namespace deadair::classifiers::whatsapp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;
namespace stun = proto::stun;
namespace attribute = proto::stun::attribute;

constexpr std::uint32_t kEnough = 8;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "whatsapp",
    .version = "whatsapp 1.0",
    .doc = "WhatsApp chat, media transfer, calls and web",
    .signals = kSignals,
    .names = kNames,
    .networks = classify::kMetaNetworks,
    .dns_signal = &kDns,
    .network_signal = nullptr,  // the address alone does not tell which of Meta's applications
    .peer_signal = &kPeerSocket,
};

Answer claim(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

bool has(const stun::Message& message, std::uint16_t type) {
  return stun::find_attribute(message, type).has_value();
}

// How many attributes there are, counted no further than 3.
std::size_t attribute_count(const stun::Message& message) {
  std::size_t count = 0;
  for (const stun::Attribute& each : message.attributes) {
    static_cast<void>(each);
    if (++count == 3) break;
  }
  return count;
}

// WhatsApp's token stands alone or with 0x0016. With MESSAGE-INTEGRITY only, it may be Messenger's.
Answer on_allocate(const stun::Message& message, Claims& claims) {
  if (!has(message, kRelayToken) && !has(message, kOtherToken)) return Answer::not_for_us;
  const bool own_form =
      attribute_count(message) == 1 || has(message, attribute::kXorRelayedAddress);
  return own_form ? claim(claims, kRelayAllocate, Role::relay, true) : Answer::unsure;
}

Answer on_allocate_success(const stun::Message& message, Claims& claims) {
  if (!has(message, kRelayTime) || !has(message, attribute::kXorMappedAddress)) {
    return Answer::not_for_us;
  }
  return attribute_count(message) == 2 ? claim(claims, kRelayAnswer, Role::relay, true)
                                       : Answer::unsure;
}

// An answer that holds MESSAGE-INTEGRITY and nothing else. The request of this form is not claimed:
// alone it shows no more than a broken STUN client would, and the shared socket binds it.
Answer on_binding_success(const stun::Message& message, Claims& claims) {
  const bool alone = attribute_count(message) == 1 && has(message, attribute::kMessageIntegrity);
  return alone ? claim(claims, kPeerAnswer, Role::peer, false) : Answer::unsure;
}

// Messages 0x0800 to 0x0805. Read from the raw bytes, for probes leave attributes unpadded.
Answer on_private(ByteView payload, Claims& claims) {
  constexpr std::size_t kFirst = stun::kHeaderSize;
  const std::uint16_t type = payload.be16(0);
  const std::uint16_t first = payload.size() > kFirst ? payload.be16(kFirst) : std::uint16_t{0};
  if (type == kBye && (first == kRelayToken || first == kOtherToken)) {
    return claim(claims, kRelayBye, Role::relay, true);
  }
  if (type != kBye && (first == kRelayTime || first == kProbeTime)) {
    return claim(claims, kRelayProbe, Role::relay, true);
  }
  return Answer::unsure;
}

bool is_private(const Datagram& datagram) {
  const ByteView payload = datagram.payload;
  const std::uint16_t type = payload.be16(0);
  return (type == kBye || type == kPing || type == kPong || type == kProbe ||
          type == kProbeAnswer) &&
         payload.be32(4) == stun::kMagicCookie &&
         payload.be16(2) + stun::kHeaderSize == datagram.wire_len;
}

// ---- Chat

enum class Hello : std::uint8_t { none, partial, noise, xmpp };

// `bytes` begins where "WA" should.
Hello read_hello(ByteView bytes) {
  if (!bytes.starts_with(kHello)) {
    return bytes.size() < kHello.size() && (bytes.empty() || bytes.u8(0) == 'W') ? Hello::partial
                                                                                 : Hello::none;
  }
  if (!bytes.has(0, 8)) return Hello::partial;
  const std::uint8_t version = bytes.u8(2);
  if (bytes.be24(4) > kFrameLimit) return Hello::none;
  if (version >= kNoiseOldest && version <= kNoiseNewest) {
    return bytes.u8(7) == kClientHelloField ? Hello::noise : Hello::none;
  }
  const bool xmpp = version == kXmppMajor && bytes.u8(3) <= kXmppNewest;
  return xmpp && bytes.u8(7) == kXmppList ? Hello::xmpp : Hello::none;
}

Answer claim_text(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

Answer on_hello(ByteView bytes, Claims& claims) {
  switch (read_hello(bytes)) {
    case Hello::noise:
      return claim_text(claims, kTextNoise, true);
    case Hello::xmpp:
      return claim_text(claims, kTextXmpp, true);
    case Hello::partial:
      return Answer::unsure;
    case Hello::none:
      break;
  }
  return Answer::not_for_us;
}

// The client's side from its first byte on.
Answer on_client(ByteView up, Claims& claims) {
  const ByteView magic = ByteView(kEdgeRouting);
  if (up.u8(0) != magic.u8(0)) return on_hello(up, claims);
  if (!up.starts_with(magic.first(up.size()).span())) return Answer::not_for_us;
  if (!up.has(0, 8)) return Answer::unsure;
  const std::size_t length = up.be24(4);
  if (length == 0 || length > kRoutingLimit || up.u8(7) != kRoutingFirstField) {
    return Answer::not_for_us;
  }
  const ByteView hello = up.from(7 + length);
  return hello.size() < 8 ? claim_text(claims, kTextRouting, false) : on_hello(hello, claims);
}

//  frame length (24)   1a   length (8)   0a 20   key (256)   12 or 1a   length (8) ...
// Both lengths must agree: that, with 4 fixed bytes, is what makes chance matches improbable.
bool is_server_hello(ByteView down) {
  const std::size_t frame = down.be24(0);
  constexpr std::size_t kNextField = 5 + 2 + 32;
  if (!down.has(0, kNextField + 1) || frame > kFrameLimit) return false;
  if (down.u8(3) != kServerHelloField) return false;
  const bool two_octets = (down.u8(4) & 0x80U) != 0;
  const std::size_t start = two_octets ? 6 : 5;
  const std::size_t length =
      two_octets ? (down.u8(4) & 0x7fU) + (std::size_t{down.u8(5)} << 7) : down.u8(4);
  const std::uint8_t next = down.u8(start + 2 + 32);
  return start - 3 + length == frame && down.be16(start) == kEphemeralKey &&
         (next == 0x12 || next == 0x1a);
}

class Whatsapp final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (is_private(datagram)) return on_private(datagram.payload, claims);
    if (datagram.stun != nullptr && datagram.stun->magic_cookie && !datagram.multiplexed) {
      switch (datagram.stun->type) {
        case kAllocateRequest:
          return on_allocate(*datagram.stun, claims);
        case kAllocateSuccess:
          return on_allocate_success(*datagram.stun, claims);
        case kBindingSuccess:
          return on_binding_success(*datagram.stun, claims);
        default:
          break;
      }
    }
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    // A hello is long enough to be believed where the capture lost the handshake before it.
    if (!head.up.empty()) return on_client(head.up, claims);
    if (!head.from_start || head.down.u8(0) != 0) return Answer::not_for_us;
    return is_server_hello(head.down) ? claim_text(claims, kTextServer, false) : Answer::unsure;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Whatsapp classifier;
  return classifier;
}

}  // namespace deadair::classifiers::whatsapp
