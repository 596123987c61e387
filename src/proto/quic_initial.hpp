// Removes the protection of a QUIC Initial packet (RFC 9001 sections 5.3 and 5.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"
#include "proto/quic_keys.hpp"
#include "proto/quic_packet.hpp"

namespace deadair::proto::quic {

// Longer Initials are not opened: they do not fit any path that is not a loopback.
inline constexpr std::size_t kMaxInitial = 16384;

struct Opened {
  std::uint64_t number = 0;
  ByteView frames;  // in the buffer given to open_initial
};

// Opens `packet` into `buffer`. `next_number` is one above the largest packet number known of this
// sender (0 at the start), from which the full number is found (RFC 9000 section A.3).
// `parsed`: the tag agrees. `truncated`: the capture cut the tag off; the frames are what these
// keys give and prove nothing. `not_this`: not sealed with these keys, or too short to tell.
ParseStatus open_initial(const Packet& packet, const Keys& keys, std::uint64_t next_number,
                         std::span<std::uint8_t> buffer, Opened& out);

}  // namespace deadair::proto::quic
