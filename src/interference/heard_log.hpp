// Remembers in which seconds anything beyond the LAN answered a host: whether its line was alive
// while something else went unanswered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bytes/ip_address.hpp"

namespace deadair::interference {

// A table of fixed size, in which what is newer takes the place of what is older: what is forgotten
// makes an answer more careful, never bolder. Times are packet times. Adding and asking take
// constant time for each minute of the stretch, of which the first 256 are looked at.
class HeardLog {
 public:
  static constexpr std::uint32_t kCapacity = 1U << 13;

  // `capacity`: entries of 40 bytes, a power of two, at least 4. Taken when the first is added.
  explicit HeardLog(std::uint32_t capacity = kCapacity) : capacity_(capacity) {}

  enum class What : std::uint8_t {
    came,        // anything for the host
    udp_opened,  // of that, the first answer to a UDP flow, other than of DNS and NTP
    udp_failed,  // a UDP flow began that was never answered, other than of calls
  };
  void note(const IpAddress& host, std::int64_t ts_ns, What what);

  // How many seconds had it, of which all lies within the stretch.
  struct Heard {
    std::uint32_t came = 0;
    std::uint32_t udp_opened = 0;
    std::uint32_t udp_failed = 0;
  };
  [[nodiscard]] Heard within(const IpAddress& host, std::int64_t from_ns, std::int64_t to_ns) const;

 private:
  static constexpr std::size_t kWays = 4;

  struct Entry {
    std::uint64_t key = 0;
    std::int64_t minute = 0;
    std::array<std::uint64_t, 3> seconds{};  // bits, by What; none at all: free

    [[nodiscard]] bool free() const { return (seconds[0] | seconds[1] | seconds[2]) == 0; }
  };
  static_assert(sizeof(Entry) == 40);

  static std::uint64_t key_of(const IpAddress& host, std::int64_t minute);
  [[nodiscard]] const Entry* find(const IpAddress& host, std::int64_t minute) const;
  Entry& place_of(std::uint64_t key, std::int64_t minute);

  std::uint32_t capacity_;
  std::vector<Entry> entries_;
};

}  // namespace deadair::interference
