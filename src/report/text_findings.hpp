// The findings of the text output: each with its sentence, its packets, and what else could explain
// it.
#pragma once

#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"
#include "report/top_findings.hpp"

namespace deadair::report {

struct FindingListOptions {
  bool detailed = false;        // all levels, and the evidence of each
  bool several_inputs = false;  // frame numbers need the name of their input
  bool quiet = false;           // render_quiet() told of those that mean nothing
};

// That nothing points to interference, and what was only observed (without `detailed`, which lists
// it).
std::string render_quiet(const TopFindings& findings, bool detailed);

// How many findings there are of each level, then those of `findings` from anomalous up (all with
// `detailed`), then the others by id. A line where there are none but those, unless `quiet`. Empty
// without findings.
std::string render_findings(const TopFindings& findings, const FindingListOptions& options,
                            const InputNames& names, const Style& style);

}  // namespace deadair::report
