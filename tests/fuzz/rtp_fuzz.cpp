// Any bytes through the dissectors of media datagrams: RTP, RTCP, DTLS and QUIC.
#include <cstdlib>

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

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  read_datagram(bytes, size);
  read_datagram(bytes, size + 100);
  read_datagram(bytes, size / 2);
  return 0;
}
