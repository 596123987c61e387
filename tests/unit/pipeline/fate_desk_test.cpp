// How flows of whole packets are noted: openings without an answer, attempts to connect from one
// port, tunnels.
#include "pipeline/fate_desk.hpp"

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::FlowFate;
using interference::FlowNote;

namespace {

constexpr std::uint32_t kOther = 0x0808'0101;  // 8.8.1.1

// A WireGuard initiation: type 1, no reserved bits, a key and ciphertext, no second mac.
Bytes initiation(unsigned number) {
  Bytes out = hex("01000000") + be(4, 0x9a3c'5100 + number);
  for (unsigned i = 0; i < 124; ++i)
    out.push_back(static_cast<std::uint8_t>((i * 37 + number * 11 + 5) & 0x7f));
  out.resize(148);
  return out;
}

// A client asks kServer for a tunnel every 5 s, while another host answers it, and kServer itself
// answers another port.
RecordingSink asked(unsigned times, bool answered = false, bool server_lives = true,
                    unsigned servers = 1) {
  FakeSource file;
  for (unsigned i = 0; i < times * servers; ++i) {
    const std::int64_t at = i / servers * 5100 * kMs + i % servers * 20 * kMs;
    const std::uint32_t server = kServer + i % servers;
    file.add(at, ipv4_frame(kClient, server, 17, udp_body(51820, 51821, initiation(i))));
    if (answered)
      file.add(at + kMs, ipv4_frame(server, kClient, 17, udp_body(51821, 51820, Bytes(92, 2))));
    if (!server_lives) continue;
    file.add(at + 5 * kMs, udp_frame(6001, 7001, 8, kClient, server));
    file.add(at + 6 * kMs, udp_frame(7001, 6001, 8, server, kClient));
  }
  for (unsigned second = 0; second < times * 5 + 30; ++second) {
    const std::int64_t at = second * kSecond + 500 * kMs;
    file.add(at, udp_frame(6000 + second, 7000, 8, kClient, kOther));
    file.add(at + kMs, udp_frame(7000, 6000 + second, 8, kOther, kClient));
  }
  file.in_order();
  return run_all(file);
}

wire::Packet syn_packet(std::int64_t ts_ns, std::uint32_t seq, std::uint8_t flags = kSyn) {
  wire::Packet packet;
  packet.src = IpAddress::v4(kClient);
  packet.dst = IpAddress::v4(kServer);
  packet.src_port = 40'000;
  packet.dst_port = 443;
  packet.proto = wire::ip_proto::kTcp;
  packet.tcp_flags = flags;
  packet.seq = seq;
  packet.ts_ns = ts_ns;
  packet.frame = {0, static_cast<std::uint64_t>(ts_ns / kSecond + 1)};
  return packet;
}

// Shows SYNs of a flow to a desk, and counts them as the table would.
struct Connecting {
  pipeline::FateDesk desk;
  flow::FlowRecord record;

  void syn(std::int64_t second, std::uint32_t seq) {
    const wire::Packet packet = syn_packet(second * kSecond, seq);
    if (record.packets() == 0) {
      record.ts_first_ns = packet.ts_ns;
      record.frame_first = packet.frame;
    }
    using namespace flow::tcp_seen;
    const bool again = (record.seen & kSynSeen) != 0;
    record.seen = static_cast<std::uint8_t>(record.seen | kSynSeen | (again ? kSynAgain : 0));
    desk.syn(7, flow::Side::a, record, packet);
    record.count(flow::Side::a, 1, 60);
    record.ts_last_ns = packet.ts_ns;
  }
};

}  // namespace

TEST_CASE("Initiations that nobody answers are a drop, when the server lives") {
  const RecordingSink sink = asked(4);
  const report::Finding* drop = sink.find("DROP.TRIGGER.WG");
  REQUIRE(drop != nullptr);
  CHECK(drop->level == report::Level::observed);
  CHECK(drop->frames.size() == 4);
  const report::Finding* tunnel = sink.find("VPN.DROP");
  REQUIRE(tunnel != nullptr);
  CHECK(tunnel->level == report::Level::anomalous);
  CHECK(asked(4, false, false).find("DROP.TRIGGER.WG") == nullptr);
}

TEST_CASE("Tunnels to several servers that all fail are told as blocked") {
  const RecordingSink sink = asked(4, false, true, 3);
  const report::Finding* tunnel = sink.find("VPN.DROP");
  REQUIRE(tunnel != nullptr);
  CHECK(tunnel->level == report::Level::likely);
  const report::Finding* blocked = sink.find("DIFF.VPN_BLOCKED");
  REQUIRE(blocked != nullptr);
  CHECK(blocked->level == report::Level::likely);
  CHECK(asked(4, true, true, 3).find("DIFF.VPN_BLOCKED") == nullptr);
}

TEST_CASE("An OpenVPN server that answers the reset, and a key exchange that it never gets") {
  FakeSource file;
  const Bytes client_id = be(8, 0x1122'3344'5566'7788), server_id = be(8, 0x8877'6655'4433'2211);
  const Bytes reset = hex("38") + client_id + hex("0000000000");
  const Bytes answer = hex("40") + server_id + hex("0100000000") + client_id + hex("00000000");
  const Bytes control = hex("20") + client_id + hex("0100000000") + server_id + hex("00000001") +
                        hex("16030100f801") + Bytes(200, 0x5a);
  file.add(0, ipv4_frame(kClient, kServer, 17, udp_body(41000, 1194, reset)));
  file.add(60 * kMs, ipv4_frame(kServer, kClient, 17, udp_body(1194, 41000, answer)));
  for (const std::int64_t second : {1, 3, 7, 15, 31})
    file.add(second * kSecond, ipv4_frame(kClient, kServer, 17, udp_body(41000, 1194, control)));
  for (unsigned second = 0; second < 60; ++second) {
    const std::int64_t at = second * kSecond + 500 * kMs;
    file.add(at, udp_frame(6000 + second, 7000, 8, kClient, kOther));
    file.add(at + kMs, udp_frame(7000, 6000 + second, 8, kOther, kClient));
  }
  file.in_order();
  const RecordingSink sink = run_all(file);
  const report::Finding* drop = sink.find("VPN.DROP");
  REQUIRE(drop != nullptr);
  CHECK(drop->level == report::Level::anomalous);
  CHECK(drop->measured.after_packets == 1U);
  CHECK(drop->measured.after_ms == 60);
}

TEST_CASE("A tunnel whose handshakes alone are answered has not worked") {
  const RecordingSink sink = asked(4, true);
  REQUIRE(sink.verdicts.size() == 1);
  CHECK(sink.verdicts[0].outcome == report::VerdictOutcome::not_observable);
}

TEST_CASE("Answers, and too few questions, are no drop") {
  CHECK(asked(4, true).findings.empty());
  CHECK(asked(2).findings.empty());
}

TEST_CASE("Attempts to connect from one port are noted one by one") {
  Connecting one;
  for (const std::int64_t second : {0, 1, 3}) one.syn(second, 1000);
  CHECK(one.desk.log().notes().empty());
  for (const std::int64_t second : {10, 11}) one.syn(second, 2000);
  REQUIRE(one.desk.log().notes().size() == 1);
  one.syn(20, 3000);
  REQUIRE(one.desk.log().notes().size() == 2);
  const FlowNote& first = one.desk.log().notes()[0];
  CHECK(first.fate == FlowFate::silent_syn);
  CHECK(first.begin_ns == 0);
  CHECK(first.end_ns == 3 * kSecond);
  CHECK(first.client == IpAddress::v4(kClient));
  CHECK(first.server_port == 443);
  const FlowNote& second = one.desk.log().notes()[1];
  CHECK(second.begin_ns == 10 * kSecond);
  CHECK(second.end_ns == 11 * kSecond);
  CHECK(second.frame_first == wire::FrameRef(0, 11));
}

TEST_CASE("The first of two attempts may have had a single SYN") {
  Connecting one;
  one.syn(0, 1000);
  one.syn(10, 2000);
  REQUIRE(one.desk.log().notes().size() == 1);
  CHECK(one.desk.log().notes()[0].end_ns == 0);
}

TEST_CASE("Slots of flows are bounded, and the first ones go") {
  struct Value {
    int number = 0;
    void recycle() { number = 0; }
  };
  pipeline::FlowSlots<Value> slots(3);
  for (const std::uint32_t flow : {5U, 9U, 2U}) slots.make(flow).number = static_cast<int>(flow);
  CHECK(slots.find(5)->number == 5);
  slots.make(70).number = 70;
  CHECK(slots.find(5) == nullptr);
  CHECK(slots.find(9)->number == 9);
  slots.drop(9);
  CHECK(slots.find(9) == nullptr);
  slots.make(9).number = 10;  // a new flow in the old one's place
  slots.make(1).number = 1;
  CHECK(slots.find(2) == nullptr);
  CHECK(slots.find(9)->number == 10);
  CHECK(slots.find(70)->number == 70);
  CHECK(slots.find(1000) == nullptr);
}

TEST_CASE("An entry that lives long does not make others go before their turn") {
  struct Value {
    int number = 0;
    void recycle() { number = 0; }
  };
  pipeline::FlowSlots<Value> slots(4);
  slots.make(0).number = 100;
  for (int i = 1; i <= 1000; ++i) {
    slots.make(1).number = i;  // ends, and another flow takes its index
    slots.drop(1);
  }
  slots.make(1).number = 7;
  for (const std::uint32_t flow : {2U, 3U}) slots.make(flow).number = static_cast<int>(flow);
  CHECK(slots.find(0)->number == 100);
  slots.make(4).number = 4;
  CHECK(slots.find(0) == nullptr);
  CHECK(slots.find(1)->number == 7);
  CHECK(slots.find(2)->number == 2);
}
