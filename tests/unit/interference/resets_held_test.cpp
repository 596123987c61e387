// Tear-downs that are held back where something innocent would look the same.
#include "interference/resets.hpp"
#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Level;

namespace {

// A watched name, acknowledged by the server; a reset in the server's name 5 ms later.
Flow blocked(std::uint8_t ttl) {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(3).down("A");
  flow.down("RA").ttl = ttl;
  return flow;
}
constexpr std::uint8_t kMirrored = 52, kForged = 45;

}  // namespace

TEST_CASE("Where only shorter hellos were answered, length may be why a long one is reset") {
  Flow flow = blocked(kMirrored);
  const auto judged = [&](std::uint32_t len, bool long_ok, std::uint64_t answered = 3) {
    TcpStory story = flow.story();
    story.trigger->len = len;
    Context context;
    context.trigger_flows = context.trigger_hits = 10;
    context.same_server_ok = answered;
    context.long_hello_ok = long_ok;
    return *find(findings_of(story, context), "RST.TRIGGER.SNI");
  };
  CHECK(judged(1800, false).level == Level::anomalous);
  CHECK(status(judged(1800, false), "long_hello") == "open");
  CHECK(judged(1800, true).level == Level::likely);
  CHECK(judged(517, false).level == Level::likely);
  CHECK(status(judged(517, false), "long_hello").empty());
  SECTION("the packets' order tells of a forgery, whatever the length") {
    flow = blocked(kForged);
    flow.wait(35).down("PA", 1400);
    CHECK(judged(1800, false).level >= Level::likely);
  }
  SECTION("another TTL alone does not") {
    flow = blocked(kForged);
    CHECK(judged(1800, false).level == Level::anomalous);
    CHECK(judged(1800, false, 0).level == Level::likely);  // nothing shorter is known to pass
  }
}

TEST_CASE("Hellos are as long when they need as many segments") {
  CHECK(interference::hello_as_long(1790, 1800));
  CHECK_FALSE(interference::hello_as_long(1300, 1800));
  CHECK(interference::hello_as_long(1300, 1300));
}

TEST_CASE("Beside the client nothing forged in its name comes by") {
  Flow flow;
  flow.hello();
  flow.trigger();
  flow.wait(3).up("R");
  flow.wait(3).up("PA", 86);
  Context context;
  const auto level = [&] {
    return find(findings_of(flow.story(), context), "INJ.RST_SEQ_DATA")->level;
  };
  CHECK(level() == Level::likely);
  context.vantage = interference::Vantage::client_side;
  CHECK(level() == Level::anomalous);
  CHECK(status(*find(findings_of(flow.story(), context), "INJ.RST_SEQ_DATA"),
               "aborted_by_sender") == "open");
  flow.marks()[4].ttl = 57;
  CHECK(level() == Level::likely);
}
