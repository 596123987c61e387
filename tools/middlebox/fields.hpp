// Reads the members of a JSON object strictly: wrong types, ranges and unknown keys are errors.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "bytes/error.hpp"

namespace deadair::middlebox {

using Json = nlohmann::json;

class Fields {
 public:
  // `where` names the object in messages, like "rules[0].action".
  Fields(const Json& object, std::string where);

  // The member, marked as known; nullptr when absent or null.
  const Json* find(const std::string& key);
  const Json& need(const std::string& key);

  double number(const std::string& key, std::optional<double> otherwise, double least, double most);
  std::int64_t integer(const std::string& key, std::optional<std::int64_t> otherwise,
                       std::int64_t least, std::int64_t most);
  // `key` is in milliseconds or seconds; the answer in nanoseconds, at most a day.
  std::int64_t milliseconds(const std::string& key, std::optional<double> otherwise);
  std::int64_t seconds(const std::string& key, std::optional<double> otherwise);
  bool flag(const std::string& key, bool otherwise);
  std::string text(const std::string& key, std::optional<std::string> otherwise);
  // One of `words`; its place among them.
  std::size_t choice(const std::string& key, const std::vector<std::string>& words,
                     std::size_t otherwise);

  // Throws unless every member was asked for.
  void finish() const;
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;
  [[nodiscard]] std::string place(const std::string& key) const;

 private:
  const Json& object_;
  std::string where_;
  std::set<std::string> known_;
};

}  // namespace deadair::middlebox
