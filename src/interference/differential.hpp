// Compares how an application's calls fared with everything else of the same host: the findings of
// the family DIFF.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interference/calls.hpp"
#include "interference/chance.hpp"
#include "interference/vpn.hpp"

namespace deadair::interference {

inline constexpr std::string_view kDifferentialRules = "DIFF 1.1";

// "0 of 5 connected: true success <= 0.45"; without the bound where nothing failed.
std::string bound_text(std::uint64_t ok, std::uint64_t n, std::string_view what = "connected");

// Things of one kind that went well, and that did not.
struct Tally {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
};

// The attempts of one application, over all clients.
struct CallTally {
  std::string_view app;
  std::vector<const CallStory*> connected, failed, degraded;
  std::uint64_t refused = 0;  // by the server
  std::uint64_t nobody = 0;   // not taken, declined, given up
  std::uint64_t unseen = 0;
  // Text exchanges around them. For what has no text of its own (browsers), requests of the same
  // attempts that relays and peers answered.
  Tally text;
  std::uint64_t own_checks = 0;  // of those that went well, the second kind

  [[nodiscard]] bool text_is_own() const { return own_checks != 0 && own_checks == text.ok; }
  [[nodiscard]] std::uint64_t judged() const {
    return connected.size() + failed.size() + degraded.size();
  }
};
// In the order of their first attempts. Text that failed is the caller's to add.
std::vector<CallTally> tally_calls(std::span<const CallStory> stories);

// The part of an application's attempts that fails altogether: all of them, or those by way of
// networks through which none connected while others did.
struct Suspects {
  std::vector<const CallStory*> failed;
  bool part = false;  // others connected, through other networks
};
Suspects suspects_of(const CallTally& tally);

// How strong the mechanism is that the findings name for calls of the application: any, or one that
// slows and loses without stopping.
enum class Mechanism : std::uint8_t { any, slows };
Level mechanism_of(std::string_view app, std::span<const Finding> findings, Mechanism wanted);

// DIFF.CALLS_BLOCKED, DIFF.CALLS_DEGRADED, DIFF.VIDEO_ONLY: at least `anomalous`, or nothing.
// `others`: all tallies of the run, for onsets that they share.
std::vector<Finding> compare_calls(const CallTally& tally, std::span<const CallTally> others,
                                   std::span<const Finding> findings);

// DIFF.VPN_BLOCKED of one protocol: at least `anomalous`, or nothing.
std::optional<Finding> compare_tunnels(std::string_view protocol,
                                       std::span<const TunnelStory> stories,
                                       std::span<const Finding> findings);

}  // namespace deadair::interference
