// Any bytes as an RTCP datagram: every packet, report and feedback of it.
#include <cstdlib>

#include "proto/rtcp.hpp"
#include "touch.hpp"

namespace rtcp = deadair::proto::rtcp;
using deadair::fuzz::touch;

static void use(const rtcp::Packet& packet) {
  touch(packet.bytes);
  touch(rtcp::cname(packet));
  rtcp::feedback(packet.packet_type, packet.count);
  rtcp::estimated_bitrate(packet);
  rtcp::sender_info(packet);
  if (const auto report = rtcp::arrival_report(packet);
      report && report->received > report->packets)
    std::abort();
  for (std::size_t i = 0; rtcp::report_block(packet, i).has_value(); ++i) {
    if (i >= 31) std::abort();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  for (const std::size_t wire_len : {size, size + 100, size / 2}) {
    rtcp::Header header;
    rtcp::parse(bytes, wire_len, header);
    deadair::ByteView rest = bytes.first(wire_len);
    rtcp::Packet packet;
    while (rtcp::next_packet(rest, packet)) use(packet);
    if (header.plain && !rest.empty()) std::abort();
  }
  return 0;
}
