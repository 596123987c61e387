// Runs hand-made Ethernet frames through the whole pipeline and keeps the records that come out.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run.hpp"
#include "unit/proto/hex.hpp"

namespace deadair::test {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint32_t kClient = 0x0a00'0005;  // 10.0.0.5
constexpr std::uint32_t kServer = 0xc633'6407;  // 198.51.100.7

enum Flags : std::uint8_t { kFin = 1, kSyn = 2, kRst = 4, kAck = 16 };

inline Bytes be(std::size_t width, std::uint64_t value) {
  Bytes out;
  while (width-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * width)));
  return out;
}

// RFC 791 behind an Ethernet header; `fragment` is the flags and offset field.
inline Bytes ipv4_frame(std::uint32_t src, std::uint32_t dst, unsigned proto, const Bytes& body,
                        unsigned fragment = 0, unsigned id = 7) {
  return hex("020000000001 020000000002 0800 4500") + be(2, 20 + body.size()) + be(2, id) +
         be(2, fragment) + be(1, 64) + be(1, proto) + be(2, 0) + be(4, src) + be(4, dst) + body;
}

// RFC 8200, between 2001:db8::<src> and 2001:db8::<dst>.
inline Bytes ipv6_frame(std::uint64_t src, std::uint64_t dst, unsigned proto, const Bytes& body) {
  const Bytes network = hex("20010db8 00000000");
  return hex("020000000001 020000000002 86dd 60000000") + be(2, body.size()) + be(1, proto) +
         be(1, 64) + network + be(8, src) + network + be(8, dst) + body;
}

inline Bytes udp_body(unsigned src_port, unsigned dst_port, const Bytes& payload) {
  return be(2, src_port) + be(2, dst_port) + be(2, 8 + payload.size()) + be(2, 0) + payload;
}

struct Segment {
  unsigned src_port = 40000, dst_port = 443;
  std::uint8_t flags = kAck;
  std::uint32_t seq = 0, ack = 0;
  Bytes payload = {};
};

inline Bytes tcp_body(const Segment& s) {
  return be(2, s.src_port) + be(2, s.dst_port) + be(4, s.seq) + be(4, s.ack) + be(1, 0x50) +
         be(1, s.flags) + be(2, 0x2000) + be(4, 0) + s.payload;
}

// One side's frames of the connection between kClient:40000 and kServer:443.
inline Bytes from_client(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack,
                         const Bytes& payload = {}) {
  return ipv4_frame(kClient, kServer, 6, tcp_body({40000, 443, flags, seq, ack, payload}));
}
inline Bytes from_server(std::uint8_t flags, std::uint32_t seq, std::uint32_t ack,
                         const Bytes& payload = {}) {
  return ipv4_frame(kServer, kClient, 6, tcp_body({443, 40000, flags, seq, ack, payload}));
}
inline Bytes udp_frame(unsigned src_port, unsigned dst_port, std::size_t size = 4,
                       std::uint32_t src = kClient, std::uint32_t dst = kServer) {
  return ipv4_frame(src, dst, 17, udp_body(src_port, dst_port, Bytes(size, 0x55)));
}

// Frames of one or more inputs, delivered in the order in which they were added.
class FakeSource final : public capture::PacketSource {
 public:
  FakeSource& add(std::int64_t ts_ns, Bytes frame, std::uint32_t input = 0, unsigned link = 1) {
    while (inputs_.size() <= input) {
      inputs_.emplace_back();
      inputs_.back().name = "input" + std::to_string(inputs_.size() - 1);
    }
    ++inputs_[input].packets;
    frames_.push_back(std::move(frame));
    wire::RawPacket raw;
    raw.bytes = view(frames_.back());
    raw.wire_len = static_cast<std::uint32_t>(frames_.back().size());
    raw.ts_ns = ts_ns;
    raw.frame = {input, inputs_[input].packets};
    raw.link = static_cast<wire::LinkType>(link);
    raw_.push_back(raw);
    return *this;
  }
  void set_batch(std::size_t batch) { batch_ = batch; }
  // Frames of one input that were added out of order.
  void in_order() {
    std::stable_sort(raw_.begin(), raw_.end(),
                     [](const auto& x, const auto& y) { return x.ts_ns < y.ts_ns; });
    for (std::size_t i = 0; i < raw_.size(); ++i) raw_[i].frame = {0, i + 1};
  }
  // The system lost so many packets of the first input.
  void set_drops(std::uint64_t drops) { inputs_.front().kernel_drops = drops; }

  std::size_t next(std::span<wire::RawPacket> out) override {
    const std::size_t count = std::min({out.size(), raw_.size() - at_, batch_});
    std::copy_n(raw_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] bool ended() const override { return at_ == raw_.size(); }
  [[nodiscard]] const std::vector<capture::InputSummary>& inputs() const override {
    return inputs_;
  }
  [[nodiscard]] std::uint64_t packets() const { return raw_.size(); }

 private:
  std::deque<Bytes> frames_;
  std::deque<wire::RawPacket> raw_;
  std::vector<capture::InputSummary> inputs_;
  std::size_t at_ = 0;
  std::size_t batch_ = 256;
};

// A flow record whose texts outlive the call that brought it.
struct KeptFlow : report::Flow {
  std::string kept_state, kept_app, kept_host;
  std::vector<report::Flow::Closing> kept_closings;
};

class RecordingSink final : public report::Sink {
 public:
  [[nodiscard]] bool complete() const override { return true; }
  void flow(const report::Flow& flow) override {
    KeptFlow kept{flow,
                  std::string(flow.tcp_state),
                  std::string(flow.app),
                  std::string(flow.host),
                  {flow.closings.begin(), flow.closings.end()}};
    flows.push_back(std::move(kept));
  }
  void call(const report::Call& /*call*/) override { ++calls; }
  void finding(const report::Finding& finding) override { findings.push_back(finding); }
  void verdict(const report::Verdict& verdict) override { verdicts.push_back(verdict); }
  void capture(const report::Capture& capture) override { captures.push_back(capture); }
  void finish(const report::Summary& what) override { summary = what; }

  // The first finding with this id; null when there is none.
  [[nodiscard]] const report::Finding* find(std::string_view id) const {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [id](const report::Finding& each) { return each.id == id; });
    return found == findings.end() ? nullptr : &*found;
  }
  // Frames told by the records: those of flows and the undecoded ones.
  [[nodiscard]] std::uint64_t packets() const {
    std::uint64_t sum = 0;
    for (const KeptFlow& flow : flows) sum += flow.packets_up + flow.packets_down;
    for (const report::Capture& input : captures)
      for (const auto& [reason, count] : input.undecoded) sum += count;
    return sum;
  }

  std::vector<KeptFlow> flows;
  std::uint64_t calls = 0;
  std::vector<report::Finding> findings;
  std::vector<report::Verdict> verdicts;
  std::vector<report::Capture> captures;
  report::Summary summary;
};

struct CountingSink final : report::Sink {
  std::uint64_t flows = 0;
  [[nodiscard]] bool complete() const override { return false; }
  void flow(const report::Flow&) override { ++flows; }
  void call(const report::Call&) override {}
  void capture(const report::Capture&) override {}
  void finish(const report::Summary&) override {}
};

inline pipeline::RunOptions without_witness() {
  pipeline::RunOptions options;
  options.witness = false;
  return options;
}

inline RecordingSink run_all(FakeSource& source,
                             const pipeline::RunOptions& options = without_witness()) {
  RecordingSink sink;
  pipeline::run(source, options, sink, [](const pipeline::Progress&) { return true; });
  return sink;
}

// The handshake of the connection above: client 1000, server 5000; it ends 30 ms after `at_ns`.
inline void add_handshake(FakeSource& source, std::int64_t at_ns = 0) {
  source.add(at_ns, from_client(kSyn, 1000, 0))
      .add(at_ns + 20 * kMs, from_server(kSyn | kAck, 5000, 1001))
      .add(at_ns + 30 * kMs, from_client(kAck, 1001, 5001));
}

}  // namespace deadair::test
