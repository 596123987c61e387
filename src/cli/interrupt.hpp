// Ends a run in order at the first SIGINT or SIGTERM, and at once at the second.
#pragma once

#include "capture/packet_source.hpp"

namespace deadair::cli {

// While an object lives, both signals ask `source` to stop. One at a time.
class Interrupt {
 public:
  explicit Interrupt(capture::PacketSource& source);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // A signal came since the last object was made.
  static bool came();
};

}  // namespace deadair::cli
