// Recognises RTCP and SRTCP datagrams, and reads the reports of those that are not encrypted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::rtcp {

namespace packet_type {
inline constexpr std::uint8_t kSenderReport = 200, kReceiverReport = 201, kSourceDescription = 202,
                              kBye = 203, kApp = 204, kTransportFeedback = 205,
                              kPayloadFeedback = 206, kExtendedReport = 207;
}  // namespace packet_type

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|   RC    |      PT       |             length            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         SSRC of sender                        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 3550 section 6.4. These 8 bytes are all that SRTCP leaves readable (RFC 3711 section 3.4).
struct Header {
  std::uint8_t packet_type = 0;  // of the first packet, 192 to 223
  std::uint8_t count = 0;        // reports, sources or feedback type, 0 to 31
  std::size_t size = 0;          // of the first packet, in bytes
  std::uint32_t ssrc = 0;        // sender
  bool plain = false;            // the lengths add up to the datagram; false: SRTCP, or cut
};

// Reads a datagram of `wire_len` bytes. Either its packets fill it exactly (`plain`), or its first
// packet leaves room for SRTCP's index and tag. `truncated`: judged by the header alone.
ParseStatus parse(ByteView captured, std::size_t wire_len, Header& out);

// What a feedback message asks for or tells (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb and
// draft-holmer-rmcat-transport-wide-cc-extensions). SRTCP leaves it readable for the first packet.
enum class Feedback : std::uint8_t {
  none,  // not a feedback packet
  nack,
  tmmbr,
  tmmbn,
  transport_wide,  // arrival times of every packet (TWCC)
  picture_loss,
  slice_loss,
  reference_picture,
  full_intra,
  application,  // REMB is one of these: estimated_bitrate() tells
  other,
};
Feedback feedback(std::uint8_t packet_type, std::uint8_t count);

// One packet of a compound; `bytes` is all of it, its header and padding included.
struct Packet {
  std::uint8_t packet_type = 0;
  std::uint8_t count = 0;
  std::uint32_t ssrc = 0;  // of the sender; zero when the packet has none
  ByteView bytes;
};

// The packet at the start of `rest`, which is moved behind it; false at the end. Only for datagrams
// whose header is `plain`: of SRTCP all but the first 8 bytes is ciphertext (RFC 3711 section 3.4).
bool next_packet(ByteView& rest, Packet& out);

//  |              NTP timestamp, most significant word             |
//  |             NTP timestamp, least significant word             |
//  |                         RTP timestamp                         |
//  |                     sender's packet count                     |
//  |                      sender's octet count                     |   RFC 3550 section 6.4.1
struct SenderInfo {
  std::uint64_t ntp = 0;  // seconds since 1900 in the upper half, 2^-32 s in the lower
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};
std::optional<SenderInfo> sender_info(const Packet& packet);

//  |                 SSRC_n (SSRC of the nth source)               |
//  | fraction lost |       cumulative number of packets lost       |
//  |           extended highest sequence number received           |
//  |                      interarrival jitter                      |
//  |                         last SR (LSR)                         |
//  |                   delay since last SR (DLSR)                  |   RFC 3550 section 6.4.1
struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;    // of 256, since the report before
  std::int32_t cumulative_lost = 0;  // 24 bits; negative when packets were duplicated
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;                   // in units of the RTP clock
  std::uint32_t last_report = 0;              // middle half of the NTP time of the last SR; 0: none
  std::uint32_t delay_since_last_report = 0;  // in 1/65536 s
};
// The report block at `index` of a sender or receiver report; nothing from packet.count on.
std::optional<ReportBlock> report_block(const Packet& packet, std::size_t index);

// Bits per second of a REMB message (payload-specific feedback, format 15).
std::optional<std::uint64_t> estimated_bitrate(const Packet& packet);

//  |      base sequence number     |      packet status count      |
//  |                 reference time                | fb pkt. count |
//  |          packet chunk         |         packet chunk          |
//  |          packet chunk         |  recv delta   |  recv delta   |
// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1: what became of `packets` packets
// of all streams of a transport, numbered together. A later message may tell of the same again.
struct ArrivalReport {
  std::uint16_t base_sequence = 0;
  std::uint16_t packets = 0;  // told of, at least 1
  std::uint16_t received = 0;
  [[nodiscard]] std::uint16_t lost() const {
    return static_cast<std::uint16_t>(packets - received);
  }
};
// Nothing when the packet is no such message, or ends before its chunks or their deltas do.
std::optional<ArrivalReport> arrival_report(const Packet& packet);

// The CNAME of the first source of a source description (RFC 3550 section 6.5.1); empty when there
// is none. The bytes are the sender's and may be anything.
std::string_view cname(const Packet& packet);

}  // namespace deadair::proto::rtcp
