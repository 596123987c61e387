// The SHA-256 of a file as it is stored, which names it in evidence.
#pragma once

#include <string>

namespace deadair::capture {

// 64 hexadecimal digits, those of `sha256sum PATH`. Throws Error when the file cannot be read.
std::string sha256_of(const std::string& path);

}  // namespace deadair::capture
