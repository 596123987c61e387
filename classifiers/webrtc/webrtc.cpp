// Turns ICE checks, DTLS-SRTP handshakes and TURN allocations into claims, and into a call where
// RTP flows beside them.
#include <algorithm>
#include <string_view>

#include "classify/classifier.hpp"
#include "classify/unwrap.hpp"
#include "proto/demultiplex.hpp"
#include "proto/dtls.hpp"
#include "proto/stun.hpp"
#include "proto/stun_stream.hpp"
#include "webrtc/signatures.hpp"

namespace deadair::classifiers::webrtc {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::Service;
namespace stun = proto::stun;
namespace dtls = proto::dtls;
namespace attribute = proto::stun::attribute;

constexpr std::uint32_t kEnough = 4;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "webrtc",
    .version = "webrtc 1.0",
    .doc = "Calls of browsers and of applications built like them, whose maker the packets hide",
    .signals = kSignals,
    .names = {},
    .networks = {},
    .peer_signal = &kPeerSocket,
    .generic = true,
};

bool has(const stun::Message& message, std::uint16_t type) {
  return stun::find_attribute(message, type).has_value();
}

// RFC 8445 section 7.1: no other use of STUN has all three.
bool is_ice_check(const stun::Message& message) {
  return message.kind == stun::Class::request && message.method == stun::method::kBinding &&
         stun::text(message, attribute::kUsername).find(':') != std::string_view::npos &&
         has(message, attribute::kPriority) &&
         (has(message, attribute::kIceControlling) || has(message, attribute::kIceControlled));
}

// RFC 8656 sections 7.1 and 7.3. Older dialects (MS-TURN, Google Talk) belong to applications.
bool is_allocation(const stun::Message& message) {
  if (message.method != stun::method::kAllocate || !message.magic_cookie) return false;
  if (message.kind == stun::Class::success) return has(message, attribute::kXorRelayedAddress);
  return message.kind == stun::Class::request && has(message, attribute::kRequestedTransport);
}

// Moves behind what stands before the extensions of a hello, and into them.
ByteReader extensions_of(ByteView hello, bool from_client) {
  constexpr std::size_t kVersionAndRandom = 34, kSuiteAndCompression = 3;
  ByteReader reader(hello);
  reader.skip(kVersionAndRandom);
  reader.skip(reader.u8());  // session id
  if (from_client) {
    reader.skip(reader.u8());    // cookie
    reader.skip(reader.be16());  // cipher suites
    reader.skip(reader.u8());    // compression methods
  } else {
    reader.skip(kSuiteAndCompression);
  }
  reader.be16();  // length of the extensions
  return reader;
}

// The first record of the datagram is a hello with use_srtp. A hello in fragments is read as far as
// the first one goes.
bool negotiates_srtp(ByteView datagram, std::size_t wire_len) {
  constexpr std::size_t kRecordHeader = 13, kMessageHeader = 12;
  dtls::Header header;
  if (dtls::parse(datagram, wire_len, header) == ParseStatus::not_this) return false;
  if (!header.client_hello && !header.server_hello) return false;
  const ByteView message = datagram.sub(kRecordHeader, header.length).from(kMessageHeader);
  ByteReader reader = extensions_of(message, header.client_hello);
  while (reader.ok() && reader.left() > 0) {
    const std::uint16_t type = reader.be16();
    const std::uint16_t length = reader.be16();
    if (!reader.ok()) return false;
    if (type == kUseSrtp) return true;
    reader.skip(length);
  }
  return false;
}

// What an earlier datagram shows by its first bytes: STUN with its cookie, or a DTLS hello.
bool is_setup(const Glimpse& glimpse) {
  constexpr std::size_t kCookieAt = 4, kMessageTypeAt = 13;
  const ByteView head = glimpse.head();
  if (head.u8(0) <= 3) return head.be32(kCookieAt) == stun::kMagicCookie;
  if (head.u8(0) != kHandshakeRecord || (head.u8(1) != 0xfe && head.be16(1) != 0x0100))
    return false;
  return head.u8(kMessageTypeAt) == kClientHello || head.u8(kMessageTypeAt) == kServerHello;
}

// The sign of set-up in this datagram, if there is one.
const SignalInfo* setup_sign(const Datagram& datagram) {
  if (datagram.stun != nullptr) {
    if (is_ice_check(*datagram.stun)) return &kIceCheck;
    return is_allocation(*datagram.stun) ? &kTurn : nullptr;
  }
  const bool hello = datagram.kind == proto::CallProtocol::dtls &&
                     negotiates_srtp(datagram.inner, datagram.inner_len);
  return hello ? &kDtlsSrtp : nullptr;
}

// Media that were flowing when the capture began are checked on sooner or later.
bool may_follow(const FlowFacts& flow, const Datagram& datagram) {
  return datagram.rtp != nullptr || datagram.kind == proto::CallProtocol::rtcp ||
         flow.datagrams < kEnough;
}

// What the messages of a stream to a relay hold.
struct Relayed {
  const SignalInfo* sign = nullptr;  // of set-up
  std::uint32_t media = 0;           // messages with RTP in them
};

void look_into(const stun::Frame& frame, Relayed& out) {
  classify::Unwrapped message;
  classify::unwrap(frame.body, frame.wire, message);
  if (!message.relayed) {
    if (message.is_stun && is_allocation(message.stun)) out.sign = &kTurn;
    return;
  }
  const proto::CallProtocol kind = proto::demultiplex(message.inner);
  if (kind == proto::CallProtocol::rtp) ++out.media;
  stun::Message check;
  if (kind == proto::CallProtocol::stun &&
      stun::parse(message.inner, message.inner_len, check) == ParseStatus::parsed &&
      is_ice_check(check))
    out.sign = &kIceCheck;
  if (kind == proto::CallProtocol::dtls && negotiates_srtp(message.inner, message.inner_len))
    out.sign = &kDtlsSrtp;
}

// TURN over TCP (RFC 8656 section 3.1), where a network lets no UDP through.
Answer on_turn_stream(ByteView stream, Claims& claims) {
  constexpr int kMostFrames = 64;
  constexpr std::uint32_t kFlowing = 4;
  stun::Framing framing = stun::Framing::none;
  const ParseStatus found = stun::detect_framing(stream, framing);
  if (found == ParseStatus::truncated) return Answer::unsure;
  if (found != ParseStatus::parsed) return Answer::not_for_us;
  Relayed relayed;
  stun::Frame frame;
  ByteView rest = stream;
  for (int i = 0; i < kMostFrames; ++i, rest = rest.from(frame.next)) {
    if (stun::next_frame(rest, framing, frame) != ParseStatus::parsed) break;
    look_into(frame, relayed);
  }
  if (relayed.sign == nullptr) return Answer::unsure;
  claims.add({.signal = relayed.sign});
  if (relayed.media >= kFlowing)
    claims.add({.signal = &kMedia, .service = Service::call, .role = Role::relay, .certain = true});
  return Answer::unsure;
}

class WebRtc final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  // Set-up alone is no call: data channels (files, WebTorrent) and games begin in the same way.
  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const SignalInfo* sign = setup_sign(datagram);
    if (sign != nullptr) claims.add({.signal = sign});
    const bool set_up = sign != nullptr || datagram.relayed ||
                        (datagram.stun != nullptr && datagram.stun->magic_cookie) ||
                        std::any_of(flow.earlier.begin(), flow.earlier.end(), is_setup);
    if (!set_up) return may_follow(flow, datagram) ? Answer::unsure : Answer::not_for_us;
    if (!flow.rtp_flowing) return Answer::unsure;
    const Role role = datagram.relayed || sign == &kTurn ? Role::relay : Role::peer;
    claims.add({.signal = &kMedia, .service = Service::call, .role = role, .certain = true});
    return Answer::unsure;  // an application's own sign may still come
  }

  Answer on_stream(const FlowFacts&, const classify::StreamHead& head,
                   Claims& claims) const override {
    return on_turn_stream(head.grew == classify::Direction::up ? head.up : head.down, claims);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const WebRtc classifier;
  return classifier;
}

}  // namespace deadair::classifiers::webrtc
