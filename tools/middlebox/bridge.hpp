// Runs the engine between two interfaces until a signal ends it.
#pragma once

#include "engine.hpp"
#include "options.hpp"

namespace deadair::middlebox {

// Prints "ready" on standard output when both interfaces are open; SIGTERM or SIGINT end it in
// order. Throws Error when something is missing.
void run_bridge(const Options& options);

}  // namespace deadair::middlebox
