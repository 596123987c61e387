// Decides whether a packet is one that a rule is about.
#pragma once

#include <optional>
#include <vector>

#include "bytes/ip_address.hpp"
#include "fields.hpp"
#include "sight.hpp"

namespace deadair::middlebox {

// The keys of a rule's "match" object that look at one packet or at its flow's ends; all that are
// given must hold.
class Match {
 public:
  static Match from(Fields& fields);

  [[nodiscard]] bool meets(const FlowState& flow, const Headers& headers, const Sight& sight) const;
  // The name that made meets() true; empty when no key is a name.
  [[nodiscard]] static std::string name_in(const Sight& sight);

 private:
  struct Range {
    std::int64_t least = 0, most = 0;
    [[nodiscard]] bool holds(std::int64_t value) const { return value >= least && value <= most; }
  };

  [[nodiscard]] bool meets_ends(const FlowState& flow) const;
  [[nodiscard]] bool meets_names(const Sight& sight) const;
  [[nodiscard]] bool meets_protocols(const Sight& sight) const;

  std::optional<std::string> proto_;
  std::optional<IpPrefix> client_net_, server_net_;
  std::optional<Range> server_port_;
  std::optional<std::string> sni_, host_, quic_sni_, dns_name_;
  bool stun_cookie_ = false;
  std::optional<int> stun_method_;
  std::optional<bool> dtls_, wireguard_, openvpn_, rtp_;
  Range size_{0, 1 << 20};
};

// True for `suffix` itself and for names below it; a leading "*" or "." of the suffix is ignored.
bool name_matches(std::string_view name, std::string_view suffix);

}  // namespace deadair::middlebox
