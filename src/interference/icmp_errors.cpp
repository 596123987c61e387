// Sorts ICMP errors, and weighs what a filter refuses against what it lets pass.
#include "interference/icmp_errors.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "interference/evidence.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

using proto::icmp::ErrorKind;

constexpr std::int64_t kMinute = 60'000'000'000;
constexpr std::size_t kEnoughServers = 3, kEnoughAttempts = 2;

void add_frame(IcmpCase& entry, wire::FrameRef frame) {
  if (entry.frame_count < IcmpCase::kMostFrames) entry.frames[entry.frame_count++] = frame;
}

void add_client_port(IcmpCase& entry, std::uint16_t port) {
  const auto known = std::span(entry.client_ports).first(entry.client_port_count);
  if (entry.client_port_count < entry.client_ports.size() &&
      std::ranges::find(known, port) == known.end())
    entry.client_ports[entry.client_port_count++] = port;
}

// All that one device refuses one client of one application.
struct Refusals {
  std::vector<const IcmpCase*> cases;
  std::string_view app;
  bool known = false;
  bool answered = false;
  // What counts of them: servers that the application needed, and the sockets that asked those.
  std::set<IpAddress> servers_needed;
  std::set<std::uint16_t> attempts_needed;
  bool private_targets = false;  // some lie in private networks
  bool candidates = false;       // some were one of several ways of a call

  [[nodiscard]] std::uint64_t errors() const {
    std::uint64_t out = 0;
    for (const IcmpCase* one : cases) out += one->errors;
    return out;
  }
  [[nodiscard]] std::size_t servers() const {
    std::set<IpAddress> out;
    for (const IcmpCase* one : cases) out.insert(one->target);
    return out.size();
  }
  [[nodiscard]] bool udp() const {
    return std::ranges::all_of(
        cases, [](const IcmpCase* one) { return one->proto == wire::ip_proto::kUdp; });
  }
  [[nodiscard]] std::int64_t first_ns() const {
    return (*std::ranges::min_element(cases, {}, &IcmpCase::first_ns))->first_ns;
  }
  [[nodiscard]] std::int64_t last_ns() const {
    return (*std::ranges::max_element(cases, {}, &IcmpCase::last_ns))->last_ns;
  }
};

using Groups = std::map<std::tuple<IpAddress, IpAddress, std::string_view>, Refusals>;

// Nobody routes to private networks (RFC 1918, RFC 6598, RFC 4193), and ICE tries the addresses
// that a peer has in its own (RFC 8445 section 5.1.1.1): a refusal of those says nothing.
void weigh(const IcmpCase& entry, const IcmpContext& context, Refusals& group) {
  if (is_private(entry.target, context.public_nets)) {
    group.private_targets = true;
    return;
  }
  const auto needs = [&](std::uint16_t port) {
    const bool candidate = context.candidate && context.candidate(entry, port);
    group.candidates = group.candidates || candidate;
    if (!candidate) group.servers_needed.insert(entry.target);
    return !candidate;
  };
  if (entry.client_port_count == 0) needs(0);
  for (const std::uint16_t port : std::span(entry.client_ports).first(entry.client_port_count))
    if (needs(port)) group.attempts_needed.insert(port);
}

Groups groups_of(const IcmpBook& book, const IcmpContext& context) {
  Groups out;
  for (const IcmpCase& entry : book.cases()) {
    if (entry.kind != ErrorKind::prohibited || entry.from_target()) continue;
    const auto of = context.refused ? context.refused(entry) : IcmpContext::Refused{};
    Refusals& group = out[{entry.source, entry.client, of.app}];
    group.cases.push_back(&entry);
    group.app = of.app;
    group.known = group.known || of.known;
    group.answered = group.answered || of.answered;
    weigh(entry, context, group);
  }
  return out;
}

struct Controls {
  std::uint64_t any = 0, udp = 0;
};

Controls controls_of(const Refusals& group, const IcmpContext& context) {
  if (!context.answered) return {};
  const IpAddress& client = group.cases.front()->client;
  const std::int64_t from = group.first_ns() - kMinute, to = group.last_ns() + kMinute;
  return {context.answered(client, from, to, false), context.answered(client, from, to, true)};
}

Level level_of(const Refusals& group, const Controls& controls, bool near) {
  if (group.app.empty() || !group.known || group.answered || controls.any == 0 ||
      group.servers_needed.empty())
    return Level::observed;
  const bool often = group.servers_needed.size() >= kEnoughServers ||
                     group.attempts_needed.size() >= kEnoughAttempts;
  const std::uint64_t alike = group.udp() ? controls.udp : controls.any;
  return often && alike != 0 && !near ? Level::likely : Level::anomalous;
}

void add_alternatives(const Refusals& group, const Controls& controls, bool near,
                      Evidence& evidence) {
  const IcmpCase& first = *group.cases.front();
  evidence.alternative("local_firewall", false,
                       near ? fmt::format("{} is a private address: likely in the user's network",
                                          to_string(first.source))
                            : "where the device stands is not known from its address alone");
  evidence.alternative("udp_blocked", controls.udp != 0 || !group.udp(),
                       controls.udp != 0
                           ? answered(controls.udp, "other UDP flow", "other UDP flows")
                       : group.udp() ? "no other UDP flow was answered"
                                     : "it is not UDP that is refused");
  evidence.alternative("everything_refused", controls.any != 0,
                       controls.any != 0 ? answered(controls.any, "other flow", "other flows")
                                         : "no other flow was answered");
  if (group.private_targets)
    evidence.alternative("private_target", !group.servers_needed.empty(),
                         "nobody routes to private networks, where a peer may have addresses");
  if (group.candidates)
    evidence.alternative(
        "call_candidate", !group.servers_needed.empty(),
        "a call tries many ways at once, and these were of one that found another, "
        "or led to a peer");
  evidence.alternative("refused_by_server", true, "the error is another device's");
  evidence.alternative("forged_error", group.known,
                       group.known ? "the packet that it quotes was captured"
                                   : "the packet that it quotes was not captured");
}

std::string sentence(const Refusals& group) {
  const IcmpCase& first = *group.cases.front();
  return fmt::format(
      "{} says {} times that packets of {} to {} port {}{} are prohibited (ICMP type {} code {}).",
      to_string(first.source), group.errors(), to_string(first.client),
      first.proto == wire::ip_proto::kTcp   ? "TCP"
      : first.proto == wire::ip_proto::kUdp ? "UDP"
                                            : "IP",
      first.target_port,
      group.servers() > 1 ? fmt::format(" of {} servers", group.servers())
                          : fmt::format(" of {}", to_string(first.target)),
      first.type, first.code);
}

Finding finding_of(const Refusals& group, const IcmpContext& context) {
  // A device with a private address stands in the user's network more often than the operator's.
  const bool near = is_private(group.cases.front()->source, context.public_nets);
  const Controls controls = controls_of(group, context);
  Evidence evidence;
  for (const IcmpCase* one : group.cases)
    for (std::size_t i = 0; i < one->frame_count; ++i) evidence.show(one->frames[i]);
  evidence.events(group.errors());
  evidence.add(
      Clue::icmp_prohibited,
      fmt::format("{} errors of {}", group.errors(), to_string(group.cases.front()->source)),
      group.cases.front()->frames[0]);
  if (controls.any != 0)
    evidence.add(Clue::control_other_flows,
                 fmt::format("{} flows, {} of them UDP", controls.any, controls.udp),
                 group.cases.front()->frames[0]);
  evidence.decide(level_of(group, controls, near));
  evidence.limit(context.gates);
  add_alternatives(group, controls, near, evidence);
  Finding out = evidence.finding("ICMP.ADMIN");
  out.app = group.app;
  out.baseline.ttl.push_back(group.cases.front()->source_ttl);
  out.rules = kIcmpRules;
  out.text = sentence(group);
  return out;
}

}  // namespace

std::uint64_t IcmpBook::KeyHash::operator()(const Key& key) const {
  std::uint64_t hash = key.source.low ^ key.source.high;
  for (const std::uint64_t part :
       {key.client.low ^ key.client.high, key.target.low ^ key.target.high,
        std::uint64_t{key.port} << 24 | std::uint64_t{key.type_code} << 8 | key.proto})
    hash = (hash ^ part) * 0x9e37'79b9'7f4a'7c15;
  return hash >> 32;
}

void IcmpBook::note(const wire::Packet& packet) {
  const bool v4 = packet.proto == wire::ip_proto::kIcmp;
  if (!v4 && packet.proto != wire::ip_proto::kIcmp6) return;
  proto::icmp::Error error;
  const auto type = static_cast<std::uint8_t>(packet.src_port);
  const auto code = static_cast<std::uint8_t>(packet.dst_port);
  if (!packet.one_way || proto::icmp::parse_error(v4 ? 4 : 6, type, code, packet.payload, error) !=
                             ParseStatus::parsed)
    return;
  // An error goes to the sender of what it quotes; a NAT on the way may have changed both.
  if (error.kind == ErrorKind::other || error.src != packet.dst) return;
  if (IcmpCase* entry = claim(packet, error)) {
    ++entry->errors;
    entry->last_ns = packet.ts_ns;
    if (error.mtu != 0) entry->mtu = entry->mtu == 0 ? error.mtu : std::min(entry->mtu, error.mtu);
    if (error.has_ports) add_client_port(*entry, error.src_port);
    add_frame(*entry, packet.frame);
  }
}

IcmpCase* IcmpBook::claim(const wire::Packet& packet, const proto::icmp::Error& error) {
  const Key key{packet.src,
                error.src,
                error.dst,
                error.dst_port,
                static_cast<std::uint16_t>(error.type << 8 | error.code),
                error.proto};
  if (const std::uint32_t* known = places_.find(key)) return &cases_[*known];
  if (cases_.size() == kMostCases) {
    ++forgotten_;
    return nullptr;
  }
  places_.claim(key) = static_cast<std::uint32_t>(cases_.size());
  IcmpCase& made = cases_.emplace_back();
  made.source = packet.src;
  made.client = error.src;
  made.target = error.dst;
  made.target_port = error.dst_port;
  made.proto = error.proto;
  made.type = error.type;
  made.code = error.code;
  made.source_ttl = packet.ttl;
  made.kind = error.kind;
  made.first_ns = packet.ts_ns;
  return &made;
}

std::optional<std::uint32_t> IcmpBook::path_mtu(const IpAddress& target) const {
  std::optional<std::uint32_t> least;
  for (const IcmpCase& entry : cases_)
    if (entry.target == target && entry.kind == ErrorKind::too_big)
      least = std::min(least.value_or(entry.mtu), entry.mtu);
  return least;
}

bool IcmpBook::refused(const IpAddress& target, std::uint16_t port, std::uint8_t proto) const {
  return std::ranges::any_of(cases_, [&](const IcmpCase& entry) {
    return entry.kind == ErrorKind::port_closed && entry.from_target() && entry.target == target &&
           entry.target_port == port && entry.proto == proto;
  });
}

std::uint64_t IcmpBook::loops(const IpAddress& target) const {
  std::uint64_t count = 0;
  for (const IcmpCase& entry : cases_)
    if (entry.kind == ErrorKind::time_exceeded && entry.target == target) count += entry.errors;
  return count;
}

std::vector<Finding> judge_icmp(const IcmpBook& book, const IcmpContext& context) {
  std::vector<Finding> out;
  for (const auto& [key, group] : groups_of(book, context))
    out.push_back(finding_of(group, context));
  return out;
}

}  // namespace deadair::interference
