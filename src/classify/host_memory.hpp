// What is remembered of hosts across flows: names of addresses, sockets of calls, applications
// seen.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

#include "bytes/ip_address.hpp"
#include "classify/ring_map.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::classify {

// The name under which a client last asked for an address.
struct KnownName {
  std::string name;
  wire::FrameRef frame;  // of the DNS answer
  std::int64_t ts_ns = 0;

  void recycle() {
    name.clear();
    frame = {};
    ts_ns = 0;
  }
};

// A local UDP socket that carried a decided call flow.
struct CallSocket {
  std::uint32_t classifier = 0;  // index in all_classifiers()
  std::string_view app;
  wire::FrameRef frame;  // of the deciding packet
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  bool generic = false;  // only a protocol is known: gives way to an application
};

// All budgets are fixed: the oldest entry goes. Times are packet times.
class HostMemory {
 public:
  // Nothing depends on `seed` but the time look-ups take, should a capture be made to make them
  // slow.
  explicit HostMemory(std::uint64_t seed);

  // Answers older than this no longer name an address: caches of resolvers and applications seldom
  // outlive it.
  static constexpr std::int64_t kNameLifeNs = std::int64_t{12} * 3600 * 1'000'000'000;
  // A call's socket may be bound to flows that begin this long after it was last seen.
  static constexpr std::int64_t kSocketLifeNs = std::int64_t{600} * 1'000'000'000;
  // How far apart a flow and a name of an application count as the same use of it.
  static constexpr std::int64_t kCompanionNs = std::int64_t{600} * 1'000'000'000;

  void learn_name(const IpAddress& client, const IpAddress& address, std::string_view name,
                  wire::FrameRef frame, std::int64_t ts_ns);
  // The name known at `ts_ns`; null when there is none.
  [[nodiscard]] const KnownName* name_of(const IpAddress& client, const IpAddress& address,
                                         std::int64_t ts_ns) const;

  // Notes that a call of `classifier` uses the socket; extends what is known of it.
  void learn_socket(const IpAddress& host, std::uint16_t port, const CallSocket& socket);
  // The call socket in use when a flow lived from `first_ns` to `last_ns`; null when there is none.
  [[nodiscard]] const CallSocket* socket_of(const IpAddress& host, std::uint16_t port,
                                            std::int64_t first_ns, std::int64_t last_ns);

  // Notes that the client used a name of the application.
  // `asked` separates names asked of DNS from names said in a handshake.
  void learn_use(const IpAddress& client, std::uint32_t classifier, bool asked, std::int64_t ts_ns);
  // True when a name of the application was asked for, or said, within kCompanionNs of the stretch.
  [[nodiscard]] bool asked(const IpAddress& client, std::uint32_t classifier, std::int64_t first_ns,
                           std::int64_t last_ns);
  [[nodiscard]] bool used(const IpAddress& client, std::uint32_t classifier, std::int64_t first_ns,
                          std::int64_t last_ns);

 private:
  struct PairKey {
    IpAddress host, peer;
    friend bool operator==(const PairKey&, const PairKey&) = default;
  };
  struct NumberKey {
    IpAddress host;
    std::uint32_t number = 0;
    friend bool operator==(const NumberKey&, const NumberKey&) = default;
  };
  struct KeyHash {
    std::uint64_t seed = 0;
    std::uint64_t operator()(const PairKey& key) const;
    std::uint64_t operator()(const NumberKey& key) const;
  };
  // The second half of a key of uses_.
  static constexpr std::uint32_t use_number(std::uint32_t classifier, bool asked) {
    return classifier * 2 + (asked ? 1 : 0);
  }
  [[nodiscard]] bool near_use(const IpAddress& client, std::uint32_t number, std::int64_t first_ns,
                              std::int64_t last_ns);

  struct Use {
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
    bool known = false;
  };

  RingMap<PairKey, KnownName, KeyHash> names_;
  RingMap<NumberKey, CallSocket, KeyHash> sockets_;
  std::bitset<65536> socket_ports_;  // of any of them, ever: most look-ups need go no further
  RingMap<NumberKey, Use, KeyHash> uses_;
};

}  // namespace deadair::classify
