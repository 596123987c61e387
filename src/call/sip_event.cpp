// Reads SIP messages of calls and the media sockets in their SDP.
#include "call/sip_event.hpp"

#include <span>
#include <string_view>

#include "flow/media_kind.hpp"

namespace deadair::call {
namespace {

namespace sdp = proto::sdp;
namespace sip = proto::sip;
using sip::Method;

// FNV-1a, 64 bits. Whoever makes two Call-IDs of one hash only joins calls of their own.
std::uint64_t fnv(std::string_view text) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return hash;
}

std::uint32_t tag_of(std::string_view address) {
  const std::string_view tag = sip::parameter(address, "tag");
  if (tag.empty()) return 0;
  const std::uint64_t hash = fnv(tag);
  return static_cast<std::uint32_t>(hash ^ hash >> 32) | 1;
}

bool about_a_call(Method method) {
  switch (method) {
    case Method::invite:
    case Method::ack:
    case Method::bye:
    case Method::cancel:
    case Method::prack:
    case Method::update:
      return true;
    default:
      return false;
  }
}

void add(SipEvent& out, const SipSocket& socket) {
  for (SipSocket& known : std::span(out.media).first(out.media_count)) {
    if (known.at != socket.at) continue;
    known.kinds |= socket.kinds;  // bundled on one socket
    return;
  }
  if (out.media_count < SipEvent::kMostMedia) out.media[out.media_count++] = socket;
}

std::uint8_t kinds_of(sdp::MediaType type) {
  if (type == sdp::MediaType::audio) return flow::media_kind::kVoice;
  return type == sdp::MediaType::video ? flow::media_kind::kVideo : std::uint8_t{0};
}

bool stopped(const sdp::Media& media) {
  return media.direction == sdp::Direction::sendonly ||
         media.direction == sdp::Direction::inactive ||
         (media.connection && media.connection->unspecified());
}

void add_announced(SipEvent& out, const sdp::Media& media, std::uint8_t kinds) {
  const IpAddress& sender = out.source.ip;
  const IpAddress ip = media.connection.value_or(sender);
  if (ip.unspecified()) return;
  add(out, {.at = {ip, media.port},
            .kinds = kinds,
            .direction = media.direction,
            .from_itself = ip == sender});
}

void add_guessed(SipEvent& out, const sdp::Media& media, std::uint8_t kinds) {
  if (!media.connection || media.connection->unspecified()) return;
  if (!is_private(*media.connection) || *media.connection == out.source.ip) return;
  add(out, {.at = {out.source.ip, media.port},
            .kinds = kinds,
            .direction = media.direction,
            .guessed = true});
}

void add_candidates(SipEvent& out, const sdp::Media& media, std::uint8_t kinds) {
  for (const sdp::Candidate& candidate : std::span(media.candidates).first(media.candidate_count)) {
    if (candidate.tcp || candidate.component != 1) continue;
    add(out, {.at = {candidate.address, candidate.port},
              .kinds = kinds,
              .direction = media.direction,
              .from_itself = candidate.address == out.source.ip});
  }
}

// What is announced outright comes first: the table is small.
void read_description(const sip::Message& message, SipEvent& out) {
  std::size_t wire_len = 0;
  const ByteView text = sip::session_description(message, wire_len);
  sdp::Session session;
  if (text.empty() || sdp::parse(text, wire_len, session) == ParseStatus::not_this) return;
  out.described = true;
  const auto each = [&](auto visit) {
    for (const sdp::Media& media : std::span(session.media).first(session.media_count)) {
      const std::uint8_t kinds = kinds_of(media.type);
      if (kinds != 0 && media.port != 0) visit(media, kinds);
    }
  };
  each([&](const sdp::Media& media, std::uint8_t kinds) {
    add_announced(out, media, kinds);
    if (!stopped(media)) out.hold = SipHold::off;
    if (out.hold == SipHold::unsaid) out.hold = SipHold::on;
  });
  each([&](const sdp::Media& media, std::uint8_t kinds) { add_guessed(out, media, kinds); });
  each([&](const sdp::Media& media, std::uint8_t kinds) { add_candidates(out, media, kinds); });
}

}  // namespace

bool read_sip_event(const SipDatagram& datagram, SipEvent& out) {
  if (!sip::looks_like_sip(datagram.payload)) return false;
  sip::Message message;
  if (sip::parse(datagram.payload, datagram.wire_len, message) == ParseStatus::not_this)
    return false;
  if (message.kind == sip::Kind::unproven || message.call_id.empty()) return false;
  const bool request = message.kind == sip::Kind::request;
  if (!about_a_call(message.method)) return false;
  out = SipEvent{};
  out.call_id = fnv(message.call_id);
  out.from_tag = tag_of(message.from);
  out.to_tag = tag_of(message.to);
  out.method = request ? message.method : Method::none;
  out.status = request ? std::uint16_t{0} : message.status;
  out.cseq_method = message.method;
  out.cseq = message.cseq.value_or(0);
  out.source = datagram.source;
  out.destination = datagram.destination;
  out.ts_ns = datagram.ts_ns;
  out.frame = datagram.frame;
  read_description(message, out);
  return true;
}

}  // namespace deadair::call
