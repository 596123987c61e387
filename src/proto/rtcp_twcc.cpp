// Reads transport-wide feedback: which packets arrived.
#include <algorithm>

#include "proto/rtcp.hpp"

namespace deadair::proto::rtcp {
namespace {

constexpr std::size_t kBaseAt = 12;
constexpr std::size_t kChunksAt = 20;
constexpr unsigned kRunBits = 13;     // of a run-length chunk, for the run
constexpr unsigned kVectorBits = 14;  // of a status vector chunk, for the symbols

// A packet's status (section 3.1.1): 0 not received, 1 with a delta of one byte, 2 with one of two,
// 3 received without a delta (reserved there, but used in the examples of sections 3.1.3
// and 3.1.4).
class Tally {
 public:
  explicit Tally(std::size_t told) : left_(told) {}

  void count(unsigned symbol, std::size_t times) {
    times = std::min(times, left_);
    left_ -= times;
    if (symbol == 0) return;
    received_ += times;
    if (symbol != 3) delta_bytes_ += times * symbol;
  }
  [[nodiscard]] std::size_t left() const { return left_; }
  [[nodiscard]] std::size_t received() const { return received_; }
  [[nodiscard]] std::size_t delta_bytes() const { return delta_bytes_; }

 private:
  std::size_t left_;
  std::size_t received_ = 0;
  std::size_t delta_bytes_ = 0;
};

//  |T=0| S |       Run Length        |    section 3.1.3
//  |T=1|S|       symbol list         |    section 3.1.4: 14 of one bit (S=0) or 7 of two (S=1)
void count_chunk(Tally& tally, unsigned chunk) {
  if (chunk >> 15 == 0) return tally.count(chunk >> kRunBits & 3U, chunk & 0x1fffU);
  const unsigned bits = (chunk >> kVectorBits & 1U) + 1;
  for (unsigned shift = kVectorBits; shift > 0;) {
    shift -= bits;
    tally.count(chunk >> shift & (bits == 1 ? 1U : 3U), 1);
  }
}

}  // namespace

std::optional<ArrivalReport> arrival_report(const Packet& packet) {
  if (feedback(packet.packet_type, packet.count) != Feedback::transport_wide) return std::nullopt;
  ByteReader reader(packet.bytes.from(kChunksAt));
  const std::uint16_t packets = packet.bytes.be16(kBaseAt + 2);
  if (packets == 0) return std::nullopt;
  Tally tally(packets);
  while (tally.left() > 0) {
    if (reader.left() < 2) return std::nullopt;
    count_chunk(tally, reader.be16());
  }
  if (reader.left() < tally.delta_bytes()) return std::nullopt;
  return ArrivalReport{packet.bytes.be16(kBaseAt), packets,
                       static_cast<std::uint16_t>(tally.received())};
}

}  // namespace deadair::proto::rtcp
