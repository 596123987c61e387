// Turns datagrams into Discord claims: address discovery, keep-alives, and media in mid-stream.
#include <algorithm>

#include "bytes/ip_address.hpp"
#include "classify/classifier.hpp"
#include "classify/network_set.hpp"
#include "discord/signatures.hpp"

namespace deadair::classifiers::discord {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;

constexpr std::uint32_t kEnough = 24;    // keep-alives come every few seconds, amid media
constexpr std::ptrdiff_t kSameSsrc = 2;  // earlier packets of the stream that rule chance out

constexpr classify::Info kInfo = {
    .name = "discord",
    .version = "discord 1.0",
    .doc = "Discord chat, voice and video, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .dns_signal = &kDns,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
};

Answer claim(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::call, Role::relay, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// An address as text, NULs behind it up to the port.
bool holds_address(ByteView text) {
  constexpr std::size_t kShortest = 2;  // "::"
  std::size_t size = 0;
  while (size < text.size() && text.u8(size) != 0) ++size;
  IpAddress address;
  return size >= kShortest && parse_ip_address(text.first(size).text(), address) &&
         all_zero(text.from(size));
}

//  type (2)   length (2)   SSRC (4)   address as text (64)   port (2)
bool is_discovery(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kTextAt = 8, kTextSize = 64, kOldTextAt = 4;
  if (wire_len == kDiscoverySize && payload.be32(0) == kDiscoveryRequest) {
    return all_zero(payload.sub(kTextAt, kTextSize));  // real clients leave anything for a port
  }
  if (wire_len == kDiscoverySize && payload.be32(0) == kDiscoveryAnswer) {
    return holds_address(payload.sub(kTextAt, kTextSize));
  }
  return wire_len == kOldDiscoverySize && payload.be32(0) < kSsrcEnd &&
         holds_address(payload.sub(kOldTextAt, kTextSize));
}

// The SSRC that a request for the address announces; 0: this is none. Neither the old form, an SSRC
// and zeros, nor one with other bytes where the address goes proves anything by itself.
std::uint32_t announced_ssrc(ByteView head, std::size_t wire_len) {
  constexpr std::size_t kSsrcAt = 4, kOldTextAt = 4;
  if (wire_len == kDiscoverySize && head.be32(0) == kDiscoveryRequest) return head.be32(kSsrcAt);
  const bool old =
      wire_len == kOldDiscoverySize && all_zero(head.sub(kOldTextAt, Glimpse::kMost - kOldTextAt));
  return old ? head.be32(0) : 0;
}

// The 32 bits that a request announced and media of the same side carry are no chance.
bool has_announced_ssrc(const FlowFacts& flow, const Datagram& datagram) {
  constexpr std::size_t kRtcpSsrcAt = 4;
  std::uint32_t ssrc = 0;
  if (datagram.rtp != nullptr) ssrc = datagram.rtp->ssrc;
  if (datagram.kind == proto::CallProtocol::rtcp) ssrc = datagram.payload.be32(kRtcpSsrcAt);
  return ssrc != 0 && std::any_of(flow.earlier.begin(), flow.earlier.end(), [&](const Glimpse& g) {
           return g.direction == datagram.direction && announced_ssrc(g.head(), g.wire_len) == ssrc;
         });
}

bool is_keep_alive(ByteView payload, std::size_t wire_len) {
  return wire_len == kKeepAliveSize &&
         (payload.be32(0) == kKeepAlive || payload.be32(0) == kKeepAliveAnswer);
}

bool is_voice_port(std::uint16_t port) {
  return (port >= kVoicePortFirst && port <= kVoicePortLast) ||
         (port >= kOtherPortFirst && port <= kOtherPortLast);
}

// Where only the server's side was captured, it may have been taken for the client.
bool at_voice_port(const FlowFacts& flow) {
  return is_voice_port(flow.server_port) || is_voice_port(flow.client_port);
}

bool is_own_type(const proto::rtp::Header& rtp) {
  constexpr std::uint16_t kOneByteExtensions = 0xbede;
  const std::uint8_t type = rtp.payload_type;
  return rtp.extension_profile == kOneByteExtensions &&
         (type == kOpus || (type >= kVideoFirst && type <= kVideoLast));
}

std::ptrdiff_t same_stream(const FlowFacts& flow, const proto::rtp::Header& rtp) {
  constexpr std::size_t kSsrcAt = 8;
  return std::count_if(flow.earlier.begin(), flow.earlier.end(), [&rtp](const Glimpse& glimpse) {
    const ByteView head = glimpse.head();
    return head.u8(0) >> 6 == 2 && head.be32(kSsrcAt) == rtp.ssrc &&
           (head.u8(1) & 0x7fU) == rtp.payload_type;
  });
}

// Media alone is no proof: other applications use the same payload types.
void on_media(const FlowFacts& flow, const proto::rtp::Header& rtp, Claims& claims) {
  static const classify::NetworkSet networks(kNetworks);
  if (!is_own_type(rtp) || (!flow.rtp_flowing && same_stream(flow, rtp) < kSameSsrc)) return;
  if (networks.contains_end_of(flow)) {
    claim(claims, kRtpNetwork, false);
  } else if (rtp.ssrc < kSsrcEnd && rtp.ssrc != 0 && at_voice_port(flow)) {
    claim(claims, kRtpSmall, false);
  }
}

class Discord final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const ByteView payload = datagram.payload;
    if (is_keep_alive(payload, datagram.wire_len)) return claim(claims, kAlive, true);
    if (is_discovery(payload, datagram.wire_len)) return claim(claims, kDiscovery, true);
    if (datagram.relayed || datagram.multiplexed || datagram.quic != nullptr) {
      return Answer::not_for_us;  // Discord's own client uses neither TURN nor QUIC for media
    }
    if (has_announced_ssrc(flow, datagram)) return claim(claims, kOwnSsrc, true);
    if (datagram.rtp != nullptr) on_media(flow, *datagram.rtp, claims);
    const bool candidate = at_voice_port(flow) || flow.server_port >= kVoicePortFirst ||
                           announced_ssrc(payload, datagram.wire_len) != 0;
    return candidate && flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Discord classifier;
  return classifier;
}

}  // namespace deadair::classifiers::discord
