// Keeps of a TCP flow, while it runs, the packets that tell how it was torn down.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "interference/packet_mark.hpp"

namespace deadair::interference {

// The first packets, the last ones before the first RST or FIN, and those up to 2 s after it: 32 at
// most, in fixed places. A RST after a FIN starts the last part anew, as the FIN may be the
// harmless one.
class StoryKeeper {
 public:
  static constexpr std::size_t kFirst = 12, kBefore = 8, kAfter = 12;

  void add(const PacketMark& mark);
  // As new, for another flow.
  void clear() {
    end_ns_ = 0;
    passed_ = 0;
    first_count_ = after_count_ = 0;
    torn_by_rst_ = false;
  }
  [[nodiscard]] bool torn() const { return torn_by_rst_; }
  // All that was kept, in order. Returns the index of the first packet after those left out; 0 when
  // none were.
  std::size_t assemble(std::vector<PacketMark>& out) const;

 private:
  void keep_before(const PacketMark& mark);

  std::array<PacketMark, kFirst> first_;
  std::array<PacketMark, kBefore> before_;  // a ring
  std::array<PacketMark, kAfter> after_;
  std::int64_t end_ns_ = 0;
  std::uint64_t passed_ = 0;  // packets that went into the ring
  std::uint8_t first_count_ = 0;
  std::uint8_t after_count_ = 0;
  bool torn_by_rst_ = false;
};

}  // namespace deadair::interference
