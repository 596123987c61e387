// A first look at every input: is it a capture, and when does it begin?
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "capture/file_reader.hpp"
#include "capture/input_list.hpp"
#include "capture/packet_source.hpp"

namespace deadair::capture {

// A capture with at least one packet.
struct WaitingInput {
  std::string name;
  std::uint64_t size = 0;  // stored bytes; 0 when unknown
  wire::RawPacket first;   // its bytes are only valid while `reader` is held
  std::unique_ptr<FileReader>
      reader;  // a pipe, which cannot be opened again, stays open; else null
};

struct InputScan {
  std::deque<WaitingInput> waiting;     // by time of the first packet, then in the user's order
  std::vector<InputSummary> leftovers;  // captures without packets, and what could not be read
  std::uint64_t skipped_files = 0;      // in directories, not captures
  std::uint64_t bytes_total = 0;        // 0 when the size of any is unknown
};

// Looks at all files and directories of `paths`. Throws Error when none of them could be read.
// `stop` ends reading from pipes and must outlive the readers.
InputScan scan_inputs(const std::vector<std::string>& paths, const std::atomic<bool>& stop);

// What a reader that has come to its end, or is given up, has to say about its file.
void conclude(const FileReader& reader, InputSummary& summary);

}  // namespace deadair::capture
