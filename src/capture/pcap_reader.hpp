// Reads classic pcap files: either byte order, micro- or nanoseconds, plain or "modified" records.
#pragma once

#include "capture/byte_order.hpp"
#include "capture/file_reader.hpp"

namespace deadair::capture {

//  0                   1                   2                   3
// +---------------------------------------------------------------+
// |   magic: a1b2c3d4 (us), a1b23c4d (ns), a1b2cd34 (modified)    |
// |         major version         |         minor version         |
// |                           reserved                            |
// |                           reserved                            |
// |                            snaplen                            |
// |        FCS and reserved       |           link type           |
// +---------------------------------------------------------------+
// then for each packet:
// +---------------------------------------------------------------+
// |                            seconds                            |
// |                  micro- or nanoseconds                        |
// |                        captured length                        |
// |                        original length                        |
// |   modified only: interface index, protocol, packet type, pad  |
// +---------------------------------------------------------------+
// draft-ietf-opsawg-pcap; "modified" is Alexey Kuznetzov's libpcap of 1999.
class PcapReader final : public FileReader {
 public:
  // True when `head` begins with one of the magic numbers above.
  static bool recognises(ByteView head);

  explicit PcapReader(ByteWindow window) : FileReader(std::move(window)) {}

 private:
  std::size_t take(std::span<wire::RawPacket> out) override;
  bool read_file_header();
  void explain_stop(ByteView record);

  bool header_read_ = false;
  ByteOrder order_;
  std::size_t record_header_ = 16;
  std::uint32_t fraction_ns_ = 1000;  // nanoseconds in one unit of the fraction field
  std::uint32_t limit_ = kUsualPacketBytes;
  wire::LinkType link_ = 0;
  bool old_lengths_ = false;  // the two length fields may be the other way round
};

}  // namespace deadair::capture
