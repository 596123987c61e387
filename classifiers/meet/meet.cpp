// Turns WebRTC's packets into Meet claims by where they go: the networks that Google keeps for
// Meet's media, or its media ports elsewhere.
#include "classify/classifier.hpp"
#include "classify/network_set.hpp"
#include "meet/signatures.hpp"

namespace deadair::classifiers::meet {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "meet",
    .version = "meet 1.0",
    .doc = "Google Meet and Duo calls and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .dns_signal = &kDns,
    .peer_signal = &kPeerSocket,
};

bool in_media_networks(const FlowFacts& flow) {
  static const classify::NetworkSet networks(kMediaNetworks);
  return networks.contains_end_of(flow);
}

bool is_media_port(std::uint16_t port) { return port >= kMediaPortFirst && port <= kMediaPortLast; }

bool at_relay(const FlowFacts& flow) {
  static const classify::NetworkSet networks(kRelays);
  return networks.contains_end_of(flow);
}

// Where Meet, Duo and Hangouts met before they had networks of their own, and still may.
bool at_google(const FlowFacts& flow) {
  static const classify::NetworkSet networks(kNetworks);
  return (is_media_port(flow.server_port) || is_media_port(flow.client_port)) &&
         networks.contains_end_of(flow);
}

Answer claim(Claims& claims, const SignalInfo& signal, bool certain = true) {
  claims.add({&signal, Service::call, Role::relay, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

// The sign in this datagram that it belongs to a call of WebRTC's, whoever makes it.
const SignalInfo* webrtc_sign(const FlowFacts& flow, const Datagram& datagram) {
  constexpr std::uint8_t kDtlsMajor = 0xfe;  // 1.0 and 1.2 both
  if (datagram.stun != nullptr) return &kIce;
  if (datagram.kind == proto::CallProtocol::dtls && datagram.inner.u8(1) == kDtlsMajor) {
    return &kDtls;
  }
  return flow.rtp_flowing ? &kRtp : nullptr;
}

class Meet final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const bool own = in_media_networks(flow);
    const bool relay = at_relay(flow);
    if (!own && !relay && !at_google(flow)) return Answer::not_for_us;
    const SignalInfo* sign = webrtc_sign(flow, datagram);
    if (sign == nullptr) return Answer::unsure;
    if (own) return claim(claims, *sign);
    return claim(claims, relay ? kRelay : kGoogle, false);
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    const bool own = in_media_networks(flow);
    if (!own && !at_relay(flow)) return Answer::not_for_us;
    const bool pseudo =
        head.up.starts_with(kPseudoClientHello) || head.down.starts_with(kPseudoServerHello);
    if (!pseudo) return Answer::unsure;
    return own ? claim(claims, kPseudoTls) : claim(claims, kRelay, false);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Meet classifier;
  return classifier;
}

}  // namespace deadair::classifiers::meet
