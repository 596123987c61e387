// The bytes of a file, of standard input or of memory, as they are stored.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "bytes/byte_view.hpp"

namespace deadair::capture {

class ByteInput {
 public:
  virtual ~ByteInput() = default;

  // Reads at most out.size() bytes; 0 means the end, or an error that problem() names.
  virtual std::size_t read(std::span<std::uint8_t> out) = 0;
  // What went wrong while reading; empty when nothing did.
  [[nodiscard]] virtual std::string problem() const { return {}; }
  // Length in bytes; 0 when it is not known, as for a pipe.
  [[nodiscard]] virtual std::uint64_t size() const { return 0; }
  // True when opening it a second time yields the same bytes again.
  [[nodiscard]] virtual bool reopenable() const { return false; }
};

// Opens a file, or standard input for "-". A pipe ends once `stop` is true; `stop` must outlive the
// input. Throws Error when the file cannot be opened.
std::unique_ptr<ByteInput> open_input(const std::string& path, const std::atomic<bool>& stop);

// Reads from memory, which must outlive the input.
std::unique_ptr<ByteInput> memory_input(ByteView bytes);

}  // namespace deadair::capture
