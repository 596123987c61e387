// A finding as a value: one event or pattern of interference, with what speaks for and against it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/raw_packet.hpp"

namespace deadair::interference {

// From what was seen to what may be said of it; each level needs what those below it need.
enum class Level : std::uint8_t {
  indeterminate,      // the capture cannot answer the question
  observed,           // the packets are there
  anomalous,          // unusual; innocent causes are not excluded
  likely,             // better explained by a third device on the path than by either end
  confirmed_pattern,  // consistent with deliberate, selective interference
};
constexpr std::string_view name(Level level) {
  constexpr std::array<std::string_view, 5> kNames = {"indeterminate", "observed", "anomalous",
                                                      "likely", "confirmed_pattern"};
  return kNames[static_cast<std::size_t>(level)];
}

// What a blocking device may have reacted to.
enum class TriggerType : std::uint8_t {
  http_host,
  tls_sni,
  quic_sni,
  dns_q,
  stun_req,
  dtls_ch,
  wg_init,
  ovpn,
  tor,
  fep,  // fully encrypted from the first byte
};
constexpr std::string_view name(TriggerType type) {
  constexpr std::array<std::string_view, 10> kNames = {"HTTP_HOST", "TLS_SNI", "QUIC_SNI", "DNS_Q",
                                                       "STUN_REQ",  "DTLS_CH", "WG_INIT",  "OVPN",
                                                       "TOR",       "FEP"};
  return kNames[static_cast<std::size_t>(type)];
}

struct Trigger {
  TriggerType type = TriggerType::tls_sni;
  std::string name;      // what it names; empty when it names nothing
  bool watched = false;  // of a known application, or on the user's list
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  std::uint32_t seq = 0;  // TCP: of its first byte
  std::uint32_t len = 0;  // bytes of the TLS hello that says it; 0: not known
};

// What a TCP segment holds on every path: 1,280 bytes of IPv6 without headers (RFC 8200 section 5).
inline constexpr std::uint32_t kAlwaysOneSegment = 1220;
// And the most that one holds on Ethernet.
inline constexpr std::uint32_t kMostOneSegment = 1460;

// Some devices and servers cannot put together a hello that comes in several segments, as those
// with post-quantum keys do (tldr.fail): they drop or reset it, whatever it asks for.
constexpr bool is_long_hello(const Trigger& trigger) { return trigger.len > kAlwaysOneSegment; }
// One that was answered excludes that. Names and padding vary, the number of segments does not.
constexpr bool hello_as_long(std::uint32_t answered, std::uint32_t len) {
  return answered >= len || answered > kMostOneSegment;
}

struct Item {
  std::string_view name;
  std::string_view group;
  double lr = 0;
  std::string value;  // what was read, in words
  wire::FrameRef frame;
};

// An innocent explanation, and whether the packets rule it out.
struct Alternative {
  std::string_view name;
  bool excluded = false;
  std::string why;
};

// What the sender normally sends.
struct Baseline {
  std::vector<std::uint8_t> ttl;
  std::string_view ip_id;  // counter, other; empty when unknown
  std::optional<double> rtt_ms;
};

// How a page shows findings that go together; records do not have it.
struct Fold {
  bool hidden = false;                 // another finding's entry tells of it
  std::vector<std::string> also;       // ids of the others about the same packets
  std::uint64_t times = 1;             // events alike, this one included
  std::vector<wire::FrameRef> frames;  // of all of them
};

// Field by field the `finding` record; what does not apply is empty.
struct Finding {
  std::string id;
  Level level = Level::observed;
  double score = 0;
  std::string app;
  std::string flow;  // Community ID
  std::optional<std::uint64_t> call;
  std::vector<wire::FrameRef> frames;
  std::optional<Trigger> trigger;
  std::vector<Item> items;
  std::vector<Alternative> alternatives;
  std::vector<std::string_view> gates;
  Baseline baseline;
  std::uint64_t tests = 0;
  std::optional<double> rate_bps, burst_bytes, delay_ms, after_packets, after_ms;
  std::string_view rules;
  std::string text;
  Fold fold;
};

}  // namespace deadair::interference
