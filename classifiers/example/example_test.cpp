// Tests the example classifier: each signal, each way to be split, and what it must not claim.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::example {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& example() { return classifiers::example::instance(); }

TEST_CASE("example: the hello, whole and split") {
  const Bytes hello = ascii("EXAMPLE/1 alice\r\n");
  CHECK(ask_stream(example(), hello).signal() == "EXAMPLE.TEXT.HELLO");
  CHECK(ask_stream(example(), hello).certain());
  for (std::size_t size = 0; size < 10; ++size) {
    CHECK(ask_stream(example(), cut(hello, size)).answer == Answer::unsure);
  }
  CHECK(ask_stream(example(), ascii("EXAMPLE/2 alice\r\n")).answer == Answer::not_for_us);
  CHECK(ask_stream(example(), hello, {}, false).answer == Answer::not_for_us);
}

TEST_CASE("example: names") {
  CHECK(service_of(example(), "eu.chat.example") == "text");
  CHECK(service_of(example(), "chat.example.net").empty());
}

TEST_CASE("example: others' traffic is not claimed") { claims_nothing_of_others(example()); }

}  // namespace
