// Refuses to run anywhere but inside a lab.
#pragma once

#include <string>

namespace deadair::middlebox {

inline constexpr const char* kLabAlias = "deadair-lab";

// Throws Error unless this is root in a network namespace other than the machine's own.
void require_lab_namespace();
// Throws Error unless the interface exists in this namespace and carries the lab's alias.
void require_lab_interface(const std::string& interface);

}  // namespace deadair::middlebox
