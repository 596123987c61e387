// Remembers which hosts were lately heard and answered: only then is silence more than a capture of
// one direction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "bytes/hash.hpp"
#include "bytes/ip_address.hpp"

namespace deadair::call {

// A table of fixed size in which a newer host takes the place of an older one: what is forgotten
// makes an answer more careful, never bolder.
class Sightings {
 public:
  // A flow of the host had packets in both directions at `ts_ns`.
  void note(const IpAddress& host, std::int64_t ts_ns) {
    const std::uint64_t mixed = hash_of(host, 0, 0);
    Entry& entry = (*entries_)[mixed % kEntries];
    const auto tag = static_cast<std::uint32_t>(mixed >> 32);
    if (entry.tag != tag || !entry.used) entry = {tag, true, ts_ns, ts_ns};
    // A clock that steps back begins anew.
    if (ts_ns < entry.first_ns) entry.first_ns = ts_ns;
    if (ts_ns > entry.last_ns) entry.last_ns = ts_ns;
  }

  // True when one had within `margin_ns` of the stretch.
  [[nodiscard]] bool seen(const IpAddress& host, std::int64_t first_ns, std::int64_t last_ns,
                          std::int64_t margin_ns) const {
    const std::uint64_t mixed = hash_of(host, 0, 0);
    const Entry& entry = (*entries_)[mixed % kEntries];
    return entry.used && entry.tag == static_cast<std::uint32_t>(mixed >> 32) &&
           entry.last_ns >= first_ns - margin_ns && entry.first_ns <= last_ns + margin_ns;
  }

 private:
  static constexpr std::size_t kEntries = 1024;

  struct Entry {
    std::uint32_t tag = 0;
    bool used = false;
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
  };

  std::unique_ptr<std::array<Entry, kEntries>> entries_ =
      std::make_unique<std::array<Entry, kEntries>>();
};

}  // namespace deadair::call
