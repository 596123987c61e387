// Recognises compressed data by its first bytes.
#include "capture/decompressor.hpp"

#include <array>
#include <string_view>

namespace deadair::capture {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  Compression format;
};

constexpr std::array kMagics = {
    Magic{"\x1f\x8b"sv, Compression::gzip},
    Magic{"\x28\xb5\x2f\xfd"sv, Compression::zstd},
    Magic{"\xfd"
          "7zXZ\0"sv,
          Compression::xz},
    Magic{"\x04\x22\x4d\x18"sv, Compression::lz4},
};

// Zstandard and LZ4 share the skippable frames 0x184d2a50 to 0x184d2a5f; pzstd begins with one.
bool is_skippable_frame(ByteView bytes) {
  return bytes.has(0, 4) && (bytes.le32(0) & 0xffff'fff0) == 0x184d'2a50;
}

}  // namespace

std::optional<Compression> sniff_compression(ByteView bytes) {
  for (const Magic& magic : kMagics)
    if (bytes.starts_with(magic.bytes)) return magic.format;
  if (is_skippable_frame(bytes)) return Compression::zstd;
  return std::nullopt;
}

const char* to_string(Compression format) {
  switch (format) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::xz:
      return "xz";
    case Compression::lz4:
      return "lz4";
  }
  return "";
}

std::unique_ptr<Decompressor> make_decompressor(Compression format) {
  switch (format) {
    case Compression::gzip:
      return make_gzip();
    case Compression::zstd:
      return make_zstd();
    case Compression::xz:
      return make_xz();
    case Compression::lz4:
      return make_lz4();
  }
  return nullptr;
}

}  // namespace deadair::capture
