// Writes the excerpt of a capture that shows what its findings and calls rest on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capture/open.hpp"
#include "capture/packet_source.hpp"
#include "pipeline/evidence_notes.hpp"
#include "pipeline/run.hpp"

namespace deadair::pipeline {

struct EvidenceRequest {
  std::string path;
  RunOptions run;  // as the capture was read with
  capture::ReadOptions reading;
  std::string hint;  // how deadair must be called to see the same: "--public-net 198.18.0.0/15"
  // Opens files (capture::open_files, or a source that can be interrupted as well).
  std::function<std::unique_ptr<capture::PacketSource>(const std::vector<std::string>&,
                                                       const capture::ReadOptions&)>
      open;
  std::function<bool()> interrupted;
};

struct EvidenceResult {
  bool written = false;
  std::uint64_t packets = 0;
  std::uint64_t named = 0;           // of them, with a comment
  std::uint64_t calls_left_out = 0;  // for want of room
  std::string problem;               // one line when it is not written: the reason
  std::string notice;  // one line when it is, but does not say all that the capture does
};

// Reads `inputs`, which a run has just read to the `notes`, twice more: for the packets that
// findings name, and to copy. What is written is read in its turn before it gets its name: if it
// said more than the whole capture, or nothing of what was found, it is chosen anew with a larger
// budget, and given up if even that says more. Throws Error when the file cannot be written.
EvidenceResult write_evidence(const EvidenceNotes& notes,
                              const std::vector<capture::InputSummary>& inputs,
                              const EvidenceRequest& request);

}  // namespace deadair::pipeline
