// One compressed stream unpacked piece by piece, in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "bytes/byte_view.hpp"

namespace deadair::capture {

enum class Compression : std::uint8_t { gzip, zstd, xz, lz4 };

// The format whose magic number begins `bytes` (six are enough), if any: RFC 1952 section 2.3.1,
// RFC 8878 section 3.1, the .xz file format section 2.1.1.1, the LZ4 frame format.
std::optional<Compression> sniff_compression(ByteView bytes);
const char* to_string(Compression format);

// Most memory a single stream may ask for: 128 MiB is the window of `zstd --long`, and twice what
// `xz -9` needs.
inline constexpr unsigned kMaxWindowLog = 27;
inline constexpr std::uint64_t kMaxWindowBytes = std::uint64_t{1} << kMaxWindowLog;

class Decompressor {
 public:
  enum class State : std::uint8_t { more, end_of_stream, damaged };
  struct Step {
    std::size_t taken = 0;    // bytes of input used up
    std::size_t written = 0;  // bytes of output made
    State state = State::more;
  };

  virtual ~Decompressor() = default;
  // Unpacks as much of `in` as fits into `out`, of which neither may be empty.
  virtual Step step(ByteView in, std::span<std::uint8_t> out) = 0;
};

std::unique_ptr<Decompressor> make_decompressor(Compression format);

// One maker for each library, for make_decompressor().
std::unique_ptr<Decompressor> make_gzip();
std::unique_ptr<Decompressor> make_zstd();
std::unique_ptr<Decompressor> make_xz();
std::unique_ptr<Decompressor> make_lz4();

}  // namespace deadair::capture
