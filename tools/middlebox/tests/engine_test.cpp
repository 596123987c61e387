// The path, the order of things, the truth, and configs that make no sense.
#include "engine.hpp"

#include "catch.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

TEST_CASE("a path delays and takes hops; what the box sends crosses one leg") {
  Scene scene(R"({"path":{"delay_ms":40,"position":0.25,"client_hops":2,"server_hops":5},
    "rules":[{"name":"r","match":{"host":"watched.example"},
              "action":{"type":"rst","to":"both","ttl":64}}]})");
  scene.up(0, request({}, "watched.example"));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].way == Way::down);
  CHECK(sent[0].ms == Approx(20));  // to the box and back
  CHECK(sent[0].packet().ttl == 62);
  CHECK(sent[1].ms == Approx(40));
  CHECK(sent[1].packet().ttl == 57);
  CHECK(sent[2].packet().ttl == 59);
  for (std::size_t i = 0; i < 3; i += 2) CHECK(checksums_hold(sent[i].bytes));
}

TEST_CASE("a packet whose TTL the path uses up ends there") {
  Scene scene(R"({"path":{"client_hops":2,"server_hops":5}})");
  scene.up(0, Ends{}.udp(Way::up, Bytes(10), 7));
  scene.up(0, Ends{}.udp(Way::up, Bytes(10), 8));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().ttl == 1);
}

TEST_CASE("hops are taken from ICMPv6, but not from neighbour discovery") {
  // RFC 4443 section 4.1, RFC 4861 section 4.3: an echo request, a neighbour solicitation.
  const auto hop_limit = [](unsigned type) {
    mb::Frame frame = Ends{false}.udp(Way::up, Bytes(12), 255);
    frame.bytes[14 + 6] = 58;
    frame.bytes[14 + 40] = static_cast<std::uint8_t>(type);
    Scene scene(R"({"path":{"client_hops":2,"server_hops":5}})");
    scene.up(0, frame);
    return int{scene.take().at(0).packet().ttl};
  };
  CHECK(hop_limit(128) == 248);
  CHECK(hop_limit(135) == 255);
}

TEST_CASE("ARP passes at once, whatever the rules say") {
  Scene scene(R"({"path":{"delay_ms":50},"rules":[{"name":"n","action":{"type":"drop"}}]})");
  scene.up(1, {hex("ffffffffffff0200000000aa0806") + Bytes(28, 1), {}});
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].ms == Approx(1));
}

TEST_CASE("damaged frames pass unread") {
  Scene scene(one_rule(R"({"type":"drop"})"));
  const mb::Frame whole = Ends{}.tcp(Way::up, {flag::kAck, 1, 1, Bytes(50)});
  for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
    mb::Frame frame = whole;
    frame.bytes.resize(size);
    scene.up(0, frame);
  }
  CHECK(scene.take().size() == whole.bytes.size());
}

TEST_CASE("fragments are chosen by address and not by port") {
  mb::Frame fragment = Ends{}.udp(Way::up, Bytes(10));
  fragment.bytes[14 + 6] = 0x20;  // more fragments
  Scene by_port(one_rule(R"({"type":"drop"})", R"({"server_port":80})"));
  by_port.up(0, fragment);
  CHECK(by_port.take().size() == 1);
  Scene by_net(one_rule(R"({"type":"drop"})", R"({"server_net":"198.18.0.1"})"));
  by_net.up(0, fragment);
  CHECK(by_net.take().empty());
}

TEST_CASE("the tap sees both sides of the box") {
  std::vector<std::pair<bool, std::int64_t>> seen;
  mb::Engine engine(
      mb::read_config(mb::Json::parse(R"({"path":{"delay_ms":10},"rules":[
        {"name":"d","match":{"server_port":1},"action":{"type":"drop"}}]})"),
                      1),
      [](const mb::FlowState&) {},
      [&](bool client_side, const mb::Frame&, std::int64_t at_ns) {
        seen.emplace_back(client_side, at_ns / 1'000'000);
      });
  engine.arrive(Ends{}.udp(Way::up, Bytes(10)), Way::up, 0);
  engine.arrive(Ends{true, 40'000, 1}.udp(Way::up, Bytes(10)), Way::up, 2'000'000);
  engine.run(1'000'000'000, [](const mb::Departure&) {});
  CHECK(seen == std::vector<std::pair<bool, std::int64_t>>{{true, 5}, {false, 5}, {true, 7}});
}

TEST_CASE("the truth has a line for each rule and flow, and ports used again are another flow") {
  Scene scene(one_rule(R"({"type":"drop"})", R"({"host":"watched.example","sticky":true})"), 3);
  for (std::uint32_t round = 0; round < 2; ++round) {
    const double ms = 1000 + 5000.0 * round;
    handshake(scene, {}, ms);
    scene.up(ms + 10, request({}, "watched.example"));
    scene.up(ms + 500, request({}, "watched.example"));
    scene.up(ms + 600, Ends{}.tcp(Way::up, {flag::kRst, 1002}));
  }
  scene.take();
  const auto truth = scene.truth();
  REQUIRE(truth.size() == 2);
  CHECK(truth[0] == mb::Json::parse(R"({"rule":"r","action":"drop","proto":"tcp",
    "client":"192.168.77.2:40000","server":"198.18.0.1:80","direction":"both",
    "first_s":1.01,"last_s":1.6,"first_unix_s":1.01,"last_unix_s":1.6,"first_ipid":12,
    "packets_affected":3,"packets_injected":0,"trigger":"watched.example","params":{}})"));
  CHECK(truth[1]["first_s"] == 6.01);
}

TEST_CASE("IPv6 ends are written in brackets and have no IP ID") {
  Scene scene(one_rule(R"({"type":"police","rate_bps":100,"burst_bytes":1500})"));
  const Ends ends{false};
  for (int i = 0; i < 3; ++i) scene.up(i, ends.udp(Way::up, Bytes(1000)));
  scene.take();
  const auto truth = scene.truth();
  REQUIRE(truth.size() == 1);
  CHECK(truth[0]["client"] == "[2001:db8::2]:40000");
  CHECK(truth[0]["first_ipid"].is_null());
  CHECK(truth[0]["packets_affected"] == 2);
  CHECK(truth[0]["params"]["rate_bps"] == 100);
}

TEST_CASE("the table of flows is bounded and the idle go first") {
  std::vector<std::uint64_t> ended;
  mb::FlowTable table(2, 0, [&](const mb::FlowState& flow) { ended.push_back(flow.ordinal); });
  const auto note = [&](std::uint16_t port, std::int64_t now_ns) {
    mb::Headers headers;
    const mb::Frame frame = Ends{true, port}.udp(Way::up, Bytes(4));
    REQUIRE(mb::read_headers(frame, headers));
    table.note(headers.packet, Way::up, now_ns);
  };
  note(1, 1);
  note(2, 2);
  note(1, 3);
  note(3, 4);
  CHECK(ended == std::vector<std::uint64_t>{2});
  CHECK(table.size() == 2);
}

TEST_CASE("a config that makes no sense is refused in one line") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      mb::read_config(mb::Json::parse(text), 1);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(message("{}") == "accepted");
  CHECK(message(R"({"rule":[]})") == "config: the file.rule is not known here");
  CHECK(message(R"({"rules":[{"name":"x"}]})") == "config: rules[0].action is missing");
  CHECK(message(one_rule(R"({"type":"melt"})")).starts_with("config: rules[0].action.type is"));
  CHECK(message(one_rule(R"({"type":"drop","p":1})")) ==
        "config: rules[0].action.p is not known here");
  CHECK(message(one_rule(R"({"type":"loss","p":2})")) ==
        "config: rules[0].action.p must lie from 0 to 1");
  CHECK(message(one_rule(R"({"type":"loss","p":"much"})")) ==
        "config: rules[0].action.p must be a number");
  CHECK(message(one_rule(R"({"type":"rst","flags":"RST,ACK"})"))
            .starts_with("config: rules[0].action.flags must"));
  CHECK(message(one_rule(R"({"type":"rst","ttl":"x"})"))
            .starts_with("config: rules[0].action.ttl must"));
  CHECK(message(one_rule(R"({"type":"rst","ip_id":{"j":1}})")) ==
        "config: rules[0].action.ip_id.k is missing");
  CHECK(message(one_rule(R"({"type":"drop"})", R"({"server_net":"here"})"))
            .starts_with("config: rules[0].match.server_net must"));
  CHECK(message(one_rule(R"({"type":"residual","seconds":5})", R"({"sticky":true})"))
            .starts_with("config: rules[0].sticky does not go"));
  CHECK(message(one_rule(R"({"type":"dns"})")).starts_with("config: rules[0].action.address is"));
}
