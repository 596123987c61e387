// Says which flows with RTP are no calls, and finds RTCP that runs beside media; the engine itself
// claims RTP that nobody else explains.
#include "proto/rtp.hpp"

#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/rtcp.hpp"
#include "rtp/signatures.hpp"

namespace deadair::classifiers::rtp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using proto::CallProtocol;

constexpr std::uint32_t kEnough = 4;  // datagrams of other kinds before the flow is given up

constexpr classify::Info kInfo = {
    .name = "rtp",
    .version = "rtp 1.0",
    .doc = "Media by RTP (RFC 3550) of an application that the packets do not tell",
    .signals = kSignals,
    .names = {},
    .networks = {},
    .generic = true,
    .media_signal = &kMedia,
};

constexpr std::uint32_t kLimitedBroadcast = 0xffff'ffff;

bool is_group(const IpAddress& address) {
  return address.multicast() || (address.is_v4() && address.v4() == kLimitedBroadcast);
}

bool is_transport_stream(ByteView payload, std::size_t wire_len) {
  if (wire_len == 0 || wire_len % kTsSize != 0) return false;
  for (std::size_t at = 0; at < payload.size(); at += kTsSize)
    if (payload.u8(at) != kTsSync) return false;
  return !payload.empty();
}

bool is_stream(const Datagram& datagram) {
  const proto::rtp::Header& header = *datagram.rtp;
  if (std::find(kStreamTypes.begin(), kStreamTypes.end(), header.payload_type) !=
      kStreamTypes.end())
    return true;
  return is_transport_stream(datagram.inner.from(header.header_size), header.payload_size);
}

bool is_rtcp(const Glimpse& glimpse) {
  return proto::demultiplex(glimpse.head()) == CallProtocol::rtcp;
}

// A second report of one source, and never anything else: on the port of media, media come first.
// SRTCP leaves the source readable (RFC 3711 section 3.4).
bool is_control_only(const FlowFacts& flow, const Datagram& datagram) {
  constexpr std::size_t kSsrcAt = 4;
  if (datagram.kind != CallProtocol::rtcp) return false;
  if (!std::all_of(flow.earlier.begin(), flow.earlier.end(), is_rtcp)) return false;
  proto::rtcp::Header header;
  if (proto::rtcp::parse(datagram.inner, datagram.inner_len, header) == ParseStatus::not_this)
    return false;
  return std::any_of(flow.earlier.begin(), flow.earlier.end(), [&](const Glimpse& glimpse) {
    return glimpse.direction == datagram.direction && glimpse.head().be32(kSsrcAt) == header.ssrc;
  });
}

class Rtp final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (is_control_only(flow, datagram)) {
      claims.add({.signal = &kControl});
      return Answer::not_for_us;
    }
    if (datagram.rtp != nullptr && flow.rtp_flowing) {
      if (is_group(flow.server) || is_group(flow.client))
        claims.add({.signal = &kMulticast, .certain = true});
      if (is_stream(datagram)) claims.add({.signal = &kStream, .certain = true});
      return Answer::not_for_us;
    }
    const bool media = datagram.kind == CallProtocol::rtp || datagram.kind == CallProtocol::rtcp;
    return media || flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Rtp classifier;
  return classifier;
}

}  // namespace deadair::classifiers::rtp
