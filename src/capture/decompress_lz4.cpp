// LZ4 frames through liblz4; a block is at most 4 MiB, so memory is bounded by the format.
#include <algorithm>
#include <new>

#include <lz4frame.h>

#include "capture/decompressor.hpp"

namespace deadair::capture {
namespace {

class Lz4 final : public Decompressor {
 public:
  Lz4() {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
      throw std::bad_alloc();
  }
  ~Lz4() override { LZ4F_freeDecompressionContext(context_); }
  Lz4(const Lz4&) = delete;
  Lz4& operator=(const Lz4&) = delete;

  Step step(ByteView in, std::span<std::uint8_t> out) override {
    std::size_t taken = std::min(in.size(), block_);
    std::size_t written = out.size();
    const std::size_t result =
        LZ4F_decompress(context_, out.data(), &written, in.data(), &taken, nullptr);
    if (LZ4F_isError(result) != 0) return {0, 0, State::damaged};
    block_ = std::max<std::size_t>(result, 1);
    return {taken, written, result == 0 ? State::end_of_stream : State::more};
  }

 private:
  LZ4F_dctx* context_ = nullptr;
  // The library forgets what it made in the call that fails, so it is fed one block at a time: the
  // size it asks for next.
  std::size_t block_ = 1;
};

}  // namespace

std::unique_ptr<Decompressor> make_lz4() { return std::make_unique<Lz4>(); }

}  // namespace deadair::capture
