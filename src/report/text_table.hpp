// The table of flows in the text output, and what -v adds to each.
#pragma once

#include <span>
#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"

namespace deadair::report {

struct TableOptions {
  bool detailed = false;        // more lines follow each flow
  bool several_inputs = false;  // frame numbers need the name of their input
};

// Two lines of titles, then for each flow its application, service and media, transport, bytes,
// duration and ends; below them how sure that is, and the signals that decided.
std::string render_table(std::span<const Flow* const> flows, const TableOptions& options,
                         const InputNames& names, const Style& style);

}  // namespace deadair::report
