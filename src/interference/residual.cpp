// Brackets of failures between a drop and a success.
#include "interference/residual.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "interference/evidence.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Longest published: 420 s; and what comes later has other reasons.
constexpr std::int64_t kLongest = 900 * kSecond;
// A first packet that was answered no sooner was sent again in between.
constexpr std::int64_t kSentAgain = 800'000'000;
constexpr std::size_t kFewest = 2;
// Each is held against every flow of its client.
constexpr std::size_t kMostTriggers = 512;

bool same_port(const FlowNote& x, const FlowNote& y) {
  return x.server_port == y.server_port && x.proto == y.proto;
}

// `other` goes from the same client to the same server.
bool has_key(PunishedKey key, const FlowNote& trigger, const FlowNote& other) {
  switch (key) {
    case PunishedKey::four_tuple:
      return same_port(trigger, other) && trigger.client_port == other.client_port;
    case PunishedKey::three_tuple:
      return same_port(trigger, other);
    default:
      return true;
  }
}

// Has what the next wider key asks for, and not this one.
bool is_sibling(PunishedKey key, const FlowNote& trigger, const FlowNote& other) {
  if (key == PunishedKey::two_tuple) return other.server != trigger.server;
  const auto wider = static_cast<PunishedKey>(static_cast<int>(key) + 1);
  return other.server == trigger.server && has_key(wider, trigger, other) &&
         !has_key(key, trigger, other);
}

// In the way of the trigger: silent after a drop, torn down after a forged tear-down.
bool fails_likewise(const FlowNote& trigger, const FlowNote& other) {
  if (trigger.fate == FlowFate::forged) return other.fate == FlowFate::forged;
  return fell_silent(other.fate);
}

// Said the same name, and failed with it: a trigger itself, that begins the punishment anew.
bool is_again(const FlowNote& trigger, const FlowNote& other) {
  const bool with_it = trigger.fate == FlowFate::forged
                           ? other.fate == FlowFate::forged
                           : other.fate == FlowFate::dropped || other.fate == FlowFate::silent;
  return with_it && other.has_trigger && other.trigger == trigger.trigger &&
         other.site == trigger.site;
}

// Flows that were dropped at their trigger, and those that fell silent likewise, for however short,
// when others of the same name were dropped; by their beginning.
std::vector<const FlowNote*> triggers_of(const FateBook& book) {
  std::set<const FlowNote*> all;
  std::set<std::pair<TriggerType, std::uint64_t>> known;
  for (const FlowNote* dropped : book.dropped()) {
    if (!known.emplace(dropped->trigger, dropped->site).second) continue;
    for (const FlowNote* note : book.with_site(dropped->trigger, dropped->site))
      if (is_again(*dropped, *note)) all.insert(note);
  }
  std::vector<const FlowNote*> out(all.begin(), all.end());
  std::ranges::sort(out, [](const FlowNote* x, const FlowNote* y) {
    return std::pair(x->begin_ns, x->frame_first) < std::pair(y->begin_ns, y->frame_first);
  });
  return out;
}

// Whether what a flow said cannot be why it was torn down: nothing, or a name that goes well at
// other times. Each name is looked up once, for many punishments may ask for it.
class Harmless {
 public:
  explicit Harmless(const FateBook& book) : book_(book) {}
  bool operator()(const FlowNote& note) {
    if (!note.has_trigger || note.site == 0) return true;
    const auto [known, is_new] = known_.try_emplace({note.trigger, note.site, note.client});
    if (is_new)
      known->second = std::ranges::any_of(
          book_.with_site(note.trigger, note.site),
          [&](const FlowNote* other) { return is_well(*other) && other->client == note.client; });
    return known->second;
  }

 private:
  const FateBook& book_;
  std::map<std::tuple<TriggerType, std::uint64_t, IpAddress>, bool> known_;
};

// Failures of the key, up to the first success; nothing where there are too few, or no success.
std::optional<Punishment> bracket(PunishedKey key, const FlowNote& trigger, FateBook::Notes notes,
                                  Harmless& is_harmless) {
  const bool forged = trigger.fate == FlowFate::forged;
  Punishment out;
  out.key = key;
  out.trigger = &trigger;
  for (const FlowNote* note : notes) {
    if (note->client != trigger.client || note == &trigger || !has_key(key, trigger, *note))
      continue;
    if (note->begin_ns <= trigger.begin_ns || note->begin_ns > trigger.begin_ns + kLongest)
      continue;
    if (is_again(trigger, *note)) continue;
    if (fails_likewise(trigger, *note) && (!forged || is_harmless(*note)))
      out.failed.push_back(note);
    if (note->fate != FlowFate::well) continue;
    if (out.success == nullptr || note->answered_ns < out.success_ns) {
      out.success = note;
      out.success_ns = note->answered_ns;
    }
  }
  if (out.success == nullptr) return std::nullopt;
  // Failures after the success are of another kind: a punishment ends for good.
  const auto after = std::ranges::any_of(
      out.failed, [&](const FlowNote* note) { return note->begin_ns > out.success_ns; });
  if (after || out.failed.size() < kFewest) return std::nullopt;
  for (const FlowNote* note : notes)
    if (note->client == trigger.client && has_key(key, trigger, *note) &&
        is_again(trigger, *note) && note->begin_ns > out.trigger->begin_ns &&
        note->begin_ns < out.failed.front()->begin_ns)
      out.trigger = note;
  for (const FlowNote* note : out.failed)
    out.last_fail_ns =
        std::max(out.last_fail_ns, note->end_ns < out.success_ns ? note->end_ns : note->begin_ns);
  if (out.success_ns - out.success->begin_ns >= kSentAgain)
    out.last_fail_ns = std::max(out.last_fail_ns, out.success->begin_ns);
  return out;
}

// When flows of each key were first dropped.
class DroppedKeys {
 public:
  explicit DroppedKeys(FateBook::Notes dropped) {
    for (const FlowNote* note : dropped)
      for (const PunishedKey key : kKeys) first_.try_emplace(key_of(key, *note), note->begin_ns);
  }
  // Another flow of the note's key was dropped before: it has a punishment of its own.
  [[nodiscard]] bool before(PunishedKey key, const FlowNote& note) const {
    const auto found = first_.find(key_of(key, note));
    return found != first_.end() && found->second <= note.begin_ns;
  }

  static constexpr std::array kKeys = {PunishedKey::four_tuple, PunishedKey::three_tuple,
                                       PunishedKey::two_tuple};

 private:
  using Key =
      std::tuple<PunishedKey, IpAddress, IpAddress, std::uint8_t, std::uint16_t, std::uint16_t>;
  static Key key_of(PunishedKey key, const FlowNote& note) {
    const bool service = key != PunishedKey::two_tuple;
    return {key,
            note.client,
            note.server,
            service ? note.proto : std::uint8_t{0},
            service ? note.server_port : std::uint16_t{0},
            key == PunishedKey::four_tuple ? note.client_port : std::uint16_t{0}};
  }
  std::map<Key, std::int64_t> first_;
};

// What lies outside the key went well between the drop and the last failure, and none of it failed.
bool count_siblings(Punishment& found, FateBook::Notes notes, const DroppedKeys& dropped) {
  for (const FlowNote* note : notes) {
    if (!is_sibling(found.key, *found.trigger, *note)) continue;
    if (note->begin_ns < found.trigger->begin_ns || note->begin_ns > found.last_fail_ns) continue;
    if (note->fate == FlowFate::well && note->answered_ns <= found.last_fail_ns) ++found.siblings;
    if (fails_likewise(*found.trigger, *note) && !dropped.before(found.key, *note)) return false;
  }
  found.wider_excluded = found.siblings != 0;
  return true;
}

std::optional<Punishment> punishment_of(const FlowNote& trigger, const FateBook& book,
                                        const DroppedKeys& dropped, Harmless& is_harmless) {
  const FateBook::Notes at_server = book.to_server(trigger.server);
  const FateBook::Notes of_client = book.of_client(trigger.client);
  for (const PunishedKey key : DroppedKeys::kKeys) {
    std::optional<Punishment> found = bracket(key, trigger, at_server, is_harmless);
    if (!found) continue;
    if (count_siblings(*found, of_client, dropped)) return found;
  }
  return std::nullopt;
}

std::string_view words(PunishedKey key) {
  constexpr std::array<std::string_view, 3> kWords = {
      "from the same port to the same server and port", "to the same server and port",
      "to the same server"};
  return kWords[static_cast<std::size_t>(key)];
}
std::string_view label(PunishedKey key) {
  constexpr std::array<std::string_view, 3> kLabels = {"4-tuple", "3-tuple", "2-tuple"};
  return kLabels[static_cast<std::size_t>(key)];
}

using Cases = std::vector<Punishment>;

struct Bounds {
  double least_s = 0, most_s = 0;
  bool equal = true;  // one length fits all
};
Bounds bounds_of(const Cases& cases) {
  std::int64_t least = 0, most = cases.front().most_ns();
  std::int64_t least_of_all = cases.front().least_ns(), most_of_all = 0;
  for (const Punishment& one : cases) {
    least = std::max(least, one.least_ns());
    most = std::min(most, one.most_ns());
    least_of_all = std::min(least_of_all, one.least_ns());
    most_of_all = std::max(most_of_all, one.most_ns());
  }
  const bool equal = least <= most;
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; };
  if (equal) return {seconds(least), seconds(most), true};
  return {seconds(least_of_all), seconds(most_of_all), false};
}

// Forged packets came: the line was not dead, the server not down, and the ban not its own.
void explain_forged(Evidence& evidence) {
  constexpr std::string_view kForged =
      "the connections were torn down by packets of another sender";
  evidence.alternative("SERVICE_OUTAGE", true, std::string(kForged));
  evidence.alternative("CLIENT_OFFLINE", true, std::string(kForged));
  evidence.alternative("SERVER_BAN", true, std::string(kForged));
  evidence.alternative("LOCAL_DEVICE", false,
                       "a proxy or security product in the user's own network can do this as well");
}

void explain_silent(const Cases& cases, std::uint64_t siblings, Evidence& evidence) {
  const PunishedKey key = cases.front().key;
  evidence.alternative("SERVICE_OUTAGE", key == PunishedKey::four_tuple && siblings != 0,
                       key == PunishedKey::four_tuple && siblings != 0
                           ? "other ports of the client were served by the same port meanwhile"
                           : "a service that stopped with the drop and came back looks the same");
  evidence.alternative("CLIENT_OFFLINE", siblings != 0,
                       siblings != 0 ? fmt::format("{} flows beside went well", siblings)
                                     : "nothing beside was seen to go well");
  evidence.alternative(
      "SERVER_BAN", false,
      "a server or its firewall may ban clients for a while after what it dislikes");
}

void explain(const Cases& cases, const Bounds& bounds, std::uint64_t siblings, Evidence& evidence) {
  if (cases.front().trigger->fate == FlowFate::forged)
    explain_forged(evidence);
  else
    explain_silent(cases, siblings, evidence);
  if (cases.size() > 1)
    evidence.alternative(
        "CHANCE", bounds.equal,
        bounds.equal ? fmt::format("{} punishments can have lasted equally long", cases.size())
                     : "they lasted differently long");
}

std::string text_of(const Cases& cases, const Bounds& bounds, std::size_t failures) {
  const bool forged = cases.front().trigger->fate == FlowFate::forged;
  return fmt::format(
      "After a flow was {}, {} new ones {} {}, whatever they said, until {:.1f} to {:.1f} s after "
      "it, and went well from then on ({} {}, key: {}{}).",
      forged ? "torn down by forged packets" : "dropped", failures, words(cases.front().key),
      forged ? "were torn down likewise" : "failed too", bounds.least_s, bounds.most_s,
      cases.size(), cases.size() == 1 ? "time" : "times", label(cases.front().key),
      std::ranges::all_of(cases, &Punishment::wider_excluded) ? "" : " or wider");
}

Level rung_of(const Cases& cases, const Bounds& bounds) {
  // A dead line explains silence, no forged packets.
  const bool beside = cases.front().trigger->fate == FlowFate::forged ||
                      std::ranges::all_of(cases, &Punishment::wider_excluded);
  if (!beside) return Level::observed;
  // Services of one operator may stop together; ports of one client do not.
  const std::size_t enough = cases.front().key == PunishedKey::four_tuple ? 2 : 3;
  return cases.size() >= enough && bounds.equal ? Level::likely : Level::anomalous;
}

Finding finding_of(const Cases& cases) {
  constexpr std::size_t kMostFrames = 32;
  Evidence evidence;
  std::size_t failures = 0, shown = 0;
  std::uint64_t siblings = 0;
  for (const Punishment& one : cases) {
    failures += one.failed.size();
    siblings += one.siblings;
    evidence.show(one.trigger->frame_first);
    for (const FlowNote* note : one.failed)
      if (++shown <= kMostFrames) evidence.show(note->frame_first);
    evidence.show(one.success->frame_first);
  }
  const Punishment& first = cases.front();
  const wire::FrameRef frame = first.trigger->frame_first;
  const Bounds bounds = bounds_of(cases);
  const std::string lasted = fmt::format("{:.1f} to {:.1f} s", bounds.least_s, bounds.most_s);
  evidence.add(Clue::punishments,
               fmt::format("{} failures, {}, key: {}", failures, lasted, label(first.key)), frame);
  if (cases.size() >= kFewest && bounds.equal)
    evidence.add(Clue::same_length, fmt::format("{} times {}", cases.size(), lasted), frame);
  if (siblings != 0)
    evidence.add(Clue::control_other_flows, fmt::format("{} flows beside", siblings), frame);
  explain(cases, bounds, siblings, evidence);
  evidence.events(failures);
  evidence.decide(rung_of(cases, bounds));
  Finding out = evidence.finding("RESIDUAL");
  out.after_ms = bounds.least_s * 1000;
  out.rules = kResidualRules;
  out.text = text_of(cases, bounds, failures);
  return out;
}

}  // namespace

std::vector<Punishment> punishments_of(const FateBook& book) {
  std::vector<Punishment> out;
  std::set<const FlowNote*> explained;  // failures that an earlier drop accounts for
  std::vector<const FlowNote*> triggers = triggers_of(book);
  const DroppedKeys dropped(triggers);
  Harmless is_harmless(book);
  if (triggers.size() > kMostTriggers) triggers.resize(kMostTriggers);
  for (const FlowNote* trigger : triggers) {
    if (explained.contains(trigger)) continue;
    std::optional<Punishment> found = punishment_of(*trigger, book, dropped, is_harmless);
    if (!found) continue;
    const bool known = std::ranges::any_of(
        found->failed, [&](const FlowNote* note) { return explained.contains(note); });
    if (known) continue;
    explained.insert(found->failed.begin(), found->failed.end());
    out.push_back(std::move(*found));
  }
  return out;
}

std::vector<Finding> judge_punishments(const FateBook& book) {
  std::vector<Cases> groups;
  using Alike = std::tuple<IpAddress, PunishedKey, std::uint8_t, std::uint64_t, FlowFate>;
  std::map<Alike, std::size_t> known;
  for (Punishment& one : punishments_of(book)) {
    const FlowNote& trigger = *one.trigger;
    const FlowFate way = trigger.fate == FlowFate::forged ? trigger.fate : FlowFate::dropped;
    const auto [place, is_new] = known.try_emplace(
        {trigger.client, one.key, trigger.proto, trigger.site, way}, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(std::move(one));
  }
  std::vector<Finding> out;
  out.reserve(groups.size());
  for (const Cases& cases : groups) out.push_back(finding_of(cases));
  return out;
}

}  // namespace deadair::interference
