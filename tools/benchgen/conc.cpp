// Writes RTP packets of flows chosen at random, so that nearly every packet misses the cache.
#include <vector>

#include "bytes_out.hpp"
#include "frame.hpp"
#include "recipes.hpp"

namespace deadair::bench {
namespace {

constexpr std::uint64_t kSeed = 0xc04c;
constexpr std::int64_t kSpanUs = 10'000'000;
constexpr std::size_t kPayload = 72;
constexpr std::size_t kRtpHeader = 12;

Endpoint client_of(std::uint32_t flow) {
  return {ipv4(10, 0, 0, 0) + (flow & 0x3ffff), static_cast<std::uint16_t>(16384 + (flow >> 18))};
}

Endpoint server_of(std::uint32_t flow) {
  const auto hash = static_cast<std::uint32_t>(splitmix64(kSeed ^ flow));
  return {ipv4(93, 184, 0, 0) + (hash & 0x1ffff),
          static_cast<std::uint16_t>(20000 + (hash >> 20) * 2)};
}

void make_rtp(BytesOut& out, std::uint32_t flow, std::uint16_t sequence, Random& random) {
  out.clear();
  out.u16(0x8000 | 111);
  out.u16(sequence);
  out.u32(960u * sequence);
  out.u32(static_cast<std::uint32_t>(splitmix64(flow)));
  out.random(random, kPayload - kRtpHeader);
}

}  // namespace

std::uint64_t write_conc(PcapWriter& writer, std::uint32_t flows, std::uint32_t packets) {
  Random random(kSeed);
  FrameBuilder frames;
  BytesOut payload;
  std::vector<std::uint16_t> sequences(flows);
  std::uint64_t begun = 0;
  for (std::uint32_t i = 0; i < packets; i++) {
    const std::uint32_t flow = random.below(flows);
    const std::uint16_t sequence = sequences[flow]++;
    begun += sequence == 0 ? 1 : 0;
    make_rtp(payload, flow, sequence, random);
    writer.write(kSpanUs * i / packets,
                 frames.udp(client_of(flow), server_of(flow), payload.view()));
  }
  return begun;
}

}  // namespace deadair::bench
