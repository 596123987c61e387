// The middlebox's config: the path it lies on, and its rules.
#pragma once

#include <string>
#include <vector>

#include "rule.hpp"

namespace deadair::middlebox {

// The path has two legs, client to box and box to server; each delays and takes from the TTL.
struct Leg {
  std::int64_t delay_ns = 0;
  std::uint8_t hops = 0;
};

struct Path {
  Leg client, server;

  // The leg a packet crosses before it reaches the box, and the one behind it.
  [[nodiscard]] const Leg& before(Way way) const { return way == Way::up ? client : server; }
  [[nodiscard]] const Leg& behind(Way way) const { return before(back(way)); }
};

struct Config {
  Path path;
  std::vector<Rule> rules;
};

// Throws Error with the place of what is wrong.
Config read_config(const Json& json, std::uint64_t seed);
Config read_config_file(const std::string& path, std::uint64_t seed);

}  // namespace deadair::middlebox
