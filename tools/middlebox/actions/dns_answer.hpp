// Answers a DNS query in the resolver's name.
#pragma once

#include "actions/forgery.hpp"

namespace deadair::middlebox {

// "address" and "address6" are what A and AAAA queries get (other types: no answer record);
// "nxdomain" instead says that there is no such name.
class DnsAnswer final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  [[nodiscard]] Bytes answer_to(ByteView query) const;

  Forgery forgery_;
  std::optional<IpAddress> address_, address6_;
  bool nxdomain_ = false;
  bool drop_ = false;
  std::uint32_t record_ttl_ = 300;  // seconds
  std::uint16_t flags_ = 0x8180;
  std::int64_t delay_ns_ = 0;
};

}  // namespace deadair::middlebox
