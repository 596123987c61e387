// Several inputs in one run, and that no frame is lost or counted twice on its way.
#include <algorithm>
#include <map>
#include <random>

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

std::map<std::string, std::uint64_t> undecoded(const report::Capture& capture) {
  return {capture.undecoded.begin(), capture.undecoded.end()};
}

std::string host_name(unsigned number) {
  std::string out = std::to_string(number);
  out += ".example";
  return out;
}

const Bytes kArp = hex("ffffffffffff 020000000002 0806") + Bytes(28, 0);

}  // namespace

TEST_CASE("A flow runs on from one input into the next") {
  FakeSource source;
  source.add(0, udp_frame(1, 2), 0)
      .add(kSecond, udp_frame(1, 2), 1)
      .add(2 * kSecond, udp_frame(2, 1, 4, kServer, kClient), 1);
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 1);
  CHECK(sink.flows[0].packets_up == 2);
  CHECK(sink.flows[0].packets_down == 1);
  CHECK(sink.flows[0].frame_first.input == 0);
  CHECK(sink.flows[0].frame_last.input == 1);
  CHECK(sink.flows[0].frame_last.number == 2);
  CHECK(sink.captures.size() == 2);
}

TEST_CASE("What an input could not give is counted with it") {
  FakeSource source;
  source.add(0, kArp, 0)
      .add(1, Bytes(9, 0), 1)
      .add(2, kArp, 1)
      .add(3, udp_frame(1, 2), 1)
      .add(4, Bytes(40, 0), 1, 9999);
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.captures.size() == 2);
  CHECK(undecoded(sink.captures[0]) == std::map<std::string, std::uint64_t>{{"not_ip", 1}});
  CHECK(undecoded(sink.captures[1]) ==
        std::map<std::string, std::uint64_t>{
            {"not_ip", 1}, {"malformed", 1}, {"unknown_link_type", 1}});
  CHECK(sink.packets() == source.packets());
}

TEST_CASE("Evicted flows and missed bytes are counted with the input their flow began in") {
  pipeline::RunOptions options = without_witness();
  options.max_flows = 1;
  FakeSource source;
  source.add(0, udp_frame(1, 2), 0)
      .add(kSecond, udp_frame(3, 4), 1)
      .add(2 * kSecond, udp_frame(5, 6), 1);
  const RecordingSink evicted = run_all(source, options);
  CHECK(evicted.captures.at(0).evicted_flows == 1);
  CHECK(evicted.captures.at(1).evicted_flows == 1);

  FakeSource gap;
  gap.add(0, from_client(kAck, 1000, 5000, Bytes(10)), 0)
      .add(kMs, from_client(kAck, 1510, 5000, Bytes(10)), 1)
      .add(2 * kMs, from_server(kAck, 5000, 1520), 1);
  const RecordingSink missed = run_all(gap);
  CHECK(missed.captures.at(0).missed_bytes == 500);
  CHECK(missed.captures.at(1).missed_bytes == 0);
}

TEST_CASE("A datagram in fragments is one packet of several frames") {
  const Bytes body = udp_body(21000, 22000, Bytes(100, 0x55));
  const Bytes head(body.begin(), body.begin() + 56), tail(body.begin() + 56, body.end());
  FakeSource source;
  source.add(0, ipv4_frame(kClient, kServer, 17, head, 0x2000))
      .add(1, ipv4_frame(kClient, kServer, 17, tail, 7))
      .add(2, ipv4_frame(kClient, kServer, 17, head, 0x2000, 8));  // never completed
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 1);
  CHECK(sink.flows[0].packets_up == 2);
  CHECK(sink.flows[0].bytes_up == 2 * 20 + body.size());
  CHECK(undecoded(sink.captures.at(0)) == std::map<std::string, std::uint64_t>{{"fragment", 1}});
  CHECK(sink.packets() == source.packets());
}

TEST_CASE("A fragment that completes a datagram keeps the packets before and after it whole") {
  // The rebuilt datagram lives in the decoder: the batch around it must not see it change.
  const Bytes hello = hex("474554202f20485454502f312e310d0a486f73743a20");  // GET / HTTP/1.1, Host:
  FakeSource source;
  for (unsigned i = 0; i < 40; ++i) {
    const Bytes body =
        tcp_body({30000 + i, 80, kAck, 1, 1, hello + ascii(host_name(i)) + ascii("\r\n\r\n")});
    const Bytes head(body.begin(), body.begin() + 24), tail(body.begin() + 24, body.end());
    source.add(i, ipv4_frame(kClient, kServer, 6, head, 0x2000, i))
        .add(i, ipv4_frame(kClient, kServer, 6, tail, 3, i));
  }
  const RecordingSink sink = run_all(source);
  REQUIRE(sink.flows.size() == 40);
  for (const KeptFlow& flow : sink.flows)
    CHECK(flow.kept_host == host_name(flow.client_port - 30000U));
}

TEST_CASE("Every frame is in a flow or undecoded, whatever the frames hold") {
  std::mt19937 random(3);
  FakeSource source;
  const std::array<Bytes, 6> seeds = {
      udp_frame(1, 2),
      from_client(kSyn, 1, 0),
      from_server(kAck, 5, 6, Bytes(30, 1)),
      ipv6_frame(1, 2, 17, udp_body(5, 6, Bytes(9, 2))),
      ipv4_frame(kClient, kServer, 17, udp_body(1, 2, Bytes(16, 3)), 0x2000),
      ipv4_frame(kClient, kServer, 47, hex("0000 0800") + Bytes(40, 0x45))};
  std::int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes frame = seeds[random() % seeds.size()];
    for (unsigned flips = random() % 4; flips > 0; --flips)
      frame[random() % frame.size()] = static_cast<std::uint8_t>(random());
    if (random() % 8 == 0) frame.resize(random() % frame.size());
    now += random() % 1000 == 0 ? static_cast<std::int64_t>(random()) * 100 - 100 * kSecond
                                : static_cast<std::int64_t>(random() % 1'000'000);
    source.add(now, frame, static_cast<std::uint32_t>(random() % 3),
               random() % 50 == 0 ? static_cast<unsigned>(random() % 300) : 1);
  }
  pipeline::RunOptions options = without_witness();
  options.max_flows = 200;
  const RecordingSink sink = run_all(source, options);
  CHECK(sink.packets() == source.packets());
  std::uint64_t evicted = 0;
  for (const report::Capture& capture : sink.captures) evicted += capture.evicted_flows;
  CHECK(evicted > 0);
  CHECK(sink.summary.flows == sink.flows.size());
}

TEST_CASE("The records do not depend on how the source cuts its batches") {
  const auto records = [](std::size_t batch) {
    FakeSource source;
    std::mt19937 random(4);
    for (unsigned i = 0; i < 3000; ++i)
      source.add(i * 10 * kMs,
                 udp_frame(static_cast<unsigned>(1 + random() % 400), 53, random() % 40));
    source.set_batch(batch);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    for (const KeptFlow& flow : run_all(source).flows)
      out.emplace_back(flow.frame_first.number, flow.frame_last.number);
    return out;
  };
  const auto whole = records(256);
  CHECK(whole == records(1));
  CHECK(whole == records(33));
}

TEST_CASE("A run stopped early still tells what it saw") {
  FakeSource source;
  for (int i = 0; i < 40'000; ++i) source.add(i, udp_frame(1, 2));
  RecordingSink sink;
  const auto result =
      pipeline::run(source, without_witness(), sink,
                    [](const pipeline::Progress& progress) { return progress.packets < 10'000; });
  REQUIRE(sink.flows.size() == 1);
  CHECK(result.packets < 40'000);
  CHECK(sink.flows[0].packets_up == result.packets);
}

TEST_CASE("Distinct clients of recognised flows are counted, others not") {
  FakeSource source;
  source.add(0, udp_frame(1, 2));
  CHECK(run_all(source).summary.clients == 0);
}
