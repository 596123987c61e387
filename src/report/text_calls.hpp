// The table of calls in the text output, with the course of each and what -v adds.
#pragma once

#include <span>
#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"
#include "report/top_calls.hpp"

namespace deadair::report {

struct CallTableOptions {
  bool detailed = false;        // more lines follow each call
  bool several_inputs = false;  // frame numbers need the name of their input
  bool brief = false;           // of each call its course and why alone
};

// How many calls came to which outcome, then for each of `calls`, which are in order of their
// start, its times, quality and outcome; below it why, between whom, and the timeline. Empty
// without calls.
std::string render_calls(std::span<const OwnedCall* const> calls, const OutcomeCounts& counts,
                         const CallTableOptions& options, const InputNames& names,
                         const Style& style);

}  // namespace deadair::report
