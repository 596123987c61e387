// A bounded memory of what went well, or demonstrably did not, around what failed.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "bytes/ip_address.hpp"

namespace deadair::interference {

// What is remembered, and what its subject is.
enum class Control : std::uint8_t {
  tcp_answered,  // a TCP flow of the client got data; subject: application
  // A datagram came back from beyond the LAN, other than of DNS (53) and NTP (123): firewalls that
  // stop all other UDP let these pass. Subject: the application of the flow.
  udp_answered,
  name_answered,   // likewise of DNS and NTP; subject: application
  udp_silent,      // a server beyond the LAN never answered three datagrams; subject: its address
  stun_answered,   // a STUN server or relay answered; subject: application of the flow
  text,            // the application's message was answered; subject: application
  call_connected,  // subject: application
  call_tunnelled,  // connected through a tunnel or by another network; subject: application
  port_closed,     // ICMP port unreachable from the server itself; subject: its address
  host_ok,         // a flow went well; subject: the server's address
  server_ok,       // the same flow; subject: server and port
  name_ok,         // the same flow; subject: server, port and name
  count_,
};

// Numbers to ask by. Two subjects are the same where their numbers are.
std::uint64_t subject_of(std::string_view text);
std::uint64_t subject_of(const IpAddress& address, std::uint16_t port = 0,
                         std::string_view name = {});

// A table of fixed size, in which what is newer takes the place of what is older: what is forgotten
// makes an answer more careful, never bolder. Times are packet times. Adding and asking take
// constant time.
class Controls {
 public:
  static constexpr std::uint32_t kCapacity = 1U << 14;
  static constexpr std::int64_t kSlotNs = 60'000'000'000;
  // A stretch longer than this many minutes is only looked at near its two ends.
  static constexpr std::int64_t kMostSlots = 256;

  // `capacity`: entries of 16 bytes, a power of two, at least 4. Taken when the first is added.
  explicit Controls(std::uint32_t capacity = kCapacity) : capacity_(capacity) {}

  void add(Control what, const IpAddress& client, std::uint64_t subject, std::int64_t ts_ns);
  // A flow to this server went well, under this name.
  void add_server(const IpAddress& client, const IpAddress& server, std::uint16_t port,
                  std::string_view name, std::int64_t ts_ns);

  // How often within the stretch, ends included; never too many where one minute holds both what
  // lies in the stretch and what does not.
  [[nodiscard]] std::uint32_t count(Control what, const IpAddress& client, std::uint64_t subject,
                                    std::int64_t from_ns, std::int64_t to_ns) const;
  // Whatever the subject.
  [[nodiscard]] std::uint32_t all(Control what, const IpAddress& client, std::int64_t from_ns,
                                  std::int64_t to_ns) const {
    return count(what, client, kAnything, from_ns, to_ns);
  }
  // Of any subject but this one.
  [[nodiscard]] std::uint32_t others(Control what, const IpAddress& client, std::uint64_t subject,
                                     std::int64_t from_ns, std::int64_t to_ns) const;
  // Flows to this server that went well under another name, or without one.
  [[nodiscard]] std::uint32_t other_names(const IpAddress& client, const IpAddress& server,
                                          std::uint16_t port, std::string_view name,
                                          std::int64_t from_ns, std::int64_t to_ns) const;
  // Whether any host at all had it.
  [[nodiscard]] std::uint32_t of_anyone(Control what, std::int64_t from_ns,
                                        std::int64_t to_ns) const {
    return count(what, kAnyone, kAnything, from_ns, to_ns);
  }

 private:
  static constexpr std::uint64_t kAnything = 0;
  static constexpr IpAddress kAnyone{};
  static constexpr unsigned kWays = 4;

  // What happened in one minute. Milliseconds of the minute fit 16 bits.
  struct Entry {
    std::uint64_t key = 0;
    std::uint16_t first_ms = 0;
    std::uint16_t last_ms = 0;
    std::uint16_t count = 0;  // 0: free
    std::uint16_t slot = 0;   // low bits of the minute's number
  };
  static_assert(sizeof(Entry) == 16);

  static std::uint64_t key_of(Control what, const IpAddress& client, std::uint64_t subject,
                              std::int64_t slot);
  void note(Control what, const IpAddress& client, std::uint64_t subject, std::int64_t ts_ns);
  Entry& place_of(std::uint64_t key, std::uint16_t slot);
  [[nodiscard]] const Entry* find(std::uint64_t key) const;

  std::int64_t first_slot_ = std::numeric_limits<std::int64_t>::max();  // of any note
  std::int64_t last_slot_ = std::numeric_limits<std::int64_t>::min();
  std::uint32_t capacity_;
  std::vector<Entry> entries_;
};

}  // namespace deadair::interference
