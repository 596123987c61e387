// Reads the tag-value messages of Google's QUIC handshake.
#include "proto/chlo.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "proto/host_name.hpp"

namespace deadair::proto::chlo {
namespace {

constexpr std::size_t kHeader = 8;
constexpr std::size_t kEntry = 8;
constexpr std::size_t kMostEntries = 128;  // as Google's parser allows
constexpr std::size_t kMostBytes = 16384;

struct KnownTag {
  std::string_view tag;
  Kind kind;
};
constexpr std::array<KnownTag, 5> kKnown = {{{"CHLO", Kind::client_hello},
                                             {"SHLO", Kind::server_hello},
                                             {{"REJ\0", 4}, Kind::rejection},
                                             {"SREJ", Kind::rejection},
                                             {"SNOM", Kind::server_nonce}}};

std::optional<Kind> kind_of(ByteView tag) {
  const auto* found = std::find_if(kKnown.begin(), kKnown.end(),
                                   [&](const KnownTag& known) { return known.tag == tag.text(); });
  return found == kKnown.end() ? std::nullopt : std::optional<Kind>(found->kind);
}

// The start of a tag that was cut off.
bool may_become_tag(ByteView start) {
  return std::any_of(kKnown.begin(), kKnown.end(),
                     [&](const KnownTag& known) { return known.tag.starts_with(start.text()); });
}

void read_value(std::string_view tag, ByteView value, Message& out) {
  if (tag == std::string_view("SNI\0", 4) && is_host_name(value.text())) out.sni = value.text();
  if (tag == "UAID") out.user_agent = value.text();
}

// The entries as far as captured. Their end offsets must never fall, or this is chance.
ParseStatus read_entries(ByteView bytes, std::size_t count, Message& out) {
  const std::size_t values_at = kHeader + count * kEntry;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kHeader + i * kEntry;
    if (!bytes.has(at, kEntry)) return ParseStatus::truncated;
    const std::size_t end = bytes.le32(at + 4);
    if (end < begin || end > kMostBytes) return ParseStatus::not_this;
    const ByteView value = bytes.sub(values_at + begin, end - begin);
    if (value.size() == end - begin) read_value(bytes.sub(at, 4).text(), value, out);
    begin = end;
  }
  out.size = values_at + begin;
  return bytes.size() < out.size ? ParseStatus::truncated : ParseStatus::parsed;
}

}  // namespace

ParseStatus parse(ByteView bytes, Message& out) {
  out = {};
  if (!bytes.has(0, 4)) {
    return may_become_tag(bytes) ? ParseStatus::truncated : ParseStatus::not_this;
  }
  const std::optional<Kind> kind = kind_of(bytes.first(4));
  if (!kind) return ParseStatus::not_this;
  out.kind = *kind;
  if (!bytes.has(0, kHeader)) return ParseStatus::truncated;
  const std::size_t count = bytes.le16(4);
  if (count == 0 || count > kMostEntries || bytes.le16(6) != 0) return ParseStatus::not_this;
  return read_entries(bytes, count, out);
}

}  // namespace deadair::proto::chlo
