// Tests PPTP's signal on messages written by hand.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::pptp {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& pptp() { return classifiers::pptp::instance(); }

Bytes start(const char* type = "0001") {
  return hex("009c 0001 1a2b3c4d") + hex(type) + hex("0000") + Bytes(144, 0);
}

TEST_CASE("pptp: the cookie tells, in each direction and in the middle too") {
  CHECK(ask_stream(pptp(), start()).signal() == "PPTP.CONTROL");
  CHECK(ask_stream(pptp(), start()).certain());
  CHECK(ask_stream(pptp(), start()).claims.front().service == classify::Service::tunnel);
  const Bytes echo = hex("0010 0001 1a2b3c4d 0005 0000 00000001");
  CHECK(ask_stream(pptp(), echo, {}, false).certain());
}

TEST_CASE("pptp: a header may come in pieces") {
  for (std::size_t size = 0; size < 12; ++size)
    CHECK(ask_stream(pptp(), cut(start(), size)).answer == Answer::unsure);
  CHECK(ask_stream(pptp(), cut(start(), 12)).certain());
}

TEST_CASE("pptp: every field must hold") {
  CHECK(ask_stream(pptp(), start("0010")).answer == Answer::not_for_us);
  CHECK(ask_stream(pptp(), hex("009c 0002 1a2b3c4d 0001 0000")).claims.empty());
  CHECK(ask_stream(pptp(), hex("009c 0001 1a2b3c4e 0001 0000")).claims.empty());
  CHECK(ask_stream(pptp(), hex("009c 0001 20")).answer == Answer::not_for_us);
}

TEST_CASE("pptp: others' traffic is not claimed") {
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(pptp(), head).claims.empty());
  }
}

}  // namespace
