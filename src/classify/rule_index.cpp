// Suffix and prefix look-ups over the data tables of all classifiers.
#include "classify/rule_index.hpp"

#include <string>

#include "bytes/error.hpp"

namespace deadair::classify {

RuleIndex::RuleIndex(std::span<const Classifier* const> classifiers) {
  if (classifiers.size() > 64)
    throw Error("more than 64 classifiers: widen the bit sets of classify/");
  for (std::uint32_t i = 0; i < classifiers.size(); ++i) {
    const Info& info = classifiers[i]->info();
    for (const NameRule& rule : info.names) by_suffix_[rule.suffix].push_back({i, &rule});
    for (const NetworkRule& rule : info.networks) {
      Network network{{}, i};
      if (!parse_ip_prefix(rule.cidr, network.prefix))
        throw Error("classifier " + std::string(info.name) +
                    ": not a network: " + std::string(rule.cidr));
      add_network(network);
    }
    for (const ProtocolRule& rule : info.protocols) protocols_.push_back({i, &rule});
    if (info.media_signal != nullptr) media_ = {i, info.media_signal};
  }
}

void RuleIndex::add_network(const Network& network) {
  if (!network.prefix.address.is_v4()) {
    v6_.push_back(network);
    return;
  }
  const unsigned bits = network.prefix.bits;
  const std::uint32_t open = bits >= 8 ? 0 : 0xffU >> bits;  // bits of the first octet left open
  const std::uint32_t first = network.prefix.address.v4() >> 24 & ~open;
  const std::uint32_t last = first | open;
  for (std::uint32_t octet = first; octet <= last; ++octet) v4_[octet].push_back(network);
}

NameMatch RuleIndex::match_name(std::string_view host) const {
  const std::string_view label = host.substr(0, host.find('.'));
  for (std::string_view suffix = host; !suffix.empty();) {
    const auto found = by_suffix_.find(suffix);
    if (found != by_suffix_.end()) {
      NameMatch best;
      for (const NameMatch& match : found->second) {
        const std::string_view prefix = match.rule->label_prefix;
        if (!label.starts_with(prefix)) continue;
        if (best.rule == nullptr || prefix.size() > best.rule->label_prefix.size()) best = match;
      }
      if (best.rule != nullptr) return best;
    }
    const std::size_t dot = suffix.find('.');
    if (dot == std::string_view::npos) break;
    suffix.remove_prefix(dot + 1);
  }
  return {};
}

RuleIndex::ProtocolMatch RuleIndex::match_protocol(std::uint8_t proto) const {
  for (const ProtocolMatch& match : protocols_)
    if (match.rule->proto == proto) return match;
  return {};
}

std::uint64_t RuleIndex::networks_of(const IpAddress& address) const {
  const auto& candidates = address.is_v4() ? v4_[address.v4() >> 24] : v6_;
  std::uint64_t found = 0;
  for (const Network& network : candidates)
    if (network.prefix.contains(address)) found |= std::uint64_t{1} << network.classifier;
  return found;
}

}  // namespace deadair::classify
