// Turns the paths a user names into the files to look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace deadair::capture {

struct InputPath {
  std::string name;
  bool from_directory = false;  // found there, not named by the user
  std::size_t argument = 0;     // which of the user's paths it came from
};

struct InputList {
  std::vector<InputPath> files;   // in the user's order; within a directory by name
  std::uint64_t not_regular = 0;  // sockets, pipes and devices met in directories
};

// Directories are searched to any depth; links to directories inside them are not followed.
InputList list_inputs(const std::vector<std::string>& paths);

}  // namespace deadair::capture
