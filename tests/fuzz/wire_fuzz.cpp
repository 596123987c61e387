// Feeds the decoder frames of any link type: per frame 2 octets of link type, 2 of length, then its
// bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "wire/decoder.hpp"

namespace {

using namespace deadair;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const wire::RawPacket& raw, const wire::Packet& packet) {
  require(packet.ip_version == 4 || packet.ip_version == 6);
  require(packet.payload.size() <= packet.payload_len);
  require(packet.frames >= 1);
  require(packet.ts_ns == raw.ts_ns);
  // Reads the last octet of each view: a sanitizer sees one that has died.
  std::uint8_t last = 0;
  for (const ByteView view : {packet.ip, packet.payload, packet.tcp_options})
    if (!view.empty()) last = static_cast<std::uint8_t>(last ^ view.u8(view.size() - 1));
  volatile std::uint8_t sink = last;
  static_cast<void>(sink);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBudget = 1 << 16;
  constexpr std::uint32_t kCut = 100;  // an odd length field: the capture cut the frame
  wire::Decoder decoder(kBudget);
  ByteReader input{ByteView{data, size}};
  std::uint64_t frames = 0, accounted = 0;
  while (input.left() > 4) {
    wire::RawPacket raw;
    raw.link = input.be16();
    const std::uint16_t length = input.be16();
    raw.bytes = input.take(std::min<std::size_t>(length, input.left()));
    raw.wire_len = static_cast<std::uint32_t>(raw.bytes.size()) + (length % 2 != 0 ? kCut : 0);
    raw.frame = wire::FrameRef(0, ++frames);
    raw.ts_ns = static_cast<std::int64_t>(frames) * 1'000'000'000;
    wire::Packet packet;
    const wire::Undecoded reason = decoder.decode(raw, packet);
    require(wire::name(reason) != nullptr);
    if (reason == wire::Undecoded::none) check(raw, packet);
    if (reason == wire::Undecoded::none) accounted += packet.frames;
    if (reason != wire::Undecoded::none && reason != wire::Undecoded::held_fragment) ++accounted;
  }
  decoder.finish();
  // Every frame is a packet, part of one, or counted under exactly one reason.
  require(accounted + decoder.abandoned_fragments() == frames);
  return 0;
}
