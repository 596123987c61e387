// Recognises QUIC long headers (RFC 8999, RFC 9000, RFC 9369, Google QUIC).
#include "proto/quic.hpp"

#include <optional>

namespace deadair::proto::quic {
namespace {

constexpr std::size_t kMaxConnectionId = 20;

// "Q0" or "T0" and two digits.
bool is_google(std::uint32_t version) {
  const std::uint32_t start = version >> 16;
  const std::uint32_t tens = version >> 8 & 0xffU;
  const std::uint32_t ones = version & 0xffU;
  return (start == 0x5130 || start == 0x5430) && tens >= '0' && tens <= '9' && ones >= '0' &&
         ones <= '9';
}

std::optional<Family> family_of(std::uint32_t version) {
  if (version == 0) return Family::negotiation;
  if (version == 1) return Family::v1;
  if (version == 0x6b3343cf || version == 0x709a50c4) return Family::v2;  // 709a50c4: its drafts
  if (version >> 8 == 0xff0000) return Family::draft;
  if (version >> 5 == 0xfaceb000 >> 5) return Family::mvfst;
  if (is_google(version)) return Family::google;
  if ((version & 0x0f0f0f0fU) == 0x0a0a0a0a) return Family::grease;
  return std::nullopt;
}

// RFC 9369 section 3.2 moves v2's packet types by one.
bool is_initial(Family family, std::uint32_t version, std::uint8_t first) {
  const unsigned type = first >> 4 & 3U;
  if (family == Family::v2) return type == 1;
  if (family == Family::google) return type == 0 && version >= kGoogleQ050;
  return type == 0 && (family == Family::v1 || family == Family::draft || family == Family::mvfst);
}

//  Public Header { Flags (8): 0x01 version, 0x08 connection id; Connection ID (64); Version (32) }
// Google QUIC up to Q043 (draft-tsvwg-quic-protocol-02 section 6.1).
bool parse_google_public(ByteView bytes, LongHeader& out) {
  constexpr std::uint8_t kVersionAndId = 0x09;
  if ((bytes.u8(0) & 0xc9U) != kVersionAndId || !is_google(bytes.be32(9))) return false;
  out = {Family::google, bytes.be32(9), false, bytes.sub(1, 8), {}};
  return true;
}

// The two connection ids; `truncated` when the captured bytes end inside them.
ParseStatus read_ids(ByteReader& reader, bool complete, LongHeader& out) {
  for (ByteView* id : {&out.destination_id, &out.source_id}) {
    const std::size_t size = reader.u8();
    if (size > kMaxConnectionId) return ParseStatus::not_this;
    *id = reader.take(size);
  }
  if (reader.ok()) return ParseStatus::parsed;
  return complete ? ParseStatus::not_this : ParseStatus::truncated;
}

// RFC 9000 section 17.2.1: the versions a server offers fill the rest. Version 0 alone is four zero
// bytes, which other protocols have too.
bool offers_versions(ByteView rest) {
  if (rest.empty() || rest.size() % 4 != 0) return false;
  for (std::size_t at = 0; at < rest.size(); at += 4) {
    if (family_of(rest.be32(at)).value_or(Family::negotiation) == Family::negotiation) return false;
  }
  return true;
}

}  // namespace

ParseStatus parse_long_header(ByteView captured, std::size_t wire_len, LongHeader& out) {
  const ByteView bytes = captured.first(wire_len);
  if (parse_google_public(bytes, out)) return ParseStatus::parsed;
  const std::uint8_t first = bytes.u8(0);
  // The fixed bit, 0x40, is not asked for: ends that know each other may clear it (RFC 9287).
  if (wire_len < 7 || !bytes.has(0, 5) || (first & 0x80U) == 0) return ParseStatus::not_this;
  const std::optional<Family> family = family_of(bytes.be32(1));
  if (!family) return ParseStatus::not_this;
  const std::uint32_t version = bytes.be32(1);
  out = {*family, version, is_initial(*family, version, first), {}, {}};
  if (*family == Family::google && version < kGoogleQ050) {  // other lengths
    return ParseStatus::parsed;
  }
  ByteReader reader(bytes.from(5));
  const bool complete = bytes.size() == wire_len;
  const ParseStatus status = read_ids(reader, complete, out);
  if (*family != Family::negotiation || status == ParseStatus::not_this) return status;
  return complete && offers_versions(reader.rest()) ? ParseStatus::parsed : ParseStatus::not_this;
}

}  // namespace deadair::proto::quic
