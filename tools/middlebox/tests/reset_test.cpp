// Forged resets: who gets them, where they stand in the stream, and what their headers say.
#include "actions/reset.hpp"

#include "catch.hpp"
#include "scene.hpp"

using namespace deadair;
using namespace deadair::test;
using mb::Way;

namespace {

constexpr const char* kHost = R"({"host":"watched.example"})";

// What the box added when the request passed.
std::vector<Sent> forged(const std::string& action, Way way, const Ends& ends = {},
                         std::uint64_t seed = 1) {
  Scene scene(one_rule(action, kHost), seed);
  handshake(scene, ends);
  scene.take();
  scene.up(100, request(ends, "www.watched.example"));
  std::vector<Sent> sent = scene.take(way);
  if (way == Way::up) sent.erase(sent.begin());  // the request itself
  return sent;
}

const std::uint32_t kRequestEnd =
    1001 + static_cast<std::uint32_t>(request_of("www.watched.example").size());

}  // namespace

TEST_CASE("a reset to both sides, in time and place") {
  const std::string action =
      R"({"type":"rst","flags":"RST+ACK","to":"both","ttl":"-7","delay_ms":5})";
  for (const bool v4 : {true, false}) {
    const Ends ends{v4};
    const std::vector<Sent> to_client = forged(action, Way::down, ends);
    REQUIRE(to_client.size() == 1);
    CHECK(to_client[0].ms == Approx(105));
    CHECK(checksums_hold(to_client[0].bytes));
    const wire::Packet packet = to_client[0].packet();
    CHECK(packet.tcp_flags == (flag::kRst | flag::kAck));
    CHECK(packet.src_port == 80);
    CHECK(packet.dst_port == 40'000);
    CHECK(packet.seq == 5001);
    CHECK(packet.ack == kRequestEnd);
    CHECK(packet.ttl == 50);
    CHECK(packet.window == 700);
    CHECK(packet.payload_len == 0);
    CHECK(Bytes(to_client[0].bytes.begin(), to_client[0].bytes.begin() + 12) ==
          hex("0200000000aa0200000000bb"));

    const std::vector<Sent> to_server = forged(action, Way::up, ends);
    REQUIRE(to_server.size() == 1);
    CHECK(checksums_hold(to_server[0].bytes));
    CHECK(to_server[0].packet().seq == kRequestEnd);
    CHECK(to_server[0].packet().ack == 5001);
    CHECK(to_server[0].packet().ttl == 57);
    CHECK(to_server[0].packet().ip_id == (v4 ? 13 : 0));
  }
}

TEST_CASE("several resets with sequence offsets, spacing and a mirrored TTL") {
  const std::vector<Sent> sent =
      forged(R"({"type":"rst","to":"client","seq":[0,1460,4380],"spacing_ms":2,"ttl":"mirror"})",
             Way::down);
  REQUIRE(sent.size() == 3);
  const std::uint32_t seqs[] = {5001, 6461, 9381};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(sent[i].packet().seq == seqs[i]);
    CHECK(sent[i].packet().ack == 0);
    CHECK(sent[i].packet().tcp_flags == flag::kRst);
    CHECK(sent[i].packet().ttl == 57);
    CHECK(sent[i].packet().ip_id == 901 + i);
    CHECK(sent[i].ms == Approx(100 + 2 * static_cast<double>(i)));
  }
}

TEST_CASE("IP ID, window and DF as asked for") {
  const auto one = [](const std::string& fields, std::uint64_t seed = 1) {
    const auto sent = forged(R"({"type":"rst","to":"client",)" + fields + "}", Way::down, {}, seed);
    REQUIRE(sent.size() == 1);
    return sent[0].packet();
  };
  CHECK(one(R"("ip_id":13330,"window":0,"df":false,"ttl":255)").ip_id == 13'330);
  CHECK(one(R"("ip_id":13330,"window":0,"df":false,"ttl":255)").window == 0);
  CHECK_FALSE(one(R"("ip_id":13330,"df":false)").dont_fragment);
  CHECK(one(R"("ttl":255)").ttl == 255);
  CHECK(one(R"("ip_id":"copy")").ip_id == 12);
  CHECK(one(R"("ip_id":"zero")").ip_id == 0);
  CHECK(one(R"("ip_id":"random")", 1).ip_id == one(R"("ip_id":"random")", 1).ip_id);
  CHECK(one(R"("ip_id":"random")", 1).ip_id != one(R"("ip_id":"random")", 2).ip_id);
}

TEST_CASE("the algebra between window and IP ID holds for its k and for no other") {
  const auto holds = [](const std::vector<Sent>& sent, std::uint32_t k) {
    const wire::Packet a = sent[0].packet(), b = sent[1].packet();
    const std::uint32_t sip = 0xc6120001;  // 198.18.0.1
    const std::uint32_t sum = a.ip_id - b.ip_id + (sip % b.window - sip % a.window) -
                              k * (std::uint32_t{b.window} - a.window);
    return a.window != b.window && sum % 65'536 == 0;
  };
  const std::vector<Sent> sent =
      forged(R"({"type":"rst","flags":"RST+ACK","to":"client","seq":[0,0,0],"ip_id":{"k":13}})",
             Way::down);
  REQUIRE(sent.size() == 3);
  CHECK(holds(sent, 13));
  CHECK(holds({sent[1], sent[2]}, 13));
  CHECK_FALSE(holds(sent, 7));
}

TEST_CASE("a reset that answers a SYN") {
  Scene scene(one_rule(R"({"type":"rst","flags":"RST+ACK","to":"client","window":0})",
                       R"({"server_port":80,"first_only":true})"));
  scene.up(0, Ends{}.tcp(Way::up, {flag::kSyn, 1000}));
  const std::vector<Sent> sent = scene.take(Way::down);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().seq == 0);
  CHECK(sent[0].packet().ack == 1001);
}

TEST_CASE("the flag words") {
  CHECK(mb::parse_flags("RST+ACK+ECE") == 0x54);
  CHECK(mb::parse_flags("FIN+SYN+PSH") == 0x0b);
  CHECK_FALSE(mb::parse_flags("RST+URG"));
  CHECK_FALSE(mb::parse_flags(""));
}

TEST_CASE("with the trigger dropped the server is told of what it has not seen") {
  Scene scene(one_rule(R"({"type":"rst","to":"server","drop":true})", kHost));
  handshake(scene, {});
  scene.take();
  scene.up(0, request({}, "watched.example"));
  const std::vector<Sent> sent = scene.take();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].packet().seq == 1001);
}

TEST_CASE("ack fields as asked for") {
  const auto acks = [](const std::string& fields) {
    std::vector<std::uint32_t> out;
    for (const Sent& sent :
         forged(R"({"type":"rst","to":"client","seq":[0,0],)" + fields + "}", Way::down))
      out.push_back(sent.packet().ack);
    return out;
  };
  CHECK(acks(R"("ack":"next")") == std::vector<std::uint32_t>{kRequestEnd, kRequestEnd});
  CHECK(acks(R"("ack":"next","ack_offsets":[0,77])") ==
        std::vector<std::uint32_t>{kRequestEnd, kRequestEnd + 77});
  CHECK(acks(R"("flags":"RST+ACK","ack":"zero")") == std::vector<std::uint32_t>{0, 0});
}

TEST_CASE("a forged SYN+ACK has a sequence of its own") {
  const std::string config =
      one_rule(R"({"type":"rst","flags":"SYN+ACK","to":"client"})", R"({"first_only":true})");
  const auto seq = [&](std::uint64_t seed) {
    Scene scene(config, seed);
    scene.up(0, Ends{}.tcp(Way::up, {flag::kSyn, 1000}));
    const wire::Packet packet = scene.take(Way::down).at(0).packet();
    CHECK(packet.tcp_flags == (flag::kSyn | flag::kAck));
    CHECK(packet.ack == 1001);
    return packet.seq;
  };
  CHECK(seq(1) == seq(1));
  CHECK(seq(1) != seq(2));
}
