// The texts of -h and --version.
#pragma once

#include <string>

namespace deadair::cli {

std::string help_text();
// Printed when the program is called without arguments.
std::string short_help_text();
std::string version_text();

}  // namespace deadair::cli
