// Puts IPv4 and IPv6 fragments back together, within a budget of bytes and 30 s of packet time.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "wire/ip.hpp"

namespace deadair::wire {

// One fragment as its IP header describes it.
struct FragmentPart {
  const Packet& packet;  // network fields of the fragment
  const IpBody& body;
  std::int64_t ts_ns = 0;
  std::uint16_t frames =
      1;  // frames it came in: more than 1 when a tunnel's packets were fragments
};

// A datagram rebuilt with the header it had before it was fragmented.
struct Datagram {
  Pdu pdu;  // shorter than its wire length when the capture cut a fragment; lives until release()
  std::uint16_t frames = 0;
  std::uint32_t ip_len = 0;  // of all fragments, each with its header
};

// Where fragments overlap, the first to come wins in IPv4 and exact duplicates do no harm; in IPv6
// an overlap discards the datagram (RFC 5722).
class Reassembler {
 public:
  explicit Reassembler(std::size_t budget_bytes) : budget_(budget_bytes) {}

  // Undecoded::none when `part` completed its datagram, which is then in `out`; held_fragment when
  // it was kept; otherwise why it was not.
  Undecoded add(const FragmentPart& part, Datagram& out);
  // Frees the datagrams handed out.
  void release() {
    if (!delivered_.empty()) delivered_.clear();
  }
  void give_up_all();
  // Counts frames of a datagram that was completed but did not become a packet.
  void count_lost(std::uint64_t frames) { abandoned_ += frames; }
  [[nodiscard]] std::uint64_t abandoned() const { return abandoned_; }

 private:
  struct Key {
    IpAddress src, dst;
    std::uint32_t id = 0;
    std::uint8_t ip_version = 0;
    std::uint8_t proto = 0;  // IPv4 only: RFC 8200 leaves it out
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Piece {
    std::uint32_t begin = 0, end = 0;  // place in the fragmentable part, by lengths on the wire
    std::vector<std::uint8_t> bytes;   // captured; may be shorter than end - begin
  };
  struct Incomplete;
  using Table = std::map<Key, Incomplete>;
  using Age = std::list<Table::iterator>;
  struct Incomplete {
    std::int64_t first_ts_ns = 0;
    std::vector<Piece> pieces;  // by begin, not overlapping
    std::vector<std::uint8_t> header;
    std::uint16_t next_header_at = 0;
    std::uint8_t next_header = 0;
    std::uint32_t covered = 0;  // bytes that came, by lengths on the wire
    std::uint32_t total = 0;    // 0 until the last fragment came
    std::uint32_t ip_len = 0;
    std::uint16_t frames = 0;
    bool refused = false;  // what still comes of it is discarded
    std::size_t cost = 0;
    Age::iterator age;
  };

  static Key key_of(const FragmentPart& part);
  Table::iterator find_or_insert(const FragmentPart& part);
  // Files the fragment under its place; false when it contradicts what came before.
  bool accept(Incomplete& datagram, const FragmentPart& part);
  void keep_header(Incomplete& datagram, const FragmentPart& part);
  bool fill_gaps(Incomplete& datagram, const FragmentPart& part, std::uint32_t begin,
                 std::uint32_t end);
  bool insert_whole(Incomplete& datagram, const FragmentPart& part, std::uint32_t begin,
                    std::uint32_t end);
  static std::size_t first_ending_after(const Incomplete& datagram, std::uint32_t place);
  void store(Incomplete& datagram, std::size_t at, const FragmentPart& part, std::uint32_t begin,
             std::uint32_t end);
  Undecoded deliver(Table::iterator entry, const FragmentPart& part, Datagram& out);
  Undecoded refuse(Incomplete& datagram);
  void charge(Incomplete& datagram, std::size_t bytes);
  void expire(std::int64_t now_ns);
  // Gives up the oldest datagrams until the budget holds; false when `newest` was among them.
  bool fit_budget(Table::iterator newest, const FragmentPart& part);
  void abandon(Table::iterator entry);
  void erase(Table::iterator entry);

  std::size_t budget_;
  std::size_t used_ = 0;
  std::uint64_t abandoned_ = 0;
  Table table_;
  Age by_age_;  // oldest first
  std::vector<std::vector<std::uint8_t>> delivered_;
};

}  // namespace deadair::wire
