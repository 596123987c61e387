// Calls of which captures show less than all, or which suffered on their way.
#include <cstdint>

#include "call/joiner.hpp"
#include "call/media_quality.hpp"
#include "unit/call/call_flows.hpp"
#include "unit/flow/rtp_sender.hpp"

using namespace deadair;
using namespace deadair::test;
using flow::RtpFacts;
using flow::RtpStream;

namespace {

// Speech of `seconds`, 50 packets a second; `lose` is asked for the number of each packet.
template <class Lose>
RtpFacts speech(int seconds, Lose lose) {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int i = 1; i < seconds * 50; ++i) {
    const flow::RtpArrival packet = sender.packet(80, 20);
    if (!lose(i)) stream.add(packet);
  }
  return stream.facts();
}

}  // namespace

TEST_CASE("Loss is bad for as long as it lasts") {
  const RtpFacts whole = speech(40, [](int) { return false; });
  CHECK(whole.windows >= 19);
  CHECK(whole.windows <= 20);
  CHECK(whole.bad_windows == 0);

  const RtpFacts even = speech(40, [](int i) { return i % 5 == 3; });
  CHECK(even.bad_windows == even.windows);
  const RtpFacts bearable = speech(40, [](int i) { return i % 10 == 3; });
  CHECK(bearable.bad_windows == 0);

  // 2.4 s out of 12: an eighth of the whole is lost, and most of it was fine.
  const RtpFacts outage = speech(12, [](int i) { return i >= 200 && i < 320; });
  CHECK(outage.lost == 120);
  CHECK(outage.bad_windows >= 1);
  CHECK(outage.bad_windows <= 2);
  CHECK(outage.windows >= 5);
  // A freeze counts with all its length though no packet came in it.
  const RtpFacts dead = speech(40, [](int i) { return i >= 500 && i < 1500; });
  CHECK(dead.bad_windows >= 9);
  CHECK(dead.bad_windows <= 11);
  CHECK(dead.windows >= 18);
  CHECK(dead.windows <= 21);
}

TEST_CASE("Silence that the sender kept is no bad time") {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int talk = 0; talk < 10; ++talk) {
    for (int i = 0; i < 100; ++i) stream.add(sender.packet(80, 20));
    sender.pass(3000);
  }
  CHECK(stream.facts().bad_windows == 0);
  CHECK(stream.facts().freezes == 0);
  CHECK(stream.facts().windows >= 10);
}

TEST_CASE("What comes late was not lost for good") {
  RtpSender sender;
  RtpStream stream;
  stream.begin(sender.packet(80, 20));
  for (int i = 0; i < 500; ++i) {
    const flow::RtpArrival first = sender.packet(80, 20);
    const flow::RtpArrival second = sender.packet(80, 20);
    stream.add(second);
    stream.add(first);
  }
  CHECK(stream.facts().lost == 0);
  CHECK(stream.facts().bad_windows == 0);
}
