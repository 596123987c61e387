// Every option of the program: its names, whether it takes a value, and what it sets.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace deadair::cli {

enum class Scope : std::uint8_t { both, read, live };

struct OptionEntry {
  const char* names;  // as Boost.Program_options has them: "long,short"
  bool takes_value;
  Scope scope;
  // `name` is how to call the option in a message.
  void (*apply)(Options& options, std::string_view name, const std::string& value);

  [[nodiscard]] std::string_view long_name() const {
    const std::string_view all = names;
    return all.substr(0, all.find(','));
  }
  // "--count", or "-c" where there is a short name.
  [[nodiscard]] std::string shown() const;
};

std::span<const OptionEntry> option_table();

}  // namespace deadair::cli
