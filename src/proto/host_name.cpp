// Checks host names (RFC 1123 section 2.1, with the underscore that DNS names use).
#include "proto/host_name.hpp"

#include <algorithm>

namespace deadair::proto {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

}  // namespace

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), is_host_character);
}

}  // namespace deadair::proto
