// Rounds of handshake, data and silence.
#include "interference/data_rounds.hpp"

namespace deadair::interference {
namespace {

enum class Message : std::uint8_t { other, initiation, response, data };

//  0      1          4            8          16
//  +------+----------+------------+----------+---------------------------+
//  | type | reserved | receiver   | counter  | encrypted, tag of 16 byte |
//  +------+----------+------------+----------+---------------------------+
Message message_of(const wire::Packet& packet) {
  constexpr std::uint32_t kInitiation = 148, kResponse = 92, kLeastData = 32;
  if (!packet.payload.has(0, 4) || packet.payload.be24(1) != 0) return Message::other;
  const std::uint8_t type = packet.payload.u8(0);
  if (type == 1 && packet.payload_len == kInitiation) return Message::initiation;
  if (type == 2 && packet.payload_len == kResponse) return Message::response;
  return type == 4 && packet.payload_len >= kLeastData ? Message::data : Message::other;
}

// An empty message asks for no answer; a large one may be too large for the path.
bool asks(const wire::Packet& packet) {
  constexpr std::uint32_t kEmpty = 32, kSmall = 576;
  return packet.payload_len > kEmpty && packet.payload_len <= kSmall;
}

}  // namespace

// The other end had its 10 s, and the next handshake came when nothing had come for 15 s.
bool DataRounds::failed(std::int64_t until_ns) const {
  constexpr std::int64_t kSecond = 1'000'000'000, kLeast = 10 * kSecond, kMost = 20 * kSecond;
  const std::int64_t waited_ns = until_ns - asked_ns_;
  return answered_ && asked_ && waited_ns >= kLeast && waited_ns <= kMost;
}

void DataRounds::sent(const wire::Packet& packet) {
  const Message message = message_of(packet);
  if (message == Message::initiation) close_round(packet.ts_ns);
  data_sent_ = data_sent_ || message == Message::data;
  if (message != Message::data || !answered_ || !asks(packet)) return;
  if (!asked_) {
    asked_ns_ = packet.ts_ns;
    asked_frame_ = packet.frame;
  }
  asked_ = true;
  last_ns_ = packet.ts_ns;
}

void DataRounds::came(const wire::Packet& packet) {
  const Message message = message_of(packet);
  if (message == Message::response) answered_ = true;
  if (message != Message::data) return;
  count_ = 0;
  answered_ = asked_ = false;
  data_came_ = true;
}

void DataRounds::close_round(std::int64_t ts_ns) {
  if (failed(ts_ns)) {
    if (count_ == 0) frame_ = asked_frame_;
    ++count_;
  }
  answered_ = asked_ = false;
}

}  // namespace deadair::interference
