// Any payloads, of several flows in turn, through the engine with every application.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "classify/engine.hpp"
#include "flow/tcp_track.hpp"
#include "touch.hpp"

using namespace deadair;

namespace {

struct Talk {
  flow::FlowRecord record;
  flow::TcpTrack track;
  flow::FlowKey key;
};

// The first octets of an entry choose flow, side, TCP flags, sequence number and pause; then come
// the payload's length and the payload.
class Script {
 public:
  explicit Script(ByteView bytes) : reader_(bytes) {}

  bool next(wire::Packet& packet, std::size_t& talk) {
    if (reader_.left() < 6) return false;
    const std::uint8_t choice = reader_.u8();
    talk = choice & 7U;
    packet = wire::Packet{};
    packet.proto = (choice & 1) != 0 ? wire::ip_proto::kTcp : wire::ip_proto::kUdp;
    packet.ip_version = (choice & 0x20) != 0 ? 6 : 4;
    packet.tcp_flags = reader_.u8();
    packet.seq = 1000U + reader_.be16();
    now_ns_ += std::int64_t{reader_.u8()} * 20'000'000;
    packet.ts_ns = now_ns_;
    packet.frame = {0, ++frame_};
    packet.payload = reader_.take(std::min<std::size_t>(reader_.u8() * 8U, reader_.left()));
    packet.payload_len = static_cast<std::uint32_t>(packet.payload.size()) + (choice & 0x40U);
    constexpr std::array<std::uint16_t, 4> kPorts = {443, 3478, 53, 5222};
    const std::uint16_t server_port = kPorts[talk / 2];
    const auto client_port = static_cast<std::uint16_t>(40000 + talk / 4);  // two share a socket
    const IpAddress client = IpAddress::v4(0x0a00'0005), server = IpAddress::v4(0x9df0'0100);
    const bool up = (choice & 0x10) == 0;
    packet.src = up ? client : server;
    packet.dst = up ? server : client;
    packet.src_port = up ? client_port : server_port;
    packet.dst_port = up ? server_port : client_port;
    return true;
  }

 private:
  ByteReader reader_;
  std::int64_t now_ns_ = 0;
  std::uint64_t frame_ = 0;
};

void close(classify::Engine& engine, Talk& talk) {
  engine.close(talk.record, talk.key);
  const classify::Decision decision = engine.decide(talk.record, talk.key);
  for (const std::string_view text : {decision.app, decision.host, decision.rules, decision.ndpi})
    fuzz::touch(text);
  for (std::size_t i = 0; i < decision.signal_count; ++i) {
    fuzz::touch(decision.signals[i].id);
    if (!decision.signals[i].frame.valid()) std::abort();
  }
  engine.forget(talk.record);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  classify::Engine engine(classify::all_classifiers(), false, {}, {5, 30'000});
  std::array<Talk, 8> talks;
  std::array<bool, 8> begun{};
  Script script(ByteView(data, size));
  wire::Packet packet;
  for (std::size_t number = 0; script.next(packet, number);) {
    Talk& talk = talks[number];
    const flow::Keyed keyed = flow::key_of(packet);
    if (begun[number] && !(keyed.key == talk.key)) continue;  // the family changed under way
    if (!begun[number]) {
      begun[number] = true;
      talk.key = keyed.key;
      talk.record.proto = packet.proto;
      talk.record.ts_first_ns = packet.ts_ns;
      talk.record.frame_first = packet.frame;
      talk.record.client_is_b = keyed.from == flow::Side::b;
      if (packet.proto == wire::ip_proto::kTcp) talk.record.tracker = 0;  // as the flow stage would
      talk.track.directions[number & 1].start_known = (number & 4) != 0;
      talk.track.directions[number & 1].first_seq = 1000;
    }
    talk.record.ts_last_ns = packet.ts_ns;
    if (packet.payload.empty() || !classify::Engine::wants(talk.record)) continue;
    engine.on_payload(talk.record, keyed, packet,
                      packet.proto == wire::ip_proto::kTcp ? &talk.track : nullptr);
  }
  for (std::size_t i = 0; i < talks.size(); ++i)
    if (begun[i]) close(engine, talks[i]);
  return 0;
}
