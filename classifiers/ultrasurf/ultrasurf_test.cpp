// Tests Ultrasurf's names, and that no traffic without them is claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::ultrasurf {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;

TEST_CASE("ultrasurf: names") {
  const classify::Classifier& ultrasurf = classifiers::ultrasurf::instance();
  CHECK(service_of(ultrasurf, "ultrasurf.us") == "web");
  CHECK(service_of(ultrasurf, "www.wujieliulan.com") == "web");
  CHECK(service_of(ultrasurf, "ultrasurf.us.example").empty());
}

TEST_CASE("ultrasurf: no byte claims anything") {
  const classify::Classifier& ultrasurf = classifiers::ultrasurf::instance();
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(ultrasurf, head).answer == classify::Answer::not_for_us);
  }
}

}  // namespace
