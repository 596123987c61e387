// Tables of the words in docs/schema.json.
#include "report/names.hpp"

#include <array>

#include <fmt/format.h>

namespace deadair::report {
namespace {

constexpr auto kProtocols = [] {
  std::array<std::string_view, 256> names{};
  names[0] = "hopopt";
  names[1] = "icmp";
  names[2] = "igmp";
  names[4] = "ipv4";
  names[6] = "tcp";
  names[8] = "egp";
  names[9] = "igp";
  names[17] = "udp";
  names[33] = "dccp";
  names[41] = "ipv6";
  names[46] = "rsvp";
  names[47] = "gre";
  names[50] = "esp";
  names[51] = "ah";
  names[58] = "ipv6-icmp";
  names[59] = "ipv6-nonxt";
  names[88] = "eigrp";
  names[89] = "ospfigp";
  names[97] = "etherip";
  names[103] = "pim";
  names[108] = "ipcomp";
  names[112] = "vrrp";
  names[115] = "l2tp";
  names[132] = "sctp";
  names[136] = "udplite";
  names[137] = "mpls-in-ip";
  return names;
}();

constexpr std::array<std::string_view, 6> kServices = {"other",    "text", "call",
                                                       "transfer", "web",  "tunnel"};
constexpr std::array<std::string_view, 3> kConfidences = {"guess", "likely", "certain"};
constexpr std::array<std::string_view, kCallOutcomes> kOutcomes = {
    "connected", "no_answer", "setup_failed", "one_way",
    "cut",       "degraded",  "cancelled",    "not_observable"};
constexpr std::array<std::string_view, kCallOutcomes> kOutcomeTexts = {
    "connected", "no answer", "set-up failed", "one way",
    "cut",       "degraded",  "cancelled",     "not observable"};
constexpr std::array<std::string_view, kLevels> kLevelNames = {
    "indeterminate", "observed", "anomalous", "likely", "confirmed_pattern"};
constexpr std::array<std::string_view, kVerdictOutcomes> kVerdicts = {
    "ok", "degraded", "blocked", "inconclusive", "not_observable"};
constexpr std::array<std::string_view, 3> kMedia = {"voice", "video", "undecided"};

}  // namespace

std::string_view protocol_name(std::uint8_t proto) { return kProtocols[proto]; }

std::string_view service_name(Service service) {
  return kServices[static_cast<std::size_t>(service)];
}

std::string_view confidence_name(Confidence confidence) {
  return kConfidences[static_cast<std::size_t>(confidence)];
}

std::string_view outcome_name(CallOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

std::string_view outcome_text(CallOutcome outcome) {
  return kOutcomeTexts[static_cast<std::size_t>(outcome)];
}

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::string_view level_text(Level level) {
  return level == Level::confirmed_pattern ? "confirmed pattern" : level_name(level);
}

std::string_view verdict_name(VerdictOutcome outcome) {
  return kVerdicts[static_cast<std::size_t>(outcome)];
}

std::string_view verdict_service_name(Service service) {
  return service == Service::call ? "calls" : service_name(service);
}

std::span<const std::string_view, 3> media_names() { return kMedia; }

std::string media_text(std::uint8_t bits) {
  std::string text;
  unsigned bit = 1;
  for (const std::string_view name : media_names()) {
    if ((bits & bit) != 0) text += fmt::format("{}{}", text.empty() ? "" : "+", name);
    bit <<= 1;
  }
  // All three at once would be the widest cell of a table and say the same.
  if ((bits & media::kUndecided) != 0 && bits != media::kUndecided) {
    text.erase(text.rfind('+'));
  }
  return text;
}

}  // namespace deadair::report
