// A run: packets from a source, through the flow table and the classifiers, to the report.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "capture/packet_source.hpp"
#include "interference/watch_list.hpp"
#include "report/records.hpp"

namespace deadair::pipeline {

// Seconds of packet time without a packet after which a flow ends (docs/decisions.md has the
// reasons).
struct Timeouts {
  double syn_s = 35;     // connection attempt without answer
  double tcp_s = 300;    // TCP otherwise
  double closed_s = 10;  // TCP after FIN from both sides or RST
  double udp_s = 60;     // UDP and everything without connections
  double media_s = 30;   // call flow that has carried media
};

struct RunOptions {
  Timeouts timeouts;
  std::uint64_t max_flows = 4'000'000;  // at least 1; at the bound the flow idle longest ends early
  bool witness = true;                  // ask nDPI
  std::vector<IpPrefix> public_nets;    // treat these documentation or private ranges as public
  interference::WatchList watch_list;   // names watched besides those of known applications
};

// What a run looks like from outside while it goes on.
struct Progress {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;        // begun so far
  std::uint64_t bytes_read = 0;   // of the files; 0 for live input
  std::uint64_t bytes_total = 0;  // 0 when unknown
  std::uint64_t kernel_drops = 0;
};

struct RunResult {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;
  std::vector<std::string> problems;  // one line each, for stderr; non-empty means exit status 3
};

// Reads `source` to its end and writes every record to `sink`. `on_progress` is called every few
// thousand packets, or when a live source has no more at hand; it returns false to stop early,
// which ends the run in order. While a live source is idle packet time goes on, 2 s late, so that
// flows leave when their time is up.
RunResult run(capture::PacketSource& source, const RunOptions& options, report::Sink& sink,
              const std::function<bool(const Progress&)>& on_progress);

}  // namespace deadair::pipeline
