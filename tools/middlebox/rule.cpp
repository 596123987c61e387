// One rule of the config: which packets, when, how many first, and what is done to them.
#include "rule.hpp"

#include <algorithm>

namespace deadair::middlebox {
namespace {

constexpr std::int64_t kMostCount = std::int64_t{1} << 40;

// Random numbers of a flow depend on the rule and on how many flows it acted on before.
void give_random(Memory& memory, std::uint64_t seed, const std::string& name,
                 std::uint64_t& flows) {
  if (memory.acting) return;
  memory.acting = true;
  memory.random = Random(seed_of(seed, name, ++flows));
}

}  // namespace

Rule Rule::from(const Json& object, const std::string& where, std::uint64_t seed) {
  Rule rule;
  Fields fields(object, where);
  rule.name_ = fields.text("name", std::nullopt);
  rule.seed_ = seed;
  rule.direction_ = fields.text("direction", "both");
  const std::size_t direction = fields.choice("direction", {"both", "up", "down"}, 0);
  rule.up_ = direction != 2;
  rule.down_ = direction != 1;

  const Json nothing = Json::object();
  const Json* given = fields.find("match");
  Fields match(given == nullptr ? nothing : *given, where + ".match");
  rule.match_ = Match::from(match);
  rule.read_quotas(match);
  match.finish();

  rule.params_ = fields.need("action");
  Fields action(rule.params_, where + ".action");
  rule.type_ = action.text("type", std::nullopt);
  rule.action_ = make_action(action, seed_of(seed, rule.name_, 0));
  action.finish();
  rule.params_.erase("type");
  const bool sticky = rule.sticky_ || fields.flag("sticky", false);
  if (sticky && rule.type_ == "residual")
    fields.fail("sticky", "does not go with a residual action, which has a memory of its own");
  rule.sticky_ = sticky || rule.action_->sticks();
  rule.read_windows(fields);
  fields.finish();
  return rule;
}

void Rule::read_quotas(Fields& match) {
  sticky_ = match.flag("sticky", false);
  first_only_ = match.flag("first_only", false);
  after_packets_ = static_cast<std::uint64_t>(match.integer("after_packets", 0, 0, kMostCount));
  after_bytes_ = static_cast<std::uint64_t>(match.integer("after_bytes", 0, 0, kMostCount));
  after_ns_ = match.seconds("after_s", 0);
}

void Rule::read_windows(Fields& fields) {
  constexpr double kDay = 86'400;
  const bool bounded = fields.find("from_s") != nullptr || fields.find("until_s") != nullptr;
  if (bounded) {
    const Window window{fields.seconds("from_s", 0), fields.seconds("until_s", kDay)};
    windows_.push_back(window);
  }
  const Json* list = fields.find("windows");
  if (list == nullptr) return;
  if (!list->is_array()) fields.fail("windows", "must be a list of [from, until] in seconds");
  for (const Json& pair : *list) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number())
      fields.fail("windows", "must be a list of [from, until] in seconds");
    windows_.push_back({static_cast<std::int64_t>(pair[0].get<double>() * 1e9),
                        static_cast<std::int64_t>(pair[1].get<double>() * 1e9)});
  }
}

bool Rule::in_time(std::int64_t now_ns) const {
  return windows_.empty() ||
         std::any_of(windows_.begin(), windows_.end(), [&](const Window& window) {
           return now_ns >= window.from_ns && now_ns < window.until_ns;
         });
}

bool Rule::looks_at(Way way) const { return way == Way::up ? up_ : down_; }

Outcome Rule::treat(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (transit.dropped && !action_->heeds_dropped()) return Outcome::untouched;
  if (!in_time(transit.now_ns)) return Outcome::untouched;
  memory.chosen = chooses(transit, memory);
  if (!memory.chosen && !action_->claims(transit)) return Outcome::untouched;
  give_random(memory, seed_, name_, flows_);
  const std::size_t before = injections.size();
  const Outcome outcome = action_->act(transit, memory, injections);
  note(transit, memory, outcome, injections.size() - before);
  return outcome;
}

// A sticky rule may be set off by a packet of the direction it does not act on.
bool Rule::chooses(const Transit& transit, Memory& memory) const {
  if (!memory.latched) {
    if (!sticky_ && !looks_at(transit.way)) return false;
    if (!match_.meets(*transit.flow, transit.headers, transit.sight)) return false;
    memory.latched = sticky_;
    if (memory.deeds.trigger.empty()) memory.deeds.trigger = Match::name_in(transit.sight);
  }
  if (!looks_at(transit.way)) return false;
  return quotas_used_up(transit, memory) && !(first_only_ && memory.deeds.any());
}

bool Rule::quotas_used_up(const Transit& transit, Memory& memory) const {
  if (!memory.begun) {
    memory.begun = true;
    memory.begun_ns = transit.now_ns;
  }
  memory.bytes += transit.headers.payload_size();
  return memory.packets++ >= after_packets_ && (after_bytes_ == 0 || memory.bytes > after_bytes_) &&
         transit.now_ns - memory.begun_ns >= after_ns_;
}

void Rule::note(const Transit& transit, Memory& memory, Outcome outcome,
                std::size_t injected) const {
  if (outcome == Outcome::untouched && injected == 0) return;
  Deeds& deeds = memory.deeds;
  if (!deeds.any()) {
    deeds.first_ns = transit.now_ns;
    deeds.first_ip_id = transit.packet().ip_id;
  }
  deeds.last_ns = transit.now_ns;
  ++deeds.affected;
  deeds.injected += static_cast<std::uint32_t>(injected);
}

}  // namespace deadair::middlebox
