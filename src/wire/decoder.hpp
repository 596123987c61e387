// Turns a captured frame of any known link type into the innermost IP packet and its transport.
#pragma once

#include <cstdint>
#include <memory>

#include "wire/packet.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::wire {

class Reassembler;

class Decoder {
 public:
  // `fragment_budget_bytes` bounds what is kept of incomplete datagrams; at the bound the oldest
  // goes.
  explicit Decoder(std::size_t fragment_budget_bytes = std::size_t{8} << 20);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Undecoded::none when `out` was filled. Never throws, never reads outside `raw.bytes`. Allocates
  // only for fragments.
  Undecoded decode(const RawPacket& raw, Packet& out);

  // Frames of datagrams given up so far because a fragment never came (30 s of packet time, RFC
  // 8200 section 4.5 allows 60), the budget was reached, or finish() was called. Cumulative.
  [[nodiscard]] std::uint64_t abandoned_fragments() const;
  // Gives up all incomplete datagrams: the input is at its end.
  void finish();

 private:
  std::unique_ptr<Reassembler> reassembler_;
};

}  // namespace deadair::wire
