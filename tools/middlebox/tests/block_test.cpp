// Dropping: after a trigger or a quota, for good, for a while, after idleness, by size; exceptions.
#include "catch.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

namespace {

mb::Frame up_data(const Ends& ends, std::size_t size = 100) {
  return ends.tcp(Way::up, {flag::kAck, 2000, 6000, Bytes(size, 1)});
}
mb::Frame down_data(const Ends& ends, std::size_t size = 100) {
  return ends.tcp(Way::down, {flag::kAck, 6000, 2000, Bytes(size, 2)});
}

// How many of 20 packets, up and down in turn, pass after a request for the watched host.
std::size_t passing(const std::string& config) {
  Scene scene(config);
  handshake(scene, {});
  scene.take();
  scene.up(50, request({}, "watched.example"));
  for (int i = 0; i < 10; ++i) {
    scene.up(100 + i, up_data({}));
    scene.down(100 + i, down_data({}));
  }
  return scene.take().size();
}

}  // namespace

TEST_CASE("a trigger alone, or all that follows it, or all but the first of it") {
  const std::string drop = R"({"type":"drop"})";
  CHECK(passing(one_rule(drop, R"({"host":"watched.example"})")) == 20);
  CHECK(passing(one_rule(drop, R"({"host":"watched.example","sticky":true})")) == 0);
  CHECK(passing(one_rule(drop, R"({"host":"watched.example"})", R"(,"sticky":true)")) == 0);
  CHECK(passing(one_rule(drop, R"({"host":"other.example","sticky":true})")) == 21);
  // The request and six more.
  CHECK(passing(one_rule(drop, R"({"host":"watched.example","sticky":true,"after_packets":7})")) ==
        7);
  // One direction: the request and its followers pass.
  CHECK(passing(one_rule(drop, R"({"host":"watched.example","sticky":true})",
                         R"(,"direction":"down")")) == 11);
}

TEST_CASE("freezing after bytes stays frozen, in its direction") {
  Scene scene(
      one_rule(R"({"type":"freeze"})", R"({"after_bytes":1000})", R"(,"direction":"down")"));
  handshake(scene, {});
  scene.take();
  for (int i = 0; i < 20; ++i) {
    scene.down(10 * i, down_data({}, 300));
    scene.up(10 * i + 1, up_data({}, 300));
  }
  CHECK(scene.take(Way::down).size() == 3);
  scene.up(1000, up_data({}));
  scene.down(1000, down_data({}, 1));
  CHECK(scene.take().size() == 1);
  const auto truth = scene.truth();
  REQUIRE(truth.size() == 1);
  CHECK(truth[0]["packets_affected"] == 18);
}

TEST_CASE("freezing after a time") {
  Scene scene(one_rule(R"({"type":"freeze"})", R"({"after_s":60})"));
  for (int s = 0; s <= 70; s += 10) scene.up(1000.0 * s, up_data({}));
  CHECK(scene.take().size() == 6);
}

TEST_CASE("residual blocking by 2, 3 and 4 parts lasts as long as it says") {
  struct Expected {
    int parts;
    bool same, other_port, other_server_port;
  };
  for (const auto& [parts, same, other_port, other_server_port] :
       {Expected{4, true, false, false}, Expected{3, true, true, false},
        Expected{2, true, true, true}}) {
    Scene scene(one_rule(R"({"type":"residual","seconds":30,"key":)" + std::to_string(parts) + "}",
                         R"({"host":"watched.example"})"));
    handshake(scene, {});
    scene.up(0, request({}, "watched.example"));
    CHECK(scene.take().size() == 4);  // the trigger passes
    const auto blocked = [&](double s, const Ends& ends) {
      scene.up(1000 * s, ends.tcp(Way::up, {flag::kSyn, 77}));
      return scene.take().empty();
    };
    CHECK(blocked(10, {true, 40'000, 80}) == same);
    CHECK(blocked(11, {true, 40'001, 80}) == other_port);
    CHECK(blocked(12, {true, 40'001, 81}) == other_server_port);
    CHECK(blocked(29.9, {true, 40'000, 80}));
    CHECK_FALSE(blocked(30.1, {true, 40'000, 80}));
  }
}

TEST_CASE("a dropped trigger begins a residual block, and the block may answer") {
  Scene scene(R"({"rules":[
    {"name":"d","match":{"host":"watched.example"},"action":{"type":"drop"}},
    {"name":"r","match":{"host":"watched.example"},
     "action":{"type":"residual","seconds":9,"key":3,"then":{"type":"rst","to":"client","drop":true}}}]})");
  handshake(scene, {});
  scene.take();
  scene.up(0, request({}, "watched.example"));
  CHECK(scene.take().empty());
  scene.up(100, Ends{true, 40'001}.tcp(Way::up, {flag::kSyn, 77}));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().tcp_flags == flag::kRst);
  CHECK(scene.truth().size() == 2);
}

TEST_CASE("a NAT forgets idle flows") {
  const auto after = [](double idle_s, const std::string& more) {
    Scene scene(one_rule(R"({"type":"nat_timeout","seconds":300)" + more + "}"));
    handshake(scene, {});
    scene.take();
    scene.up(1000 * idle_s, up_data({}));
    scene.down(1000 * idle_s + 10, down_data({}));
    return scene.take();
  };
  CHECK(after(299, "").size() == 2);
  CHECK(after(301, "").empty());
  const std::vector<Sent> refused = after(301, R"(,"reset":true)");
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].way == Way::down);
  CHECK(refused[0].packet().tcp_flags == flag::kRst);
  CHECK(refused[0].packet().seq == 6000);
  CHECK(checksums_hold(refused[0].bytes));
  CHECK(refused[1].way == Way::up);
}

TEST_CASE("a firewall forgets a flow once it was reset, and acknowledges what it refuses") {
  const auto refusals = [](const std::string& more) {
    Scene scene(
        one_rule(R"({"type":"nat_timeout","reset":true,"ack":true,"ttl":"+128")" + more + "}"));
    handshake(scene, {});
    scene.take();
    scene.down(10, Ends{}.tcp(Way::down, {flag::kRst, 5001, 0, {}, 57}));
    CHECK(scene.take().size() == 1);  // the end's own RST passes
    for (int i = 0; i < 3; ++i) scene.up(11 + i, up_data({}));
    return scene.take(Way::down);
  };
  CHECK(refusals("").empty());
  const std::vector<Sent> refused = refusals(R"(,"on_reset":true)");
  REQUIRE(refused.size() == 3);
  CHECK(refused[2].packet().tcp_flags == (flag::kRst | flag::kAck));
  CHECK(refused[2].packet().seq == 6000);
  CHECK(refused[2].packet().ack == 2100);
  CHECK(refused[2].packet().ttl == 57 + 128);
  CHECK(checksums_hold(refused[2].bytes));
}

TEST_CASE("an MTU hole swallows large packets only") {
  Scene scene(one_rule(R"({"type":"mtu_hole","bytes":1400})"));
  scene.up(0, up_data({}, 1361));
  scene.up(1, up_data({}, 1360));
  scene.down(2, down_data({}, 1400));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().ip_len == 1400);
}

TEST_CASE("an exception goes before the rule") {
  Scene scene(R"({"rules":[
    {"name":"ok","match":{"server_port":5222},"action":{"type":"passthrough"}},
    {"name":"no","action":{"type":"drop"}}]})");
  scene.up(0, up_data({true, 40'000, 5222}));
  scene.up(0, up_data({true, 40'000, 5223}));
  CHECK(scene.take().size() == 1);
}

TEST_CASE("an answer becomes a reset of its own sender") {
  for (const bool v4 : {true, false}) {
    const Ends ends{v4};
    Scene scene(one_rule(R"({"type":"rewrite","flags":"RST+ACK","ttl_by":-3})",
                         R"({"host":"watched.example","sticky":true})", R"(,"direction":"down")"));
    handshake(scene, ends);
    scene.up(10, request(ends, "watched.example"));
    scene.take();
    scene.down(20, ends.tcp(Way::down, {flag::kAck, 5001, 1038, Bytes(600, 3), 57, 901, 700}));
    const std::vector<Sent> sent = scene.take();
    REQUIRE(sent.size() == 1);
    const wire::Packet packet = sent[0].packet();
    CHECK(checksums_hold(sent[0].bytes));
    CHECK(packet.tcp_flags == (flag::kRst | flag::kAck));
    CHECK(packet.payload_len == 0);
    CHECK(packet.ip_len == (v4 ? 40 : 60));
    CHECK(packet.seq == 5001);
    CHECK(packet.ttl == 54);
    CHECK(packet.ip_id == (v4 ? 901 : 0));
  }
}
