// Blocks are put together in memory and written in large pieces.
#include "capture/pcapng_writer.hpp"

#include <algorithm>

#include "capture/pcapng_blocks.hpp"

namespace deadair::capture {
namespace {

using namespace pcapng;

constexpr std::uint8_t kNanoseconds = 9;  // 10^-9
constexpr std::int64_t kSecond = 1'000'000'000;

// Whole seconds, rounded down.
std::int64_t seconds_of(std::int64_t ts_ns) {
  return ts_ns / kSecond - (ts_ns % kSecond < 0 ? 1 : 0);
}

}  // namespace

//  0                   1                   2                   3
// |                          Block type                           |
// |                      Block total length                       |
// |                       Byte-order magic                        |
// |         Major version         |         Minor version         |
// |                    Section length: unknown                    |
// |                                                               |
// /                            Options                            /
// |                      Block total length                       |
PcapngWriter::PcapngWriter(NewFile& file, std::string_view application, std::string_view comment)
    : file_(file) {
  begin_block(kSectionHeader);
  u32(kByteOrderMagic);
  u16(1);
  u16(0);
  u64(~std::uint64_t{0});
  option(kComment, comment);
  option(kApplication, application);
  end_options();
  end_block();
}

std::uint32_t PcapngWriter::add_interface(const Interface& interface) {
  const std::int64_t offset_s =
      interface.earliest_ns < 0 ? seconds_of(interface.earliest_ns) : std::int64_t{0};
  begin_block(kInterface);
  u16(interface.link);
  u16(0);
  u32(interface.snaplen);
  option(kInterfaceName, interface.name);
  u16(kTimeResolution);
  u16(1);
  bytes_.push_back(kNanoseconds);
  pad();
  if (offset_s != 0) option(kTimeOffset, static_cast<std::uint64_t>(offset_s));
  end_options();
  end_block();
  interfaces_.push_back({offset_s, 0, interface.kernel_drops, interface.interface_drops});
  return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

// |                         Interface ID                          |
// |                 Time stamp, upper then lower                  |
// |                        Captured length                        |
// |                        Original length                        |
// /                          Packet data                          /
// /                            Options                            /
void PcapngWriter::packet(std::uint32_t interface, const wire::RawPacket& packet,
                          std::span<const std::string> comments) {
  begin_block(kEnhancedPacket);
  u32(interface);
  time(interfaces_[interface], packet.ts_ns);
  u32(static_cast<std::uint32_t>(packet.bytes.size()));
  u32(packet.wire_len);
  const std::span<const std::uint8_t> data(packet.bytes.data(), packet.bytes.size());
  bytes_.insert(bytes_.end(), data.begin(), data.end());
  pad();
  for (const std::string& comment : comments) option(kComment, comment);
  if (!comments.empty()) end_options();
  end_block();
  interfaces_[interface].last_ns = packet.ts_ns;
}

void PcapngWriter::finish() {
  for (std::uint32_t i = 0; i < interfaces_.size(); ++i) write_statistics(i);
  file_.write(ByteView(bytes_));
  bytes_.clear();
}

void PcapngWriter::write_statistics(std::uint32_t number) {
  const Known& interface = interfaces_[number];
  if (!interface.kernel_drops && !interface.interface_drops) return;
  begin_block(kStatistics);
  u32(number);
  time(interface, interface.last_ns);
  if (interface.interface_drops) option(kInterfaceDrops, *interface.interface_drops);
  if (interface.kernel_drops) option(kKernelDrops, *interface.kernel_drops);
  end_options();
  end_block();
}

void PcapngWriter::begin_block(std::uint32_t type) {
  block_ = bytes_.size();
  u32(type);
  u32(0);  // the length, known at the end
}

void PcapngWriter::end_block() {
  const auto length = static_cast<std::uint32_t>(bytes_.size() - block_ + 4);
  u32(length);
  for (unsigned i = 0; i < 4; ++i)
    bytes_[block_ + 4 + i] = static_cast<std::uint8_t>(length >> 8 * i);
  if (bytes_.size() < kFlushAt) return;
  file_.write(ByteView(bytes_));
  bytes_.clear();
}

void PcapngWriter::u16(std::uint16_t value) {
  bytes_.push_back(static_cast<std::uint8_t>(value));
  bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
}

void PcapngWriter::u32(std::uint32_t value) {
  u16(static_cast<std::uint16_t>(value));
  u16(static_cast<std::uint16_t>(value >> 16));
}

void PcapngWriter::u64(std::uint64_t value) {
  u32(static_cast<std::uint32_t>(value));
  u32(static_cast<std::uint32_t>(value >> 32));
}

void PcapngWriter::pad() {
  while ((bytes_.size() - block_) % 4 != 0) bytes_.push_back(0);
}

void PcapngWriter::option(std::uint16_t code, std::string_view text) {
  text = text.substr(0, kLongestText);
  if (text.empty()) return;
  u16(code);
  u16(static_cast<std::uint16_t>(text.size()));
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  pad();
}

void PcapngWriter::option(std::uint16_t code, std::uint64_t value) {
  u16(code);
  u16(8);
  u64(value);
}

void PcapngWriter::end_options() {
  u16(kEndOfOptions);
  u16(0);
}

// Upper half first, whatever the byte order.
void PcapngWriter::time(const Known& interface, std::int64_t ts_ns) {
  const auto ticks = static_cast<std::uint64_t>(ts_ns) -
                     static_cast<std::uint64_t>(interface.offset_s) * std::uint64_t{kSecond};
  u32(static_cast<std::uint32_t>(ticks >> 32));
  u32(static_cast<std::uint32_t>(ticks));
}

}  // namespace deadair::capture
