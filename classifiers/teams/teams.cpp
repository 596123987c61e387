// Turns datagrams and streams into Teams claims: Microsoft's dialect of STUN and TURN, told from
// Skype's where that is possible, its UDP signalling, and media in its networks.
#include "classify/classifier.hpp"
#include "classify/network_set.hpp"
#include "proto/ms_turn.hpp"
#include "teams/signatures.hpp"

namespace deadair::classifiers::teams {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;
namespace ms_turn = proto::ms_turn;

constexpr std::uint32_t kEnough = 16;  // datagrams without a sign before the flow is given up
constexpr std::int64_t kSecondNs = 1'000'000'000;

constexpr classify::Info kInfo = {
    .name = "teams",
    .version = "teams 2.0",
    .doc = "Microsoft Teams chat, calls, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .opened_s = kOpened,
    .dns_signal = &kDns,
    .network_signal = &kNetwork,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
};

bool is_relay_port(std::uint16_t port) { return port >= kRelayPortFirst && port <= kRelayPortLast; }

bool uses_relay_port(const FlowFacts& flow) {
  return is_relay_port(flow.server_port) || is_relay_port(flow.client_port);
}

bool in_networks(const FlowFacts& flow) {
  static const classify::NetworkSet now(kNetworks);
  static const classify::NetworkSet formerly(kFormerNetworks);
  return now.contains_end_of(flow) || formerly.contains_end_of(flow);
}

// Clocks that say 1970 prove nothing.
bool before_teams(std::int64_t ts_ns) {
  const std::int64_t now = ts_ns / kSecondNs;
  return now > kSkypeOpened && now < kOpened;
}

// ICE as Skype's own client has it, while there was one.
bool is_skypes(const ms_turn::Marks& marks, std::int64_t ts_ns) {
  return marks.candidate && !marks.cookie && ts_ns / kSecondNs < kSkypeClosed;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      0x03     |  GUID in text, as in 01234567-89ab-cdef-...   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// The answer to each message (06 from the client, 07 from the server, encrypted) of the
// signalling over UDP.
bool is_acknowledgement(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kGuid = 36;
  if (payload.u8(0) != kAcknowledgement || wire_len != 1 + kGuid || !payload.has(1, kGuid))
    return false;
  const auto is_hex = [](std::uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  for (std::size_t i = 0; i < kGuid; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const std::uint8_t c = payload.u8(1 + i);
    if (dash ? c != '-' : !is_hex(c)) return false;
  }
  return true;
}

Answer claim(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

Answer claim_marks(const FlowFacts& flow, const ms_turn::Marks& marks, Role role, bool skypes,
                   Claims& claims) {
  if (marks.newer) return claim(claims, kStunTeams, role, true);
  if (skypes) return Answer::unsure;
  if (in_networks(flow)) return claim(claims, kTurnNetwork, role, false);
  return marks.microsoft ? claim(claims, kStunMicrosoft, role, false) : Answer::unsure;
}

// Keep-alives between the media of a call come seconds apart.
bool may_still_show(const FlowFacts& flow) { return flow.rtp_flowing || flow.datagrams < kEnough; }

// What is neither STUN nor multiplexed.
Answer ask_plain(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  if (flow.rtp_flowing && datagram.rtp != nullptr && in_networks(flow))
    return claim(claims, kMediaNetwork, Role::relay, false);
  if (uses_relay_port(flow) && is_acknowledgement(datagram.payload, datagram.wire_len))
    return claim(claims, kSignalling, Role::signalling, in_networks(flow));
  return may_still_show(flow) ? Answer::unsure : Answer::not_for_us;
}

class Teams final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (before_teams(datagram.ts_ns)) return Answer::not_for_us;
    ms_turn::Marks marks;
    if (datagram.stun != nullptr) {
      marks = ms_turn::read(*datagram.stun);
    } else {
      marks.cookie = ms_turn::has_cookie(datagram.inner);
    }
    const bool relayed = uses_relay_port(flow) || marks.cookie;
    if (marks.any())
      return claim_marks(flow, marks, relayed ? Role::relay : Role::peer,
                         is_skypes(marks, datagram.ts_ns), claims);
    if (datagram.multiplexed && uses_relay_port(flow))
      return claim(claims, in_networks(flow) ? kTurnNetwork : kMultiplex, Role::relay, false);
    if (datagram.stun != nullptr) return Answer::unsure;
    return ask_plain(flow, datagram, claims);
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    if (before_teams(head.ts_ns)) return Answer::not_for_us;
    const bool up = head.grew == classify::Direction::up;
    ms_turn::Marks marks;
    const ParseStatus status =
        ms_turn::read_stream(up ? head.up : head.down, head.from_start, marks);
    if (status == ParseStatus::not_this) return Answer::not_for_us;
    return marks.any() ? claim_marks(flow, marks, Role::relay, false, claims) : Answer::unsure;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Teams classifier;
  return classifier;
}

}  // namespace deadair::classifiers::teams
