// Reads the members of a JSON object strictly: wrong types, ranges and unknown keys are errors.
#include "fields.hpp"

#include <algorithm>
#include <sstream>

namespace deadair::middlebox {
namespace {

constexpr double kDay = 86'400;

std::string written(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

Fields::Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object.is_object()) throw Error("config: " + where_ + " must be an object {...}");
}

const Json* Fields::find(const std::string& key) {
  known_.insert(key);
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const Json& Fields::need(const std::string& key) {
  const Json* value = find(key);
  if (value == nullptr) fail(key, "is missing");
  return *value;
}

double Fields::number(const std::string& key, std::optional<double> otherwise, double least,
                      double most) {
  const Json* value = find(key);
  if (value == nullptr && otherwise.has_value()) return *otherwise;
  if (value == nullptr) fail(key, "is missing");
  if (!value->is_number()) fail(key, "must be a number");
  const double read = value->get<double>();
  if (!(read >= least && read <= most))
    fail(key, "must lie from " + written(least) + " to " + written(most));
  return read;
}

std::int64_t Fields::integer(const std::string& key, std::optional<std::int64_t> otherwise,
                             std::int64_t least, std::int64_t most) {
  const Json* value = find(key);
  if (value != nullptr && !value->is_number_integer()) fail(key, "must be a whole number");
  const std::optional<double> real =
      otherwise.has_value() ? std::optional<double>(static_cast<double>(*otherwise)) : std::nullopt;
  return static_cast<std::int64_t>(
      number(key, real, static_cast<double>(least), static_cast<double>(most)));
}

std::int64_t Fields::milliseconds(const std::string& key, std::optional<double> otherwise) {
  return static_cast<std::int64_t>(number(key, otherwise, 0, kDay * 1e3) * 1e6);
}

std::int64_t Fields::seconds(const std::string& key, std::optional<double> otherwise) {
  return static_cast<std::int64_t>(number(key, otherwise, 0, kDay) * 1e9);
}

bool Fields::flag(const std::string& key, bool otherwise) {
  const Json* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) fail(key, "must be true or false");
  return value->get<bool>();
}

std::string Fields::text(const std::string& key, std::optional<std::string> otherwise) {
  const Json* value = find(key);
  if (value == nullptr && otherwise.has_value()) return *otherwise;
  if (value == nullptr) fail(key, "is missing");
  if (!value->is_string()) fail(key, "must be a text");
  return value->get<std::string>();
}

std::size_t Fields::choice(const std::string& key, const std::vector<std::string>& words,
                           std::size_t otherwise) {
  const std::string word = text(key, words[otherwise]);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string list;
  for (const std::string& one : words) list += (list.empty() ? "" : ", ") + one;
  fail(key, "is \"" + word + "\" and must be one of: " + list);
}

void Fields::finish() const {
  for (const auto& [key, value] : object_.items())
    if (!known_.contains(key)) fail(key, "is not known here");
}

void Fields::fail(const std::string& key, const std::string& what) const {
  throw Error("config: " + place(key) + " " + what);
}

std::string Fields::place(const std::string& key) const { return where_ + "." + key; }

}  // namespace deadair::middlebox
