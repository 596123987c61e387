// Notices that one side of a TCP flow answers no longer, and keeps what the other side asked again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "interference/packet_mark.hpp"

namespace deadair::interference {

// A segment that asks for an acknowledgement: data or a FIN sent before, or a keep-alive probe.
struct Ask {
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  std::uint32_t seq = 0;
  std::uint32_t len = 0;
};

// Opens when a side repeats itself, and closes when the other acknowledges more than before. What
// is open when the flow ends was never answered.
class SilenceKeeper {
 public:
  static constexpr std::size_t kAsks = 8;
  static constexpr std::uint32_t kNoSegment = 0xffff'ffff;

  // Where the flow stood when a side began to repeat itself.
  struct Standing {
    PacketMark heard;  // the last packet of the mute side
    bool heard_any = false;
    std::uint32_t heard_at = 0;              // its place in the flow, from 0
    std::uint32_t repeat_at = 0;             // the first repetition's place
    std::array<std::uint32_t, 2> packets{};  // before the repetition; [1]: by the asking side
    std::uint32_t mute_next = 0;             // one past what the mute side had sent
    std::uint32_t asked = 0;                 // the first number that was never acknowledged
    std::uint32_t least = kNoSegment;        // bytes of the smallest segment not acknowledged
    Ask original;                            // first sent; no frame when that is not known
  };

  [[nodiscard]] bool open() const { return open_; }
  void begin(const PacketMark& repeat, const Standing& standing);
  // A packet while open.
  void follow(const PacketMark& mark, bool repeats);
  // As new. What begin() and ask() write first is left as it is.
  void clear() {
    repeats_ = fresh_ = stale_ = stale_syn_acks_ = 0;
    kept_ = 0;
    open_ = false;
  }

  [[nodiscard]] bool asker_is_client() const { return asker_is_client_; }
  [[nodiscard]] const Standing& standing() const { return standing_; }
  // The segment that waits, sent first and again: the first ones.
  [[nodiscard]] std::span<const Ask> asks() const { return std::span(asks_).first(kept_); }
  [[nodiscard]] const Ask& last() const { return last_; }
  [[nodiscard]] std::uint32_t repeats() const { return repeats_; }  // of that segment
  // Bytes of the smallest segment that nobody acknowledged; kNoSegment when only probes were sent.
  [[nodiscard]] std::uint32_t least_segment() const { return standing_.least; }
  // Packets of the mute side that acknowledge nothing new, and how many of them were SYN+ACKs.
  [[nodiscard]] std::uint32_t stale() const { return stale_; }
  [[nodiscard]] std::uint32_t stale_syn_acks() const { return stale_syn_acks_; }

 private:
  void ask(const Ask& ask);
  void hear(const PacketMark& mark);

  Standing standing_;
  std::array<Ask, kAsks> asks_;
  Ask last_;
  std::uint32_t repeats_ = 0;
  std::uint32_t fresh_ = 0;  // new segments of the asking side meanwhile
  std::uint32_t stale_ = 0;
  std::uint32_t stale_syn_acks_ = 0;
  std::uint8_t kept_ = 0;
  bool open_ = false;
  bool asker_is_client_ = false;
};

}  // namespace deadair::interference
