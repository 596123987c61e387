// How probable counts are by chance alone.
#pragma once

#include <cstdint>
#include <span>

namespace deadair::interference {

// Fisher's exact test, one-sided: the probability that so few of the successes, or fewer, fall to
// the suspect when chance alone shares them out.
double fisher_one_sided(std::uint64_t control_ok, std::uint64_t control_failed,
                        std::uint64_t suspect_ok, std::uint64_t suspect_failed);

// The greatest probability that this many values lie this close together where each comes about by
// itself: n r^(n - 1), r the logarithm of the largest to the smallest, known to `step` only. It
// takes their logarithms for no denser anywhere than those of a normal distribution of 0.4, two in
// three of which lie within a factor of 1.5 of the middle; what people and radios end varies more.
// 1 for fewer than two values.
double coincidence(std::span<const double> values, double step);

// The greatest true rate of success that gives `ok` or fewer of `n` with a probability of 5 %
// (Clopper and Pearson 1934); 1 - 0.05^(1/n) when there were none. 1 for n = 0.
double success_bound(std::uint64_t ok, std::uint64_t n);

}  // namespace deadair::interference
