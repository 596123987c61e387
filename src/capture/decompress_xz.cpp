// .xz streams through liblzma.
#include <new>

#include <lzma.h>

#include "capture/decompressor.hpp"

namespace deadair::capture {
namespace {

class Xz final : public Decompressor {
 public:
  Xz() {
    if (lzma_stream_decoder(&stream_, kMaxWindowBytes, 0) != LZMA_OK) throw std::bad_alloc();
  }
  ~Xz() override { lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  Step step(ByteView in, std::span<std::uint8_t> out) override {
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const lzma_ret result = lzma_code(&stream_, LZMA_RUN);
    return {in.size() - stream_.avail_in, out.size() - stream_.avail_out, state_of(result)};
  }

 private:
  static State state_of(lzma_ret result) {
    if (result == LZMA_STREAM_END) return State::end_of_stream;
    return result == LZMA_OK || result == LZMA_BUF_ERROR ? State::more : State::damaged;
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decompressor> make_xz() { return std::make_unique<Xz>(); }

}  // namespace deadair::capture
