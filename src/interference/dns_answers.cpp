// Gathers the DNS stories of each name, and makes findings of them.
#include "interference/dns_answers.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "interference/dns_evidence.hpp"
#include "interference/dns_failures.hpp"
#include "interference/local_answers.hpp"

namespace deadair::interference {
namespace {

constexpr std::size_t kMostFrames = 24;

// All stories of one name, client and resolver.
struct Case {
  const DnsTransaction* first = nullptr;
  std::vector<const DnsTransaction*> stories;
};

using Cases = std::map<std::tuple<IpAddress, IpAddress, std::uint64_t>, Case>;

Cases cases_of(const DnsBook& book) {
  Cases out;
  for (const DnsTransaction& story : book.stories()) {
    Case& entry = out[{story.resolver, story.client, story.name_hash}];
    if (entry.first == nullptr) entry.first = &story;
    entry.stories.push_back(&story);
  }
  return out;
}

struct Judged {
  Evidence evidence;
  DnsSigns signs;
  std::uint64_t events = 0;
  bool local_filter = false;
  bool near = false;     // from a resolver of the user's own network
  bool made_up = false;  // some address is of a range that proxies make up addresses from
  bool v6 = false;
  std::uint64_t contents = 0;          // questions answered with what no resolver should give
  OwnChoice choice = OwnChoice::none;  // of all of those
  std::string text;
};

// One transaction: what fired, by which answer, and against which other.
struct Look {
  Evidence evidence;
  DnsSigns signs;
  const DnsAnswer* shown = nullptr;
  const DnsAnswer* other = nullptr;
};

Look look_at(const DnsBook& book, const DnsTransaction& story, const ResolverHabit* habit) {
  static const ResolverHabit unknown_habit;
  Look out;
  if (const auto conflict = conflict_of(story, habit)) {
    out.shown = conflict->suspect;
    out.other = conflict->other;
    out.signs = judge_conflict(story, *conflict, habit, book.public_nets(), out.evidence);
    out.evidence.show(story.first_query);
    return out;
  }
  for (const DnsAnswer& answer : story.kept()) {
    Look one;
    one.signs = judge_answer(story, answer, habit != nullptr ? *habit : unknown_habit,
                             book.public_nets(), one.evidence);
    one.shown = &answer;
    if (one.signs.any()) return one;
  }
  return out;
}

void note_choice(const LocalAnswers& local, const DnsTransaction& story, const DnsAnswer& answer,
                 Judged& out) {
  const OwnChoice choice = local.choice(story, answer);
  if (out.contents++ == 0 || choice == OwnChoice::none) out.choice = choice;
  for (const IpAddress& address : answer.kept()) {
    out.made_up = out.made_up || is_made_up(address);
    out.v6 = out.v6 || !address.is_v4();
  }
}

void judge_story(const DnsBook& book, const LocalAnswers& local, const DnsTransaction& story,
                 Judged& out) {
  const ResolverHabit* habit = book.habit(story.resolver);
  const Look look = look_at(book, story, habit);
  if (!look.signs.any()) return;
  out.local_filter = out.local_filter || is_local_filter(story, *look.shown, habit);
  if (look.signs.bogon || look.signs.published) note_choice(local, story, *look.shown, out);
  out.signs.join(look.signs);
  if (out.evidence.frames().size() < kMostFrames) out.evidence.merge(look.evidence);
  ++out.events;
  if (!out.text.empty()) return;
  const std::string first = describe(*look.shown);
  if (look.other == nullptr)
    out.text = fmt::format("The answer for {} is {}.", story.name.view(), first);
  else if (story.answers_seen > 2)
    out.text = fmt::format("{} answers to one question for {}, among them {} and {}.",
                           story.answers_seen, story.name.view(), first, describe(*look.other));
  else
    out.text = fmt::format("Two answers to one question for {}: {} and {}.", story.name.view(),
                           first, describe(*look.other));
}

// What decides where two answers to one question do not: an address, or two signs in the headers.
Level level_of_answer(const Judged& judged, const DnsTransaction& story, bool control) {
  const bool content = judged.signs.bogon || judged.signs.published;
  if (content && judged.choice == OwnChoice::for_all)
    return story.of.watched ? Level::anomalous : Level::observed;
  if (content && (judged.local_filter || judged.choice != OwnChoice::none)) return Level::observed;
  if (judged.signs.published && story.of.watched) return Level::likely;
  if (content && story.of.watched && (judged.signs.ttl || control))
    return judged.near ? Level::anomalous : Level::likely;
  if (content && (story.of.watched || judged.signs.ttl || judged.signs.published))
    return Level::anomalous;
  if (content) return Level::observed;
  const bool headers = judged.signs.ttl && (judged.signs.early || judged.signs.flags);
  return headers && story.of.watched ? Level::anomalous : Level::observed;
}

void add_repetition(const DnsBook& book, const DnsTransaction& story, Judged& judged) {
  judged.evidence.events(judged.events);
  for (const DnsNameRecord& record : book.names()) {
    if (record.name_hash != story.name_hash || record.resolver != story.resolver ||
        record.client != story.client)
      continue;
    const std::uint64_t asked = std::max<std::uint64_t>(record.asked, judged.events);
    if (asked < 5 || wilson_lower(judged.events, asked) <= 0.5) return;
    judged.evidence.add(asked >= 10 ? Clue::repeat_ten : Clue::repeat_five,
                        fmt::format("{} of {} questions for the name", judged.events, asked),
                        story.answers[0].frame);
    return;
  }
}

void add_local_filter(const Judged& judged, Evidence& evidence) {
  const bool chosen = judged.choice == OwnChoice::itself || judged.choice == OwnChoice::for_many ||
                      (judged.near && !judged.signs.duplicate);
  std::string_view why = "the answer is an address, and the resolver more than 3 ms away";
  if (chosen) why = "the resolver is one of the user's own network, which may answer as it likes";
  if (judged.local_filter)
    why =
        "the answer is 0.0.0.0, or from less than 3 ms away: a filter of the user's own can do "
        "this";
  evidence.alternative("local_filter", !judged.local_filter && !chosen, std::string(why));
}

// Arrangements that give addresses of their own to the names of others.
void add_translators(const Judged& judged, Evidence& evidence) {
  if (!judged.signs.bogon) return;
  if (judged.choice == OwnChoice::embedded)
    evidence.alternative("dns64", false, "it holds the IPv4 address of the name");
  else if (judged.near && judged.v6)
    evidence.alternative("dns64", false, "the name's IPv4 address is not known");
  if (judged.made_up)
    evidence.alternative("fake_ip_proxy", false,
                         judged.choice == OwnChoice::made_up
                             ? "each name has an address of its own, of a range that is not routed"
                             : "proxies make up addresses of this range");
}

void add_alternatives(const Judged& judged, bool control, Evidence& evidence) {
  add_local_filter(judged, evidence);
  add_translators(judged, evidence);
  if (judged.signs.bogon)
    evidence.alternative("split_horizon", false,
                         control ? "another resolver gives other addresses, as a network's own "
                                   "names would have it too"
                                 : "a network may give its own names private addresses");
  evidence.alternative("captive_portal", control && judged.signs.duplicate,
                       judged.choice == OwnChoice::for_all
                           ? "nearly every name was given this address for a while, as by a "
                             "network that waits for a login"
                           : "a network that waits for a login answers every name alike");
  if (judged.signs.duplicate)
    evidence.alternative("local_device", false,
                         "a router or security product in the user's own network can do this as "
                         "well");
  if (judged.signs.ttl)
    evidence.alternative("route_change", judged.signs.duplicate,
                         judged.signs.duplicate
                             ? "both answers came within five seconds, for one question"
                             : "an anycast resolver may answer from another place");
}

void fill(const DnsBook& book, const DnsTransaction& story, const Judged& judged, Finding& out) {
  out.app = story.of.app;
  out.trigger = Trigger{TriggerType::dns_q, std::string(story.name.view()),
                        story.of.watched,   story.first_query,
                        story.begun_ns,     0};
  if (const ResolverHabit* habit = book.habit(story.resolver)) {
    for (const ResolverHabit::Ttl& ttl : habit->ttls()) out.baseline.ttl.push_back(ttl.value);
    if (habit->answers() != 0) out.baseline.ip_id = habit->counts_ip_ids() ? "counter" : "other";
    if (const auto nearest = habit->nearest())
      out.baseline.rtt_ms = static_cast<double>(*nearest) / 1e6;
  }
  out.tests = book.closed();
  out.rules = kDnsRules;
  out.text = judged.events > 1 ? fmt::format("{} {} such cases.", judged.text, judged.events)
                               : judged.text;
}

void emit(const DnsBook& book, const DnsTransaction& story, const Judged& judged,
          std::vector<Finding>& out) {
  const DnsSigns& signs = judged.signs;
  const bool whole = signs.duplicate || signs.bogon || signs.published ||
                     (signs.ttl && (signs.early || signs.flags) && story.of.watched);
  if (!whole) return;
  const std::array<std::pair<bool, std::string_view>, 6> ids = {{{signs.duplicate, "DNS.DUP"},
                                                                 {signs.early, "DNS.FAST"},
                                                                 {signs.ttl, "DNS.TTLDEV"},
                                                                 {signs.flags, "DNS.EDNS"},
                                                                 {signs.bogon, "DNS.BOGON"},
                                                                 {signs.published, "DNS.FP"}}};
  for (const auto& [fired, id] : ids) {
    if (!fired) continue;
    fill(book, story, judged, out.emplace_back(judged.evidence.finding(id)));
  }
}

// Private addresses of names that are nobody's application: most networks have some. One finding
// for a resolver says so.
class PlainBogons {
 public:
  void add(const DnsTransaction& story) {
    Entry& entry = entries_[story.resolver];
    if (entry.first == nullptr || story.answers[0].frame < entry.first->answers[0].frame)
      entry.first = &story;  // whatever the order of the names' hashes
    ++entry.names;
    entry.evidence.show(story.answers[0].frame);
  }
  void emit(const DnsBook& book, const GateSet& gates, std::vector<Finding>& out) {
    for (auto& [resolver, entry] : entries_) {
      entry.evidence.decide(Level::observed);
      entry.evidence.limit(gates);
      entry.evidence.alternative("split_horizon", false,
                                 "a network may give its own names private addresses");
      entry.evidence.alternative("local_filter", false,
                                 "filters of advertisements answer with 0.0.0.0");
      Judged judged;
      judged.text = fmt::format("{} gives private addresses for {} public names, {} among them.",
                                to_string(resolver), entry.names, entry.first->name.view());
      fill(book, *entry.first, judged, out.emplace_back(entry.evidence.finding("DNS.BOGON")));
    }
  }

 private:
  struct Entry {
    const DnsTransaction* first = nullptr;
    std::uint64_t names = 0;
    Evidence evidence;
  };
  std::map<IpAddress, Entry> entries_;
};

bool is_plain_bogon(const DnsTransaction& story, const DnsSigns& signs) {
  return signs.bogon && !story.of.watched && !signs.duplicate && !signs.published;
}

}  // namespace

std::vector<Finding> judge_dns(const DnsBook& book, const DnsContext& context) {
  std::vector<Finding> out;
  PlainBogons plain;
  const LocalAnswers local(book);
  for (const auto& [key, entry] : cases_of(book)) {
    Judged judged;
    for (const DnsTransaction* story : entry.stories) judge_story(book, local, *story, judged);
    const DnsTransaction& story = *entry.first;
    judged.near = local.is_near(story.resolver);
    if (is_plain_bogon(story, judged.signs)) {
      plain.add(story);
      continue;
    }
    const DnsNameRecord* control = good_control_of(book, story.name_hash, story.resolver);
    if (control != nullptr)
      judged.evidence.add(Clue::name_control,
                          fmt::format("{} answers {}", to_string(control->resolver),
                                      to_string(control->addresses[0])),
                          control->last_good);
    judged.evidence.limit(context.gates);
    add_repetition(book, story, judged);
    add_alternatives(judged, control != nullptr, judged.evidence);
    if (!judged.signs.published) judged.evidence.hold_at(Level::likely);
    if (!judged.signs.duplicate)
      judged.evidence.decide(level_of_answer(judged, story, control != nullptr));
    emit(book, story, judged, out);
  }
  plain.emit(book, context.gates, out);
  judge_names(book, context, out);
  std::ranges::stable_sort(out, {}, [](const Finding& finding) {
    return finding.frames.empty() ? wire::FrameRef() : finding.frames.front();
  });
  return out;
}

}  // namespace deadair::interference
