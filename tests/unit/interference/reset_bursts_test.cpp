// Connections to many servers that end in the same second.
#include "interference/reset_bursts.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Context;
using interference::Level;
using interference::ResetBursts;

namespace {

// A connection to a server of its own, reset `ms` after the first of them.
Flow ended(std::int64_t ms, bool answered = true, Sender by = Sender::server) {
  Flow flow;
  flow.wait(ms).hello();
  flow.trigger();
  if (answered) flow.down("PA", 1200);
  if (!answered) flow.down("A");
  flow.from(by, "RA").ttl = 63;
  return flow;
}
TcpStory at_server(const Flow& flow, unsigned server) {
  TcpStory story = flow.story();
  story.server = IpAddress::v4(0xcb00'7100U + server);
  return story;
}

}  // namespace

TEST_CASE("Servers whose connections were reset within a second of one are counted") {
  const Flow flows[] = {ended(0),    ended(400),        ended(900),
                        ended(2100), ended(500, false), ended(500, true, Sender::client)};
  ResetBursts bursts;
  for (unsigned i = 0; i < std::size(flows); ++i) bursts.note(at_server(flows[i], i));
  // Neither what fell right after its name, nor what the client ended, nor what came later.
  CHECK(bursts.others(at_server(flows[0], 0)) == 2);
  CHECK(bursts.others(at_server(flows[4], 4)) == 3);
  CHECK(bursts.others(at_server(flows[3], 3)) == 0);
  // To one server more often counts once.
  for (const Flow& flow : flows) bursts.note(at_server(flow, 1));
  CHECK(bursts.others(at_server(flows[0], 0)) == 2);
  TcpStory other = at_server(flows[0], 0);
  other.client = IpAddress::v4(0xc0a8'0199);
  CHECK(bursts.others(other) == 0);
  // No more than some are counted, however many a capture holds.
  for (unsigned i = 10; i < 10 + 2 * ResetBursts::kMost; ++i) bursts.note(at_server(flows[0], i));
  CHECK(bursts.others(at_server(flows[0], 0)) == ResetBursts::kMost);
}

TEST_CASE("What ends connections to many servers at once does not go by a name") {
  const Flow flow = ended(0, false);
  Context context;
  const auto found = [&] { return *find(findings_of(flow.story(), context), "RST.TRIGGER.SNI"); };
  CHECK(found().level == Level::likely);
  context.reset_together = 2;
  CHECK(found().level == Level::likely);
  context.reset_together = 3;
  CHECK(found().level == Level::anomalous);
  CHECK(status(found(), "all_at_once") == "open");
}
