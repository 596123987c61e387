// Turns datagrams into Signal claims: RingRTC's fixed RTP streams and its TURN servers.
#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/stun.hpp"
#include "signal/signatures.hpp"

namespace deadair::classifiers::signal {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
namespace stun = proto::stun;

constexpr std::uint32_t kEnough = 24;  // media follows set-up of a dozen datagrams and more

constexpr classify::Info kInfo = {
    .name = "signal",
    .version = "signal 1.0",
    .doc = "Signal chat, calls, attachments and web",
    .signals = kSignals,
    .names = kNames,
    .networks = {},  // Amazon's, Google's and Cloudflare's, which everybody uses
    .dns_signal = &kDns,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
    .sends_when_muted = true,
};

template <std::size_t N>
bool one_of(const std::array<std::uint8_t, N>& types, std::uint8_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// A stream of a call of two.
bool is_fixed(const FixedStream& stream) {
  const std::uint32_t ssrc = stream.ssrc;
  const std::uint8_t type = stream.payload_type;
  const auto is = [ssrc](std::uint32_t offset) {
    return ssrc == kCaller + offset || ssrc == kCallee + offset;
  };
  if (type == payload::kData) return ssrc == kDataSsrc || ssrc == kSfuDataSsrc || is(kDataOffset);
  if (type == payload::kOpus || type == payload::kOpusRed) return is(kAudioOffset);
  if (one_of(payload::kVideo, type)) return is(kVideoOffset);
  return one_of(payload::kVideoRtx, type) && is(kRtxOffset);
}

// A stream of a group call, by its number within the device.
bool is_numbered(const FixedStream& stream) {
  const std::uint32_t number = stream.ssrc & kStreamMask;
  const std::uint8_t type = stream.payload_type;
  if (stream.ssrc <= kStreamMask) return false;
  if (type == payload::kData) return number == kGroupData;
  if (type == payload::kOpus || type == payload::kOpusRed) return number == 0;
  const bool video = number == 2 || number == 4 || number == 6 || number == 8;
  const bool repair = number == 3 || number == 5 || number == 7 || number == 9;
  return (one_of(payload::kVideo, type) && video) || (one_of(payload::kVideoRtx, type) && repair);
}

// The RTP stream of an earlier datagram, which may have come in ChannelData; type 0 when it is not
// RTP.
FixedStream stream_of(const Glimpse& glimpse) {
  constexpr std::size_t kChannelHeader = 4, kSsrcAt = 8;
  ByteView head = glimpse.head();
  if (proto::demultiplex(head) == proto::CallProtocol::turn_channel) {
    head = head.from(kChannelHeader);
  }
  if (proto::demultiplex(head) != proto::CallProtocol::rtp) return {};
  return {static_cast<std::uint8_t>(head.u8(1) & 0x7fU), head.be32(kSsrcAt)};
}

// One packet can be chance or somebody's test tool; two of fixed streams are not.
bool fixed_before(const FlowFacts& flow) {
  return std::any_of(flow.earlier.begin(), flow.earlier.end(),
                     [](const Glimpse& glimpse) { return is_fixed(stream_of(glimpse)); });
}

// Another stream of the same device: 28 bits agree.
bool sibling_before(const FlowFacts& flow, const FixedStream& stream) {
  return std::any_of(flow.earlier.begin(), flow.earlier.end(), [&stream](const Glimpse& glimpse) {
    const FixedStream other = stream_of(glimpse);
    return other.payload_type != stream.payload_type && is_numbered(other) &&
           (other.ssrc | kStreamMask) == (stream.ssrc | kStreamMask);
  });
}

Answer claim(Claims& claims, const SignalInfo& signal, Role role, bool certain) {
  claims.add({&signal, Service::call, role, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

Answer on_rtp(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  const FixedStream stream = {datagram.rtp->payload_type, datagram.rtp->ssrc};
  const Role role = datagram.relayed ? Role::relay : Role::peer;
  if (is_fixed(stream)) {
    const bool certain = flow.rtp_flowing || fixed_before(flow);
    return claim(claims, certain ? kRtpFixed : kRtpOne, role, certain);
  }
  if (is_numbered(stream) && sibling_before(flow, stream)) {
    return claim(claims, kRtpGroup, Role::relay, true);
  }
  return Answer::unsure;
}

class Signal final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.rtp != nullptr) {
      if (on_rtp(flow, datagram, claims) == Answer::certain) return Answer::certain;
    } else if (datagram.stun != nullptr &&
               stun::text(*datagram.stun, stun::attribute::kRealm) == kRealm) {
      return claim(claims, kTurnRealm, Role::relay, true);
    }
    return datagram.quic == nullptr && flow.datagrams < kEnough ? Answer::unsure
                                                                : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Signal classifier;
  return classifier;
}

}  // namespace deadair::classifiers::signal
