// What each command of the program does.
#pragma once

#include "cli/options.hpp"

namespace deadair::cli {

// Runs the command and returns the exit status: 0 done, 3 when some input was read only in part.
// Throws Error when nothing could be done.
int run_command(const Options& options);

}  // namespace deadair::cli
