// How TCP flows are told: state, handshake time, closings, reopened ports.
#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

std::string state_of(FakeSource& source) {
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.packets() == source.packets());
  REQUIRE(sink.flows.size() == 1);
  return sink.flows.front().kept_state;
}

const Bytes kData = Bytes(100, 'd');

}  // namespace

TEST_CASE("A connection that was never answered, refused, or only half made") {
  FakeSource unanswered, refused, half;
  unanswered.add(0, from_client(kSyn, 1000, 0)).add(kSecond, from_client(kSyn, 1000, 0));
  CHECK(state_of(unanswered) == "syn_sent");
  refused.add(0, from_client(kSyn, 1000, 0)).add(kMs, from_server(kRst | kAck, 0, 1001));
  CHECK(state_of(refused) == "rejected");
  half.add(0, from_client(kSyn, 1000, 0)).add(kMs, from_server(kSyn | kAck, 5000, 1001));
  CHECK(state_of(half) == "syn_received");
}

TEST_CASE("A connection is established by the client's acknowledgement") {
  FakeSource source;
  add_handshake(source);
  CHECK(state_of(source) == "established");
}

TEST_CASE("An acknowledgement alone does not establish what the server never answered") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0)).add(kMs, from_server(kAck, 9000, 4000));
  CHECK(state_of(source) == "syn_sent");
}

TEST_CASE("One FIN closes half, two close") {
  FakeSource half, whole;
  add_handshake(half);
  half.add(kSecond, from_server(kFin | kAck, 5001, 1001));
  CHECK(state_of(half) == "closing");
  add_handshake(whole);
  whole.add(kSecond, from_server(kFin | kAck, 5001, 1001))
      .add(kSecond + kMs, from_client(kFin | kAck, 1001, 5002))
      .add(kSecond + 2 * kMs, from_server(kAck, 5002, 1002));
  CHECK(state_of(whole) == "closed");
}

TEST_CASE("A reset is told by the side that sent it first") {
  FakeSource client, server;
  add_handshake(client);
  client.add(kSecond, from_client(kRst, 1001, 0)).add(kSecond + kMs, from_server(kRst, 5001, 0));
  CHECK(state_of(client) == "reset_client");
  add_handshake(server);
  server.add(kSecond, from_server(kRst, 5001, 0)).add(kSecond + kMs, from_client(kRst, 1001, 0));
  CHECK(state_of(server) == "reset_server");
}

TEST_CASE("A reset after the server answered is no refusal") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0))
      .add(kMs, from_server(kSyn | kAck, 5000, 1001))
      .add(2 * kMs, from_server(kRst, 5001, 0));
  CHECK(state_of(source) == "reset_server");
}

TEST_CASE("A flow without handshake began in mid-stream") {
  FakeSource source;
  source.add(0, from_client(kAck, 1000, 5000, kData)).add(kMs, from_server(kAck, 5000, 1100));
  CHECK(state_of(source) == "midstream");
}

TEST_CASE("The handshake's round trip is measured from SYN to the acknowledgement") {
  FakeSource source;
  add_handshake(source);
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 1);
  REQUIRE(sink.flows[0].rtt_ms.has_value());
  CHECK(*sink.flows[0].rtt_ms == Approx(30));
}

TEST_CASE("A repeated SYN or SYN+ACK leaves the round trip open") {
  FakeSource syn, answer;
  syn.add(0, from_client(kSyn, 1000, 0))
      .add(kSecond, from_client(kSyn, 1000, 0))
      .add(kSecond + 20 * kMs, from_server(kSyn | kAck, 5000, 1001))
      .add(kSecond + 30 * kMs, from_client(kAck, 1001, 5001));
  CHECK_FALSE(run_all(syn).flows.at(0).rtt_ms.has_value());
  answer.add(0, from_client(kSyn, 1000, 0))
      .add(20 * kMs, from_server(kSyn | kAck, 5000, 1001))
      .add(kSecond, from_server(kSyn | kAck, 5000, 1001))
      .add(kSecond + 30 * kMs, from_client(kAck, 1001, 5001));
  CHECK_FALSE(run_all(answer).flows.at(0).rtt_ms.has_value());
}

TEST_CASE("A handshake of which one half was not captured gives no round trip") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0)).add(30 * kMs, from_client(kAck, 1001, 5001));
  const RecordingSink sink = run_all(source);
  CHECK(sink.flows.at(0).kept_state == "established");
  CHECK_FALSE(sink.flows.at(0).rtt_ms.has_value());
}

TEST_CASE("A new SYN after the end of a connection begins another flow") {
  for (const std::uint8_t end : {std::uint8_t{kFin | kAck}, std::uint8_t{kRst}}) {
    FakeSource source;
    add_handshake(source);
    source.add(kSecond, from_client(end, 1001, 5001));
    add_handshake(source, 2 * kSecond);
    const RecordingSink sink = run_all(source);
    REQUIRE(sink.flows.size() == 2);
    CHECK(sink.flows[0].packets_up + sink.flows[0].packets_down == 4);
    CHECK(sink.flows[1].packets_up + sink.flows[1].packets_down == 3);
    CHECK(*sink.flows[1].rtt_ms == Approx(30));
  }
}

TEST_CASE(
    "A SYN with another sequence number reopens an established connection, a late one does not") {
  FakeSource other, late;
  add_handshake(other);
  other.add(kSecond, from_client(kSyn, 77'000, 0));
  CHECK(run_all(other).flows.size() == 2);
  add_handshake(late);
  late.add(kSecond, from_client(kSyn, 1000, 0));
  CHECK(run_all(late).flows.size() == 1);
}

TEST_CASE("A SYN on ports whose old connection left a late packet begins another flow") {
  FakeSource source;
  source.add(0, from_server(kAck, 91'000, 81'000)).add(5 * kSecond, from_client(kSyn, 1000, 0));
  source.add(5 * kSecond + 20 * kMs, from_server(kSyn | kAck, 5000, 1001))
      .add(5 * kSecond + 30 * kMs, from_client(kAck, 1001, 5001));
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 2);
  CHECK(sink.flows[0].kept_state == "midstream");
  CHECK(sink.flows[1].kept_state == "established");
  CHECK(sink.flows[1].client_ip == IpAddress::v4(kClient));
  CHECK(*sink.flows[1].rtt_ms == Approx(30));
}

TEST_CASE("A refusal without a track is told as a closing") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0)).add(kMs, from_server(kRst | kAck, 0, 1001));
  const RecordingSink sink = run_all(source);
  const auto& closings = sink.flows.at(0).kept_closings;
  REQUIRE(closings.size() == 1);
  CHECK(closings[0].what == "RST");
  CHECK_FALSE(closings[0].by_client);
  CHECK(closings[0].frame.number == 2);
  CHECK(closings[0].ts_ns == kMs);
}

TEST_CASE("A reset keeps its frame when packets follow it") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0))
      .add(kMs, from_server(kRst | kAck, 0, 1001))
      .add(2 * kMs, from_server(kAck, 5000, 1001))
      .add(3 * kMs, from_client(kRst, 1001, 0));
  const RecordingSink sink = run_all(source);
  const auto& closings = sink.flows.at(0).kept_closings;
  REQUIRE(closings.size() == 2);
  CHECK(closings[0].frame.number == 2);
  CHECK(closings[0].ts_ns == kMs);
  CHECK_FALSE(closings[0].by_client);
  CHECK(closings[1].frame.number == 4);
  CHECK(closings[1].by_client);
}

TEST_CASE("A reset with a diagnostic text is the frame it came in") {
  FakeSource source;
  source.add(0, from_client(kSyn, 1000, 0))
      .add(kMs, from_server(kRst | kAck, 0, 1001, ascii("no route")));
  const RecordingSink sink = run_all(source);
  const auto& closings = sink.flows.at(0).kept_closings;
  REQUIRE(closings.size() == 1);
  CHECK(closings[0].frame.number == 2);
  CHECK(closings[0].ts_ns == kMs);
}

TEST_CASE("Closings of a flow over two inputs are told in order of time") {
  FakeSource source;
  for (int i = 0; i < 5; ++i) source.add(i, from_client(kAck, 1000, 5000), 0);
  source.add(kMs, from_client(kFin | kAck, 1000, 5000), 0);
  source.add(2 * kMs, from_server(kFin | kAck, 5000, 1001), 1);
  const RecordingSink sink = run_all(source);
  const auto& closings = sink.flows.at(0).kept_closings;
  REQUIRE(closings.size() == 2);
  CHECK(closings[0].by_client);
  CHECK(closings[1].frame.input == 1);
}

TEST_CASE("What was sent twice and what was never captured is counted") {
  FakeSource source;
  add_handshake(source);
  source.add(100 * kMs, from_client(kAck, 1001, 5001, kData))
      .add(150 * kMs, from_server(kAck, 5001, 1101))
      .add(400 * kMs, from_client(kAck, 1001, 5001, kData))
      .add(500 * kMs, from_client(kAck, 1201, 5001, kData))
      .add(600 * kMs, from_server(kAck, 5001, 1301));
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 1);
  CHECK(sink.flows[0].retransmitted_up == 1);
  CHECK(sink.flows[0].retransmitted_down == 0);
  CHECK(sink.flows[0].missed_bytes == 100);
  CHECK(sink.captures.at(0).missed_bytes == 100);
  REQUIRE(sink.flows[0].data_rtt_ms.has_value());
  CHECK(*sink.flows[0].data_rtt_ms == Approx(50));
}
