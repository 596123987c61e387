// Turns stream heads and datagrams into Skype claims: its imitations of TLS, its peer-to-peer UDP,
// and Microsoft's STUN where Teams' marks are absent.
#include "classify/classifier.hpp"
#include "proto/ms_turn.hpp"
#include "proto/tls.hpp"
#include "skype/disguised_tls.hpp"
#include "skype/peer_udp.hpp"
#include "skype/signatures.hpp"

namespace deadair::classifiers::skype {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;
namespace ms_turn = proto::ms_turn;

constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up
constexpr std::uint16_t kRelayPortFirst = 3478, kRelayPortLast = 3481;

constexpr classify::Info kInfo = {
    .name = "skype",
    .version = "skype 2.0",
    .doc = "Skype chat, calls and web, 2003 to 2025",
    .signals = kSignals,
    .names = kNames,
    .networks = {},  // Microsoft's at large: they say nothing
    .opened_s = kOpened,
    .closed_s = kClosed,
    .dns_signal = &kDns,
    .network_signal = nullptr,
    .peer_signal = &kPeerSocket,
};

bool is_relay_port(std::uint16_t port) { return port >= kRelayPortFirst && port <= kRelayPortLast; }

// Keep-alives between the media of a call come seconds apart.
bool may_still_show(const FlowFacts& flow) { return flow.rtp_flowing || flow.datagrams < kEnough; }

Answer claim_text(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

Answer claim_stun(const FlowFacts& flow, const ms_turn::Marks& marks, Claims& claims) {
  if (marks.newer) return Answer::not_for_us;
  if (!marks.microsoft) return Answer::unsure;
  const bool relay =
      marks.cookie || is_relay_port(flow.server_port) || is_relay_port(flow.client_port);
  claims.add({&kStunMicrosoft, Service::call, relay ? Role::relay : Role::peer, false, {}});
  return Answer::unsure;
}

Answer claim_peer(const PeerSign& sign, Claims& claims) {
  if (!sign.call) return claim_text(claims, *sign.signal, sign.certain);
  claims.add({sign.signal, Service::call, Role::peer, sign.certain, {}, unframe_peer_media});
  return sign.certain ? Answer::certain : Answer::unsure;
}

bool is_known_protocol(ByteView up) {
  return proto::tls::looks_like_tls(up) || up.starts_with("GET ") || up.starts_with("POST ") ||
         up.starts_with("CONNECT ") || up.starts_with("SSH-");
}

// A stream that looks random from its first byte, where supernodes were. Port 443 has TLS of every
// kind.
bool is_to_supernode(const FlowFacts& flow, const StreamHead& head) {
  return flow.server_port != kWebPort && head.from_start && !head.up.empty() &&
         is_peer_to_peer_era(head.ts_ns) && !is_known_protocol(head.up) &&
         is_supernode(flow.server, flow.server_port);
}

class Skype final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr) return claim_stun(flow, ms_turn::read(*datagram.stun), claims);
    if (datagram.multiplexed) return Answer::unsure;
    if (may_be_peer_udp(datagram)) {
      const PeerSign sign = read_peer_udp(flow, datagram);
      if (sign.signal != nullptr) return claim_peer(sign, claims);
    }
    return may_still_show(flow) ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    const Disguise disguise = read_disguise(head);
    if (disguise.signal != nullptr) return claim_text(claims, *disguise.signal, disguise.certain);
    const bool up = head.grew == classify::Direction::up;
    ms_turn::Marks marks;
    const ParseStatus stun = ms_turn::read_stream(up ? head.up : head.down, head.from_start, marks);
    if (stun == ParseStatus::parsed) return claim_stun(flow, marks, claims);
    if (is_to_supernode(flow, head)) return claim_text(claims, kTcpSupernode, false);
    return disguise.may_follow || stun == ParseStatus::truncated ? Answer::unsure
                                                                 : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Skype classifier;
  return classifier;
}

}  // namespace deadair::classifiers::skype
