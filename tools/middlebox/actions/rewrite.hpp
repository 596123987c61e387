// Changes packets on their way: their TTL, or a segment into a reset of the same sender.
#pragma once

#include <optional>

#include "actions/action.hpp"

namespace deadair::middlebox {

// "ttl": absolute number; "ttl_by": difference; "flags": "RST+ACK" and the like, which takes the
// data away as well.
class Rewrite final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  std::optional<std::uint8_t> ttl_;
  int ttl_by_ = 0;
  std::optional<std::uint8_t> flags_;
};

}  // namespace deadair::middlebox
