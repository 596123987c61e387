// Opens what -o asks for and fans the records out to it.
#pragma once

#include <memory>
#include <vector>

#include "cli/options.hpp"
#include "pipeline/evidence_notes.hpp"
#include "report/fan_out.hpp"
#include "report/output.hpp"

namespace deadair::cli {

class Outputs {
 public:
  // Throws Error when a file cannot be opened, when two outputs would share one, or when an output
  // would replace an input. `names` outlives the object.
  Outputs(const Options& options, const report::InputNames& names);

  report::Sink& sink() { return *sink_; }
  // What the excerpt of the evidence is chosen by; null when none is asked for.
  [[nodiscard]] const pipeline::EvidenceNotes* evidence() const { return evidence_; }

  // Nobody is left to read any of it.
  [[nodiscard]] bool all_readers_gone() const;
  // Records appear on a terminal while the run goes on; a progress line would mix with them.
  [[nodiscard]] bool streams_to_terminal() const { return streams_to_terminal_; }
  // A text page goes to standard output, so no other summary is needed.
  [[nodiscard]] bool shows_page() const { return shows_page_; }

 private:
  std::unique_ptr<report::Sink> make_sink(const Options& options, const OutputRequest& request,
                                          const report::InputNames& names);
  std::unique_ptr<report::Sink> make_notes(const Options& options, const OutputRequest& request);
  report::Output& open(const Options& options, const OutputRequest& request);

  std::vector<std::unique_ptr<report::Output>> outputs_;
  std::unique_ptr<report::Sink> sink_;
  const pipeline::EvidenceNotes* evidence_ = nullptr;
  bool streams_to_terminal_ = false;
  bool shows_page_ = false;
};

}  // namespace deadair::cli
