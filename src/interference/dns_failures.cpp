// Compares the answers to watched names between resolvers, and with the networks of their apps.
#include "interference/dns_failures.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "interference/data/dns_addresses.hpp"
#include "interference/evidence.hpp"

namespace deadair::interference {
namespace {

constexpr std::uint32_t kLeastFailures = 3;
constexpr std::uint64_t kLeastOthers = 3;

bool is_good(const IpAddress& address, std::span<const IpPrefix> public_nets) {
  return !is_bogon(address, public_nets) && published_address(address) == nullptr;
}

void fill(const DnsBook& book, const DnsNameRecord& record, Finding& out, std::string text) {
  out.app = record.of.app;
  out.trigger = Trigger{TriggerType::dns_q,
                        std::string(record.name.view()),
                        true,
                        out.frames.empty() ? wire::FrameRef() : out.frames.front(),
                        record.first_ns,
                        0};
  out.tests = book.closed();
  out.rules = kDnsRules;
  out.text = std::move(text);
}

struct Failure {
  std::string_view id, word;
  std::uint32_t count = 0;
};

// The most frequent way in which a name failed; one that succeeded with the resolver failed not.
Failure failure_of(const DnsNameRecord& record) {
  const std::array<Failure, 3> kinds = {{{"DNS.NXDIFF", "no such name", record.no_such_name},
                                         {"DNS.SERVFAIL", "server failure", record.server_failure},
                                         {"DNS.NOANS", "no answer", record.unanswered}}};
  const Failure most = *std::ranges::max_element(kinds, {}, &Failure::count);
  return record.answered == 0 && most.count >= kLeastFailures ? most : Failure{};
}

void judge_failure(const DnsBook& book, const DnsContext& context, const DnsNameRecord& record,
                   std::vector<Finding>& out) {
  const Failure failure = failure_of(record);
  const ResolverHabit* habit = book.habit(record.resolver);
  if (failure.count == 0 || habit == nullptr || habit->good_answers() < kLeastOthers) return;
  const DnsNameRecord* control = good_control_of(book, record.name_hash, record.resolver);
  Evidence evidence;
  for (std::size_t i = 0; i < record.failure_count; ++i) evidence.show(record.failures[i]);
  evidence.events(failure.count);
  evidence.limit(context.gates);
  if (control != nullptr)
    evidence.add(Clue::name_control,
                 fmt::format("{} answers {}", to_string(control->resolver),
                             to_string(control->addresses[0])),
                 control->last_good);
  evidence.decide(control != nullptr ? Level::anomalous : Level::observed);
  evidence.alternative("resolver_outage", true,
                       fmt::format("it gave {} answers to other names", habit->good_answers()));
  evidence.alternative(
      "name_gone", control != nullptr,
      control != nullptr ? "another resolver answers for it" : "no other resolver was asked");
  evidence.alternative("refused_by_server", false,
                       "the name's own servers may refuse to answer this resolver");
  evidence.alternative("local_filter", false, "a filter that the user chose answers like this");
  fill(book, record, out.emplace_back(evidence.finding(failure.id)),
       fmt::format("{} failed {} times with {} ({}), while it answers for other names.",
                   record.name.view(), failure.count, to_string(record.resolver), failure.word));
}

// Was the name given an address in its app's networks elsewhere, to the same client?
bool inside_elsewhere(const DnsBook& book, const DnsContext& context, const DnsNameRecord& record) {
  return std::ranges::any_of(book.names(), [&](const DnsNameRecord& other) {
    return other.name_hash == record.name_hash && other.client == record.client &&
           std::ranges::any_of(other.kept(), [&](const IpAddress& address) {
             return context.in_network(record.of.app, address);
           });
  });
}

void judge_network(const DnsBook& book, const DnsContext& context, const DnsNameRecord& record,
                   std::vector<Finding>& out) {
  if (!context.in_network || record.of.app.empty()) return;
  const auto outside = std::ranges::find_if(record.kept(), [&](const IpAddress& address) {
    return !context.in_network(record.of.app, address);
  });
  if (outside == record.kept().end() || !inside_elsewhere(book, context, record)) return;
  Evidence evidence;
  evidence.show(record.last_good);
  evidence.limit(context.gates);
  evidence.decide(is_good(*outside, book.public_nets()) ? Level::observed : Level::anomalous);
  evidence.alternative("delivery_network", false,
                       "applications also use servers in the networks of others");
  fill(book, record, out.emplace_back(evidence.finding("DNS.WRONGNET")),
       fmt::format("{} was given {}, outside the networks of {}, and addresses inside elsewhere.",
                   record.name.view(), to_string(*outside), record.of.app));
}

}  // namespace

const DnsNameRecord* good_control_of(const DnsBook& book, std::uint64_t name_hash,
                                     const IpAddress& but_resolver) {
  for (const DnsNameRecord& record : book.names()) {
    if (record.name_hash != name_hash || record.resolver == but_resolver) continue;
    if (record.address_count != 0 && std::ranges::all_of(record.kept(), [&](const IpAddress& one) {
          return is_good(one, book.public_nets());
        }))
      return &record;
  }
  return nullptr;
}

void judge_names(const DnsBook& book, const DnsContext& context, std::vector<Finding>& out) {
  for (const DnsNameRecord& record : book.names()) {
    judge_failure(book, context, record, out);
    judge_network(book, context, record, out);
  }
}

}  // namespace deadair::interference
