// Walks the blocks of a pcapng file; enhanced packet blocks are the fast way through.
#include "capture/pcapng_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "capture/pcapng_blocks.hpp"

namespace deadair::capture {
namespace {

using namespace pcapng;

constexpr std::size_t kBlockHeader = 8;
constexpr std::size_t kSmallestBlock = 12;
constexpr std::size_t kSectionFixed = 28;
constexpr std::size_t kInterfaceFixed = 20;
constexpr std::size_t kPacketFixed = 32;  // enhanced and obsolete packet blocks
constexpr std::size_t kPacketData = 28;
constexpr std::size_t kSimpleFixed = 16;
constexpr std::size_t kSimpleData = 12;
constexpr std::size_t kStatisticsOptions = 20;
// A block that is kept in memory whole: the largest packet and as much again in options.
constexpr std::size_t kLargestBlock = std::size_t{2} * kMaxPacketBytes;
constexpr std::size_t kMostInterfaces = 65'536;

bool is_used(std::uint32_t type) {
  return type == kEnhancedPacket || type == kSectionHeader || type == kInterface ||
         type == kObsoletePacket || type == kSimplePacket || type == kStatistics;
}

// Calls visit(code, value) for each option up to the end marker or the end of the bytes.
template <typename Visit>
void for_each_option(ByteView options, ByteOrder order, Visit visit) {
  while (options.size() >= 4) {
    const std::uint16_t code = order.u16(options, 0);
    const std::size_t length = order.u16(options, 2);
    if (code == kEndOfOptions || !options.has(4, length)) return;
    visit(code, options.sub(4, length));
    options = options.from(4 + (length + 3) / 4 * 4);
  }
}

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint64_t>& value) {
  if (value) sum = sum.value_or(0) + *value;
}

}  // namespace

bool PcapngReader::recognises(ByteView head) { return head.le32(0) == kSectionHeader; }

std::size_t PcapngReader::take(std::span<wire::RawPacket> out) {
  if (skip_ > 0 && !pass_skipped()) return 0;
  std::size_t count = 0;
  Step step = Step::passed;
  while (count < out.size()) {
    const ByteView rest = window().data();
    step = read_block(rest, out[count]);
    if (step == Step::incomplete || step == Step::damaged) break;
    if (step == Step::packet) ++count;
    window().consume(length_);
    if (skip_ > 0) break;
  }
  if (count > 0 || skip_ > 0) return count;
  if (step == Step::damaged)
    damaged(damage_);
  else
    need(length_);
  return 0;
}

bool PcapngReader::in_mid_record() const { return skip_ > 0 || FileReader::in_mid_record(); }

// Uninteresting blocks may be of any size, so they pass through the window in pieces.
bool PcapngReader::pass_skipped() {
  const auto part = std::min<std::uint64_t>(skip_, window().data().size());
  window().consume(static_cast<std::size_t>(part));
  skip_ -= part;
  need(1);
  return skip_ == 0;
}

PcapngReader::Step PcapngReader::read_block(ByteView rest, wire::RawPacket& packet) {
  length_ = kSmallestBlock;
  if (rest.size() < kSmallestBlock) return Step::incomplete;
  const std::uint32_t type = order_.u32(rest, 0);
  if (type == kSectionHeader) return read_section(rest);
  const std::size_t length = order_.u32(rest, 4);
  if (length < kSmallestBlock || length % 4 != 0)
    return bad(fmt::format("a block of {} bytes", length));
  if (!is_used(type)) {
    length_ = std::min(length, rest.size());
    skip_ = length - length_;
    return Step::passed;
  }
  if (length > kLargestBlock) return bad(fmt::format("a block of {} bytes", length));
  length_ = length;
  if (rest.size() < length) return Step::incomplete;
  const ByteView block = rest.first(length);
  if (order_.u32(block, length - 4) != length) return bad("the two lengths of a block differ");
  return read_body(block, packet);
}

// A section brings its own byte order, which its length is already written in.
PcapngReader::Step PcapngReader::read_section(ByteView rest) {
  const bool big = rest.be32(kBlockHeader) == kByteOrderMagic;
  if (!big && rest.le32(kBlockHeader) != kByteOrderMagic) return bad("no byte order in a section");
  const ByteOrder order{big};
  const std::size_t length = order.u32(rest, 4);
  if (length < kSectionFixed || length % 4 != 0 || length > kLargestBlock)
    return bad(fmt::format("a section header of {} bytes", length));
  length_ = length;
  if (rest.size() < length) return Step::incomplete;
  if (order.u32(rest, length - 4) != length) return bad("the two lengths of a block differ");
  if (order.u16(rest, 12) != 1)
    return bad(fmt::format("version {} of the format", order.u16(rest, 12)));
  close_section();
  order_ = order;
  return Step::passed;
}

PcapngReader::Step PcapngReader::read_body(ByteView block, wire::RawPacket& packet) {
  switch (order_.u32(block, 0)) {
    case kEnhancedPacket:
      return read_packet(block, order_.u32(block, kBlockHeader), packet);
    case kObsoletePacket:
      return read_packet(block, order_.u16(block, kBlockHeader), packet);
    case kSimplePacket:
      return read_simple_packet(block, packet);
    case kInterface:
      return read_interface(block);
    case kStatistics:
      read_statistics(block);
      return Step::passed;
    default:
      return Step::passed;
  }
}

//  enhanced packet block          obsolete packet block
// |  interface number (32)  |    | interface (16) | drops (16) |
// |         time stamp, high and low half (32 each)           |
// |                      captured length                      |
// |                      original length                      |
// /                packet data, padded to four                /
// /                          options                          /
PcapngReader::Step PcapngReader::read_packet(ByteView block, std::uint32_t interface,
                                             wire::RawPacket& packet) {
  if (block.size() < kPacketFixed) return bad("a packet block without a packet");
  if (interface >= interfaces_.size())
    return bad(fmt::format("a packet of the unknown interface {}", interface));
  const Interface& source = interfaces_[interface];
  const std::uint32_t captured = order_.u32(block, 20);
  if (captured > block.size() - kPacketFixed || captured > kMaxPacketBytes)
    return bad(fmt::format("a packet of {} bytes in a block of {}", captured, block.size()));
  const std::uint64_t ticks = std::uint64_t{order_.u32(block, 12)} << 32 | order_.u32(block, 16);
  packet.bytes = block.sub(kPacketData, captured);
  packet.wire_len = std::max(captured, order_.u32(block, 24));
  packet.ts_ns = last_ts_ns_ = source.clock.to_ns(ticks);
  packet.frame = next_frame();
  packet.link = source.link;
  return Step::packet;
}

// Only the original length; the packet is of the first interface and fills what is left. Having no
// time stamp, it is given the one of the packet before.
PcapngReader::Step PcapngReader::read_simple_packet(ByteView block, wire::RawPacket& packet) {
  if (block.size() < kSimpleFixed) return bad("a packet block without a packet");
  if (interfaces_.empty()) return bad("a packet of no interface");
  const Interface& source = interfaces_.front();
  const std::uint32_t original = order_.u32(block, kBlockHeader);
  const std::uint32_t snaplen = source.snaplen == 0 ? original : source.snaplen;
  const std::size_t captured =
      std::min<std::size_t>({original, snaplen, block.size() - kSimpleFixed});
  if (captured > kMaxPacketBytes) return bad(fmt::format("a packet of {} bytes", captured));
  packet.bytes = block.sub(kSimpleData, captured);
  packet.wire_len = original;
  packet.ts_ns = last_ts_ns_;
  packet.frame = next_frame();
  packet.link = source.link;
  return Step::packet;
}

PcapngReader::Step PcapngReader::read_interface(ByteView block) {
  if (block.size() < kInterfaceFixed) return bad("an interface block without an interface");
  if (interfaces_.size() >= kMostInterfaces) return bad("more interfaces than 65536");
  Interface& interface = interfaces_.emplace_back();
  interface.link = order_.u16(block, kBlockHeader);
  interface.snaplen = order_.u32(block, 12);
  std::int64_t offset = 0;
  for_each_option(block.sub(16, block.size() - kInterfaceFixed), order_,
                  [&](std::uint16_t code, ByteView value) {
                    if (code == kTimeResolution && value.size() == 1)
                      interface.clock = TimeResolution(value.u8(0));
                    if (code == kTimeOffset && value.size() == 8)
                      offset = static_cast<std::int64_t>(order_.u64(value, 0));
                  });
  interface.clock.set_offset(offset);
  add_link_type(interface.link);
  add_snaplen(interface.snaplen);
  return Step::passed;
}

void PcapngReader::read_statistics(ByteView block) {
  const std::uint32_t number = order_.u32(block, kBlockHeader);
  if (number >= interfaces_.size() || block.size() < kStatisticsOptions + 4) return;
  Interface& interface = interfaces_[number];
  for_each_option(block.sub(kStatisticsOptions, block.size() - kStatisticsOptions - 4), order_,
                  [&](std::uint16_t code, ByteView value) {
                    if (value.size() != 8) return;
                    if (code == kInterfaceDrops) interface.interface_drops = order_.u64(value, 0);
                    if (code == kKernelDrops) interface.kernel_drops = order_.u64(value, 0);
                  });
}

void PcapngReader::close_section() {
  past_interface_drops_ = interface_drops();
  past_kernel_drops_ = kernel_drops();
  interfaces_.clear();
}

std::optional<std::uint64_t> PcapngReader::interface_drops() const {
  std::optional<std::uint64_t> sum = past_interface_drops_;
  for (const Interface& interface : interfaces_) add(sum, interface.interface_drops);
  return sum;
}

std::optional<std::uint64_t> PcapngReader::kernel_drops() const {
  std::optional<std::uint64_t> sum = past_kernel_drops_;
  for (const Interface& interface : interfaces_) add(sum, interface.kernel_drops);
  return sum;
}

PcapngReader::Step PcapngReader::bad(std::string what) {
  damage_ = std::move(what);
  return Step::damaged;
}

}  // namespace deadair::capture
