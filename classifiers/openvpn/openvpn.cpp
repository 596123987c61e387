// Turns datagrams and streams into OpenVPN claims: the handshake of its control channel, in the
// clear, signed or encrypted.
#include <algorithm>

#include "classify/classifier.hpp"
#include "openvpn/control_packet.hpp"
#include "openvpn/signatures.hpp"

namespace deadair::classifiers::openvpn {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::Service;
using classify::StreamHead;

constexpr std::uint32_t kEnough = 12;  // datagrams without a sign before the flow is given up
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr int kDataEnough = 6;  // data packets in a row that make a guess

constexpr classify::Info kInfo = {
    .name = "openvpn",
    .version = "openvpn 1.0",
    .doc = "OpenVPN tunnels over UDP and TCP",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

bool holds_tls(ByteView bytes) {
  const std::uint8_t kind = bytes.u8(0);
  return kind >= 20 && kind <= 23 && bytes.u8(1) == 3 && bytes.u8(2) <= 4;
}

// The signal that a packet gives by itself, if it gives one. `timed`: its time was compared with
// the clock of the capture.
const SignalInfo* proof_of(const ControlPacket& packet, bool timed) {
  const bool reset = is_hard_reset(packet.op);
  switch (packet.wrapping) {
    case Wrapping::none:
      if (packet.op == opcode::kControl && holds_tls(packet.tls)) return &kTls;
      return packet.op == opcode::kServerReset && packet.acks == 1 ? &kReset : nullptr;
    case Wrapping::hmac:
      if (reset) return &kReset;
      return timed ? &kSigned : nullptr;
    case Wrapping::crypt:
      return timed && reset ? &kReset : nullptr;
  }
  return nullptr;
}

Answer claim(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::tunnel, Role::none, certain});
  return certain ? Answer::certain : Answer::unsure;
}

//   +--------+---------+-----------+
//   | opcode | peer id | packet id |
//   | key  1 |    3    |     4     |
//   +--------+---------+-----------+
// The head of a data packet of version 2 with an AEAD cipher.
bool is_data(ByteView packet) {
  constexpr std::uint32_t kMostPackets = 1U << 28;
  return opcode_of(packet.u8(0)) == opcode::kDataV2 && packet.has(0, 8) && packet.be32(4) > 0 &&
         packet.be32(4) < kMostPackets;
}

bool data_follows(ByteView before, ByteView packet) {
  constexpr std::uint32_t kGap = 16;
  return is_data(before) && is_data(packet) && before.be32(0) == packet.be32(0) &&
         packet.be32(4) > before.be32(4) && packet.be32(4) - before.be32(4) <= kGap;
}

// Nothing but data has been seen of this direction, and its packets follow one another.
bool is_data_stream(const FlowFacts& flow, const Datagram& datagram) {
  if (!is_data(datagram.payload)) return false;
  int together = 1;
  ByteView last;
  for (const Glimpse& glimpse : flow.earlier) {
    if (glimpse.direction != datagram.direction) continue;
    if (!last.empty() && !data_follows(last, glimpse.head())) return false;
    last = glimpse.head();
    ++together;
  }
  return together >= kDataEnough && data_follows(last, datagram.payload);
}

// How often this direction used the packet's session before, and whether the other side's session
// is the one it acknowledges.
bool session_goes_on(const FlowFacts& flow, const Datagram& datagram, const ControlPacket& packet) {
  int same = 0;
  for (const Glimpse& glimpse : flow.earlier) {
    const std::uint64_t session = session_of(glimpse.head());
    if (session == 0) continue;
    if (glimpse.direction == datagram.direction) {
      if (session == packet.session) ++same;
    } else if (packet.acks > 0 && session == packet.remote_session) {
      return true;
    }
  }
  const bool repeated = packet.op == opcode::kClientReset && packet.wrapping == Wrapping::none;
  return same >= (repeated ? 1 : 2);
}

// A stream is a row of packets, each behind its length in two bytes.
class Records {
 public:
  explicit Records(ByteView stream) : stream_(stream) {}

  bool next(ByteView& packet, std::size_t& wire_len) {
    if (!stream_.has(at_, 3)) return false;
    wire_len = stream_.be16(at_);
    packet = stream_.sub(at_ + 2, wire_len);
    at_ += 2 + wire_len;
    return true;
  }
  // The last packet is there in full.
  [[nodiscard]] bool whole() const { return at_ <= stream_.size(); }

 private:
  ByteView stream_;
  std::size_t at_ = 0;
};

class OpenVpn final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const auto packet =
        read_control_packet(datagram.payload, datagram.wire_len, datagram.ts_ns / kSecondNs);
    if (packet.has_value()) {
      if (const SignalInfo* proof = proof_of(*packet, true)) return claim(claims, *proof, true);
      if (session_goes_on(flow, datagram, *packet)) return claim(claims, kSession, true);
      if (packet->op == opcode::kClientReset) return claim(claims, kLoneReset, false);
      return Answer::unsure;
    }
    if (is_data_stream(flow, datagram)) return claim(claims, kData, false);
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    const ByteView side = head.grew == classify::Direction::up ? head.up : head.down;
    return judge_stream(side, head.from_start, claims);
  }

 private:
  // Every byte of a stream belongs to a packet, so that one which is none ends the question.
  static Answer judge_stream(ByteView side, bool from_start, Claims& claims) {
    constexpr int kControlEnough = 3;
    Records records(side);
    ByteView packet, before;
    std::size_t wire_len = 0;
    int controls = 0;
    int data = 0;
    std::uint64_t session = 0;
    while (records.next(packet, wire_len)) {
      const bool first = before.empty() && controls == 0;
      if (!possible(packet, wire_len, first && from_start)) return Answer::not_for_us;
      if (!records.whole()) return Answer::unsure;
      const auto read = read_control_packet(packet, wire_len, 0);
      if (!read.has_value()) {
        const bool follows = first ? is_data(packet) : controls > 0 || data_follows(before, packet);
        if (!follows) return Answer::not_for_us;
        if (++data >= kDataEnough && controls == 0) return claim(claims, kData, false);
      } else {
        if (const SignalInfo* proof = proof_of(*read, false)) return claim(claims, *proof, true);
        controls = session == read->session ? controls + 1 : 1;
        session = read->session;
        if (controls >= kControlEnough) return claim(claims, kSession, true);
      }
      before = packet;
    }
    return Answer::unsure;
  }

  // Whether a packet can begin like this, `opening` a connection.
  static bool possible(ByteView packet, std::size_t wire_len, bool opening) {
    constexpr std::size_t kLeast = 14, kMost = 10'240;  // a reset; jumbo frames
    const std::uint8_t op = opcode_of(packet.u8(0));
    if (wire_len < kLeast || wire_len > kMost) return false;
    if (opening) return is_hard_reset(op) && key_of(packet.u8(0)) == 0;
    return is_control(op) || op == opcode::kDataV1 || op == opcode::kDataV2;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const OpenVpn classifier;
  return classifier;
}

}  // namespace deadair::classifiers::openvpn
