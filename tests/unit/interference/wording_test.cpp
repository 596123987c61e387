// Counts in words.
#include "interference/wording.hpp"

#include "catch.hpp"

using deadair::interference::share_at_start;
using deadair::interference::share_of;

TEST_CASE("A share is told as people say it") {
  CHECK(share_of(1, 1, "call", "calls") == "the one call");
  CHECK(share_of(2, 2, "call", "calls") == "both calls");
  CHECK(share_of(3, 3, "call", "calls") == "all 3 calls");
  CHECK(share_of(2, 3, "call", "calls") == "2 of 3 calls");
  CHECK(share_of(0, 1, "call", "calls") == "0 of 1 call");
  CHECK(share_at_start(1, 1, "call", "calls") == "The one call");
  CHECK(share_at_start(2, 3, "call", "calls") == "2 of 3 calls");
}
