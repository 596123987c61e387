// How TCP connections ended, in few bytes each, and what that says of the hosts and of attempts at
// the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "bytes/ip_address.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

struct ConnectionEnd {
  IpAddress client, server;
  std::uint16_t server_port = 0;
  std::uint64_t name = 0;  // subject_of() the server's name; 0: not known
  std::int64_t begin_ns = 0;
  bool completed = false;  // there was payload from both sides
  // Who reset it, where nothing in the packet speaks against that.
  std::optional<Sender> reset_by = std::nullopt;
  // In whose name it was reset first, whatever the packet shows.
  std::optional<Sender> torn_by = std::nullopt;
};

// The last kCapacity connections; what is forgotten makes answers more careful, never bolder.
class EndLog {
 public:
  static constexpr std::size_t kCapacity = 1U << 14;

  void note(const ConnectionEnd& end);
  // All are noted: gets ready to be asked.
  void finish();

  // Another attempt at the same name and another address of it, by the same client or in the other
  // IP version, begun within 300 ms, was completed. Nothing is known where there is no name.
  [[nodiscard]] std::optional<bool> twin_succeeded(const ConnectionEnd& of) const;
  // The share of connections that `host` (either end of `of`) reset, of those to another name or
  // port; nothing below five.
  [[nodiscard]] std::optional<double> resets_elsewhere(const ConnectionEnd& of, Sender host) const;
  // k of n: connections to the name of `of` on its port, and those reset in the name of `host`.
  struct Repetition {
    std::uint32_t all = 0;
    std::uint32_t hits = 0;
  };
  // Nothing where there is no name.
  [[nodiscard]] Repetition repetition(const ConnectionEnd& of, Sender host) const;

 private:
  struct Entry {
    std::uint64_t client = 0;
    std::uint64_t server = 0;
    std::uint64_t name = 0;
    std::int64_t begin_ns = 0;
    std::uint16_t port = 0;
    bool ipv4 : 1 = false;
    bool completed : 1 = false;
    bool reset_by_client : 1 = false;
    bool reset_by_server : 1 = false;
    bool torn_by_client : 1 = false;
    bool torn_by_server : 1 = false;
  };
  struct Share {
    std::uint64_t key = 0;
    std::uint32_t all = 0;
    std::uint32_t resets = 0;
  };

  static void fill(Entry& out, const ConnectionEnd& end);
  static Entry entry_of(const ConnectionEnd& end);
  // What `host` and its like share: the name, or where there is none the server's port.
  static std::uint64_t kin_of(const Entry& entry, Sender host);
  // The name and port, for counting what was torn down in the name of `host`.
  static std::uint64_t name_of(const Entry& entry, Sender host);
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const;
  void count(std::uint64_t key, bool reset);
  [[nodiscard]] Share share_of(std::uint64_t key) const;

  static constexpr std::size_t kKeys = 6;  // under which an entry is counted

  std::vector<Entry> entries_;  // once finished, those with a name, by it and their beginning
  std::size_t oldest_ = 0;
  std::int64_t known_from_ns_ = 0;  // what began earlier may be forgotten
  // No answer depends on it: it keeps a capture from being made to fill one stretch of the table.
  std::uint64_t seed_ = std::random_device{}();
  std::vector<Share> shares_;  // a hash table of the keys, half full at most
};

}  // namespace deadair::interference
