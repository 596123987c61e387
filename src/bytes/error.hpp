// The one error type: thrown at the edges, caught once in main, printed as one line.
#pragma once

#include <stdexcept>
#include <string>

namespace deadair {

// Something the user can act on: an input that cannot be opened, an option that makes no sense.
// The message says what is wrong, which file or option, and what to do about it.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace deadair
