// The SIP call attempts of a run: found by Call-ID and by media socket, let go by packet time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bytes/hash.hpp"
#include "call/hash_chains.hpp"
#include "call/number_queue.hpp"
#include "call/sip_dialog.hpp"
#include "flow/slab.hpp"

namespace deadair::call {

// Messages come in packet order. At most `capacity` attempts are held; beyond that the one longest
// without a sign goes, those that have ended first. Look-ups take constant time, whatever was
// announced. Memory is taken with the first attempt: about 600 bytes each.
class SipDialogs {
 public:
  static constexpr std::uint32_t kCapacity = 65'536;

  // Nothing depends on `seed` but the time look-ups take. `capacity`: 1 to 2^24.
  explicit SipDialogs(std::uint64_t seed, std::uint32_t capacity = kCapacity);

  // The attempt the message belongs to, begun if need be; 0 when it tells of none.
  SipCall note(const SipEvent& event);

  // Null when it was let go, or has become a leg of another (whose leg_calls then hold it). Valid
  // until the next call that is not const.
  [[nodiscard]] const SipDialog* find(SipCall call) const;
  [[nodiscard]] const SipDialog* by_call_id(std::uint64_t hash) const;
  // The attempt that announced the socket and covers the time; the newest if several do. An odd
  // port that nobody announced is taken for the RTCP beside the port below (RFC 3550 section 11).
  [[nodiscard]] const SipDialog* by_media(const SocketAddress& at, std::int64_t ts_ns) const;

  // Media of the attempt were seen, so it lives.
  void touch(SipCall call, std::int64_t ts_ns);

  // Appends what is over by packet time, or had to make room, to `ended`, and forgets it.
  void expire(std::int64_t now_ns, std::vector<SipDialog>& ended);
  // Appends everything left, in the order of first frames: the end of the input.
  void finish(std::vector<SipDialog>& ended);

  [[nodiscard]] std::uint32_t live() const { return entries_.live(); }
  // Attempts that had to make room and could not be kept for expire() either.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  static constexpr std::size_t kMostEvicted = 4096;  // kept for the next expire()
  static constexpr unsigned kMostWalked = 32;        // nodes of a chain that are looked at

  struct Entry {
    SipDialog dialog;
    bool over = false;  // which of the two queues it is in
  };

  static constexpr std::uint32_t leg_node(std::uint32_t entry, std::size_t leg) {
    return static_cast<std::uint32_t>(entry * SipDialog::kMostLegs + leg);
  }
  static constexpr std::uint32_t socket_node(std::uint32_t entry, std::size_t socket) {
    return static_cast<std::uint32_t>(entry * SipDialog::kMostSockets + socket);
  }
  [[nodiscard]] std::uint64_t hash(std::uint64_t call_id) const { return mix(call_id ^ seed_); }
  [[nodiscard]] std::uint64_t hash(const SocketAddress& at) const {
    return hash_of(at.ip, at.port, seed_);
  }

  [[nodiscard]] std::uint32_t entry_of(SipCall call) const;
  [[nodiscard]] std::uint32_t entry_of_leg(std::uint64_t call_id) const;
  template <class Accept>
  [[nodiscard]] std::uint32_t entry_of_socket(const SocketAddress& at, Accept accept) const;
  [[nodiscard]] std::uint32_t covering(const SocketAddress& at, std::int64_t ts_ns) const;
  template <class Accept>
  [[nodiscard]] std::uint32_t announcer_of(const SipEvent& event, Accept accept) const;
  [[nodiscard]] std::uint32_t other_leg(const SipEvent& event, std::uint32_t entry) const;

  std::uint32_t begin(const SipEvent& event);
  void add_leg(std::uint32_t entry, std::uint64_t call_id);
  void add_sockets(std::uint32_t entry, const SipEvent& event);
  void add_socket(std::uint32_t entry, const SipSocket& socket);
  std::uint32_t join(std::uint32_t entry, const SipEvent& event);
  void absorb(std::uint32_t older, std::uint32_t younger);
  void queue_again(std::uint32_t entry);
  void make_room();
  void remove(std::uint32_t entry);

  std::uint64_t seed_;
  std::uint32_t capacity_;
  std::uint64_t begun_ = 0;
  std::uint64_t lost_ = 0;
  flow::Slab<Entry, 6> entries_;
  std::vector<SipCall> known_;  // by number of the entry; 0 when it is free
  HashChains legs_{16};
  HashChains sockets_{18};
  NumberQueue alive_, over_;  // by last sign; by end
  std::vector<SipDialog> evicted_;
};

}  // namespace deadair::call
