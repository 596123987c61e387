// Writes packets as one pcapng section, with comments that Wireshark shows beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capture/new_file.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::capture {

// draft-ietf-opsawg-pcapng, little-endian. Time stamps are nanoseconds; those before 1970 need an
// interface whose `earliest_ns` is no later than they are.
class PcapngWriter {
 public:
  // A comment longer than this is cut: the length of an option is 16 bits.
  static constexpr std::size_t kLongestText = 60'000;

  struct Interface {
    std::string name;  // if_name
    wire::LinkType link = 0;
    std::uint32_t snaplen = 0;     // 0: not limited, or not known
    std::int64_t earliest_ns = 0;  // if_tsoffset when it lies before 1970
    std::optional<std::uint64_t> kernel_drops, interface_drops;  // what its capture lost
  };

  // Begins the section. `file` outlives the writer.
  PcapngWriter(NewFile& file, std::string_view application, std::string_view comment);

  // Returns its number.
  std::uint32_t add_interface(const Interface& interface);
  void packet(std::uint32_t interface, const wire::RawPacket& packet,
              std::span<const std::string> comments);
  // Interface statistics, and what is still in memory.
  void finish();

 private:
  static constexpr std::size_t kFlushAt = std::size_t{1} << 18;

  struct Known {
    std::int64_t offset_s = 0;
    std::int64_t last_ns = 0;
    std::optional<std::uint64_t> kernel_drops, interface_drops;
  };

  void begin_block(std::uint32_t type);
  void end_block();
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void pad();
  void option(std::uint16_t code, std::string_view text);
  void option(std::uint16_t code, std::uint64_t value);
  void end_options();
  void time(const Known& interface, std::int64_t ts_ns);
  void write_statistics(std::uint32_t number);

  NewFile& file_;
  std::vector<std::uint8_t> bytes_;
  std::size_t block_ = 0;  // where the block at hand begins
  std::vector<Known> interfaces_;
};

}  // namespace deadair::capture
