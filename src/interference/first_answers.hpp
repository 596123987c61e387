// Keeps what claims to be the first bytes of a server's answer, and tells which version it did not
// send.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bytes/byte_view.hpp"
#include "interference/evidence.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

struct AnswerVersion {
  PacketMark mark;                 // of the packet it begins in
  std::vector<std::uint8_t> head;  // its first bytes

  [[nodiscard]] ByteView view() const { return {std::span(head)}; }
};

// Fed with the server's packets of one flow in capture order. What differs at the same sequence
// numbers is a version of its own; a retransmission is not. Bounded; what it holds is used again
// for the next flow.
class FirstAnswers {
 public:
  static constexpr std::size_t kMostVersions = 3, kHead = 1024;

  // As new, for another answer of which `head` bytes matter.
  void clear(std::size_t head = kHead) {
    start_.reset();
    count_ = 0;
    most_ = head;
  }
  // The sequence number at which the answer begins: what the client's request acknowledges. Without
  // it the first data of the server is taken.
  void begin_at(std::uint32_t seq) { start_ = seq; }
  // Whether a packet of the server with this sequence number can add anything.
  [[nodiscard]] bool concerns(std::uint32_t seq) const {
    return !start_ || seq == *start_ || continues(seq);
  }
  void add(const PacketMark& mark, ByteView payload);
  // In order of arrival. Two or more: somebody else sent one of them.
  [[nodiscard]] std::span<const AnswerVersion> versions() const {
    return {versions_.data(), count_};
  }
  // Nothing more can come of the first bytes: the flow has gone on further than a window.
  [[nodiscard]] bool full() const { return count_ == kMostVersions; }

 private:
  [[nodiscard]] bool continues(std::uint32_t seq) const {
    if (count_ != 1) return false;
    const AnswerVersion& only = versions_.front();
    const std::size_t held = only.head.size();
    return seq != only.mark.seq && seq - only.mark.seq == held && held < most_;
  }

  std::optional<std::uint32_t> start_;
  std::array<AnswerVersion, kMostVersions> versions_;
  std::size_t count_ = 0;
  std::size_t most_ = kHead;
};

// What speaks against a data packet of the server.
struct PacketSigns {
  bool conflict = false;    // other bytes at the same sequence numbers
  bool ttl = false;         // unlike every other packet of the server, of two or more
  bool ip_id = false;       // off a proven counter
  bool glued_end = false;   // FIN or RST in it or within one round trip
  bool real_later = false;  // a later packet of the server has a former TTL

  // Enough to say that somebody else may have sent it.
  [[nodiscard]] bool injected() const { return conflict || (ttl && real_later); }
};

// Compares the packet with all others that the server sent in the story, and adds items. The glued
// end counts only beside other signs: many servers close like that.
PacketSigns judge_packet(const TcpStory& story, std::span<const AnswerVersion> versions,
                         const AnswerVersion& version, Evidence& evidence);

// TRIG, REPEAT and CTRL items that families of injected answers share.
void judge_pattern(const TcpStory& story, const Context& context, const PacketMark& event,
                   Evidence& evidence);

}  // namespace deadair::interference
