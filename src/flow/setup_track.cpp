// STUN transactions, DTLS hellos and receiver reports, by side.
#include "flow/setup_track.hpp"

#include <algorithm>

#include "proto/dtls.hpp"
#include "proto/rtcp.hpp"

namespace deadair::flow {
namespace {

namespace stun = proto::stun;
namespace rtcp = proto::rtcp;

constexpr std::uint16_t kUnauthorized = 401, kStaleNonce = 438;

std::uint32_t shortened(const stun::Message& message) {
  const ByteView id = message.transaction_id();
  return id.be32(0) ^ id.be32(4) ^ id.be32(8);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
  return hash;
}

// ContentType handshake, HandshakeType client_hello after the 13 bytes of the record's header (RFC
// 6347 section 4.1).
bool is_client_hello(ByteView datagram) {
  constexpr std::uint8_t kHandshake = 22, kClientHello = 1;
  constexpr std::size_t kRecordHeader = 13;
  return datagram.u8(0) == kHandshake && datagram.u8(kRecordHeader) == kClientHello;
}

}  // namespace

void SetupTrack::request(Side from, const stun::Message& message, std::int64_t ts_ns,
                         wire::FrameRef frame) {
  SideState& asking = side(from);
  SetupFacts& facts = asking.facts;
  ++facts.requests;
  if (message.method == stun::method::kAllocate) {
    ++facts.allocates;
    if (facts.unanswered_allocates++ == 0) facts.unanswered_allocates_from = ts_ns;
  }
  if (message.method == stun::method::kBinding &&
      stun::find_attribute(message, stun::attribute::kUsername)) {
    ++facts.checks;
    note_session(message);
  }
  if (facts.first_request_ns == 0) {
    facts.first_request_ns = ts_ns;
    facts.first_request_frame = frame;
  }
  if (facts.unanswered++ == 0) {
    facts.unanswered_from = ts_ns;
    facts.unanswered_frame = frame;
  }
  asking.asked = {shortened(message), ts_ns};
}

// The first session stays: after an ICE restart the flow is the same call's. Only checks have a
// priority (RFC 8445 section 7.1.1); a TURN user's name may have a colon too.
void SetupTrack::note_session(const stun::Message& message) {
  constexpr std::size_t kLeast = 4;  // characters of a fragment, RFC 8445 section 5.3
  if (ice_session_ != 0 || !stun::find_attribute(message, stun::attribute::kPriority)) return;
  const std::string_view name = stun::text(message, stun::attribute::kUsername);
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos || colon < kLeast || name.size() - colon - 1 < kLeast) return;
  ice_session_ = hash_of(name.substr(0, colon)) ^ hash_of(name.substr(colon + 1));
}

void SetupTrack::answer(Side from, const stun::Message& message, std::int64_t ts_ns,
                        wire::FrameRef frame) {
  SetupFacts& facts = side(from).facts;
  SideState& asked = side(flow::other(from));
  if (message.kind == stun::Class::success) {
    ++facts.successes;
  } else {
    ++facts.errors;
    const std::uint16_t code = stun::error_code(message).value_or(0);
    if (code == kUnauthorized || code == kStaleNonce)
      ++facts.challenges;
    else
      facts.last_refusal = code;
  }
  if (facts.first_answer_ns == 0) facts.first_answer_ns = ts_ns;
  facts.last_answer_ns = ts_ns;
  facts.last_answer_frame = frame;
  asked.facts.unanswered = 0;
  asked.facts.unanswered_from = 0;
  asked.facts.unanswered_frame = {};
  if (message.method == stun::method::kAllocate) {
    if (message.kind == stun::Class::success) ++facts.granted;
    asked.facts.unanswered_allocates = 0;
    asked.facts.unanswered_allocates_from = 0;
  }
  if (asked.asked.ts_ns == 0 || asked.asked.id != shortened(message)) return;
  const std::int64_t rtt = ts_ns - asked.asked.ts_ns;
  if (rtt > 0 && (rtt_ns_ == 0 || rtt < rtt_ns_)) rtt_ns_ = rtt;
}

void SetupTrack::stun(Side from, const stun::Message& message, std::int64_t ts_ns,
                      wire::FrameRef frame) {
  side(from).facts.last_ns = ts_ns;
  if (message.kind == stun::Class::request) request(from, message, ts_ns, frame);
  if (message.kind == stun::Class::success || message.kind == stun::Class::error)
    answer(from, message, ts_ns, frame);
  // Whoever says anything but a check of its own has heard us: WhatsApp's relays answer pings with
  // messages of the class of requests.
  const bool check =
      message.method == stun::method::kBinding && message.kind == stun::Class::request;
  if (!check) side(from).facts.last_word_ns = ts_ns;
  if (message.method == stun::method::kBinding) return;
  SetupFacts& heard = side(flow::other(from)).facts;
  heard.unanswered = 0;
  heard.unanswered_from = 0;
}

void SetupTrack::dtls(Side from, ByteView datagram, std::int64_t ts_ns, wire::FrameRef frame) {
  SetupFacts& facts = side(from).facts;
  facts.last_ns = ts_ns;
  if (!is_client_hello(datagram)) {
    ++facts.sealed;
    return;
  }
  if (facts.hellos++ != 0) return;
  facts.first_hello_ns = ts_ns;
  facts.first_hello_frame = frame;
}

// Every packet of a plain compound that speaks of the other side's media.
void SetupTrack::report(SetupFacts& facts, ByteView datagram) {
  rtcp::Packet packet;
  while (rtcp::next_packet(datagram, packet)) {
    for (std::size_t i = 0; const auto block = rtcp::report_block(packet, i); ++i) {
      ++facts.reports;
      facts.fractions_lost += block->fraction_lost;
      facts.reported_jitter = block->jitter;
    }
    facts.bitrate_bps = rtcp::estimated_bitrate(packet).value_or(facts.bitrate_bps);
    if (const auto arrivals = rtcp::arrival_report(packet)) {
      facts.arrivals_told += arrivals->packets;
      facts.arrivals_lost += arrivals->lost();
    }
  }
}

void SetupTrack::rtcp(Side from, ByteView datagram, std::size_t wire_len, std::int64_t ts_ns) {
  SetupFacts& facts = side(from).facts;
  facts.last_ns = facts.last_report_ns = ts_ns;
  rtcp::Header header;
  if (rtcp::parse(datagram, wire_len, header) != ParseStatus::parsed) return;
  if (header.packet_type == rtcp::packet_type::kSenderReport) facts.last_sender_report_ns = ts_ns;
  if (header.plain) report(facts, datagram);
}

void SetupTrack::other(Side from, std::int64_t ts_ns) {
  SideState& state = side(from);
  state.facts.last_ns = state.facts.last_word_ns = ts_ns;
  ++state.facts.others;
  state.others.add(ts_ns);
}

std::optional<double> SetupFacts::reported_loss() const {
  if (reports == 0) return std::nullopt;
  constexpr double kWhole = 256;
  return static_cast<double>(fractions_lost) / kWhole / reports;
}

std::optional<std::int64_t> SetupTrack::rtt_ns() const {
  if (rtt_ns_ == 0) return std::nullopt;
  return rtt_ns_;
}

}  // namespace deadair::flow
