// How probable counts are by chance alone.
#pragma once

#include <cstdint>

namespace deadair::interference {

// Fisher's exact test, one-sided: the probability that so few of the successes, or fewer, fall to
// the suspect when chance alone shares them out.
double fisher_one_sided(std::uint64_t control_ok, std::uint64_t control_failed,
                        std::uint64_t suspect_ok, std::uint64_t suspect_failed);

// The greatest true rate of success that gives `ok` or fewer of `n` with a probability of 5 %
// (Clopper and Pearson 1934); 1 - 0.05^(1/n) when there were none. 1 for n = 0.
double success_bound(std::uint64_t ok, std::uint64_t n);

}  // namespace deadair::interference
