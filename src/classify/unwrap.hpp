// Takes off what a relay or a multiplexer wrapped around a call's datagrams.
#pragma once

#include <cstddef>

#include "bytes/byte_view.hpp"
#include "proto/stun.hpp"

namespace deadair::classify {

// What a datagram of a call holds once relay and multiplex frames are off.
struct Unwrapped {
  ByteView inner;
  std::size_t inner_len = 0;  // on the wire
  bool multiplexed = false;   // Microsoft multiplex frame (ff 10)
  bool relayed = false;       // ChannelData, or a Send or Data indication
  bool is_stun = false;       // `stun` holds the outermost STUN message
  proto::stun::Message stun;
};

// False for STUN messages that can hold no data: most of those of a running call.
bool may_hold_media(ByteView payload);

// Looks into a datagram of `wire_len` bytes. One layer of each kind is taken off, the multiplex
// frame first; what is not recognised stays as it is.
void unwrap(ByteView payload, std::size_t wire_len, Unwrapped& out);

}  // namespace deadair::classify
