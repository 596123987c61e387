// Who is the client, when flows end, and in which order their records leave.
#include <cmath>

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

IpAddress client_of(FakeSource& source) {
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 1);
  return sink.flows.front().client_ip;
}

// The number of flows that two packets of the same ends make when the second comes `pause` later.
std::size_t flows_after(const Bytes& first, const Bytes& second, double pause_s) {
  FakeSource source;
  source.add(0, first).add(std::llround(pause_s * 1e9), second);
  return run_all(source).flows.size();
}

const IpAddress kC = IpAddress::v4(kClient);
const IpAddress kS = IpAddress::v4(kServer);
constexpr double kTick = 0.25;  // time-outs are rounded up to this

}  // namespace

TEST_CASE("The side that sent the SYN is the client, whatever the ports say") {
  FakeSource source;
  source.add(0, ipv4_frame(kServer, kClient, 6, tcp_body({443, 40000, kSyn, 1, 0})));
  CHECK(client_of(source) == kS);
}

TEST_CASE("A SYN+ACK seen first tells its receiver for the client") {
  FakeSource source;
  source.add(0, ipv4_frame(kServer, kClient, 6, tcp_body({50000, 40000, kSyn | kAck, 1, 1})));
  CHECK(client_of(source) == kC);
}

TEST_CASE("A packet from a known server port seen first was sent by the server") {
  FakeSource known, unknown, both;
  known.add(0, udp_frame(443, 40000, 4, kServer, kClient));
  CHECK(client_of(known) == kC);
  unknown.add(0, udp_frame(50000, 40000, 4, kServer, kClient));
  CHECK(client_of(unknown) == kS);
  both.add(0, udp_frame(53, 443, 4, kServer, kClient));
  CHECK(client_of(both) == kS);
}

TEST_CASE("A public address that is heard first answers a private one") {
  constexpr std::uint32_t kPublic = 0x0808'0404;
  FakeSource inbound, outbound;
  inbound.add(0, udp_frame(50000, 40000, 4, kPublic, kClient));
  CHECK(client_of(inbound) == kC);
  outbound.add(0, udp_frame(40000, 50000, 4, kClient, kPublic));
  CHECK(client_of(outbound) == kC);
}

TEST_CASE("The protocol corrects what the first packet suggested") {
  // A DNS answer on ports that say nothing of it would be missed; on 53 both ways the header tells.
  FakeSource source;
  const Bytes answer = hex("0001 8180 0001 0000 0000 0000 01 61 00 0001 0001");
  source.add(0, ipv4_frame(kServer, kClient, 17, udp_body(53, 53, answer)));
  CHECK(client_of(source) == kC);
}

TEST_CASE("ICMP messages that answer each other are one flow, others are not") {
  FakeSource source;
  source.add(0, ipv4_frame(kClient, kServer, 1, hex("0800 0000 0001 0001")))
      .add(kMs, ipv4_frame(kServer, kClient, 1, hex("0000 0000 0001 0001")))
      .add(2 * kMs, ipv4_frame(kServer, kClient, 1, hex("0301 0000 0000 0000")));
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 2);
  const KeptFlow& echo = sink.flows[0].packets_down == 1 ? sink.flows[0] : sink.flows[1];
  CHECK(echo.packets_up == 1);
  CHECK(echo.client_ip == kC);
  CHECK_FALSE(echo.has_ports);
}

TEST_CASE("An unanswered SYN is over after 35 s, other TCP after 300 s") {
  const Bytes syn = from_client(kSyn, 1000, 0);
  CHECK(flows_after(syn, syn, 35 - kTick) == 1);
  CHECK(flows_after(syn, syn, 35 + 2 * kTick) == 2);
  const Bytes data = from_client(kAck, 1000, 5000, Bytes(10));
  CHECK(flows_after(data, data, 300 - kTick) == 1);
  CHECK(flows_after(data, data, 300 + 2 * kTick) == 2);
}

TEST_CASE("A connection closed by both sides or reset is over after 10 s") {
  const Bytes reset = from_server(kRst, 5000, 0);
  CHECK(flows_after(reset, reset, 10 - kTick) == 1);
  CHECK(flows_after(reset, reset, 10 + 2 * kTick) == 2);
  for (const double pause : {10 - kTick, 10 + 2 * kTick}) {
    FakeSource source;
    add_handshake(source);
    source.add(kSecond, from_client(kFin | kAck, 1001, 5001))
        .add(kSecond, from_server(kFin | kAck, 5001, 1002))
        .add(kSecond + std::llround(pause * 1e9), from_client(kAck, 1002, 5002));
    CHECK(run_all(source).flows.size() == (pause > 10 ? 2 : 1));
  }
}

TEST_CASE("One FIN leaves the other side its time") {
  FakeSource source;
  add_handshake(source);
  source.add(kSecond, from_client(kFin | kAck, 1001, 5001))
      .add(200 * kSecond, from_server(kAck, 5001, 1002, Bytes(10)));
  CHECK(run_all(source).flows.size() == 1);
}

TEST_CASE("UDP is over after 60 s, and 30 s after media") {
  CHECK(flows_after(udp_frame(1000, 2000), udp_frame(1000, 2000), 60 - kTick) == 1);
  CHECK(flows_after(udp_frame(1000, 2000), udp_frame(1000, 2000), 60 + 2 * kTick) == 2);
  for (const double pause : {30 - kTick, 30 + 2 * kTick}) {
    FakeSource source;
    Bytes last;
    for (unsigned i = 0; i < 20; ++i) {
      const Bytes rtp =
          hex("8000") + be(2, i) + be(4, i * 160) + hex("11223344") + Bytes(160, 0x5a);
      last = ipv4_frame(kClient, kServer, 17, udp_body(20000, 30000, rtp));
      source.add(i * 20 * kMs, last);
    }
    source.add(380 * kMs + std::llround(pause * 1e9), last);
    CHECK(run_all(source).flows.size() == (pause > 30 ? 2 : 1));
  }
}

TEST_CASE("Time-outs are what the options say") {
  pipeline::RunOptions options = without_witness();
  options.timeouts.udp_s = 2;
  FakeSource source;
  source.add(0, udp_frame(1, 2)).add(3 * kSecond, udp_frame(1, 2));
  CHECK(run_all(source, options).flows.size() == 2);
}

TEST_CASE("Records leave by the end of their flow, then by first frame") {
  FakeSource source;
  source
      .add(0, udp_frame(1, 1))                    // ends at 60 s
      .add(1 * kSecond, from_server(kRst, 1, 0))  // ends at 11 s
      .add(2 * kSecond, udp_frame(2, 2))
      .add(3 * kSecond, udp_frame(3, 3))
      .add(4 * kSecond, udp_frame(2, 2))  // ends at 64 s, after the next
      .add(400 * kSecond, udp_frame(5, 5))
      .add(400 * kSecond, udp_frame(4, 4));
  const RecordingSink sink = run_all(source);
  std::vector<std::uint64_t> first_frames;
  for (const KeptFlow& flow : sink.flows) first_frames.push_back(flow.frame_first.number);
  CHECK(first_frames == std::vector<std::uint64_t>{2, 1, 4, 3, 6, 7});
}

TEST_CASE("Flows that end together leave by first frame, however the table holds them") {
  FakeSource source;
  for (unsigned i = 0; i < 500; ++i) source.add(0, udp_frame(1000 + i * 7919 % 500, 53));
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 500);
  for (std::size_t i = 0; i < 500; ++i) REQUIRE(sink.flows[i].frame_first.number == i + 1);
}

TEST_CASE("A clock that steps back more than 5 s ends every flow, a smaller step none") {
  FakeSource small, large;
  small.add(100 * kSecond, udp_frame(1, 2)).add(95 * kSecond + 1, udp_frame(1, 2));
  const RecordingSink together = run_all(small);
  REQUIRE(together.flows.size() == 1);
  CHECK(together.flows[0].ts_last_ns >= together.flows[0].ts_first_ns);
  large.add(100 * kSecond, udp_frame(1, 2)).add(95 * kSecond - 1, udp_frame(1, 2));
  CHECK(run_all(large).flows.size() == 2);
}

TEST_CASE("After a step back time goes on from there") {
  FakeSource source;
  source.add(1000 * kSecond, udp_frame(1, 2)).add(0, udp_frame(1, 2));
  for (int i = 1; i <= 5; ++i) source.add(i * 59 * kSecond, udp_frame(1, 2));
  source.add(5 * 59 * kSecond + 61 * kSecond, udp_frame(1, 2));
  CHECK(run_all(source).flows.size() == 3);
}

TEST_CASE("At the bound the flow idle longest goes, and is counted") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 3;
  FakeSource source;
  source.add(0, udp_frame(1, 9))
      .add(1 * kSecond, udp_frame(2, 9))
      .add(2 * kSecond, udp_frame(3, 9))
      .add(3 * kSecond, udp_frame(1, 9))   // comes back to life
      .add(4 * kSecond, udp_frame(4, 9))   // evicts 2
      .add(5 * kSecond, udp_frame(5, 9));  // evicts 3
  const RecordingSink sink = run_all(source, options);
  REQUIRE(sink.flows.size() == 5);
  CHECK(sink.flows[0].client_port == 2);
  CHECK(sink.flows[1].client_port == 3);
  CHECK(sink.captures.at(0).evicted_flows == 2);
  CHECK(sink.packets() == source.packets());
}

TEST_CASE("Evicted flows are told soon, even when the clock stands still") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 2;
  FakeSource source;
  constexpr unsigned kFlows = 60'000;
  for (unsigned i = 0; i < kFlows; ++i) source.add(0, udp_frame(i, 9, 4));
  CountingSink sink;
  std::uint64_t most_waiting = 0;
  pipeline::run(source, options, sink, [&](const pipeline::Progress& progress) {
    most_waiting = std::max(most_waiting, progress.flows - sink.flows);
    return true;
  });
  CHECK(sink.flows == kFlows);
  CHECK(most_waiting < 20'000);
}
