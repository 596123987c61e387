// Judges control messages by type, length and clock, and takes media out of its tag.
#include "viber/control.hpp"

#include <algorithm>
#include <array>

#include "proto/rtcp.hpp"
#include "viber/signatures.hpp"

namespace deadair::classifiers::viber {
namespace {

// A type, what its datagrams measure (0 ends the list), and where a clock stands (0: nowhere).
struct Layout {
  std::uint8_t type;
  std::array<std::uint16_t, 2> lengths;
  std::array<std::uint8_t, 2> clocks;
};

constexpr std::array kLayouts = {
    Layout{type::kPing, {20, 0}, {4, 0}},      Layout{type::kPong, {34, 0}, {4, 12}},
    Layout{type::kAlive, {21, 0}, {5, 0}},     Layout{type::kProbeAnswer, {20, 550}, {12, 0}},
    Layout{type::kPeer, {12, 16}, {0, 0}},     Layout{type::kBye, {12, 0}, {0, 0}},
    Layout{type::kCount, {8, 0}, {0, 0}},      Layout{type::kAsk, {34, 0}, {0, 0}},
    Layout{type::kAskAnswer, {20, 0}, {0, 0}}, Layout{type::kAskOther, {34, 0}, {0, 0}},
    Layout{type::kProbe, {550, 0}, {0, 0}},    Layout{type::kProbeStart, {12, 0}, {0, 0}},
};

// Milliseconds from November 2004 to September 2039: the upper 24 of 64 bits are given.
bool is_clock(ByteView payload, std::size_t at) { return payload.le64(at) >> 40U == 1; }

Sign read_set_up(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kClockAt = 34, kShortest = 100, kLongest = 300;
  if (payload.be16(4) != kSetUpVersion || wire_len < kShortest || wire_len > kLongest) {
    return Sign::none;
  }
  return is_clock(payload, kClockAt) ? Sign::proof : Sign::shape;
}

Sign read_set_up_answer(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kClockAt = 20, kShortest = 60, kLongest = 200;
  if (wire_len < kShortest || wire_len > kLongest) return Sign::none;
  return is_clock(payload, kClockAt) ? Sign::proof : Sign::shape;
}

Sign read_rtcp(ByteView payload, std::size_t wire_len) {
  proto::rtcp::Header header;
  const ByteView report = payload.from(4);
  const ParseStatus status = proto::rtcp::parse(report, wire_len - 4, header);
  const bool is_report = header.packet_type == proto::rtcp::packet_type::kSenderReport ||
                         header.packet_type == proto::rtcp::packet_type::kReceiverReport;
  return status != ParseStatus::not_this && is_report ? Sign::shape : Sign::none;
}

Sign read_plain(const Layout& layout, ByteView payload, std::size_t wire_len) {
  if (std::find(layout.lengths.begin(), layout.lengths.end(), wire_len) == layout.lengths.end()) {
    return Sign::none;
  }
  if (layout.clocks[0] == 0) return Sign::shape;
  for (const std::uint8_t at : layout.clocks) {
    if (at != 0 && !is_clock(payload, at)) return Sign::none;
  }
  return Sign::proof;
}

}  // namespace

Sign read_control(ByteView payload, std::size_t wire_len) {
  constexpr std::size_t kShortest = 8;
  if (payload.size() < kShortest || payload.u8(3) != 0) return Sign::none;
  switch (payload.u8(2)) {
    case type::kSetUp:
      return read_set_up(payload, wire_len);
    case type::kSetUpAnswer:
      return read_set_up_answer(payload, wire_len);
    case type::kRtcp:
      return read_rtcp(payload, wire_len);
    default:
      break;
  }
  for (const Layout& layout : kLayouts) {
    if (layout.type == payload.u8(2)) return read_plain(layout, payload, wire_len);
  }
  return Sign::none;
}

bool is_tagged_rtp(ByteView payload) {
  constexpr std::size_t kRtpHeader = 12;
  return payload.has(0, kTagSize + kRtpHeader) && (payload.u8(1) & kControlBit) == 0 &&
         payload.u8(2) >> 6U == 2 && (payload.u8(3) & 0x7fU) >= kFirstDynamicType;
}

bool unframe(ByteView payload, std::size_t wire_len, classify::Media& out) {
  if (!is_tagged_rtp(payload)) return false;
  out.rtp = payload.from(kTagSize);
  out.rtp_len = wire_len - kTagSize;
  return true;
}

}  // namespace deadair::classifiers::viber
