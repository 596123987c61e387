// Changes packets on their way: their TTL, or a segment into a reset of the same sender.
#include "actions/rewrite.hpp"

#include <algorithm>

#include "actions/reset.hpp"
#include "edit.hpp"

namespace deadair::middlebox {

ActionPtr Rewrite::from(Fields& fields) {
  auto action = std::make_unique<Rewrite>();
  if (fields.find("ttl") != nullptr)
    action->ttl_ = static_cast<std::uint8_t>(fields.integer("ttl", std::nullopt, 1, 255));
  action->ttl_by_ = static_cast<int>(fields.integer("ttl_by", 0, -254, 254));
  if (fields.find("flags") != nullptr) {
    action->flags_ = parse_flags(fields.text("flags", std::nullopt));
    if (!action->flags_) fields.fail("flags", "must join FIN, SYN, RST, PSH, ACK, ECE with \"+\"");
  }
  if (!action->ttl_ && action->ttl_by_ == 0 && !action->flags_)
    fields.fail("ttl", "is missing (or \"ttl_by\", or \"flags\")");
  return action;
}

Outcome Rewrite::act(Transit& transit, Memory&, std::vector<Injection>&) {
  const bool tcp = transit.packet().proto == wire::ip_proto::kTcp && !transit.headers.fragment;
  if (flags_ && !tcp) return Outcome::untouched;
  if (flags_) {
    strip_to_flags(transit.frame, transit.headers, *flags_);
    transit.reread();
  }
  if (ttl_ || ttl_by_ != 0) {
    const int ttl = ttl_ ? *ttl_ : transit.packet().ttl + ttl_by_;
    set_ttl(transit.frame, transit.headers, static_cast<std::uint8_t>(std::clamp(ttl, 1, 255)));
    transit.reread();
  }
  return Outcome::changed;
}

}  // namespace deadair::middlebox
