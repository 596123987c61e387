// Punishes a pair of hosts for a while after a trigger.
#pragma once

#include <deque>

#include "actions/action.hpp"

namespace deadair::middlebox {

// "key": 2 (client and server), 3 (and server port), 4 (and client port); "seconds". A packet that
// the rule chooses begins the punishment, which is not made longer while it lasts; "then" (default:
// drop) is done to every packet of the key until it ends, new flows included. The trigger itself
// goes on, unless "trigger_too".
class Residual final : public Action {
 public:
  static ActionPtr from(Fields& fields, std::uint64_t seed);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;
  [[nodiscard]] bool claims(const Transit& transit) const override;
  [[nodiscard]] bool heeds_dropped() const override { return true; }

 private:
  struct Key {
    IpAddress client, server;
    std::uint16_t client_port = 0, server_port = 0;
    std::uint8_t proto = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Sentence {
    Key key;
    std::int64_t until_ns = 0;
  };

  [[nodiscard]] Key key_of(const FlowState& flow) const;
  [[nodiscard]] bool serving(const Key& key, std::int64_t now_ns) const;
  void begin(const Key& key, std::int64_t now_ns);

  std::int64_t parts_ = 4;
  std::int64_t duration_ns_ = 0;
  bool trigger_too_ = false;
  ActionPtr then_;
  std::deque<Sentence> sentences_;  // the latest last
};

}  // namespace deadair::middlebox
