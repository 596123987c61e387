// Header fields of forged packets: TTL, IP ID and window, copied, counted, chosen or computed.
#pragma once

#include <optional>

#include "actions/action.hpp"
#include "craft.hpp"

namespace deadair::middlebox {

// What the IP ID of a forged packet is made from.
enum class IpIdRule : std::uint8_t { fixed, copy, next, random, algebra };

// "ttl": absolute number, "-7" relative to the claimed sender's last packet, or "mirror".
// "ip_id": number, "zero", "copy" (of the packet that set it off), "next" (the claimed sender's
// last and 1 more for each packet forged at once), "random", or {"k": 13}.
// "window": number, "copy" (the claimed sender's) or "random". "df": true or false.
class Forgery {
 public:
  static Forgery from(Fields& fields);

  struct Header {
    IpFields ip;
    std::uint16_t window = 0;
  };
  // For the next packet that claims to come from `claimed` and goes to `victim`; `before`: how many
  // the same cause has sent there already.
  Header next(const FlowSide& claimed, const FlowSide& victim, const wire::Packet& cause,
              Memory& memory, std::size_t before = 0) const;

 private:
  enum class WindowRule : std::uint8_t { fixed, copy, random };

  void read_ttl(Fields& fields);
  void read_ip_id(Fields& fields);
  void read_window(Fields& fields);
  [[nodiscard]] std::uint8_t ttl_for(const FlowSide& claimed) const;
  [[nodiscard]] std::uint16_t window_for(const FlowSide& claimed, Memory& memory) const;
  [[nodiscard]] std::uint16_t ip_id_for(const FlowSide& claimed, const wire::Packet& cause,
                                        Memory& memory, std::size_t before) const;
  void compute_algebra(const FlowSide& claimed, const FlowSide& victim, Memory& memory,
                       Header& out) const;

  bool relative_ttl_ = true;
  int ttl_ = 0;  // or the difference
  IpIdRule ip_id_rule_ = IpIdRule::next;
  std::uint16_t ip_id_ = 0;
  std::uint32_t k_ = 0;
  WindowRule window_rule_ = WindowRule::copy;
  std::uint16_t window_ = 0;
  bool dont_fragment_ = true;
};

}  // namespace deadair::middlebox
