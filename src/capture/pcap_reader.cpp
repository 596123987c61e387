// The loop over pcap records; a packet costs one header's worth of work and no copy.
#include "capture/pcap_reader.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace deadair::capture {
namespace {

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kRecordHeader = 16;
constexpr std::size_t kModifiedRecordHeader = 24;

struct Magic {
  std::uint32_t value;
  std::uint32_t fraction_ns;
  bool modified;
};

constexpr std::array kMagics = {
    Magic{0xa1b2'c3d4, 1000, false},
    Magic{0xa1b2'3c4d, 1, false},
    Magic{0xa1b2'cd34, 1000, true},
};

const Magic* find_magic(std::uint32_t value) {
  for (const Magic& magic : kMagics)
    if (magic.value == value) return &magic;
  return nullptr;
}

}  // namespace

bool PcapReader::recognises(ByteView head) {
  return find_magic(head.le32(0)) != nullptr || find_magic(head.be32(0)) != nullptr;
}

bool PcapReader::read_file_header() {
  const ByteView header = window().data();
  if (header.size() < kFileHeader) {
    need(kFileHeader);
    return false;
  }
  order_.big = find_magic(header.be32(0)) != nullptr;
  const Magic& magic = *find_magic(order_.u32(header, 0));
  fraction_ns_ = magic.fraction_ns;
  if (magic.modified) record_header_ = kModifiedRecordHeader;
  // Before version 2.4 some writers put the original length first (libpcap, sf-pcap.c).
  old_lengths_ = order_.u16(header, 4) == 2 && order_.u16(header, 6) < 4;
  limit_ = packet_limit(order_.u32(header, 16));
  link_ = static_cast<wire::LinkType>(order_.u32(header, 20));
  add_link_type(link_);
  add_snaplen(order_.u32(header, 16));
  window().consume(kFileHeader);
  header_read_ = true;
  return true;
}

std::size_t PcapReader::take(std::span<wire::RawPacket> out) {
  if (!header_read_ && !read_file_header()) return 0;
  const ByteView data = window().data();
  std::size_t at = 0;
  std::size_t count = 0;
  while (count < out.size()) {
    const ByteView record = data.from(at);
    if (!record.has(0, kRecordHeader) || record.size() < record_header_)
      break;  // the smaller one lets the checks below go
    std::uint32_t captured = order_.u32(record, 8);
    std::uint32_t original = order_.u32(record, 12);
    if (original < captured) [[unlikely]] {
      if (old_lengths_)
        std::swap(captured, original);
      else
        original = captured;
    }
    if (captured > limit_ || captured > record.size() - record_header_) break;
    wire::RawPacket& packet = out[count++];
    packet.bytes = record.sub(record_header_, captured);
    packet.wire_len = original;
    packet.ts_ns = std::int64_t{order_.u32(record, 0)} * 1'000'000'000 +
                   std::int64_t{order_.u32(record, 4)} * fraction_ns_;
    packet.frame = next_frame();
    packet.link = link_;
    at += record_header_ + captured;
  }
  window().consume(at);
  if (count == 0) explain_stop(window().data());
  return count;
}

// Nothing could be delivered: either more bytes are wanted or the header makes no sense.
void PcapReader::explain_stop(ByteView record) {
  if (record.size() < record_header_) return need(record_header_);
  std::uint32_t captured = order_.u32(record, 8);
  if (old_lengths_) captured = std::min(captured, order_.u32(record, 12));
  if (captured > limit_)
    return damaged(
        fmt::format("a packet of {} bytes, more than the {} possible", captured, limit_));
  need(record_header_ + captured);
}

}  // namespace deadair::capture
