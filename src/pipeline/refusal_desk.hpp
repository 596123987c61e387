// Finds out whose flows ICMP errors refuse, and hands what filters refuse to its judge.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "interference/call_story.hpp"
#include "interference/controls.hpp"
#include "interference/icmp_errors.hpp"

namespace deadair::pipeline {

// An ended flow as far as errors name it: they quote its client's address and whom it wrote to.
struct RefusableFlow {
  const IpAddress& client;
  const IpAddress& server;
  std::uint16_t server_port = 0;
  std::uint8_t proto = 0;
  std::string_view app;   // empty: unknown
  bool answered = false;  // the server sent something
};

class RefusalDesk {
 public:
  explicit RefusalDesk(std::vector<IpPrefix> public_nets) : public_nets_(std::move(public_nets)) {}

  // Any packet of ICMP or ICMPv6.
  void packet(const wire::Packet& packet);
  // Costs nothing unless a filter has spoken.
  void flow(const RefusableFlow& flow) {
    if (!refused_.empty()) [[unlikely]]
      note(flow);
  }
  [[nodiscard]] const interference::IcmpBook& book() const { return book_; }
  // The input is over.
  [[nodiscard]] std::vector<interference::Finding> judge(
      const interference::Controls& controls, const interference::GateSet& gates,
      std::span<const interference::CallStory> calls) const;

 private:
  struct Target {
    IpAddress client, server;
    std::uint16_t port = 0;
    std::uint8_t proto = 0;
    friend bool operator==(const Target&, const Target&) = default;
  };
  struct TargetHash {
    std::size_t operator()(const Target& target) const;
  };
  struct Refused {
    std::string app;
    bool known = false;
    bool answered = false;
  };

  void note(const RefusableFlow& flow);

  interference::IcmpBook book_;
  std::size_t cases_seen_ = 0;
  // At most as many as the book has cases.
  std::unordered_map<Target, Refused, TargetHash> refused_;
  std::vector<IpPrefix> public_nets_;
};

}  // namespace deadair::pipeline
