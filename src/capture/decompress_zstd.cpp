// Zstandard frames (RFC 8878) through libzstd.
#include <algorithm>
#include <new>

#include <zstd.h>

#include "capture/decompressor.hpp"

namespace deadair::capture {
namespace {

class Zstd final : public Decompressor {
 public:
  Zstd() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, static_cast<int>(kMaxWindowLog));
  }
  ~Zstd() override { ZSTD_freeDCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  Step step(ByteView in, std::span<std::uint8_t> out) override {
    ZSTD_inBuffer source{in.data(), std::min(in.size(), block_), 0};
    ZSTD_outBuffer target{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(context_, &target, &source);
    const State state = ZSTD_isError(result) != 0 ? State::damaged
                        : result == 0             ? State::end_of_stream
                                                  : State::more;
    block_ = std::max<std::size_t>(result, 1);
    return {source.pos, target.pos, state};
  }

 private:
  ZSTD_DCtx* context_;
  // The library forgets what it made in the call that fails, so it is fed one block at a time: the
  // size it asks for next.
  std::size_t block_ = 1;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd() { return std::make_unique<Zstd>(); }

}  // namespace deadair::capture
