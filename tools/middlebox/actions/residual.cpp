// Punishes a pair of hosts for a while after a trigger.
#include "actions/residual.hpp"

#include <algorithm>

#include "actions/drop.hpp"

namespace deadair::middlebox {

ActionPtr Residual::from(Fields& fields, std::uint64_t seed) {
  auto action = std::make_unique<Residual>();
  action->parts_ = fields.integer("key", 4, 2, 4);
  action->duration_ns_ = fields.seconds("seconds", std::nullopt);
  action->trigger_too_ = fields.flag("trigger_too", false);
  if (const Json* then = fields.find("then"); then != nullptr) {
    Fields inner(*then, fields.place("then"));
    action->then_ = make_action(inner, seed);
    inner.finish();
  } else {
    action->then_ = std::make_unique<Drop>();
  }
  return action;
}

Outcome Residual::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  const Key key = key_of(*transit.flow);
  const bool punished = serving(key, transit.now_ns);
  // The engine asks for packets the rule chose and for those claimed; a claimed one is no trigger.
  if (!memory.chosen && !punished) return Outcome::untouched;
  if (memory.chosen && !punished) begin(key, transit.now_ns);
  if (transit.dropped || !(punished || trigger_too_)) return Outcome::untouched;
  return then_->act(transit, memory, injections);
}

bool Residual::claims(const Transit& transit) const {
  return !transit.dropped && serving(key_of(*transit.flow), transit.now_ns);
}

Residual::Key Residual::key_of(const FlowState& flow) const {
  const FlowSide& client = flow.side(Way::up);
  const FlowSide& server = flow.side(Way::down);
  Key key{client.address, server.address, 0, 0, 0};
  if (parts_ >= 3) {
    key.server_port = server.port;
    key.proto = flow.proto;
  }
  if (parts_ >= 4) key.client_port = client.port;
  return key;
}

bool Residual::serving(const Key& key, std::int64_t now_ns) const {
  return std::any_of(sentences_.begin(), sentences_.end(), [&](const Sentence& sentence) {
    return now_ns < sentence.until_ns && sentence.key == key;
  });
}

void Residual::begin(const Key& key, std::int64_t now_ns) {
  constexpr std::size_t kMost = 4096;
  std::erase_if(sentences_, [&](const Sentence& sentence) {
    return sentence.key == key || sentence.until_ns <= now_ns;
  });
  if (sentences_.size() == kMost) sentences_.pop_front();
  sentences_.push_back({key, now_ns + duration_ns_});
}

}  // namespace deadair::middlebox
