// What is wrong with a capture, told by its packets, and named in its record.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

// But for GATE.OFFLOAD: the frames have no checksums, as those of a card that fills them in.
std::vector<std::string> gates_of(FakeSource& source) {
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.captures.size() == 1);
  std::vector<std::string> gates = sink.captures.front().gates;
  std::erase(gates, "GATE.OFFLOAD");
  return gates;
}

using Names = std::vector<std::string>;

const Bytes kData = Bytes(100, 'd');

// Request and answer, acknowledged, then both close; 1001 and 5001 come next before.
void add_exchange(FakeSource& source, std::int64_t at_ns) {
  source.add(at_ns, from_client(kAck, 1001, 5001, kData))
      .add(at_ns + 20 * kMs, from_server(kAck, 5001, 1101, kData))
      .add(at_ns + 30 * kMs, from_client(kFin | kAck, 1101, 5101))
      .add(at_ns + 50 * kMs, from_server(kFin | kAck, 5101, 1102))
      .add(at_ns + 60 * kMs, from_client(kAck, 1102, 5102));
}

Bytes other_flow(bool up, unsigned port, std::uint32_t seq, std::uint32_t ack,
                 const Bytes& payload = {}) {
  const Segment out{port, 443, kAck, seq, ack, payload}, in{443, port, kAck, seq, ack, payload};
  return up ? ipv4_frame(kClient, kServer, 6, tcp_body(out))
            : ipv4_frame(kServer, kClient, 6, tcp_body(in));
}

}  // namespace

TEST_CASE("Nothing is wrong with a connection that is there from beginning to end") {
  FakeSource source;
  add_handshake(source, kSecond);
  add_exchange(source, 2 * kSecond);
  CHECK(gates_of(source) == Names{});
}

TEST_CASE("What was acknowledged and never came is missing in the capture") {
  FakeSource source;
  add_handshake(source, kSecond);
  source.add(2 * kSecond, from_server(kAck, 5101, 1001, kData))
      .add(2 * kSecond + kMs, from_client(kAck, 1001, 5201))
      .add(3 * kSecond, from_server(kAck, 5301, 1001, kData))
      .add(3 * kSecond + kMs, from_client(kAck, 1001, 5401))
      .add(4 * kSecond, from_server(kFin | kAck, 5401, 1001))
      .add(4 * kSecond + kMs, from_client(kFin | kAck, 1001, 5402))
      .add(4 * kSecond + 20 * kMs, from_server(kAck, 5402, 1002));
  CHECK(gates_of(source) == Names{"GATE.CAPLOSS.TCP"});
}

TEST_CASE("A gap that is filled later was lost on the way and not by the capture") {
  FakeSource source;
  add_handshake(source, kSecond);
  source.add(2 * kSecond, from_server(kAck, 5101, 1001, kData))
      .add(2 * kSecond + kMs, from_client(kAck, 1001, 5001))
      .add(2 * kSecond + 200 * kMs, from_server(kAck, 5001, 1001, kData))
      .add(2 * kSecond + 201 * kMs, from_client(kAck, 1001, 5201))
      .add(4 * kSecond, from_server(kFin | kAck, 5201, 1001))
      .add(4 * kSecond + kMs, from_client(kFin | kAck, 1001, 5202))
      .add(4 * kSecond + 20 * kMs, from_server(kAck, 5202, 1002));
  CHECK(gates_of(source) == Names{});
}

TEST_CASE("The system says what it lost") {
  FakeSource source;
  add_handshake(source, kSecond);
  add_exchange(source, 2 * kSecond);
  source.set_drops(1);
  CHECK(gates_of(source) == Names{"GATE.CAPLOSS.TCP"});
}

TEST_CASE("Who completes a handshake alone has a peer that the capture does not show") {
  FakeSource source;
  source.add(kSecond, from_client(kSyn, 1000, 0))
      .add(kSecond + 40 * kMs, from_client(kAck, 1001, 5001))
      .add(kSecond + 41 * kMs, from_client(kAck, 1001, 5001, kData))
      .add(kSecond + 90 * kMs, from_client(kFin | kAck, 1101, 5101));
  const Names gates = gates_of(source);
  CHECK(std::ranges::count(gates, "GATE.ONESIDED") == 1);

  FakeSource unanswered;  // a SYN alone proves nothing of the kind
  unanswered.add(kSecond, from_client(kSyn, 1000, 0)).add(2 * kSecond, from_client(kSyn, 1000, 0));
  CHECK(std::ranges::count(gates_of(unanswered), "GATE.ONESIDED") == 0);
}

TEST_CASE("A flow without its beginning, and one without its end") {
  FakeSource source;
  source.add(kSecond, from_client(kAck, 1001, 5001, kData))
      .add(kSecond + 20 * kMs, from_server(kAck, 5001, 1101, kData));
  CHECK(gates_of(source) == Names{"GATE.MIDFLOW", "GATE.END", "GATE.VANTAGE"});

  FakeSource longer;
  add_handshake(longer, kSecond);
  longer.add(2 * kSecond, from_client(kAck, 1001, 5001, kData))
      .add(2 * kSecond + 20 * kMs, from_server(kAck, 5001, 1101, kData));
  CHECK(gates_of(longer) == Names{"GATE.END"});
  // Another host goes on: by then the silence of the first is one.
  longer.add(40 * kSecond, ipv4_frame(kServer, kClient, 1, hex("03010000 00000000")));
  CHECK(std::ranges::count(gates_of(longer), "GATE.MIDFLOW") == 0);
}

TEST_CASE("Payload that was to be read is cut off") {
  FakeSource source;
  add_handshake(source, kSecond);
  Bytes cut = from_client(kAck, 1001, 5001, kData);
  cut.erase(cut.end() - 60, cut.end());
  source.add(2 * kSecond, cut)
      .add(3 * kSecond, from_client(kFin | kAck, 1101, 5001))
      .add(3 * kSecond + 20 * kMs, from_server(kFin | kAck, 5001, 1102))
      .add(3 * kSecond + 30 * kMs, from_client(kAck, 1102, 5002));
  CHECK(gates_of(source) == Names{"GATE.SNAP"});
}

TEST_CASE("Frames that no wire carried") {
  FakeSource source;
  add_handshake(source, kSecond);
  source.add(2 * kSecond, from_client(kAck, 1001, 5001, Bytes(4000, 'd')));
  const RecordingSink sink = run_all(source);
  CHECK(std::ranges::count(sink.captures.front().gates, "GATE.OFFLOAD") == 1);
}

TEST_CASE("Every packet captured twice") {
  FakeSource source;
  add_handshake(source, kSecond);
  for (int i = 0; i < 2; ++i)
    source.add(2 * kSecond + i * kMs, from_client(kAck, 1001, 5001, kData));
  source.add(3 * kSecond, from_client(kFin | kAck, 1101, 5001))
      .add(3 * kSecond + 20 * kMs, from_server(kFin | kAck, 5001, 1102))
      .add(3 * kSecond + 30 * kMs, from_client(kAck, 1102, 5002));
  CHECK(gates_of(source) == Names{"GATE.DUP"});

  FakeSource again;  // 200 ms later it was sent again
  add_handshake(again, kSecond);
  for (int i = 0; i < 2; ++i)
    again.add(2 * kSecond + i * 200 * kMs, from_client(kAck, 1001, 5001, kData));
  CHECK(std::ranges::count(gates_of(again), "GATE.DUP") == 0);
}

TEST_CASE("An acknowledgement comes by before what it acknowledges") {
  FakeSource source;
  add_handshake(source, kSecond);
  source.add(2 * kSecond, from_client(kAck, 1001, 5101))
      .add(2 * kSecond + kMs, from_server(kAck, 5001, 1001, kData))
      .add(3 * kSecond, from_client(kFin | kAck, 1001, 5101))
      .add(3 * kSecond + 20 * kMs, from_server(kFin | kAck, 5101, 1002))
      .add(3 * kSecond + 30 * kMs, from_client(kAck, 1002, 5102));
  CHECK(gates_of(source) == Names{"GATE.REORDER"});
}

TEST_CASE("The clock is set back") {
  FakeSource source;
  add_handshake(source, 5 * kSecond);
  add_exchange(source, 4 * kSecond);
  CHECK(gates_of(source) == Names{"GATE.CLOCK"});

  FakeSource swapped;  // a few milliseconds are packets out of order
  add_handshake(swapped, 5 * kSecond);
  add_exchange(swapped, 5 * kSecond + 27 * kMs);
  CHECK(gates_of(swapped) == Names{});
}

TEST_CASE("The clock leaps ahead while data is on its way") {
  const auto transfer = [](std::int64_t leap_ns) {
    FakeSource out;
    for (std::uint32_t i = 0; i < 3; ++i) {
      const std::int64_t at = kSecond + i * 10 * kMs;
      for (const unsigned port : {40001U, 40002U})
        out.add(at, other_flow(false, port, 5000 + i * 100, 1000, kData));
      for (const unsigned port : {40001U, 40002U})
        if (i < 2) out.add(at + kMs, other_flow(true, port, 1000, 5100 + i * 100));
    }
    for (const unsigned port : {40001U, 40002U})
      out.add(kSecond + 21 * kMs + leap_ns, other_flow(true, port, 1000, 5300));
    return gates_of(out);
  };
  CHECK(std::ranges::count(transfer(10 * kSecond), "GATE.CLOCK") == 1);
  CHECK(std::ranges::count(transfer(4 * kSecond), "GATE.CLOCK") == 0);
}

TEST_CASE("A line that was dead for ten seconds is no clock") {
  FakeSource source;
  const auto each = [&](std::int64_t ts_ns, bool up, std::uint32_t seq, std::uint32_t ack,
                        const Bytes& payload) {
    for (const unsigned port : {40001U, 40002U})
      source.add(ts_ns, other_flow(up, port, seq, ack, payload));
  };
  each(kSecond, false, 5000, 1000, kData);
  each(kSecond + kMs, true, 1000, 5100, {});
  each(kSecond + 2 * kMs, false, 5100, 1000, kData);
  each(11 * kSecond, false, 5100, 1000, kData);
  each(11 * kSecond + 20 * kMs, true, 1000, 5200, {});
  CHECK(std::ranges::count(gates_of(source), "GATE.CLOCK") == 0);
}
