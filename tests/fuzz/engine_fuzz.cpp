// Any payloads, of several flows in turn, through the engine with every
// application.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "classify/engine.hpp"
#include "flow/tcp_track.hpp"
#include "touch.hpp"

using namespace deadair;

namespace {

constexpr std::uint8_t kTcp = wire::ip_proto::kTcp, kUdp = wire::ip_proto::kUdp;

// The flows of a script: servers within and outside of operators' networks, on
// the ports that signatures look at; equal client ports make flows share a
// socket.
struct End {
  std::uint8_t proto;
  std::uint16_t client_port;
  std::uint32_t server;
  std::uint16_t server_port;
};
constexpr std::array<End, 16> kEnds = {{
    {kUdp, 40000, 0x9df0'0100, 3478},   // Meta
    {kUdp, 40000, 0xc000'0207, 50000},  // a peer of the same socket
    {kUdp, 40001, 0x9df0'0100, 443},
    {kUdp, 40001, 0x8efa'5201, 19305},  // Google's media ports
    {kUdp, 40002, 0x0808'0808, 53},
    {kUdp, 5060, 0x6fdd'4a10, 33033},  // a supernode of Skype
    {kUdp, 40002, 0x3471'0001, 3480},  // Microsoft
    {kUdp, 40003, 0xaa72'0001, 8801},  // Zoom
    {kUdp, 40003, 0xc000'0209, 1701},
    {kUdp, 4500, 0xc000'0209, 4500},
    {kTcp, 40010, 0x9df0'0100, 443},
    {kTcp, 40010, 0x0808'0808, 53},
    {kTcp, 40011, 0x9df0'0100, 5222},
    {kTcp, 40011, 0x959a'a732, 5242},  // Telegram, on a port of Viber's
    {kTcp, 40012, 0xc000'0207, 5060},
    {kTcp, 40012, 0x0a00'0006, 3478},  // no server of the Internet
}};

struct Talk {
  flow::FlowRecord record;
  flow::TcpTrack track;
  flow::FlowKey key;
  bool begun = false;
};

// Two octets of time, in units of 10000 s from 2009, then entries of seven octets and a payload:
//   choice: flow (4 bits), 10: the server sends, 20: a stream seen from its
//   first byte, or a
//     datagram repeated, 40: cut by the capture, 80: IPv6
//   detail: TCP flags, or where RTP begins in a repeated datagram
//   number (2): TCP sequence number, or how many times
//   pause, in units of 20 ms
//   length of the payload (2); without one the flow ends, and another may begin between its ends
class Script {
 public:
  explicit Script(ByteView bytes)
      : reader_(bytes), now_ns_((kEarliestS + kStepS * reader_.be16()) * 1'000'000'000) {}

  // Reads the next entry. False at the end.
  bool next() {
    constexpr std::uint16_t kMostPayload = 2047, kMostRepeats = 63;
    if (reader_.left() < 7) return false;
    choice_ = reader_.u8();
    detail_ = reader_.u8();
    number_ = reader_.be16();
    pause_ns_ = std::int64_t{reader_.u8()} * 20'000'000;
    const std::uint16_t length = reader_.be16() & kMostPayload;
    const ByteView payload = reader_.take(std::min<std::size_t>(length, reader_.left()));
    payload_.assign(payload.begin(), payload.end());
    payload_.shrink_to_fit();  // so that a sanitizer sees one byte too far
    const bool again = end().proto == kUdp && (choice_ & 0x20) != 0;
    repeats_ = again ? 1 + (number_ & kMostRepeats) : 1;
    return true;
  }

  // The next packet of the entry. False when there is none left.
  bool packet(wire::Packet& out) {
    if (repeats_ == 0) return false;
    if (end().proto == kUdp && (choice_ & 0x20) != 0) go_on();
    --repeats_;
    out = wire::Packet{};
    out.proto = end().proto;
    out.ip_version = (choice_ & 0x80) != 0 ? 6 : 4;
    out.tcp_flags = detail_;
    out.seq = 1000U + number_;
    out.ts_ns = now_ns_ += pause_ns_;
    out.frame = {0, ++frame_};
    out.payload = ByteView(payload_);
    out.payload_len = static_cast<std::uint32_t>(payload_.size()) + (choice_ & 0x40U);
    const IpAddress client = IpAddress::v4(0x0a00'0005), server = IpAddress::v4(end().server);
    const bool up = (choice_ & 0x10) == 0;
    out.src = up ? client : server;
    out.dst = up ? server : client;
    out.src_port = up ? end().client_port : end().server_port;
    out.dst_port = up ? end().server_port : end().client_port;
    return true;
  }

  [[nodiscard]] std::size_t flow() const { return choice_ & 0xfU; }
  [[nodiscard]] bool from_start() const { return (choice_ & 0x20) != 0; }

 private:
  static constexpr std::int64_t kEarliestS = 1'250'000'000, kStepS = 10'000;

  [[nodiscard]] const End& end() const { return kEnds[flow()]; }

  void add(std::size_t at, std::size_t octets, std::uint32_t step) {
    if (at + octets > payload_.size()) return;
    for (std::size_t i = at + octets; i-- > at; step >>= 8) {
      step += payload_[i];
      payload_[i] = static_cast<std::uint8_t>(step);
    }
  }
  // The next packet of an RTP stream.
  void go_on() {
    add(detail_ + std::size_t{2}, 2, 1);
    add(detail_ + std::size_t{4}, 4, 960);
  }

  ByteReader reader_;
  std::vector<std::uint8_t> payload_;
  std::uint8_t choice_ = 0, detail_ = 0;
  std::uint16_t number_ = 0;
  int repeats_ = 0;
  std::int64_t pause_ns_ = 0;
  std::int64_t now_ns_;
  std::uint64_t frame_ = 0;
};

void begin(Talk& talk, const Script& script, const flow::Keyed& keyed, const wire::Packet& packet) {
  if (talk.begun) return;
  talk.begun = true;
  talk.key = keyed.key;
  talk.record.proto = packet.proto;
  talk.record.ts_first_ns = packet.ts_ns;
  talk.record.frame_first = packet.frame;
  talk.record.client_is_b = keyed.from == flow::Side::b;
  if (packet.proto != kTcp) return;
  talk.record.tracker = 0;  // as the flow stage would
  for (flow::TcpDirection& direction : talk.track.directions) {
    direction.start_known = script.from_start();
    direction.first_seq = 1000;
  }
}

void show(classify::Engine& engine, Talk& talk, const Script& script, const wire::Packet& packet) {
  const flow::Keyed keyed = flow::key_of(packet);
  begin(talk, script, keyed, packet);
  if (!(keyed.key == talk.key)) return;  // the family changed under way
  talk.record.ts_last_ns = packet.ts_ns;
  if (packet.payload.empty() || !classify::Engine::wants(talk.record)) return;
  engine.prefetch(talk.record, keyed.from);
  engine.on_payload(talk.record, keyed, packet, packet.proto == kTcp ? &talk.track : nullptr);
}

void decide(classify::Engine& engine, Talk& talk) {
  const classify::Decision decision = engine.decide(talk.record, talk.key);
  for (const std::string_view text : {decision.app, decision.host, decision.rules, decision.ndpi})
    fuzz::touch(text);
  for (std::size_t i = 0; i < decision.signal_count; ++i) {
    fuzz::touch(decision.signals[i].id);
    if (!decision.signals[i].frame.valid()) std::abort();
  }
  if (decision.app.empty() != (decision.signal_count == 0)) std::abort();
  engine.forget(talk.record);
  talk = Talk{};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  classify::Engine engine(classify::all_classifiers(), false, {}, {5, 30'000});
  std::array<Talk, kEnds.size()> talks;
  Script script(ByteView(data, size));
  wire::Packet packet;
  while (script.next()) {
    Talk& talk = talks[script.flow()];
    while (script.packet(packet)) show(engine, talk, script, packet);
    if (!packet.payload.empty()) continue;
    engine.close(talk.record, talk.key);
    decide(engine, talk);
  }
  for (Talk& talk : talks)
    if (talk.begun) engine.close(talk.record, talk.key);
  for (Talk& talk : talks)
    if (talk.begun) decide(engine, talk);
  return 0;
}
