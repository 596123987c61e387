// The lines that -v adds below a flow in the text output.
#pragma once

#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"

namespace deadair::report {

// "frame 12", or "frame 12 of b.pcap" when it lies in another input than `home`.
std::string frame_text(Frame frame, std::uint32_t home, const InputNames& names);

// Ends in full if `with_ends`, extent, TCP facts, closings, media streams, witness and Community
// ID, as far as known.
std::string render_detail(const Flow& flow, bool with_ends, const InputNames& names,
                          const Style& style);

}  // namespace deadair::report
