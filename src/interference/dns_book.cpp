// Keeps open DNS questions in a ring, and learns from those that are closed.
#include "interference/dns_book.hpp"

#include <algorithm>

#include "interference/data/dns_addresses.hpp"

namespace deadair::interference {
namespace {

namespace dns = proto::dns;

constexpr std::uint8_t kUdp = wire::ip_proto::kUdp;
constexpr std::size_t kLeastLatencies = 10;
constexpr std::int64_t kEarlyBy = 5'000'000;

// Questions are the same when sockets, identifier, name and type are.
bool same_question(const DnsQuestion& a, const DnsQuestion& b) {
  return a.name_hash == b.name_hash && a.id == b.id && a.client_port == b.client_port &&
         a.qtype == b.qtype && a.client == b.client && a.resolver == b.resolver;
}

bool is_followed(const wire::Packet& packet, const dns::Message& message) {
  constexpr std::uint8_t kQuery = 0;
  if (packet.proto != kUdp || message.opcode != kQuery || message.questions != 1) return false;
  const bool answer = message.response;
  if ((answer ? packet.src_port : packet.dst_port) != dns::kPort) return false;
  return !packet.dst.multicast() && !(answer && packet.truncated);
}

// Which question a message belongs to.
DnsQuestion key_of(const wire::Packet& packet, const dns::Message& message) {
  const bool answer = message.response;
  DnsQuestion out;
  out.client = answer ? packet.dst : packet.src;
  out.resolver = answer ? packet.src : packet.dst;
  out.client_port = answer ? packet.dst_port : packet.src_port;
  out.id = message.id;
  out.qtype = message.qtype;
  out.name_hash = dns_name_hash(message.name.view());
  return out;
}

std::uint64_t key_hash(const DnsQuestion& key) {
  const std::uint64_t ports =
      std::uint64_t{key.client_port} << 32 | std::uint64_t{key.id} << 8 | key.qtype;
  return (key.name_hash ^ ports * 0x9e37'79b9'7f4a'7c15) >> 20;
}

bool is_sole(const DnsQuestion& question) {
  return question.answers_seen == 1 && question.queries <= 1;
}

// More answers than questions.
bool is_overfull(const DnsQuestion& question) {
  return question.answers_seen >= 2 && question.answers_seen > question.queries;
}

}  // namespace

void ResolverHabit::add(const DnsQuestion& question, const DnsAnswer& answer) {
  ++answers_;
  if (answer.rcode == dns_rcode::kNoError) ++good_;
  if (answer.address_count != 0) ++addresses_;
  add_ttl(question, answer);
  if (answer.ipv4 && answer.ip_id != 0) add_ip_id(answer.ip_id);
  if (question.query_opt) {
    ++opt_asked_;
    if (answer.opt) ++opt_echoed_;
  }
  if ((answer.flags & dns_flag::kAuthoritative) != 0) ++authoritative_;
  if ((answer.flags & dns_flag::kRecursion) != 0) ++recursive_;
  if (const auto latency = question.latency(answer)) add_latency(*latency);
}

void ResolverHabit::add_ttl(const DnsQuestion& question, const DnsAnswer& answer) {
  for (Ttl& known : std::span(ttls_).first(ttl_count_)) {
    if (known.value != answer.ttl) continue;
    ++known.answers;
    known.several_names = known.several_names || known.name != question.name_hash;
    return;
  }
  if (ttl_count_ == kMostTtls)
    ttl_varies_ = true;
  else
    ttls_[ttl_count_++] = {answer.ttl, 1, question.name_hash, false};
}

void ResolverHabit::add_ip_id(std::uint16_t id) {
  constexpr std::uint16_t kLongestStep = 64;
  const auto step = static_cast<std::uint16_t>(id - id_last_);
  if (id_seen_) {
    if (step == 0 || step > kLongestStep)
      id_broken_ = true;
    else if (id_steps_ != 0xff)
      ++id_steps_;
  }
  id_seen_ = true;
  id_last_ = id;
}

void ResolverHabit::add_latency(std::int64_t latency_ns) {
  latencies_[latency_count_++ % kLatencies] = latency_ns;
  nearest_ = std::min(nearest_, latency_ns);
  constexpr std::uint64_t kOften = 32;
  if (latency_count_ == kLeastLatencies + 1 || latency_count_ % kOften == 0)
    rough_fifth_ = fifth_percentile(-1).value_or(0);
}

bool ResolverHabit::used_ttl(std::uint8_t ttl, std::uint64_t but_for_name) const {
  return std::ranges::any_of(ttls(), [&](const Ttl& known) {
    return known.value == ttl && (known.several_names || known.name != but_for_name);
  });
}

std::optional<std::int64_t> ResolverHabit::nearest() const {
  if (latency_count_ == 0) return std::nullopt;
  return nearest_;
}

// One pass that keeps the least few in order: it is asked every so many answers.
std::optional<std::int64_t> ResolverHabit::fifth_percentile(std::int64_t but_for) const {
  constexpr std::size_t kTwentieth = 20;
  std::array<std::int64_t, kLatencies / kTwentieth + 1> least;
  least.fill(std::numeric_limits<std::int64_t>::max());
  std::size_t count = std::min<std::size_t>(latency_count_, kLatencies);
  bool left_out = false;
  for (const std::int64_t latency : std::span(latencies_).first(count)) {
    if (latency == but_for && !left_out) {
      left_out = true;
      continue;
    }
    if (latency >= least.back()) continue;
    const auto after = std::upper_bound(least.begin(), least.end(), latency);
    std::move_backward(after, least.end() - 1, least.end());
    *after = latency;
  }
  if (left_out) --count;
  if (count < kLeastLatencies) return std::nullopt;
  return least[count / kTwentieth];
}

void DnsBook::note(const wire::Packet& packet, const dns::Message& message, DnsName of) {
  advance(packet.ts_ns);
  if (!is_followed(packet, message)) return;
  const DnsQuestion key = key_of(packet, message);
  const auto bucket = static_cast<std::uint32_t>(key_hash(key)) & (kBuckets - 1);
  std::uint32_t at = find(key, bucket);
  if (at == kEnd) {
    at = claim(key, bucket, packet.ts_ns);
    places_[at].question.of = of;
    asked_names_[at].assign(message.name);
  }
  DnsQuestion& open = places_[at].question;
  if (!message.response)
    take_query(open, packet, message);
  else if (packet.ts_ns - std::max(open.asked_ns, open.begun_ns) <= kWindow)
    take_answer(at, packet, message);
}

void DnsBook::take_query(DnsQuestion& open, const wire::Packet& packet,
                         const dns::Message& message) {
  if (open.queries != 0 && packet.ts_ns - open.asked_ns <= kCopy) return;
  if (open.queries == 0) {
    open.first_query = packet.frame;
    open.query_flags = message.bytes.be16(2);
    open.query_opt = has_opt(message);
  }
  open.asked_ns = packet.ts_ns;
  if (open.queries != 0xffff) ++open.queries;
}

// The same bytes once more are the resolver's, or the capture's, repetition.
void DnsBook::take_answer(std::uint32_t at, const wire::Packet& packet,
                          const dns::Message& message) {
  DnsQuestion& open = places_[at].question;
  Answers& answers = answers_[at];
  const std::uint64_t hash = dns_bytes_hash(message);
  for (const DnsAnswer& known : std::span(answers).first(open.answer_count))
    if (known.bytes_hash == hash) return;
  if (open.answers_seen != 0xffff) ++open.answers_seen;
  if (open.answer_count == answers.size()) return;
  DnsAnswer& answer = answers[open.answer_count++];
  read_dns_answer(packet, message, hash, answer);
  for (const IpAddress& address : answer.kept())
    if (is_odd(address, message.name.view())) places_[at].odd_address = true;
}

// An address that no resolver should answer with.
bool DnsBook::is_odd(const IpAddress& address, std::string_view name) const {
  return published_address(address) != nullptr ||
         (is_bogon(address, public_nets_) && is_public_name(name));
}

std::uint32_t DnsBook::find(const DnsQuestion& key, std::uint32_t bucket) const {
  std::uint32_t at = heads_[bucket];
  while (at != kEnd && !same_question(places_[at].question, key)) at = places_[at].next;
  return at;
}

// The place that is next in turn: a ring in use is larger than the caches near the processor.
[[gnu::always_inline]] inline void DnsBook::fetch(std::uint32_t at) const {
  if (at >= places_.size()) return;
  __builtin_prefetch(&places_[at]);
  __builtin_prefetch(&places_[at].odd_address);
  __builtin_prefetch(&asked_names_[at]);
  __builtin_prefetch(&answers_[at]);
}

std::uint32_t DnsBook::claim(const DnsQuestion& key, std::uint32_t bucket, std::int64_t now_ns) {
  if (open_ == 0) oldest_ = 0;
  if (open_ == kPending) close_oldest(now_ns);
  const std::uint32_t at = (oldest_ + open_) & (kPending - 1);
  ++open_;
  if (at == places_.size()) {
    places_.emplace_back();
    asked_names_.emplace_back();
    answers_.emplace_back();
  }
  fetch((at + 1) & (kPending - 1));
  Place& place = places_[at];
  place.question = key;
  place.question.begun_ns = now_ns;
  place.odd_address = false;
  place.bucket = bucket;
  place.next = heads_[bucket];
  heads_[bucket] = at;
  return at;
}

void DnsBook::close_oldest(std::int64_t now_ns) {
  const std::uint32_t at = oldest_;
  const Place& place = places_[at];
  std::uint32_t* link = &heads_[place.bucket];
  while (*link != at) link = &places_[*link].next;
  *link = place.next;
  close(at, now_ns - place.question.asked_ns >= kWindow);
  oldest_ = (at + 1) & (kPending - 1);
  fetch(oldest_);
  --open_;
}

void DnsBook::advance(std::int64_t now_ns) {
  while (open_ != 0 && now_ns - places_[oldest_].question.begun_ns > kLife) close_oldest(now_ns);
}

void DnsBook::finish(std::int64_t end_ns) {
  while (open_ != 0) close_oldest(end_ns);
}

void DnsBook::close(std::uint32_t at, bool had_time) {
  ++closed_;
  const DnsQuestion& question = places_[at].question;
  const bool odd = places_[at].odd_address || is_overfull(question);
  const bool misfit = is_sole(question) && learn(question, answers_[at][0], odd);
  if (question.of.watched) note_name(at, had_time);
  if (odd || misfit) keep_story(at);
}

bool DnsBook::learn(const DnsQuestion& question, const DnsAnswer& answer, bool odd) {
  ResolverHabit& habit = resolvers_.claim(question.resolver);
  if (odd) return false;
  habit.add(question, answer);
  if (habit.answers() > kLeastLatencies && !habit.used_ttl(answer.ttl, question.name_hash))
    return true;
  const auto latency = question.latency(answer);
  // The percentile does not rise by half within the answers since it was last computed.
  if (!latency || *latency * 3 >= habit.rough_fifth() * 2) return false;
  const auto usual = habit.fifth_percentile(*latency);
  return usual && *latency * 2 < *usual && *usual - *latency >= kEarlyBy;
}

void DnsBook::keep_story(std::uint32_t at) {
  if (stories_.size() == kStories) {
    ++forgotten_;
    return;
  }
  DnsTransaction& story = stories_.emplace_back();
  static_cast<DnsQuestion&>(story) = places_[at].question;
  story.name.assign(asked_names_[at]);
  if (const ResolverHabit* known = habit(story.resolver))
    story.addresses_before = known->addresses();
  std::copy_n(answers_[at].begin(), story.answer_count, story.answers.begin());
}

DnsNameRecord* DnsBook::name_record(std::uint32_t at) {
  const DnsQuestion& question = places_[at].question;
  const NameKey key{question.name_hash, question.client, question.resolver};
  if (const std::uint32_t* known = name_places_.find(key)) return &names_[*known];
  if (names_.size() == kNames) {
    ++forgotten_;
    return nullptr;
  }
  name_places_.claim(key) = static_cast<std::uint32_t>(names_.size());
  DnsNameRecord& made = names_.emplace_back();
  made.name_hash = question.name_hash;
  made.client = question.client;
  made.resolver = question.resolver;
  made.of = question.of;
  made.name.assign(asked_names_[at]);
  made.first_ns = question.begun_ns;
  return &made;
}

void DnsBook::note_name(std::uint32_t at, bool had_time) {
  const DnsQuestion& question = places_[at].question;
  const bool answered = question.answer_count != 0;
  if (!answered && (!had_time || question.queries == 0)) return;
  DnsNameRecord* record = name_record(at);
  if (record == nullptr) return;
  record->last_ns = question.begun_ns;
  ++record->asked;
  const DnsAnswer* answer = answered ? &answers_[at][question.answer_count - 1U] : nullptr;
  if (answer != nullptr && answer->rcode == dns_rcode::kNoError) {
    ++record->answered;
    record->last_good = answer->frame;
    const auto known = record->kept();
    if (answer->address_count != 0 && record->address_count < record->addresses.size() &&
        std::ranges::find(known, answer->addresses[0]) == known.end())
      record->addresses[record->address_count++] = answer->addresses[0];
    return;
  }
  if (answer == nullptr)
    ++record->unanswered;
  else if (answer->rcode == dns_rcode::kNoSuchName)
    ++record->no_such_name;
  else if (answer->rcode == dns_rcode::kServerFailure)
    ++record->server_failure;
  if (record->failure_count < record->failures.size())
    record->failures[record->failure_count++] =
        answer != nullptr ? answer->frame : question.first_query;
}

}  // namespace deadair::interference
