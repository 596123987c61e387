// Reads the first message of Facebook Zero.
#include "proto/fbzero.hpp"

namespace deadair::proto::fbzero {
namespace {

constexpr std::string_view kMagic = "1QTV";
constexpr std::size_t kHeader = 9;
constexpr std::size_t kMostBytes = 16384;

}  // namespace

ParseStatus parse_first(ByteView stream, FirstMessage& out) {
  out = {};
  const ByteView magic = ByteView::of(kMagic);
  if (!stream.starts_with(magic.first(stream.size()).span())) return ParseStatus::not_this;
  if (!stream.has(0, kHeader)) return ParseStatus::truncated;
  out.version = static_cast<char>(stream.u8(kMagic.size()));
  const std::size_t length = stream.le32(kMagic.size() + 1);
  if (out.version < '0' || out.version > '9' || length > kMostBytes) return ParseStatus::not_this;
  const ByteView body = stream.sub(kHeader, length);
  const ParseStatus status = chlo::parse(body, out.message);
  // The record is all there, but the message in it claims to be longer.
  const bool contradiction = status == ParseStatus::truncated && body.size() == length;
  return contradiction ? ParseStatus::not_this : status;
}

}  // namespace deadair::proto::fbzero
