// Words for what media is: bits, because a flow may carry several.
#pragma once

#include <cstdint>

namespace deadair::flow::media_kind {

inline constexpr std::uint8_t kVoice = 1, kVideo = 2, kUndecided = 4;

}  // namespace deadair::flow::media_kind
