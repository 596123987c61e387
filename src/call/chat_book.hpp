// The text flows of a run by client and application: what they exchanged around a call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "bytes/hash.hpp"
#include "bytes/ip_address.hpp"
#include "call/hash_chains.hpp"
#include "call/number_queue.hpp"
#include "flow/chat_track.hpp"
#include "flow/slab.hpp"

namespace deadair::call {

struct ChatSummary {
  std::uint32_t flows = 0;     // alive at some time of the stretch
  std::uint32_t sent = 0;      // packets with payload, by the client
  std::uint32_t received = 0;  // and by the server
  std::uint32_t replies = 0;
  double rtt_ms = -1;  // the fastest reply; negative without one
};

// Number of a flow in a ChatBook; never used twice. 0: none.
using ChatFlow = std::uint64_t;

// Flows that live are asked through their tracks; of those that ended, the last 16 buckets in which
// something was said are kept for 30 minutes. At most `capacity` flows are held; then those go that
// ended longest ago, and of none the one that began first. Times are packet times.
class ChatBook {
 public:
  static constexpr std::uint32_t kCapacity = 65'536;
  static constexpr std::int64_t kKeptNs = std::int64_t{1800} * 1'000'000'000;
  static constexpr std::size_t kKeptBuckets = 16;
  // Of one client and application, this many flows are counted, the newest.
  static constexpr unsigned kMostFlows = 128;

  // Nothing depends on `seed` but the time look-ups take. `capacity`: 1 to 2^24.
  explicit ChatBook(std::uint64_t seed, std::uint32_t capacity = kCapacity);

  // A text flow of `app` (index in all_classifiers()) has become known. `track` must live, and stay
  // where it is, until end().
  ChatFlow begin(const IpAddress& client, std::uint32_t app, const flow::ChatTrack& track,
                 std::int64_t ts_ns);
  // The flow is over; its track is not used any more.
  void end(ChatFlow flow, std::int64_t ts_ns);

  [[nodiscard]] ChatSummary around(const IpAddress& client, std::uint32_t app, std::int64_t from_ns,
                                   std::int64_t to_ns) const;
  // Calls `visit` with the beginning of each second of the stretch's buckets in which a server said
  // something to the client.
  template <class Visit>
  void each_heard(const IpAddress& client, std::uint32_t app, std::int64_t from_ns,
                  std::int64_t to_ns, Visit visit) const {
    each_bucket(client, app, from_ns, to_ns, [&](std::int32_t number, const flow::ChatBucket& at) {
      constexpr std::int64_t kSecond = 1'000'000'000;
      for (std::int64_t second = 0; second < flow::ChatBucket::kNs / kSecond; ++second)
        if ((at.heard >> second & 1) != 0) visit(number * flow::ChatBucket::kNs + second * kSecond);
    });
  }
  // Whether any of the flows said three things in the 10 s up to `ts_ns` (a call begins with
  // signalling). Of ended flows buckets of 10 s tell.
  [[nodiscard]] bool burst_before(const IpAddress& client, std::uint32_t app,
                                  std::int64_t ts_ns) const;

  [[nodiscard]] std::uint32_t held() const { return entries_.live(); }

 private:
  struct Entry {
    IpAddress client;
    std::uint32_t app = 0;
    std::uint32_t kept = 0;
    const flow::ChatTrack* track = nullptr;  // null once ended
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;
    std::array<flow::ChatBucket, kKeptBuckets> buckets;
    std::array<std::int32_t, kKeptBuckets> numbers{};

    [[nodiscard]] flow::ChatCounts around(std::int64_t from_ns, std::int64_t to_ns) const;
    [[nodiscard]] bool burst_before(std::int64_t ts_ns) const;
  };

  using VisitBucket = std::function<void(std::int32_t number, const flow::ChatBucket& bucket)>;

  void each_bucket(const IpAddress& client, std::uint32_t app, std::int64_t from_ns,
                   std::int64_t to_ns, const VisitBucket& visit) const;
  template <class Visit>
  void each(const IpAddress& client, std::uint32_t app, Visit visit) const;
  [[nodiscard]] std::uint64_t hash(const IpAddress& client, std::uint32_t app) const {
    return hash_of(client, app, seed_);
  }
  void forget_old(std::int64_t now_ns);
  void remove(std::uint32_t entry);

  std::uint64_t seed_;
  std::uint32_t capacity_;
  std::uint64_t begun_ = 0;
  flow::Slab<Entry, 6> entries_;
  std::vector<ChatFlow> known_;  // by number of the entry; 0 when it is free
  HashChains chains_{16};
  NumberQueue alive_, ended_;
};

}  // namespace deadair::call
