// gzip members (RFC 1952) through zlib.
#define ZLIB_CONST
#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

#include "capture/decompressor.hpp"

namespace deadair::capture {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more than the window asks for gzip framing

uInt bounded(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

class Gzip final : public Decompressor {
 public:
  Gzip() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Step step(ByteView in, std::span<std::uint8_t> out) override {
    const uInt in_size = bounded(in.size());
    const uInt out_size = bounded(out.size());
    stream_.next_in = in.data();
    stream_.avail_in = in_size;
    stream_.next_out = out.data();
    stream_.avail_out = out_size;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    return {in_size - stream_.avail_in, out_size - stream_.avail_out, state_of(result)};
  }

 private:
  static State state_of(int result) {
    if (result == Z_STREAM_END) return State::end_of_stream;
    return result == Z_OK || result == Z_BUF_ERROR ? State::more : State::damaged;
  }

  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip() { return std::make_unique<Gzip>(); }

}  // namespace deadair::capture
