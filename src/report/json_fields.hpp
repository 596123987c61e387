// Fields of a record that are left out when they do not apply.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "report/json_writer.hpp"

namespace deadair::report {

inline void number_if(JsonObject& record, std::string_view key, std::uint64_t value) {
  if (value != 0) record.number(key, value);
}

inline void text_if(JsonObject& record, std::string_view key, std::string_view value) {
  if (!value.empty()) record.text(key, value);
}

inline void fixed_if(JsonObject& record, std::string_view key, const std::optional<double>& value,
                     unsigned digits) {
  if (value) record.fixed(key, *value, digits);
}

}  // namespace deadair::report
