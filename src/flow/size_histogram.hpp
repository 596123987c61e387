// Counts payload sizes in half octaves, for quantiles in 20 bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace deadair::flow {

class SizeHistogram {
 public:
  static constexpr std::size_t kBuckets = 10;

  // A bucket's count is kept modulo 65536: more in one window than any call sends.
  void add(std::uint16_t size) { ++counts_[kBucketOf[size / kStep]]; }
  // Takes over another's counts; when they no longer fit, all are halved, which leaves quantiles.
  void fold(const SizeHistogram& other);
  [[nodiscard]] std::uint32_t total() const;
  // The size that `percent` (0 to 100) of the packets do not exceed, interpolated within its
  // bucket; 0 when empty. What lies beyond 1024 bytes counts as 1024 to 1536.
  [[nodiscard]] std::uint32_t quantile(unsigned percent) const;

 private:
  // Bucket i holds sizes from kFrom[i] to below kFrom[i + 1].
  static constexpr std::array<std::uint32_t, kBuckets + 1> kFrom = {0,   64,  96,  128,  192, 256,
                                                                    384, 512, 768, 1024, 1536};
  static constexpr std::size_t kStep = 32;  // divides every border
  static constexpr std::size_t kSteps = 65536 / kStep;
  static constexpr std::array<std::uint8_t, kSteps> kBucketOf = [] {
    std::array<std::uint8_t, kSteps> table{};
    for (std::size_t i = 0; i < kSteps; ++i)
      while (table[i] + 1U < kBuckets && kFrom[table[i] + 1U] <= i * kStep) ++table[i];
    return table;
  }();

  std::array<std::uint16_t, kBuckets> counts_{};
};
static_assert(sizeof(SizeHistogram) == 20);

}  // namespace deadair::flow
