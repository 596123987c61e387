// The one line on a terminal that tells how far a run is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "pipeline/run.hpp"

namespace deadair::cli {

// "42 %  1.2 GB of 2.8 GB  310 MB/s  1.9M packets/s  5.2 s left" for files, without the parts that
// are not known; `seconds` since the start.
std::string file_progress(const pipeline::Progress& progress, double seconds);
// "48,112 packets  1200/s  0 dropped  612 flows"; `rate` in packets a second.
std::string live_progress(const pipeline::Progress& progress, double rate);

// Redraws at most five times a second, and takes the line away when it goes out of scope.
class ProgressLine {
 public:
  ProgressLine(bool enabled, bool live);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const pipeline::Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  void draw(const std::string& line);

  bool enabled_;
  bool live_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_draw_ = start_;
  std::uint64_t last_packets_ = 0;
};

}  // namespace deadair::cli
