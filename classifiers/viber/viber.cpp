// Turns datagrams and stream heads into Viber claims: call control, tagged media, framed chat.
#include <algorithm>

#include "classify/classifier.hpp"
#include "proto/stun.hpp"
#include "viber/control.hpp"
#include "viber/signatures.hpp"
#include "viber/stream.hpp"

namespace deadair::classifiers::viber {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::StreamHead;
namespace stun = proto::stun;

constexpr std::uint32_t kEnoughStun = 12;  // datagrams without a realm before the flow is given up

constexpr classify::Info kInfo = {
    .name = "viber",
    .version = "viber 1.0",
    .doc = "Viber chat, calls, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = {},             // Amazon's at large: they say nothing
    .opened_s = 1'291'248'000,  // 2010-12-02
    .dns_signal = &kDns,
    .network_signal = nullptr,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
};

// ---- Calls

Answer claim_call(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::call, Role::relay, certain, {}, unframe});
  return certain ? Answer::certain : Answer::unsure;
}

Answer on_stun(const FlowFacts& flow, const stun::Message& message, Claims& claims) {
  const auto realm = stun::find_attribute(message, stun::attribute::kRealm);
  if (realm && realm->value.text().find(kRealm) != std::string_view::npos) {
    claims.add({&kTurnRealm, Service::call, Role::relay, true});
    return Answer::certain;
  }
  return flow.datagrams < kEnoughStun ? Answer::unsure : Answer::not_for_us;
}

// The tag of a datagram as its control messages have it.
std::uint16_t control_tag(ByteView payload) { return payload.be16(0) | kControlBit; }

// Whether the RTP packets at `at` belong to one stream: source, and a sequence near by.
bool same_rtp(ByteView x, ByteView y, std::size_t at) {
  constexpr std::size_t kSequenceAt = 2, kSourceAt = 8;
  constexpr std::uint16_t kNear = 200;
  const auto distance =
      static_cast<std::uint16_t>(x.be16(at + kSequenceAt) - y.be16(at + kSequenceAt));
  return x.be32(at + kSourceAt) == y.be32(at + kSourceAt) && distance != 0 &&
         (distance < kNear || distance > 0xffff - kNear);
}

// The same of RTP behind tags. The first bytes of RTP without a tag look like one while its
// sequence numbers begin with the bits of a version.
bool same_stream(ByteView x, ByteView y) {
  const bool untagged = x.u8(0) >> 6U == 2 && same_rtp(x, y, 0);
  return !untagged && x.be16(0) == y.be16(0) && same_rtp(x, y, kTagSize);
}

// What the flow's first datagrams have in common with this one, this one included.
struct Evidence {
  std::size_t controls = 0;  // control messages under this tag
  bool two_types = false;    // not all of one type
  std::size_t set_ups = 0;   // set-ups of one call
  std::size_t media = 0;     // packets of this one's stream
  bool any = false;          // anything of Viber's at all
};

Evidence gather(const FlowFacts& flow, const Datagram& datagram, bool control) {
  constexpr std::size_t kTokenAt = 6;
  const ByteView now = datagram.payload;
  Evidence found;
  found.controls = control ? 1 : 0;
  found.media = control ? 0 : 1;
  for (const Glimpse& glimpse : flow.earlier) {
    const ByteView before = glimpse.head();
    const bool was_control = read_control(before, glimpse.wire_len) != Sign::none;
    found.any = found.any || was_control || is_tagged_rtp(before);
    if (was_control && control_tag(before) == control_tag(now)) {
      ++found.controls;
      if (!control) continue;
      if (before.u8(2) != now.u8(2)) found.two_types = true;
      const bool set_up = now.u8(2) == type::kSetUp && before.u8(2) == type::kSetUp;
      if (set_up && before.be64(kTokenAt) == now.be64(kTokenAt)) ++found.set_ups;
    } else if (!control && is_tagged_rtp(before) && same_stream(before, now)) {
      ++found.media;
    }
  }
  return found;
}

Answer on_control(const Evidence& found, Claims& claims) {
  constexpr std::size_t kEnough = 3;
  if (found.set_ups > 0 || (found.controls >= kEnough && found.two_types)) {
    return claim_call(claims, kCallMessages, true);
  }
  return Answer::unsure;
}

Answer on_media(const Evidence& found, Claims& claims) {
  constexpr std::size_t kEnough = 4;
  if (found.media < kEnough) return Answer::unsure;
  if (found.controls > 0) return claim_call(claims, kCallMedia, true);
  return claim_call(claims, kCallTagged, false);
}

// ---- Chat

Answer claim_text(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain});
  return certain ? Answer::certain : Answer::unsure;
}

bool on_text_port(const FlowFacts& flow) {
  const auto is = [](std::uint16_t port) {
    return std::find(kTextPorts.begin(), kTextPorts.end(), port) != kTextPorts.end();
  };
  return is(flow.server_port) || is(flow.client_port);
}

Answer on_false_tls(ByteView side, Claims& claims) {
  switch (read_false_tls(side)) {
    case FalseTls::proven:
      return claim_text(claims, kFalseTls, true);
    case FalseTls::one:
      return claim_text(claims, kFalseTlsRecord, false);
    case FalseTls::undecided:
      return Answer::unsure;
    case FalseTls::none:
      break;
  }
  return Answer::not_for_us;
}

Answer on_frames(const FlowFacts& flow, ByteView side, Claims& claims) {
  switch (read_frames(side)) {
    case Frames::proven:
      return claim_text(claims, side.be32(6) == kHelloMark ? kTextHello : kTextFrames, true);
    case Frames::two:
      return on_text_port(flow) ? claim_text(claims, kTextFrames, true) : Answer::unsure;
    case Frames::one:
      return on_text_port(flow) ? claim_text(claims, kTextFrame, false) : Answer::unsure;
    case Frames::answer:
      return claim_text(claims, kTextAnswer, false);
    case Frames::partial:
      return Answer::unsure;
    case Frames::none:
      break;
  }
  return Answer::not_for_us;
}

class Viber final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr) return on_stun(flow, *datagram.stun, claims);
    const Sign sign = read_control(datagram.payload, datagram.wire_len);
    if (sign == Sign::proof) return claim_call(claims, kCallControl, true);
    const bool control = sign == Sign::shape;
    const bool media = is_tagged_rtp(datagram.payload);
    if (!control && !media && flow.datagrams == 0) return Answer::not_for_us;
    const Evidence found = gather(flow, datagram, control);
    if (control) return on_control(found, claims);
    if (media) return on_media(found, claims);
    return found.any ? Answer::unsure : Answer::not_for_us;
  }

  // Either side proves it alone. A side of which nothing can be said yet does not end the other.
  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    const ByteView side = head.grew == classify::Direction::up ? head.up : head.down;
    constexpr std::uint8_t kFirstRecordType = 20, kLastRecordType = 23;
    const bool tls = side.u8(0) >= kFirstRecordType && side.u8(0) <= kLastRecordType &&
                     (side.size() < 2 || side.u8(1) == 3);
    return tls ? on_false_tls(side, claims) : on_frames(flow, side, claims);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Viber classifier;
  return classifier;
}

}  // namespace deadair::classifiers::viber
