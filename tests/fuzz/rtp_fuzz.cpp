// Any bytes through the dissectors of media datagrams (RTP, RTCP, DTLS, QUIC) and the media
// tracker.
#include <cstdlib>
#include <vector>

#include "call/media_quality.hpp"
#include "flow/media_track.hpp"
#include "proto/demultiplex.hpp"
#include "proto/dtls.hpp"
#include "proto/quic.hpp"
#include "proto/rtcp.hpp"
#include "proto/rtp.hpp"
#include "touch.hpp"

using namespace deadair::proto;
using deadair::ParseStatus;
using deadair::fuzz::touch;

static void read_datagram(deadair::ByteView bytes, std::size_t wire_len) {
  demultiplex(bytes);
  rtp::Header rtp_header;
  if (rtp::parse(bytes, wire_len, rtp_header) == ParseStatus::parsed &&
      rtp_header.header_size + rtp_header.payload_size != wire_len) {
    std::abort();
  }
  rtcp::Header rtcp_header;
  rtcp::parse(bytes, wire_len, rtcp_header);
  dtls::Header dtls_header;
  dtls::parse(bytes, wire_len, dtls_header);
  quic::LongHeader quic_header;
  quic::parse_long_header(bytes, wire_len, quic_header);
  touch(quic_header.destination_id);
  touch(quic_header.source_id);
}

// All streams as parts of one direction, for then SSRCs meet again.
static void judge(const std::vector<deadair::flow::MediaTrack::Stream>& streams) {
  std::vector<deadair::call::StreamSample> samples;
  for (const auto& [from, facts] : streams) samples.push_back({facts, true});
  const deadair::call::MediaQuality quality = deadair::call::judge(samples, 50.0);
  if (quality.loss && !(*quality.loss >= 0 && *quality.loss <= 1)) std::abort();
  if (quality.mos && !(*quality.mos >= 1 && *quality.mos <= 4.5)) std::abort();
}

// Headers one after the other, with the time between them, as packets of a flow.
static void follow(deadair::ByteView bytes) {
  using deadair::flow::Side;
  constexpr std::size_t kRecord = 20;
  deadair::flow::MediaTrack track;
  std::int64_t now_ns = 0;
  for (; bytes.size() >= kRecord; bytes = bytes.from(kRecord)) {
    now_ns += static_cast<std::int32_t>(bytes.be32(0)) * std::int64_t{1000};
    const std::size_t wire_len = bytes.be16(4);
    const Side side = (bytes.u8(6) & 1U) != 0 ? Side::b : Side::a;
    rtp::Header header;
    if (rtp::parse(bytes.sub(8, 12), wire_len, header) != ParseStatus::not_this)
      track.update(side, header, now_ns);
    else
      track.update_opaque(side, wire_len, bytes.u8(7) & 3U, now_ns);
    if (track.kinds() == 0 && track.flowing()) std::abort();
  }
  std::vector<deadair::flow::MediaTrack::Stream> streams;
  track.streams(streams);
  if (streams.size() > deadair::flow::MediaTrack::kMostStreams) std::abort();
  for (const auto& [from, facts] : streams)
    if (facts.lost > 0xffff'ffffU || facts.size_p50 > facts.size_p90) std::abort();
  judge(streams);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  read_datagram(bytes, size);
  read_datagram(bytes, size + 100);
  read_datagram(bytes, size / 2);
  follow(bytes);
  return 0;
}
