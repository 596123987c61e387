// Exact tests by known numbers.
#include "interference/chance.hpp"

#include <initializer_list>
#include <vector>

#include "catch.hpp"

using deadair::interference::coincidence;
using deadair::interference::fisher_one_sided;
using deadair::interference::success_bound;

TEST_CASE("Of n attempts none succeeded: how good it can be at most") {
  CHECK(success_bound(0, 3) == Approx(0.632).margin(0.001));
  CHECK(success_bound(0, 5) == Approx(0.451).margin(0.001));
  CHECK(success_bound(0, 10) == Approx(0.259).margin(0.001));
  CHECK(success_bound(0, 30) == Approx(0.095).margin(0.001));
  // Clopper and Pearson's: the root of P(X <= 1) = 0.05 for n = 10 is 0.394.
  CHECK(success_bound(1, 10) == Approx(0.394).margin(0.001));
  CHECK(success_bound(10, 10) == 1);
  CHECK(success_bound(0, 0) == 1);
}

TEST_CASE("Fisher's exact test") {
  // One arrangement of the 3 failures among 13 is this one or worse: 1 / C(13, 3).
  CHECK(fisher_one_sided(10, 0, 0, 3) == Approx(1.0 / 286));
  CHECK(fisher_one_sided(3, 0, 0, 3) == Approx(1.0 / 20));
  // Fisher's tea: 3 of 4 guessed, p = 17/70.
  CHECK(fisher_one_sided(3, 1, 1, 3) == Approx(17.0 / 70));
  CHECK(fisher_one_sided(0, 0, 0, 3) == 1);
  CHECK(fisher_one_sided(5, 0, 5, 0) == 1);
  CHECK(fisher_one_sided(100'000, 3, 0, 40) < 1e-100);
}

TEST_CASE("How close together chance brings some values") {
  const auto together = [](std::initializer_list<double> values, double step = 0) {
    return coincidence(std::vector<double>(values), step);
  };
  // 3 ln(1.1)^2.
  CHECK(together({10, 11, 10.5}) == Approx(3 * 0.0953 * 0.0953).epsilon(0.01));
  CHECK(together({10, 11, 10.5, 10.2}) < together({10, 11, 10.5}));
  // 20 packets are 20 to 21.
  CHECK(together({20, 20, 20}, 1) == Approx(3 * 0.0488 * 0.0488).epsilon(0.01));
  CHECK(together({20, 20, 20}) == 0);
  CHECK(together({1, 9, 30}) == 1);
  CHECK(together({5}) == 1);
  CHECK(together({}) == 1);
  CHECK(together({0, 0, 0}) == 1);
}
