// Reads pcapng files: any number of sections, each with its own byte order and interfaces.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/byte_order.hpp"
#include "capture/file_reader.hpp"
#include "capture/time_resolution.hpp"

namespace deadair::capture {

//  0                   1                   2                   3
// +---------------------------------------------------------------+
// |                          block type                           |
// |             block total length, a multiple of four            |
// /                             body                              /
// |                  block total length once more                 |
// +---------------------------------------------------------------+
// draft-ietf-opsawg-pcapng section 3.1. Interfaces may differ in link type, snap length and clock.
class PcapngReader final : public FileReader {
 public:
  // True when `head` begins with a section header block.
  static bool recognises(ByteView head);

  explicit PcapngReader(ByteWindow window) : FileReader(std::move(window)) {}

  [[nodiscard]] std::optional<std::uint64_t> kernel_drops() const override;
  [[nodiscard]] std::optional<std::uint64_t> interface_drops() const override;

 private:
  struct Interface {
    wire::LinkType link = 0;
    std::uint32_t snaplen = 0;  // 0: no limit
    TimeResolution clock;
    std::optional<std::uint64_t> interface_drops;  // the latest count, as statistics are running
    std::optional<std::uint64_t> kernel_drops;
  };
  // What came of a block: it is passed, it yielded a packet, it lies partly outside the window, or
  // it is damaged (damage_ says how).
  enum class Step : std::uint8_t { passed, packet, incomplete, damaged };

  std::size_t take(std::span<wire::RawPacket> out) override;
  [[nodiscard]] bool in_mid_record() const override;

  bool pass_skipped();
  Step read_block(ByteView block, wire::RawPacket& packet);
  Step read_section(ByteView block);
  Step read_body(ByteView block, wire::RawPacket& packet);
  Step read_packet(ByteView block, std::uint32_t interface, wire::RawPacket& packet);
  Step read_simple_packet(ByteView block, wire::RawPacket& packet);
  Step read_interface(ByteView block);
  void read_statistics(ByteView block);
  void close_section();
  Step bad(std::string what);

  ByteOrder order_;
  std::vector<Interface> interfaces_;                  // of the current section
  std::optional<std::uint64_t> past_interface_drops_;  // of the sections before
  std::optional<std::uint64_t> past_kernel_drops_;
  std::int64_t last_ts_ns_ = 0;  // for blocks without a time stamp
  std::size_t length_ = 0;       // of the block last looked at, or what is needed to know it
  std::uint64_t skip_ = 0;       // bytes of an uninteresting block still to pass
  std::string damage_;
};

}  // namespace deadair::capture
