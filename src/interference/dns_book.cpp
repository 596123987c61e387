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
bool same_question(const DnsTransaction& a, const DnsTransaction& b) {
  return a.id == b.id && a.client_port == b.client_port && a.qtype == b.qtype &&
         a.name_hash == b.name_hash && a.client == b.client && a.resolver == b.resolver;
}

// Which question a message belongs to; false when it is none that is followed.
bool key_of(const wire::Packet& packet, const dns::Message& message, DnsTransaction& out) {
  constexpr std::uint8_t kQuery = 0;
  if (packet.proto != kUdp || message.opcode != kQuery || message.questions != 1) return false;
  const bool answer = message.response;
  if ((answer ? packet.src_port : packet.dst_port) != dns::kPort) return false;
  if (packet.dst.multicast()) return false;
  out.client = answer ? packet.dst : packet.src;
  out.resolver = answer ? packet.src : packet.dst;
  out.client_port = answer ? packet.dst_port : packet.src_port;
  out.id = message.id;
  out.qtype = message.qtype;
  out.name_hash = dns_name_hash(message.name.view());
  return true;
}

bool is_sole(const DnsTransaction& transaction) {
  return transaction.answers_seen == 1 && transaction.queries <= 1;
}

}  // namespace

void ResolverHabit::add(const DnsTransaction& question, const DnsAnswer& answer) {
  ++answers_;
  if (answer.rcode == dns_rcode::kNoError) ++good_;
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

void ResolverHabit::add_ttl(const DnsTransaction& question, const DnsAnswer& answer) {
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
  constexpr std::uint64_t kOften = 16;
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

std::optional<std::int64_t> ResolverHabit::fifth_percentile(std::int64_t but_for) const {
  std::size_t count = std::min<std::size_t>(latency_count_, kLatencies);
  auto sorted = latencies_;
  const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(count);
  if (const auto own = std::find(sorted.begin(), end, but_for); own != end) {
    std::rotate(own, own + 1, end);
    --count;
  }
  if (count < kLeastLatencies) return std::nullopt;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(count / 20);
  std::nth_element(sorted.begin(), at, sorted.begin() + static_cast<std::ptrdiff_t>(count));
  return *at;
}

void DnsBook::note(const wire::Packet& packet, const dns::Message& message, DnsName of) {
  advance(packet.ts_ns);
  DnsTransaction key;
  if (!key_of(packet, message, key)) return;
  if (message.response && packet.truncated) return;
  DnsTransaction* open = find(key);
  if (open == nullptr) {
    open = &claim(key, packet.ts_ns);
    open->name = message.name;
    open->of = of;
  }
  if (!message.response)
    take_query(*open, packet, message);
  else if (packet.ts_ns - std::max(open->asked_ns, open->begun_ns) <= kWindow)
    take_answer(*open, dns_answer_of(packet, message));
}

void DnsBook::take_query(DnsTransaction& open, const wire::Packet& packet,
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
void DnsBook::take_answer(DnsTransaction& open, const DnsAnswer& answer) {
  for (const DnsAnswer& known : open.kept())
    if (known.bytes_hash == answer.bytes_hash) return;
  if (open.answers_seen != 0xffff) ++open.answers_seen;
  if (open.answer_count < DnsTransaction::kMostAnswers) open.answers[open.answer_count++] = answer;
}

std::uint32_t DnsBook::bucket_of(const DnsTransaction& key) {
  const std::uint64_t ports =
      std::uint64_t{key.client_port} << 32 | std::uint64_t{key.id} << 8 | key.qtype;
  return static_cast<std::uint32_t>((key.name_hash ^ ports * 0x9e37'79b9'7f4a'7c15) >> 20) &
         (kPending - 1);
}

DnsTransaction* DnsBook::find(const DnsTransaction& key) {
  for (std::uint32_t at = heads_[bucket_of(key)]; at != kEnd; at = places_[at].next)
    if (same_question(places_[at].transaction, key)) return &places_[at].transaction;
  return nullptr;
}

DnsTransaction& DnsBook::claim(const DnsTransaction& key, std::int64_t now_ns) {
  if (open_ == 0) oldest_ = 0;
  if (open_ == kPending) close_oldest(now_ns);
  const std::uint32_t at = (oldest_ + open_) & (kPending - 1);
  ++open_;
  if (at == places_.size()) places_.emplace_back();
  Place& place = places_[at];
  place.transaction = key;
  place.transaction.begun_ns = now_ns;
  place.bucket = bucket_of(key);
  place.next = heads_[place.bucket];
  heads_[place.bucket] = at;
  return place.transaction;
}

void DnsBook::close_oldest(std::int64_t now_ns) {
  Place& place = places_[oldest_];
  std::uint32_t* link = &heads_[place.bucket];
  while (*link != oldest_) link = &places_[*link].next;
  *link = place.next;
  close(place.transaction, now_ns - place.transaction.asked_ns >= kWindow);
  oldest_ = (oldest_ + 1) & (kPending - 1);
  --open_;
}

void DnsBook::advance(std::int64_t now_ns) {
  while (open_ != 0 && now_ns - places_[oldest_].transaction.begun_ns > kLife) close_oldest(now_ns);
}

void DnsBook::finish(std::int64_t end_ns) {
  while (open_ != 0) close_oldest(end_ns);
}

void DnsBook::close(const DnsTransaction& transaction, bool had_time) {
  ++closed_;
  const bool odd = suspicious(transaction);
  if (is_sole(transaction)) {
    ResolverHabit& habit = resolvers_.claim(transaction.resolver);
    if (!odd) habit.add(transaction, transaction.answers[0]);
  }
  if (transaction.of.watched) note_name(transaction, had_time);
  const ResolverHabit* habit = resolvers_.find(transaction.resolver);
  if (!odd && is_sole(transaction) && habit != nullptr) {
    const DnsAnswer& answer = transaction.answers[0];
    const auto latency = transaction.latency(answer);
    const bool may_be = latency && *latency < habit->rough_fifth();
    const auto usual = may_be ? habit->fifth_percentile(*latency) : std::nullopt;
    const bool early = usual && latency && *latency * 2 < *usual && *usual - *latency >= kEarlyBy;
    const bool strange =
        habit->answers() > kLeastLatencies && !habit->used_ttl(answer.ttl, transaction.name_hash);
    if (!early && !strange) return;
  } else if (!odd) {
    return;
  }
  if (stories_.size() < kStories)
    stories_.push_back(transaction);
  else
    ++forgotten_;
}

// More answers than questions, or an answer that no resolver should give.
bool DnsBook::suspicious(const DnsTransaction& transaction) const {
  if (transaction.answers_seen >= 2 && transaction.answers_seen > transaction.queries) return true;
  const bool is_public = is_public_name(transaction.name.view());
  for (const DnsAnswer& answer : transaction.kept())
    for (const IpAddress& address : answer.kept())
      if (published_address(address) != nullptr || (is_public && is_bogon(address, public_nets_)))
        return true;
  return false;
}

DnsNameRecord* DnsBook::name_record(const DnsTransaction& transaction) {
  const NameKey key{transaction.name_hash, transaction.client, transaction.resolver};
  if (const std::uint32_t* known = name_places_.find(key)) return &names_[*known];
  if (names_.size() == kNames) {
    ++forgotten_;
    return nullptr;
  }
  name_places_.claim(key) = static_cast<std::uint32_t>(names_.size());
  DnsNameRecord& made = names_.emplace_back();
  made.name_hash = transaction.name_hash;
  made.client = transaction.client;
  made.resolver = transaction.resolver;
  made.of = transaction.of;
  made.name = transaction.name;
  made.first_ns = transaction.begun_ns;
  return &made;
}

void DnsBook::note_name(const DnsTransaction& transaction, bool had_time) {
  const bool answered = transaction.answer_count != 0;
  if (!answered && (!had_time || transaction.queries == 0)) return;
  DnsNameRecord* record = name_record(transaction);
  if (record == nullptr) return;
  record->last_ns = transaction.begun_ns;
  ++record->asked;
  const DnsAnswer* answer = answered ? &transaction.answers[transaction.answer_count - 1] : nullptr;
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
        answer != nullptr ? answer->frame : transaction.first_query;
}

}  // namespace deadair::interference
