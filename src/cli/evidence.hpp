// The step after a run that writes the excerpt asked for by -o evidence.
#pragma once

#include "capture/packet_source.hpp"
#include "cli/options.hpp"
#include "pipeline/evidence_notes.hpp"

namespace deadair::cli {

// Returns false when it could not be written, and says why on standard error.
bool write_evidence(const Options& options, const pipeline::EvidenceNotes& notes,
                    const capture::PacketSource& source);

}  // namespace deadair::cli
