// Counts the messages of a TCP flow in buckets of time, so that it can be asked later how it fared
// around a call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace deadair::flow {

// Packets with payload stand for messages.
struct ChatCounts {
  std::uint32_t up = 0;
  std::uint32_t down = 0;
  std::uint32_t replies = 0;  // times the server sent within 5 s of the client
  double rtt_ms = -1;         // the fastest of these replies; negative without one

  ChatCounts& operator+=(const ChatCounts& other);
};

// What a flow did in 10 s. Counts stop at 65535.
struct ChatBucket {
  static constexpr std::int64_t kNs = 10'000'000'000;
  static constexpr std::uint16_t kNoReply = 0xffff;
  static constexpr std::int64_t kReplyUnitNs = 100'000;

  std::uint16_t up = 0;
  std::uint16_t down = 0;
  std::uint16_t replies = 0;
  std::uint16_t fastest = kNoReply;  // reply, in units of 0.1 ms
  std::uint16_t heard = 0;           // a bit for each second in which the server said something

  [[nodiscard]] bool empty() const { return up == 0 && down == 0; }
  [[nodiscard]] ChatCounts counts() const;
  // The number of the bucket that holds a packet time.
  static constexpr std::int32_t number_of(std::int64_t ts_ns) {
    return static_cast<std::int32_t>(ts_ns / kNs - (ts_ns % kNs < 0 ? 1 : 0));
  }
};

// Two kinds of use: add() for each packet with payload, at the cost of a few instructions, and
// questions about the last 640 s. All memory lies in the object.
class ChatTrack {
 public:
  static constexpr std::size_t kBuckets = 64;
  static constexpr std::int64_t kReplyNs = 5'000'000'000;
  static constexpr std::int64_t kBurstNs = 10'000'000'000;
  static constexpr std::size_t kBurst = 3;

  // One packet from the client (`up`) or the server, with `bytes` of payload. Up to one byte is
  // nothing said: keep-alive probes repeat the last one (RFC 9293 section 3.8.4).
  void add(bool up, std::size_t bytes, std::int64_t ts_ns) {
    if (bytes <= 1) return;
    const std::int32_t number = ChatBucket::number_of(ts_ns);
    if (number != newest_) [[unlikely]] {
      if (!turn_to(number)) return;
    }
    count(buckets_[place(number)], up, ts_ns);
    recent_[next_recent_++ % kRecent] = ts_ns;
  }

  // What was said from `from_ns` to `to_ns`, in whole buckets, so up to 10 s more on either side.
  [[nodiscard]] ChatCounts around(std::int64_t from_ns, std::int64_t to_ns) const;

  // At least 3 packets with payload in the 10 s up to `ts_ns`. Exact while `ts_ns` is no older than
  // the last 8 packets; of longer ago the two buckets in question together decide.
  [[nodiscard]] bool burst_before(std::int64_t ts_ns) const;

  // Copies the newest buckets that are not empty, newest first, with their numbers; returns how
  // many. `numbers` has as much room as `out`.
  std::size_t newest(std::span<ChatBucket> out, std::span<std::int32_t> numbers) const;

 private:
  static constexpr std::size_t kRecent = 8;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();

  static constexpr std::size_t place(std::int32_t number) {
    return static_cast<std::uint32_t>(number) % kBuckets;
  }
  // Makes the bucket current; false when it is older than the ring reaches.
  bool turn_to(std::int32_t number);
  void count(ChatBucket& bucket, bool up, std::int64_t ts_ns);
  // Null when it was not kept.
  [[nodiscard]] const ChatBucket* bucket(std::int64_t number) const;

  std::array<ChatBucket, kBuckets> buckets_;
  std::array<std::int64_t, kRecent> recent_ = {kNever, kNever, kNever, kNever,
                                               kNever, kNever, kNever, kNever};
  std::int64_t asked_ns_ = kNever;  // last packet of the client that has had no reply
  std::int32_t newest_ = kNone;
  std::uint32_t next_recent_ = 0;
};

static_assert(sizeof(ChatTrack) <= 720);

}  // namespace deadair::flow
