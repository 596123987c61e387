// The command line.
#pragma once

#include <cstdint>
#include <string>

namespace deadair::middlebox {

struct Options {
  bool help = false;
  std::string left, right;    // interfaces
  std::string config, truth;  // files
  std::string record;         // capture of the client's side of the box; empty: none
  std::string record_server;  // of the server's side
  std::uint64_t seed = 0;
};

// Throws Error when an option is unknown, wrong or missing.
Options parse_options(int argc, char** argv);
std::string usage();

}  // namespace deadair::middlebox
