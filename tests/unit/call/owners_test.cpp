// Which other attempt has a number in common.
#include "call/owners.hpp"

#include "catch.hpp"
#include "unit/call/joiner_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using call::Owners;

TEST_CASE("Each of two owners finds the other") {
  Owners owners(7);
  CHECK(owners.other(5, 1) == 0);
  owners.add(5, 1);
  owners.add(5, 1);
  CHECK(owners.other(5, 1) == 0);
  CHECK(owners.other(5, 2) == 1);
  owners.add(5, 2);
  CHECK(owners.other(5, 1) == 2);
  CHECK(owners.other(5, 2) == 1);
  owners.add(5, 3);  // takes the place of the latest
  CHECK(owners.other(5, 1) == 3);
  owners.remove(5, 1);
  CHECK(owners.other(5, 2) == 3);
  owners.remove(5, 3);
  CHECK(owners.other(5, 2) == 0);
  owners.remove(5, 3);
}

TEST_CASE("An attempt that waits in a dialog is joined by its stream on another socket") {
  const call::Socket caller = socket_at("10.0.0.5", 5060);
  const call::Socket media = socket_at("10.0.0.5", 40000);
  JoinerProbe probes;
  const auto stream = [&](const call::Socket& from, double from_s, double to_s) {
    return CallFlow(from, socket_at("5.9.7.9", 51000), from_s, to_s)
        .plain()
        .rtp(call::kUp, 5)
        .rtp(call::kDown, 6);
  };
  const call::Joiner::Id dialog = probes.joiner.open_dialog(caller, "sip", at_s(0), {0, 1});
  CallFlow announced = stream(media, 1, 20);
  probes.joiner.add_to(dialog, announced, at_s(20));
  probes.add(stream(socket_at("10.0.0.5", 41000), 20.5, 40));
  probes.pass(75);
  probes.finish(400);
  CHECK(probes.told.size() == 1);
}
