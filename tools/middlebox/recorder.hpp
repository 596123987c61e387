// Writes frames to a capture file (pcap with nanoseconds, Ethernet).
#pragma once

#include <fstream>
#include <string>

#include "frame.hpp"

namespace deadair::middlebox {

class Recorder {
 public:
  // Throws Error when the file cannot be made.
  explicit Recorder(const std::string& path);
  void write(const Frame& frame, std::int64_t unix_ns);
  void flush() { file_.flush(); }

 private:
  void put(std::uint32_t value, std::size_t bytes);

  std::ofstream file_;
};

}  // namespace deadair::middlebox
