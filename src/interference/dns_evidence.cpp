// Weighs one DNS transaction against the habits of its resolver.
#include "interference/dns_evidence.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "interference/data/dns_addresses.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kLocal = 3 * kMillisecond;
constexpr std::uint64_t kFewAnswers = 2, kSomeAnswers = 3, kManyAnswers = 10;
constexpr std::uint8_t kRefused = 5;

double ms(std::int64_t ns) { return static_cast<double>(ns) / kMillisecond; }

int apart(std::uint8_t a, std::uint8_t b) { return std::abs(int{a} - int{b}); }

// How far the TTL lies from the nearest that the resolver uses.
int ttl_gap(std::uint8_t ttl, const ResolverHabit& habit) {
  int least = 255;
  for (const ResolverHabit::Ttl& known : habit.ttls())
    if (known.value != ttl) least = std::min(least, apart(ttl, known.value));
  return least;
}

bool flags_differ(const DnsAnswer& answer, const ResolverHabit& habit) {
  if (habit.answers() < kSomeAnswers) return false;
  const bool authoritative = (answer.flags & dns_flag::kAuthoritative) != 0;
  const bool recursive = (answer.flags & dns_flag::kRecursion) != 0;
  const auto differs = [&habit](bool now, std::uint64_t before) {
    return before == (now ? 0 : habit.answers());
  };
  return differs(authoritative, habit.authoritative()) || differs(recursive, habit.recursive());
}

bool opt_missing(const DnsTransaction& transaction, const DnsAnswer& answer,
                 const ResolverHabit& habit) {
  return transaction.query_opt && !answer.opt && habit.asked_with_opt() >= kSomeAnswers &&
         habit.echoed_opt() == habit.asked_with_opt();
}

bool breaks_counter(const DnsAnswer& answer, const ResolverHabit& habit) {
  constexpr int kFar = 1000;
  if (!answer.ipv4 || answer.ip_id == 0 || !habit.counts_ip_ids()) return false;
  const auto step = static_cast<std::int16_t>(answer.ip_id - habit.last_ip_id());
  return std::abs(int{step}) > kFar;
}

unsigned strangeness(const DnsTransaction& transaction, const DnsAnswer& answer,
                     const ResolverHabit* habit) {
  if (habit == nullptr || habit->answers() == 0) return 0;
  unsigned points = 0;
  if (!habit->used_ttl(answer.ttl, transaction.name_hash)) points += 4;
  if (breaks_counter(answer, *habit)) points += 2;
  if (flags_differ(answer, *habit) || opt_missing(transaction, answer, *habit)) points += 1;
  return points;
}

// Nearer than anything the resolver sent: by the rule for round trips of three samples, or by that
// for ten answers, of which some may have come from its cache.
bool is_early(const DnsTransaction& transaction, const DnsAnswer& answer,
              const ResolverHabit& habit) {
  constexpr std::int64_t kAtLeast = 5 * kMillisecond;
  const auto latency = transaction.latency(answer);
  if (!latency || transaction.queries != 1) return false;
  const auto usual = habit.fifth_percentile(*latency);
  if (usual) return *latency * 2 < *usual && *usual - *latency >= kAtLeast;
  return habit.latencies() >= kSomeAnswers && *latency * 10 < *habit.nearest() * 7;
}

bool in_one_net(const IpAddress& a, const IpAddress& b) {
  if (a.is_v4() != b.is_v4()) return false;
  return a.is_v4() ? a.v4() >> 16 == b.v4() >> 16 : a.high >> 32 == b.high >> 32;
}

// Two subsets of one service's addresses.
bool may_balance_load(const DnsAnswer& a, const DnsAnswer& b) {
  for (const IpAddress& one : a.kept())
    for (const IpAddress& two : b.kept())
      if (in_one_net(one, two)) return true;
  return false;
}

bool is_refusal(const DnsAnswer& answer) {
  return answer.rcode == dns_rcode::kServerFailure || answer.rcode == kRefused;
}

bool add_header_items(const DnsTransaction& transaction, const DnsAnswer& answer,
                      const ResolverHabit& habit, Evidence& evidence, DnsSigns& signs) {
  if (is_early(transaction, answer, habit)) {
    evidence.add(Clue::dns_early,
                 fmt::format("after {:.1f} ms; the resolver's others after {:.1f} ms or more",
                             ms(*transaction.latency(answer)), ms(*habit.nearest())),
                 answer.frame);
    signs.early = true;
  }
  if (opt_missing(transaction, answer, habit)) {
    evidence.add(Clue::dns_flags, "no OPT record, which the resolver's others have", answer.frame);
    signs.flags = true;
  } else if (flags_differ(answer, habit)) {
    evidence.add(Clue::dns_flags,
                 fmt::format("flags 0x{:04x}, as in no other answer of the resolver", answer.flags),
                 answer.frame);
    signs.flags = true;
  }
  return signs.early || signs.flags;
}

void add_content_items(const DnsTransaction& transaction, const DnsAnswer& answer,
                       std::span<const IpPrefix> public_nets, Evidence& evidence, DnsSigns& signs) {
  const bool is_public = is_public_name(transaction.name.view());
  for (const IpAddress& address : answer.kept()) {
    if (const PublishedAddress* row = published_address(address)) {
      evidence.add_published(
          row->label, weight(Clue::published).lr,
          fmt::format("{}, published in: {}", to_string(address), row->reference), answer.frame);
      signs.published = true;
    }
    if (is_public && is_bogon(address, public_nets)) {
      evidence.add(Clue::dns_bogon, to_string(address), answer.frame);
      signs.bogon = true;
    }
  }
}

// Two answers alone are compared with each other; with two of the resolver's or more, with those.
void add_ttl_of_conflict(const DnsTransaction& transaction, const DnsConflict& conflict,
                         const ResolverHabit* habit, Evidence& evidence, DnsSigns& signs) {
  const std::uint8_t ttl = conflict.suspect->ttl;
  const bool known = habit != nullptr && habit->answers() >= kFewAnswers;
  if (ttl == conflict.other->ttl) {
    evidence.add(Clue::ttl_equal, fmt::format("TTL {} in both", ttl), conflict.suspect->frame);
    return;
  }
  if (known && habit->used_ttl(ttl, transaction.name_hash)) return;
  const int gap = apart(ttl, conflict.other->ttl);
  const int least = known ? std::min(gap, ttl_gap(ttl, *habit)) : gap;
  evidence.add(least < 64 ? Clue::ttl_near : Clue::ttl_class,
               fmt::format("TTL {}, the other answer has {}", ttl, conflict.other->ttl),
               conflict.suspect->frame);
  signs.ttl = true;
}

}  // namespace

void DnsSigns::join(const DnsSigns& other) {
  duplicate = duplicate || other.duplicate;
  early = early || other.early;
  ttl = ttl || other.ttl;
  flags = flags || other.flags;
  bogon = bogon || other.bogon;
  published = published || other.published;
}

std::optional<DnsConflict> conflict_of(const DnsTransaction& transaction,
                                       const ResolverHabit* habit) {
  if (transaction.answers_seen < 2 || transaction.answers_seen <= transaction.queries)
    return std::nullopt;
  const auto answers = transaction.kept();
  const auto stranger = std::ranges::max_element(answers, {}, [&](const DnsAnswer& answer) {
    return strangeness(transaction, answer, habit);
  });
  DnsConflict out{&*stranger, nullptr};
  for (const DnsAnswer& answer : answers) {
    if (&answer == out.suspect) continue;
    if (out.other == nullptr || answer.set_hash != out.suspect->set_hash) out.other = &answer;
  }
  return out;
}

DnsSigns judge_conflict(const DnsTransaction& transaction, const DnsConflict& conflict,
                        const ResolverHabit* habit, std::span<const IpPrefix> public_nets,
                        Evidence& evidence) {
  DnsSigns signs;
  signs.duplicate = true;
  const DnsAnswer& suspect = *conflict.suspect;
  const bool differ = suspect.set_hash != conflict.other->set_hash;
  if (differ)
    evidence.add(Clue::dns_conflict,
                 fmt::format("{} and {}", describe(suspect), describe(*conflict.other)),
                 suspect.frame);
  const bool balanced = differ && may_balance_load(suspect, *conflict.other);
  const bool refused = is_refusal(suspect) || is_refusal(*conflict.other);
  add_ttl_of_conflict(transaction, conflict, habit, evidence, signs);
  if (habit != nullptr) {
    add_header_items(transaction, suspect, *habit, evidence, signs);
    if (breaks_counter(suspect, *habit))
      evidence.add(Clue::ip_id_break,
                   fmt::format("identification {}, the resolver counts near {}", suspect.ip_id,
                               habit->last_ip_id()),
                   suspect.frame);
  }
  add_content_items(transaction, suspect, public_nets, evidence, signs);
  const bool unasked = transaction.queries == 0 &&
                       (habit == nullptr || !signs.ttl || habit->answers() < kSomeAnswers);
  if (!differ || balanced || refused || unasked) evidence.hold_at(Level::anomalous);
  evidence.alternative(
      "load_balancing", !balanced,
      balanced ? "both answers lie in one network" : "the answers have no network in common");
  evidence.alternative("question_repeated", transaction.queries != 0,
                       transaction.queries != 0 ? "more answers came than questions were sent"
                                                : "the questions were not captured");
  for (const DnsAnswer& answer : transaction.kept()) evidence.show(answer.frame);
  return signs;
}

DnsSigns judge_answer(const DnsTransaction& transaction, const DnsAnswer& answer,
                      const ResolverHabit& habit, std::span<const IpPrefix> public_nets,
                      Evidence& evidence) {
  DnsSigns signs;
  const bool known = habit.answers() >= kManyAnswers && !habit.ttl_varies();
  if (known && !habit.used_ttl(answer.ttl, transaction.name_hash)) {
    const int gap = ttl_gap(answer.ttl, habit);
    evidence.add(gap < 64 ? Clue::ttl_near : Clue::ttl_class,
                 fmt::format("TTL {}, in no answer of the resolver to other names", answer.ttl),
                 answer.frame);
    signs.ttl = true;
  }
  if (habit.answers() >= kManyAnswers)
    add_header_items(transaction, answer, habit, evidence, signs);
  add_content_items(transaction, answer, public_nets, evidence, signs);
  evidence.show(answer.frame);
  return signs;
}

bool is_local_filter(const DnsTransaction& transaction, const DnsAnswer& answer,
                     const ResolverHabit* habit) {
  const auto unspecified = [](const IpAddress& address) { return address.unspecified(); };
  if (std::ranges::any_of(answer.kept(), unspecified)) return true;
  const auto nearest = habit != nullptr ? habit->nearest() : std::nullopt;
  const auto latency = nearest ? nearest : transaction.latency(answer);
  return latency && *latency < kLocal;
}

std::string describe(const DnsAnswer& answer) {
  if (answer.address_count != 0)
    return fmt::format("{} (TTL {})", to_string(answer.addresses[0]), answer.ttl);
  if (answer.rcode == dns_rcode::kNoSuchName)
    return fmt::format("no such name (TTL {})", answer.ttl);
  if (answer.rcode != 0) return fmt::format("error {} (TTL {})", answer.rcode, answer.ttl);
  return fmt::format("no address (TTL {})", answer.ttl);
}

}  // namespace deadair::interference
