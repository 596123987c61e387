// Quantiles out of bucket counts.
#include "flow/size_histogram.hpp"

#include <numeric>

namespace deadair::flow {

void SizeHistogram::fold(const SizeHistogram& other) {
  constexpr std::uint32_t kMost = 0xffff;
  const auto sum = [&](std::size_t i) { return std::uint32_t{counts_[i]} + other.counts_[i]; };
  bool fits = true;
  for (std::size_t i = 0; i < kBuckets; ++i) fits = fits && sum(i) <= kMost;
  for (std::size_t i = 0; i < kBuckets; ++i)
    counts_[i] = static_cast<std::uint16_t>(fits ? sum(i) : sum(i) / 2);
}

std::uint32_t SizeHistogram::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint32_t{0});
}

std::uint32_t SizeHistogram::quantile(unsigned percent) const {
  std::uint32_t rank = (total() * percent + 99) / 100;  // of the packet in question, from 1
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (rank <= counts_[i] && counts_[i] > 0)
      return kFrom[i] + (kFrom[i + 1] - kFrom[i]) * rank / counts_[i];
    rank -= counts_[i];
  }
  return 0;
}

}  // namespace deadair::flow
