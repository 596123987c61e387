// The E-model against values computed by hand from ITU-T G.107.
#include "call/e_model.hpp"

#include "catch.hpp"

using namespace deadair::call;

TEST_CASE("Rating and MOS follow G.107") {
  struct Vector {
    double delay_ms, loss, rating, mos;
  };
  for (const auto& [delay_ms, loss, r, mos] : {Vector{50, 0.00, 92.0, 4.38},
                                               {150, 0.01, 85.1, 4.20},
                                               {200, 0.05, 66.9, 3.45},
                                               {300, 0.10, 40.8, 2.11},
                                               {150, 0.20, 42.1, 2.17}}) {
    const double rated = rating({loss, 1, delay_ms, {0, 20}});
    CHECK(rated == Approx(r).margin(0.05));
    CHECK(mos_of(rated) == Approx(mos).margin(0.005));
  }
}

TEST_CASE("Bursts, codecs and missing delay count") {
  // 95 * 5 / (5 / 2 + 20) and 95 * 5 / (5 + 25.1)
  CHECK(rating({0.05, 2, 0.0, {0, 20}}) == Approx(93.2 - 21.11).margin(0.01));
  CHECK(rating({0.05, 1, 0.0, impairment_of(0)}) == Approx(93.2 - 15.78).margin(0.01));
  CHECK(rating({0.05, 1, 0.0, impairment_of(8)}) == Approx(93.2 - 15.78).margin(0.01));
  // 11 + 84 * 5 / (5 + 19)
  CHECK(rating({0.05, 1, 0.0, impairment_of(18)}) == Approx(93.2 - 28.5).margin(0.01));
  CHECK(impairment_of(111).bpl == 20);
  CHECK(rating({0, 1, {}, {}}) == 93.2);
  CHECK(rating({0.05, 7, 0.0, {0, 20}}) == rating({0.05, 2, 0.0, {0, 20}}));
  CHECK(rating({0.01, 7, 0.0, {0, 20}}) < rating({0.01, 2, 0.0, {0, 20}}));
  CHECK(rating({0.01, 70, 0.0, {0, 20}}) == rating({0.01, 8, 0.0, {0, 20}}));
  CHECK(rating({0.05, 0.1, 0.0, {0, 20}}) == rating({0.05, 1, 0.0, {0, 20}}));
}

TEST_CASE("The score stays on its scale") {
  CHECK(mos_of(-50) == 1);
  CHECK(mos_of(3) == 1);
  CHECK(mos_of(93.2) == Approx(4.41).margin(0.005));
  CHECK(mos_of(120) == 4.5);
  CHECK(mos_of(rating({1, 1000, 100000.0, {}})) == 1);
}
