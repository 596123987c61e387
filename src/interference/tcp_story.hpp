// What detectors of resets are given: one TCP flow's packets that matter, and what is known around
// it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bytes/ip_address.hpp"
#include "flow/header_habit.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "interference/packet_mark.hpp"

namespace deadair::interference {

// Whose packet it is, or claims to be.
enum class Sender : std::uint8_t { client, server };
constexpr Sender peer_of(Sender sender) {
  return sender == Sender::client ? Sender::server : Sender::client;
}
constexpr Sender sender_of(const PacketMark& mark) {
  return mark.from_client ? Sender::client : Sender::server;
}
constexpr std::string_view name(Sender sender) {
  return sender == Sender::client ? "client" : "server";
}

struct TcpStory {
  IpAddress client, server;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  // In capture order: the first packets of the flow, and those around its tear-down.
  std::span<const PacketMark> packets;
  // Index of the first packet after those that were left out between the two; 0 when none were.
  std::size_t gap_at = 0;
  std::array<flow::HeaderHabit, 2> habits;  // by Sender, over all packets of the flow
  std::optional<Trigger> trigger;
  // From a packet of the client to its answer, as seen at the place of capture.
  std::optional<std::int64_t> rtt_ns;
  GateSet gates;

  [[nodiscard]] const flow::HeaderHabit& habit(Sender sender) const {
    return habits[static_cast<std::size_t>(sender)];
  }
};

enum class Vantage : std::uint8_t { unknown, client_side, server_side, middle };

// What other flows and the capture as a whole say. Everything is optional: left out, it neither
// speaks for a finding nor rules anything out.
struct Context {
  Vantage vantage = Vantage::unknown;
  // Flows with the same trigger, and how many of them ended like this one (it included).
  std::uint64_t trigger_flows = 0;
  std::uint64_t trigger_hits = 0;
  // Flows that went well: to the same server without the trigger within 10 minutes, and by another
  // vantage or tunnel within the hour.
  std::uint64_t same_server_ok = 0;
  // The server answered a TLS hello as long as the one with the trigger.
  bool long_hello_ok = false;
  // Other servers whose connections, answered before, were reset at the same moment.
  std::uint64_t reset_together = 0;
  std::uint64_t other_vantage_ok = 0;
  // Another attempt of the same client at the same name, begun within 300 ms, was completed.
  std::optional<bool> twin_succeeded;
  // The share of unrelated flows that the sender resets, when it has enough of them to say.
  std::optional<double> resets_elsewhere;
  // The smallest handshake round trip of this pair of hosts, and how many there were.
  std::optional<std::int64_t> pair_rtt_ns;
  std::uint64_t pair_rtt_samples = 0;
  // The TTL of packets that answered from other ports of the server.
  std::optional<std::uint8_t> server_ttl_elsewhere;
};

// One tear-down: the packets that end the flow in the name of `sender`.
struct TearDown {
  Sender sender = Sender::server;
  bool by_fin = false;            // a FIN stands where a RST would
  std::vector<std::size_t> ends;  // indices into TcpStory::packets, in order; never empty
};

// The RSTs of `sender` up to 2 s after its first, when there are any. What is captured twice
// (GATE.DUP) counts once.
std::optional<TearDown> resets_of(const TcpStory& story, Sender sender);

inline const PacketMark& first_of(const TcpStory& story, const TearDown& event) {
  return story.packets[event.ends.front()];
}

// Is `later` the same packet as `earlier`, captured once more?
bool is_copy(const PacketMark& earlier, const PacketMark& later);

// Sequence-space order with a limit: true when x lies before y and no further than 2^30.
constexpr bool shortly_before(std::uint32_t x, std::uint32_t y) {
  return y - x != 0 && y - x < 1U << 30;
}

// How far `sender` had sent before packet `index`: the highest sequence end; nothing when no packet
// of it but RSTs came before.
std::optional<std::uint32_t> sent_before(const TcpStory& story, Sender sender, std::size_t index);
// How far `sender` had acknowledged before packet `index`.
std::optional<std::uint32_t> acked_before(const TcpStory& story, Sender sender, std::size_t index);
// The last packet of `sender` before packet `index`, RSTs left out; null when there is none.
const PacketMark* last_before(const TcpStory& story, Sender sender, std::size_t index);

inline constexpr std::int64_t kMs = 1'000'000, kSecond = 1'000'000'000;
// How long after a reset its sender's packets still tell on it (Weaver et al. 2009).
inline constexpr std::int64_t kRaceWindow = 2 * kSecond;

}  // namespace deadair::interference
