// Gathers ICMP errors by who sent them and what they refuse, and judges those of a filter.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classify/ring_map.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "proto/icmp_error.hpp"
#include "wire/packet.hpp"

namespace deadair::interference {

inline constexpr std::string_view kIcmpRules = "ICMP 1.1";

// Errors of one sender about packets from one host to one port of another.
struct IcmpCase {
  static constexpr std::size_t kMostFrames = 8;

  IpAddress source;          // who says so
  IpAddress client, target;  // whose packet it was, and to whom
  std::uint16_t target_port = 0;
  std::uint8_t proto = 0;
  std::uint8_t type = 0, code = 0;
  std::uint8_t source_ttl = 0;  // of the first error's packet
  proto::icmp::ErrorKind kind = proto::icmp::ErrorKind::other;
  std::uint32_t mtu = 0;  // the smallest told
  std::uint64_t errors = 0;
  std::int64_t first_ns = 0, last_ns = 0;
  std::array<std::uint16_t, 4> client_ports{};  // the first ones: attempts
  std::uint8_t client_port_count = 0;
  std::array<wire::FrameRef, kMostFrames> frames{};
  std::uint8_t frame_count = 0;

  // The refused end speaks for itself.
  [[nodiscard]] bool from_target() const { return source == target; }
};

// Bounded; what comes beyond is counted only.
class IcmpBook {
 public:
  static constexpr std::size_t kMostCases = 4096;

  // Any packet of ICMP or ICMPv6; others are passed over.
  void note(const wire::Packet& packet);
  [[nodiscard]] std::span<const IcmpCase> cases() const { return cases_; }
  // Bytes of the largest packet that gets through to the host, where an error told: packets above
  // it are lost for their size.
  [[nodiscard]] std::optional<std::uint32_t> path_mtu(const IpAddress& target) const;
  // The host itself said that nobody listens at the port.
  [[nodiscard]] bool refused(const IpAddress& target, std::uint16_t port, std::uint8_t proto) const;
  // Errors about packets whose hops were used up: a loop, or somebody traces the route.
  [[nodiscard]] std::uint64_t loops(const IpAddress& target) const;
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct Key {
    IpAddress source, client, target;
    std::uint16_t port = 0, type_code = 0;
    std::uint8_t proto = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t operator()(const Key& key) const;
  };

  IcmpCase* claim(const wire::Packet& packet, const proto::icmp::Error& error);

  std::vector<IcmpCase> cases_;
  classify::RingMap<Key, std::uint32_t, KeyHash> places_{kMostCases};
  std::uint64_t forgotten_ = 0;
};

// What the run knows of the traffic that was refused. Whatever is left out speaks for nothing.
struct IcmpContext {
  GateSet gates;
  std::span<const IpPrefix> public_nets;  // taken for public addresses, whatever their range
  struct Refused {
    std::string_view app;   // of the flow; empty: unknown
    bool known = false;     // the flow itself was captured
    bool answered = false;  // the target answered it
  };
  std::function<Refused(const IcmpCase&)> refused;
  // Was the target, as the client's port asked it, one of several ways of a call that found
  // another, or a peer, whom other ways lead to?
  std::function<bool(const IcmpCase&, std::uint16_t client_port)> candidate;
  // Flows of the client that were answered within a minute of the errors: by UDP, and at all, not
  // counting those to the ports and hosts that are refused.
  std::function<std::uint64_t(const IpAddress& client, std::int64_t from_ns, std::int64_t to_ns,
                              bool udp_only)>
      answered;
};

// ICMP.ADMIN: one finding for each sender, client and application of errors 3/9, 3/10 and 3/13
// (ICMPv6 1/1, 1/5, 1/6) from another device than the target. `observed` alone; `anomalous` when
// they hit one application while other traffic of the host is answered; `likely` when they hit
// three of its servers, or two attempts, while other UDP is answered (for TCP: anything else), and
// the device has no private address. Targets in private networks, and candidates of calls, count
// for nothing.
std::vector<Finding> judge_icmp(const IcmpBook& book, const IcmpContext& context);

}  // namespace deadair::interference
