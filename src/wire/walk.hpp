// Follows one frame from layer to layer down to its innermost IP packet.
#pragma once

#include "wire/reassembler.hpp"

namespace deadair::wire {

class Walk {
 public:
  Walk(const RawPacket& raw, Packet& out, Reassembler& reassembler)
      : raw_(raw), out_(out), reassembler_(reassembler) {}

  // Undecoded::none when `out` holds the innermost IP packet.
  Undecoded run(Step step);
  // Frames that make up the packet, or would have.
  [[nodiscard]] std::uint16_t frames() const { return frames_; }

 private:
  Undecoded network(Pdu pdu);
  Undecoded parse_header(Pdu pdu, IpBody& body);
  Undecoded reassemble(IpBody& body);
  Undecoded transport(const IpBody& body);
  Undecoded udp(const IpBody& body);
  Undecoded descend(Step inner, bool by_port);
  Undecoded follow(const IpBody& body, Step inner);

  const RawPacket& raw_;
  Packet& out_;
  Reassembler& reassembler_;
  std::uint16_t frames_ = 1;
  int layers_ = 0;
  int ip_headers_ = 0;     // accepted so far
  bool doubtful_ = false;  // inside a tunnel that only a UDP port speaks for
};

}  // namespace deadair::wire
