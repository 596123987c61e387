// One rule of the config: which packets, when, how many first, and what is done to them.
#pragma once

#include <string>
#include <vector>

#include "actions/action.hpp"
#include "match.hpp"

namespace deadair::middlebox {

class Rule {
 public:
  // `object` is an element of the config's "rules", `where` its place for messages.
  static Rule from(const Json& object, const std::string& where, std::uint64_t seed);

  // Puts the packet through the rule and writes into the memory what was done.
  Outcome treat(Transit& transit, Memory& memory, std::vector<Injection>& injections);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& type() const { return type_; }
  [[nodiscard]] const std::string& direction() const { return direction_; }
  // The action's object without its type.
  [[nodiscard]] const Json& params() const { return params_; }

 private:
  struct Window {
    std::int64_t from_ns = 0;
    std::int64_t until_ns = 0;  // exclusive
  };

  void read_windows(Fields& fields);
  void read_quotas(Fields& match);
  [[nodiscard]] bool in_time(std::int64_t now_ns) const;
  [[nodiscard]] bool looks_at(Way way) const;
  bool chooses(const Transit& transit, Memory& memory) const;
  bool quotas_used_up(const Transit& transit, Memory& memory) const;
  void note(const Transit& transit, Memory& memory, Outcome outcome, std::size_t injected) const;

  std::string name_, type_, direction_;
  Json params_;
  std::uint64_t seed_ = 0;
  std::uint64_t flows_ = 0;  // that the rule has acted on
  Match match_;
  ActionPtr action_;
  std::vector<Window> windows_;   // none: always
  bool up_ = true, down_ = true;  // which ways it acts
  bool sticky_ = false;
  bool first_only_ = false;
  std::uint64_t after_packets_ = 0;
  std::uint64_t after_bytes_ = 0;
  std::int64_t after_ns_ = 0;
};

}  // namespace deadair::middlebox
