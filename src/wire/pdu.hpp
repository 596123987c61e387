// A protocol data unit on its way through the decoder, with the layer that has to read it next.
#pragma once

#include <algorithm>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "wire/packet.hpp"

namespace deadair::wire {

// Captured bytes together with their length on the wire, which is larger when the capture cut them.
struct Pdu {
  ByteView bytes;
  std::uint32_t wire_len = 0;

  // What follows the first `count` bytes.
  [[nodiscard]] constexpr Pdu from(std::size_t count) const {
    return {bytes.from(count),
            count < wire_len ? wire_len - static_cast<std::uint32_t>(count) : 0U};
  }
  // At most `count` bytes: what a length field leaves of a longer unit.
  [[nodiscard]] constexpr Pdu first(std::size_t count) const {
    return {bytes.first(count), static_cast<std::uint32_t>(std::min<std::size_t>(count, wire_len))};
  }
  // Why a header of `count` bytes cannot be read: never sent, or sent but not captured.
  [[nodiscard]] constexpr Undecoded missing(std::size_t count) const {
    return wire_len < count ? Undecoded::malformed : Undecoded::truncated;
  }
};

enum class Layer : std::uint8_t {
  stop,  // nothing below leads to IP; Step::reason says why
  ethernet,
  llc,  // IEEE 802.2
  ip,   // version told by the first nibble
  mpls,
  ppp,
  pppoe,
};

// What a link or tunnel header leads to.
struct Step {
  Layer layer = Layer::stop;
  Undecoded reason = Undecoded::not_ip;  // only meaningful for Layer::stop
  Pdu pdu;
};

constexpr Step go(Layer layer, Pdu pdu) { return {layer, Undecoded::none, pdu}; }
constexpr Step stop(Undecoded reason) { return {Layer::stop, reason, {}}; }
// A header of `count` bytes is not all there.
constexpr Step cut(Pdu pdu, std::size_t count) { return stop(pdu.missing(count)); }

}  // namespace deadair::wire
