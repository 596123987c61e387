// All classifiers' names and networks in one look-up, so that another application costs no time per
// flow.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "classify/classifier.hpp"

namespace deadair::classify {

struct NameMatch {
  std::uint32_t classifier = 0;
  const NameRule* rule = nullptr;  // null: no application knows the name
};

class RuleIndex {
 public:
  explicit RuleIndex(std::span<const Classifier* const> classifiers);

  // The rule with the longest suffix, then the longest label prefix. `host` in lower case, without
  // final dot.
  [[nodiscard]] NameMatch match_name(std::string_view host) const;
  // The rule for an IP protocol without ports.
  struct ProtocolMatch {
    std::uint32_t classifier = 0;
    const ProtocolRule* rule = nullptr;
  };
  [[nodiscard]] ProtocolMatch match_protocol(std::uint8_t proto) const;
  // The classifier that takes RTP flows nothing else explains; null signal: there is none.
  struct MediaMatch {
    std::uint32_t classifier = 0;
    const SignalInfo* signal = nullptr;
  };
  [[nodiscard]] MediaMatch media() const { return media_; }
  // Bit i is set when the address lies in a network of classifier i.
  [[nodiscard]] std::uint64_t networks_of(const IpAddress& address) const;

 private:
  struct Network {
    IpPrefix prefix;
    std::uint32_t classifier;
  };

  void add_network(const Network& network);

  std::unordered_map<std::string_view, std::vector<NameMatch>> by_suffix_;
  std::array<std::vector<Network>, 256> v4_;  // by first octet
  std::vector<Network> v6_;
  std::vector<ProtocolMatch> protocols_;
  MediaMatch media_;
};

}  // namespace deadair::classify
