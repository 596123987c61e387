// Keeps of a TCP flow, while it runs, the packets that tell how it was torn down or fell silent.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "interference/packet_mark.hpp"
#include "interference/silence_keeper.hpp"

namespace deadair::interference {

// The first packets, the last ones of each side before the first RST or FIN, and those up to 2 s
// after it: 32 at most, in fixed places. A RST after a FIN starts the last part anew, as the FIN
// may be the harmless one.
class StoryKeeper {
 public:
  static constexpr std::size_t kFirst = 12, kBefore = 4, kAfter = 12;  // kBefore: of each side

  // Takes an ordinary packet in the midst of a flow: in order, without SYN, FIN and RST, while
  // nobody repeats himself. Otherwise false: then the packet is for add(). Most packets end here.
  bool pass(const wire::Packet& packet, bool from_client) {
    using namespace wire::tcp_flag;
    Side& side = sides_[from_client ? 1 : 0];
    if (!steady_ || (packet.tcp_flags & (kSyn | kFin | kRst)) != 0 ||
        packet.seq - side.next >= kFarthest)
      return false;
    side.next = packet.seq + packet.payload_len;
    side.last_at = count_++;
    side.last_ns = packet.ts_ns;
    side.largest = std::max(side.largest, packet.payload_len);
    if (packet.payload_len >= kLarge && packet.ts_ns - side.kept_ns < kBurst) {
      ++side.apart;
      return true;
    }
    side.kept_ns = packet.ts_ns;
    const std::size_t place = side.passed++ % kBefore;
    side.at[place] = side.last_at;
    fill_mark(before_[from_client ? 1 : 0][place], packet, from_client);
    return true;
  }
  void add(const PacketMark& mark);
  // Where to write the next packet's mark for add(), which then need not copy most of them.
  PacketMark& draft() { return first_count_ < kFirst ? first_[first_count_] : spare_; }
  // As new, for another flow.
  void clear();

  [[nodiscard]] bool torn() const { return torn_by_rst_; }
  // A side sent data past its own FIN: one of the two is not its own.
  [[nodiscard]] bool past_fin() const { return past_fin_; }
  // Open when a side was never answered.
  [[nodiscard]] const SilenceKeeper& silence() const { return silence_; }
  [[nodiscard]] std::span<const PacketMark> first() const {
    return std::span(first_).first(first_count_);
  }
  // Packets of one side, and one past the highest sequence number of them.
  [[nodiscard]] std::uint32_t packets(bool of_client) const {
    const Side& side = sides_[of_client ? 1 : 0];
    return side.passed + side.apart;
  }
  [[nodiscard]] std::uint32_t next_of(bool client) const { return sides_[client ? 1 : 0].next; }
  // When a side was first and last heard, RSTs left out, and its largest payload. 0: never.
  [[nodiscard]] std::int64_t first_ns(bool client) const { return sides_[client ? 1 : 0].first_ns; }
  [[nodiscard]] std::int64_t last_ns(bool client) const { return sides_[client ? 1 : 0].last_ns; }
  [[nodiscard]] std::uint32_t largest(bool client) const { return sides_[client ? 1 : 0].largest; }
  // The last packet of a side, RSTs left out, and its place in the flow; null when there is none.
  struct Last {
    const PacketMark* mark = nullptr;
    std::uint32_t at = 0;
  };
  [[nodiscard]] Last last_of(bool client) const;
  // All that was kept, in order. Returns the index of the first packet after those left out; 0 when
  // none were.
  std::size_t assemble(std::vector<PacketMark>& out) const;

 private:
  static constexpr std::uint32_t kFarthest = 1U << 30;  // as TcpTracker: beyond any window
  // Of large segments that follow each other this closely one is kept, and stands for them all.
  static constexpr std::uint32_t kLarge = 512;
  static constexpr std::int64_t kBurst = 2'000'000;

  // What is read and written for every packet. `at`: places in the flow, in the order of before_.
  struct Side {
    std::uint32_t next = 0;
    std::uint32_t passed = 0;  // packets that went into before_
    std::uint32_t apart = 0;   // other packets
    std::uint32_t last_at = 0;
    std::int64_t kept_ns = 0;  // the newest in before_
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
    std::uint32_t largest = 0;
    bool known = false;
    bool finished = false;  // a FIN came
    std::uint32_t fin_seq = 0;
    std::array<std::uint32_t, kBefore> at{};
  };

  [[nodiscard]] bool silent() const { return fell_silent_ && silence_.open(); }
  void settle_bursts();
  void keep(const PacketMark& mark);
  void keep_before(const PacketMark& mark, std::uint32_t at);
  void follow_silence(const PacketMark& mark);
  [[nodiscard]] bool repeats(const PacketMark& mark) const;
  void advance(const PacketMark& mark);
  void follow_fin(const PacketMark& mark);
  [[nodiscard]] SilenceKeeper::Standing standing_before(const PacketMark& repeat) const;
  [[nodiscard]] const PacketMark* sent_first(bool by_client, std::uint32_t seq) const;
  template <typename Visit>
  void visit(bool client, Visit visit) const;

  std::array<Side, 2> sides_;  // [1]: the client
  std::uint32_t count_ = 0;
  std::uint8_t first_count_ = 0;
  std::uint8_t after_count_ = 0;
  bool torn_by_rst_ = false;
  bool past_fin_ = false;
  bool steady_ = false;
  bool fell_silent_ = false;  // silence_ has been opened: most flows never touch it
  std::int64_t end_ns_ = 0;
  std::array<PacketMark, kFirst> first_;
  std::array<std::array<PacketMark, kBefore>, 2> before_;  // rings, by side
  std::array<PacketMark, kAfter> after_;
  std::array<std::uint32_t, kAfter> after_at_{};
  PacketMark spare_;
  SilenceKeeper silence_;
};

}  // namespace deadair::interference
