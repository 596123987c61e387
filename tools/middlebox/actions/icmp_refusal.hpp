// Answers packets with ICMP destination unreachable.
#pragma once

#include "actions/forgery.hpp"

namespace deadair::middlebox {

// "code": "admin" (3/13, ICMPv6 1/1), "host-admin" (3/10, 1/1), "net-admin" (3/9, 1/1) or "port"
// (3/3, 1/4). "source": address the message comes from (default: the packet's destination).
// "per_s": messages a second at most, for all flows together. "drop" (default true).
class IcmpRefusal final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  [[nodiscard]] Bytes message(const Transit& transit, Memory& memory) const;

  Forgery forgery_;
  std::uint8_t code4_ = 0;
  std::uint8_t code6_ = 0;
  std::optional<IpAddress> source4_, source6_;
  bool drop_ = true;
  std::int64_t interval_ns_ = 0;
  std::int64_t next_ns_ = 0;
};

}  // namespace deadair::middlebox
