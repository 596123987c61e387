// The packets of a finding as text: runs of consecutive frames, and how many more there are.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/records.hpp"

namespace deadair::report {

// "frames 1201-1288, 2977 and 12 more" in at most `width` columns, but always the first run; frames
// of another input than `home` name it: "frame 12 of b.pcap". Empty without frames.
std::string frame_ranges(std::span<const Frame> frames, std::uint32_t home, const InputNames& names,
                         std::size_t width);

}  // namespace deadair::report
