// Turns relay messages, peer checks and media of WhatsApp's calls into claims.
#include "whatsapp/call.hpp"

#include <algorithm>

#include "classify/data/meta_networks.hpp"
#include "classify/network_set.hpp"
#include "proto/stun.hpp"
#include "whatsapp/signatures.hpp"

namespace deadair::classifiers::whatsapp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
namespace stun = proto::stun;
namespace attribute = proto::stun::attribute;

constexpr std::uint32_t kEnough = 8;  // datagrams without a sign before the flow is given up

bool at_meta(const FlowFacts& flow) {
  static const classify::NetworkSet networks(classify::kMetaNetworks);
  return networks.contains_end_of(flow);
}

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

// ---- Relays

// WhatsApp's token stands alone, with 0x0016, or with what the call subscribes to. With
// MESSAGE-INTEGRITY only, it may be Messenger's.
Answer on_allocate(const stun::Message& message, Claims& claims) {
  if (!has(message, kRelayToken) && !has(message, kOtherToken)) return Answer::not_for_us;
  const auto subscribes = [&message](std::uint16_t type) { return has(message, type); };
  const bool own_form = attribute_count(message) == 1 ||
                        has(message, attribute::kXorRelayedAddress) ||
                        std::any_of(kSubscriptions.begin(), kSubscriptions.end(), subscribes);
  return own_form ? claim(claims, kRelayAllocate, Role::relay, true) : Answer::unsure;
}

Answer on_allocate_success(const stun::Message& message, Claims& claims) {
  if (!has(message, kRelayTime) || !has(message, attribute::kXorMappedAddress)) {
    return Answer::not_for_us;
  }
  return attribute_count(message) == 2 ? claim(claims, kRelayAnswer, Role::relay, true)
                                       : Answer::unsure;
}

bool is_private(const Datagram& datagram) {
  const ByteView payload = datagram.payload;
  const std::uint16_t type = payload.be16(0);
  return type >= kBye && type <= kProbeAnswer && payload.be32(4) == stun::kMagicCookie &&
         payload.be16(2) + stun::kHeaderSize == datagram.wire_len;
}

// ---- Peers

//  0001 0018   cookie   transaction (96)   0008 0014   HMAC-SHA1 (160)
bool is_peer_check(ByteView head, std::size_t wire_len, std::uint16_t type) {
  return wire_len == kPeerCheckSize && head.be16(0) == type && head.be32(4) == stun::kMagicCookie &&
         head.be32(stun::kHeaderSize) == kIntegrityAlone;
}

// A check that holds MESSAGE-INTEGRITY and nothing else, or its answer. One request alone shows no
// more than a broken STUN client would; two of them do.
Answer on_peer_check(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  const ByteView payload = datagram.payload;
  if (is_peer_check(payload, datagram.wire_len, kBindingSuccess))
    return claim(claims, kPeerAnswer, Role::peer, false);
  if (!is_peer_check(payload, datagram.wire_len, kBindingRequest)) return Answer::unsure;
  const bool again =
      std::any_of(flow.earlier.begin(), flow.earlier.end(), [](const Glimpse& glimpse) {
        return is_peer_check(glimpse.head(), glimpse.wire_len, kBindingRequest);
      });
  return again ? claim(claims, kPeerCheck, Role::peer, false) : Answer::unsure;
}

// ---- Media

bool is_audio(ByteView head) {
  const std::uint8_t first = head.u8(0);
  return (first == 0x80 || first == 0x90) && (head.u8(1) & 0x7fU) == kAudioType;
}

bool has_audio(const FlowFacts& flow) {
  const auto audio = [](const Glimpse& glimpse) { return is_audio(glimpse.head()); };
  return std::count_if(flow.earlier.begin(), flow.earlier.end(), audio) >= 2;
}

// An earlier packet of the same source, with the extension of WhatsApp's.
bool continues(const Glimpse& glimpse, const proto::rtp::Header& rtp) {
  const ByteView head = glimpse.head();
  return (head.u8(0) & 0xdfU) == kExtendedRtp && head.be32(8) == rtp.ssrc &&
         head.be16(proto::rtp::kFixedHeader) == kMediaProfile;
}

Role media_role(const FlowFacts& flow) {
  return flow.server_port == kRelayPort || at_meta(flow) ? Role::relay : Role::peer;
}

Answer on_rtp(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  const proto::rtp::Header& rtp = *datagram.rtp;
  if (rtp.extension_profile == kMediaProfile && rtp.csrc_count == 0 && !datagram.relayed) {
    const bool again =
        std::any_of(flow.earlier.begin(), flow.earlier.end(),
                    [&rtp](const Glimpse& glimpse) { return continues(glimpse, rtp); });
    return again ? claim(claims, kMediaExtension, media_role(flow), true) : Answer::unsure;
  }
  if (flow.rtp_flowing && is_audio(datagram.inner) && at_meta(flow))
    return claim(claims, kMediaAudio, Role::relay, false);
  return Answer::unsure;
}

//  81 d0 0002   SSRC (32)   (32)   1 SRTCP index (31)   tag (80)
bool is_own_report(const Datagram& datagram) {
  const ByteView report = datagram.payload;
  const std::uint32_t head = report.be32(0);
  return (head == kOwnReport || head == kOtherReport) && datagram.wire_len == kOwnReportSize &&
         (report.u8(12) & 0x80U) != 0;
}

// Messages 0x0800 to 0x0805. Read from the raw bytes, for probes leave attributes unpadded. What is
// bare may be Messenger's, but not beside WhatsApp's audio.
Answer on_private(const FlowFacts& flow, ByteView payload, Claims& claims) {
  const std::uint16_t type = payload.be16(0);
  if (payload.size() == stun::kHeaderSize)
    return type != kBye && has_audio(flow) ? claim(claims, kMediaAudio, Role::relay, false)
                                           : Answer::unsure;
  const std::uint16_t first = payload.be16(stun::kHeaderSize);
  if (type == kBye && (first == kRelayToken || first == kOtherToken))
    return claim(claims, kRelayBye, Role::relay, true);
  if (type != kBye && (first == kRelayTime || first == kProbeTime))
    return claim(claims, kRelayProbe, Role::relay, true);
  return Answer::unsure;
}

Answer on_stun(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  switch (datagram.stun->type) {
    case kAllocateRequest:
      return on_allocate(*datagram.stun, claims);
    case kAllocateSuccess:
      return on_allocate_success(*datagram.stun, claims);
    case kBindingRequest:
    case kBindingSuccess:
      return on_peer_check(flow, datagram, claims);
    default:
      return Answer::unsure;
  }
}

}  // namespace

Answer on_call_datagram(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  if (is_private(datagram)) return on_private(flow, datagram.payload, claims);
  if (datagram.stun != nullptr && datagram.stun->magic_cookie && !datagram.multiplexed &&
      !datagram.relayed)
    return on_stun(flow, datagram, claims);
  if (datagram.rtp != nullptr) return on_rtp(flow, datagram, claims);
  if (datagram.kind == proto::CallProtocol::rtcp)
    return is_own_report(datagram) ? claim(claims, kMediaReport, Role::none, false)
                                   : Answer::unsure;
  return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
}

}  // namespace deadair::classifiers::whatsapp
