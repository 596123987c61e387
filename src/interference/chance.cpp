// Exact tests by logarithms of factorials.
#include "interference/chance.hpp"

#include <algorithm>
#include <cmath>

namespace deadair::interference {
namespace {

double log_choose(std::uint64_t n, std::uint64_t k) {
  const auto gamma = [](std::uint64_t x) { return std::lgamma(static_cast<double>(x) + 1); };
  return gamma(n) - gamma(k) - gamma(n - k);
}

// P(at most `ok` of n) when each succeeds with probability p.
double at_most(std::uint64_t ok, std::uint64_t n, double p) {
  double sum = 0;
  for (std::uint64_t k = 0; k <= ok; ++k)
    sum += std::exp(log_choose(n, k) + static_cast<double>(k) * std::log(p) +
                    static_cast<double>(n - k) * std::log1p(-p));
  return sum;
}

}  // namespace

double fisher_one_sided(std::uint64_t control_ok, std::uint64_t control_failed,
                        std::uint64_t suspect_ok, std::uint64_t suspect_failed) {
  const std::uint64_t suspects = suspect_ok + suspect_failed;
  const std::uint64_t controls = control_ok + control_failed;
  const std::uint64_t successes = control_ok + suspect_ok;
  const double all = log_choose(suspects + controls, successes);
  double p = 0;
  for (std::uint64_t k = 0; k <= suspect_ok; ++k)
    if (successes - k <= controls)
      p += std::exp(log_choose(suspects, k) + log_choose(controls, successes - k) - all);
  return std::min(p, 1.0);
}

double coincidence(std::span<const double> values, double step) {
  if (values.size() < 2) return 1;
  const auto [least, most] = std::ranges::minmax(values);
  if (least <= 0) return 1;
  const auto n = static_cast<double>(values.size());
  return std::min(1.0, n * std::pow(std::log((most + step) / least), n - 1));
}

double success_bound(std::uint64_t ok, std::uint64_t n) {
  constexpr double kAlpha = 0.05;
  if (n == 0 || ok >= n) return 1;
  if (ok == 0) return 1 - std::pow(kAlpha, 1 / static_cast<double>(n));
  double low = 0, high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (at_most(ok, n, middle) > kAlpha ? low : high) = middle;
  }
  return high;
}

}  // namespace deadair::interference
