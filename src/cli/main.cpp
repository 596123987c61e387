// The program: arguments in, exit status out, every error as one line.
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/options.hpp"
#include "report/utf8.hpp"

namespace {

constexpr int kFailed = 2;

int fail(const std::string& message) {
  fmt::print(stderr, "deadair: {}\n", deadair::report::printable(message));
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  try {
    if (arguments.empty()) {
      fmt::print(stderr, "{}", deadair::cli::short_help_text());
      return kFailed;
    }
    return deadair::cli::run_command(deadair::cli::parse_options(arguments));
  } catch (const deadair::Error& error) {
    return fail(error.what());
  } catch (const std::bad_alloc&) {
    return fail("out of memory; --max-flows lowers what is needed");
  } catch (const std::exception& error) {
    return fail(fmt::format("internal error: {}", error.what()));
  }
}
