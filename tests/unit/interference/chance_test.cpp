// Exact tests by known numbers.
#include "interference/chance.hpp"

#include "catch.hpp"

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
