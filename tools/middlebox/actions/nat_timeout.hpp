// Forgets flows that were idle, as a NAT or stateful firewall does.
#pragma once

#include "actions/reset.hpp"

namespace deadair::middlebox {

// After "seconds" without a packet of the flow nothing of it passes any more; with "reset" a sender
// of TCP is told so by a RST in the peer's name ("ttl" and so on as for "rst").
class NatTimeout final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  void refuse(const Transit& transit, Memory& memory, std::vector<Injection>& injections) const;

  std::int64_t idle_ns_ = 0;
  bool reset_ = false;
  Forgery forgery_;
};

}  // namespace deadair::middlebox
