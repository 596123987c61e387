// The middlebox's config: the path it lies on, and its rules.
#include "config.hpp"

#include <fstream>

namespace deadair::middlebox {
namespace {

constexpr std::int64_t kMostHops = 64;

Path read_path(const Json& json) {
  Fields fields(json, "path");
  const std::int64_t delay_ns = fields.milliseconds("delay_ms", 0);
  const double position = fields.number("position", 0.5, 0, 1);
  const auto client_ns = static_cast<std::int64_t>(static_cast<double>(delay_ns) * position);
  Path path;
  path.client = {client_ns,
                 static_cast<std::uint8_t>(fields.integer("client_hops", 0, 0, kMostHops))};
  path.server = {delay_ns - client_ns,
                 static_cast<std::uint8_t>(fields.integer("server_hops", 0, 0, kMostHops))};
  fields.finish();
  return path;
}

}  // namespace

Config read_config(const Json& json, std::uint64_t seed) {
  Config config;
  Fields fields(json, "the file");
  if (const Json* path = fields.find("path"); path != nullptr) config.path = read_path(*path);
  if (const Json* rules = fields.find("rules"); rules != nullptr) {
    if (!rules->is_array()) fields.fail("rules", "must be a list [...]");
    for (std::size_t i = 0; i < rules->size(); ++i)
      config.rules.push_back(Rule::from((*rules)[i], "rules[" + std::to_string(i) + "]", seed));
  }
  fields.finish();
  return config;
}

Config read_config_file(const std::string& path, std::uint64_t seed) {
  std::ifstream file(path);
  if (!file) throw Error("cannot open the config " + path + ": check --config");
  try {
    return read_config(Json::parse(file), seed);
  } catch (const Json::parse_error& error) {
    throw Error("the config " + path + " is not JSON: " + error.what());
  }
}

}  // namespace deadair::middlebox
