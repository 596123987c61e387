// Turns SIP messages into claims, and the SDP they carry into addresses where media will flow.
#include "proto/sip.hpp"

#include <span>

#include "classify/classifier.hpp"
#include "proto/sdp.hpp"
#include "sip/signatures.hpp"

namespace deadair::classifiers::sip {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::Direction;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;
using proto::sip::Kind;
using proto::sip::Message;
using proto::sip::Method;
namespace sdp = proto::sdp;

constexpr std::uint32_t kEnough = 4;  // datagrams without SIP (keep-alives) before giving up

constexpr classify::Info kInfo = {
    .name = "sip",
    .version = "sip 1.0",
    .doc = "Telephony by SIP (RFC 3261), whoever runs it",
    .signals = kSignals,
    .names = {},
    .networks = {},
    .peer_signal = &kMediaSocket,
    .generic = true,
};

// A phone that registers, subscribes or is probed is telephony without a call: `call` in the role
// of signalling, which by itself is no attempt.
const SignalInfo& sign_of(Method method) {
  switch (method) {
    case Method::invite:
    case Method::ack:
    case Method::bye:
    case Method::cancel:
    case Method::prack:
    case Method::update:
    case Method::refer:
    case Method::info:
      return kDialog;
    case Method::message:
      return kMessage;
    default:
      return kPhone;
  }
}

void claim(const Message& message, Claims& claims) {
  const SignalInfo& sign = sign_of(message.method);
  const Service service = &sign == &kMessage ? Service::text : Service::call;
  claims.add({.signal = &sign, .service = service, .role = Role::signalling, .certain = true});
}

void expect_pair(const IpAddress& host, const sdp::Media& media, Claims& claims) {
  claims.expect_media(host, media.port);
  if (media.rtcp_port != 0 && media.rtcp_port != media.port)
    claims.expect_media(host, media.rtcp_port);
}

// `sender`: where the message came from. Behind a NAT the description names an inner address, and
// media leave from that of the message.
void expect_media(const sdp::Media& media, const IpAddress& sender, Claims& claims) {
  const bool wanted = media.type == sdp::MediaType::audio || media.type == sdp::MediaType::video;
  if (!wanted || media.port == 0) return;
  // The old way to put a call on hold (RFC 3264 section 8.4).
  if (media.connection && media.connection->unspecified()) return;
  if (media.connection) expect_pair(*media.connection, media, claims);
  if (!media.connection || (is_private(*media.connection) && *media.connection != sender))
    expect_pair(sender, media, claims);
  for (const sdp::Candidate& candidate : std::span(media.candidates).first(media.candidate_count)) {
    if (!candidate.tcp) claims.expect_media(candidate.address, candidate.port);
  }
}

void read_description(const Message& message, const IpAddress& sender, Claims& claims) {
  std::size_t wire_len = 0;
  const ByteView text = proto::sip::session_description(message, wire_len);
  sdp::Session session;
  if (text.empty() || sdp::parse(text, wire_len, session) == ParseStatus::not_this) return;
  for (const sdp::Media& media : std::span(session.media).first(session.media_count))
    expect_media(media, sender, claims);
}

void take(const Message& message, const IpAddress& sender, Claims& claims) {
  claim(message, claims);
  read_description(message, sender, claims);
}

// Reads the messages at the head of one side; true when there was at least one.
bool take_side(ByteView stream, const IpAddress& sender, Claims& claims) {
  bool found = false;
  while (proto::sip::looks_like_sip(stream)) {
    Message message;
    std::size_t next = 0;
    const ParseStatus status = proto::sip::parse_stream(stream, message, next);
    if (status == ParseStatus::not_this || message.kind == Kind::unproven) break;
    found = true;
    // The answer's method stands in CSeq, which may still come.
    if (message.method == Method::none && status == ParseStatus::truncated) break;
    take(message, sender, claims);
    if (status != ParseStatus::parsed || next == 0) break;
    stream = stream.from(next);
  }
  return found;
}

class Sip final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  // Never `certain`: later messages of the dialog say where media will flow.
  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    Message message;
    if (proto::sip::looks_like_sip(datagram.payload) &&
        proto::sip::parse(datagram.payload, datagram.wire_len, message) != ParseStatus::not_this &&
        message.kind != Kind::unproven) {
      take(message, datagram.direction == Direction::up ? flow.client : flow.server, claims);
      return Answer::unsure;
    }
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    const bool up = take_side(head.up, flow.client, claims);
    const bool down = take_side(head.down, flow.server, claims);
    if (up || down) return Answer::unsure;
    // A capture that begins in mid-stream may begin inside a message of one side; the other side's
    // head then decides.
    const bool grew_up = head.grew == Direction::up;
    const ByteView grown = grew_up ? head.up : head.down;
    const ByteView other = grew_up ? head.down : head.up;
    const bool may_come = proto::sip::looks_like_sip(grown) || (!head.from_start && other.empty());
    return may_come ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Sip classifier;
  return classifier;
}

}  // namespace deadair::classifiers::sip
