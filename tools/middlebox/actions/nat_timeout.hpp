// Forgets flows that were idle, as a NAT or stateful firewall does.
#pragma once

#include "actions/reset.hpp"

namespace deadair::middlebox {

// After "seconds" without a packet of the flow nothing of it passes any more; with "reset" a sender
// of TCP is told so by a RST in the peer's name ("ttl" and so on as for "rst"). With "on_reset" a
// flow is forgotten as well once a RST of one of its ends has passed; with "ack" each refusal
// acknowledges the segment it answers.
class NatTimeout final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  [[nodiscard]] bool idle_too_long(const Transit& transit) const;
  void refuse(const Transit& transit, Memory& memory, std::vector<Injection>& injections) const;

  std::int64_t idle_ns_ = 0;
  bool reset_ = false;
  bool on_reset_ = false;
  bool ack_ = false;
  Forgery forgery_;
};

}  // namespace deadair::middlebox
