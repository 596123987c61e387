// Turns datagrams into Zoom claims: media servers, peers and STUN.
#include <algorithm>

#include "classify/classifier.hpp"
#include "classify/network_set.hpp"
#include "proto/stun.hpp"
#include "zoom/framing.hpp"
#include "zoom/signatures.hpp"

namespace deadair::classifiers::zoom {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::Direction;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::Unframe;
namespace stun = proto::stun;

constexpr std::uint32_t kEnough = 16;      // datagrams without a sign before the flow is given up
constexpr std::ptrdiff_t kSameCookie = 2;  // earlier SFU headers that make chance improbable
constexpr std::ptrdiff_t kSamePeer = 2;    // earlier media headers, likewise

constexpr classify::Info kInfo = {
    .name = "zoom",
    .version = "zoom 1.0",
    .doc = "Zoom meetings, chat, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .dns_signal = &kDns,
    .network_signal = &kNetwork,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
};

bool is_sfu_port(std::uint16_t port) { return port >= kSfuPortFirst && port <= kSfuPortLast; }

bool in_networks(const FlowFacts& flow) {
  static const classify::NetworkSet networks(kNetworks);
  return networks.contains_end_of(flow);
}

Answer claim(Claims& claims, const SignalInfo& signal, Role role, bool certain,
             Unframe unframe = nullptr) {
  claims.add({&signal, Service::call, role, certain, {}, unframe});
  return certain ? Answer::certain : Answer::unsure;
}

// The header's direction must be that of the datagram, by the server's port.
bool direction_fits(const SfuHeader& header, const FlowFacts& flow, Direction direction) {
  const bool up = direction == Direction::up;
  const std::uint16_t sender = up ? flow.client_port : flow.server_port;
  const std::uint16_t receiver = up ? flow.server_port : flow.client_port;
  return is_sfu_port(header.from_server ? sender : receiver);
}

std::ptrdiff_t with_cookie(const FlowFacts& flow, std::uint32_t cookie) {
  return std::count_if(flow.earlier.begin(), flow.earlier.end(), [cookie](const Glimpse& glimpse) {
    SfuHeader header;
    return read_sfu(glimpse.head(), header) && header.cookie == cookie;
  });
}

Answer on_server(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  if (is_control(datagram.payload, datagram.wire_len)) {
    return claim(claims, kSfuControl, Role::relay, true, unframe_sfu);
  }
  SfuHeader header;
  if (!read_sfu(datagram.payload, header) || !direction_fits(header, flow, datagram.direction)) {
    return Answer::unsure;
  }
  MediaFrame frame;
  if (read_media(datagram.payload.from(SfuHeader::kSize), datagram.wire_len - SfuHeader::kSize,
                 frame)) {
    return claim(claims, kSfuMedia, Role::relay, true, unframe_sfu);
  }
  if (header.cookie != 0 && with_cookie(flow, header.cookie) >= kSameCookie) {
    return claim(claims, kSfuFlow, Role::relay, true, unframe_sfu);
  }
  return Answer::unsure;
}

bool is_media_type(std::uint8_t type) {
  return type == media_type::kReliable || type == media_type::kAudio ||
         type == media_type::kVideo || type == media_type::kScreen ||
         (type >= media_type::kRtcpFirst && type <= media_type::kRtcpLast);
}

// Bytes 1 to 4 of the media header are the same in every datagram of a meeting.
std::ptrdiff_t like_this(const FlowFacts& flow, ByteView payload) {
  return std::count_if(flow.earlier.begin(), flow.earlier.end(), [payload](const Glimpse& glimpse) {
    const ByteView head = glimpse.head();
    return is_media_type(head.u8(0)) && head.has(1, 4) && head.be32(1) == payload.be32(1);
  });
}

Answer on_peer(const FlowFacts& flow, const Datagram& datagram, Claims& claims) {
  constexpr std::uint16_t kOneByteExtensions = 0xbede;  // in all of Zoom's RTP
  if (is_peer_hello(datagram.payload, datagram.wire_len)) {
    return claim(claims, kPeerHello, Role::peer, true, unframe_peer);
  }
  MediaFrame frame;
  if (!is_media_type(datagram.payload.u8(0)) ||
      !read_media(datagram.payload, datagram.wire_len, frame) || frame.rtcp ||
      frame.rtp.extension_profile != kOneByteExtensions) {
    return Answer::unsure;
  }
  const bool certain = like_this(flow, datagram.payload) >= kSamePeer;
  return claim(claims, certain ? kPeerMedia : kPeerFrame, Role::peer, certain, unframe_peer);
}

Answer on_stun(const FlowFacts& flow, const stun::Message& message, Claims& claims) {
  if (in_networks(flow)) return claim(claims, kStunServer, Role::relay, true);
  const bool own =
      !message.magic_cookie && (stun::find_attribute(message, kStunRequestAttribute).has_value() ||
                                stun::find_attribute(message, kStunAnswerAttribute).has_value());
  return own ? claim(claims, kStunClassic, Role::relay, false) : Answer::unsure;
}

class Zoom final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr) return on_stun(flow, *datagram.stun, claims);
    const bool sfu = is_sfu_port(flow.server_port) || is_sfu_port(flow.client_port);
    const Answer answer = sfu ? on_server(flow, datagram, claims) : on_peer(flow, datagram, claims);
    if (answer == Answer::certain) return answer;
    const bool dtls = datagram.kind == proto::CallProtocol::dtls && datagram.payload.u8(1) == 0xfe;
    if ((dtls || flow.rtp_flowing) && in_networks(flow)) {
      return claim(claims, kNetworkMedia, Role::relay, true);
    }
    const bool others = datagram.quic != nullptr || flow.rtp_flowing || flow.datagrams >= kEnough;
    return others ? Answer::not_for_us : Answer::unsure;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Zoom classifier;
  return classifier;
}

}  // namespace deadair::classifiers::zoom
