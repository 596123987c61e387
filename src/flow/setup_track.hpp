// Follows what is asked and answered on a flow of a call: relays, checks between peers, keys,
// reports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "bytes/byte_view.hpp"
#include "flow/key.hpp"
#include "flow/pulse.hpp"
#include "proto/stun.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::flow {

// What one side of the flow sent. Times are packet times in nanoseconds, 0 where nothing was.
struct SetupFacts {
  std::uint32_t requests = 0;   // STUN requests, repetitions counted
  std::uint32_t allocates = 0;  // of them, asking a relay for an address (RFC 8656)
  std::uint32_t checks = 0;     // of them, ICE checks: Binding with USERNAME (RFC 8445 section 7)
  std::uint32_t successes = 0;  // STUN answers
  std::uint32_t granted = 0;    // of them, to those who asked for an address
  std::uint32_t errors = 0;
  std::uint32_t challenges = 0;    // of them, demands for credentials (RFC 8489 section 9.2)
  std::uint16_t last_refusal = 0;  // error that is none, 300 to 699; 0: none
  std::uint8_t ttl = 0;            // of its first packet: TTL or hop limit; 0: none came
  std::uint32_t hellos = 0;        // DTLS datagrams with a ClientHello
  std::uint32_t sealed = 0;        // other DTLS datagrams
  std::uint32_t others = 0;        // datagrams that are neither STUN, DTLS, RTP nor RTCP
  std::int64_t first_request_ns = 0;
  std::int64_t first_answer_ns = 0;
  std::int64_t last_answer_ns = 0;
  std::int64_t first_hello_ns = 0;
  std::int64_t last_ns = 0;         // of anything counted here, and of RTCP
  std::int64_t last_report_ns = 0;  // of RTCP, plain or not
  // Of what may say that the other side was heard: STUN but checks, and words of an application's
  // own. Checks, reports and DTLS go out unasked.
  std::int64_t last_word_ns = 0;
  std::uint32_t unanswered = 0;      // requests since the other side last answered
  std::int64_t unanswered_from = 0;  // time of the first of them
  // Likewise of those that ask for an address alone.
  std::uint32_t unanswered_allocates = 0;
  std::int64_t unanswered_allocates_from = 0;
  // Sender reports: only who sent media lately sends them (RFC 3550 section 6.4).
  std::int64_t last_sender_report_ns = 0;
  // The packets of the times above; not valid where there was none.
  wire::FrameRef first_request_frame;
  wire::FrameRef last_answer_frame;
  wire::FrameRef unanswered_frame;
  wire::FrameRef first_hello_frame;
  // Report blocks in this side's RTCP (RFC 3550 section 6.4), where it is not encrypted: what it
  // lost of the other side's media.
  std::uint32_t reports = 0;
  std::uint64_t fractions_lost = 0;   // sum of their fraction lost, in 1/256
  std::uint32_t reported_jitter = 0;  // of the last one, in units of the RTP clock
  std::uint64_t bitrate_bps = 0;      // receiver's estimate, the last REMB; 0: none
  std::uint32_t arrivals_told = 0;    // packets that transport-wide feedback speaks of
  std::uint32_t arrivals_lost = 0;    // of them, those that never came

  [[nodiscard]] std::uint32_t answers() const { return successes + errors; }
  // Mean of what the reports say was lost, 0 to 1; nothing without reports.
  [[nodiscard]] std::optional<double> reported_loss() const;
};

class SetupTrack {
 public:
  // A packet of any kind came with this TTL.
  void came(Side from, std::uint8_t ttl) {
    SetupFacts& facts = side(from).facts;
    if (facts.ttl == 0) facts.ttl = ttl;
  }
  void stun(Side from, const proto::stun::Message& message, std::int64_t ts_ns,
            wire::FrameRef frame = {});
  // A check between peers that a relay carries: only whose it is.
  void relayed_check(const proto::stun::Message& message) { note_session(message); }
  // A DTLS datagram, by its first bytes.
  void dtls(Side from, ByteView datagram, std::int64_t ts_ns, wire::FrameRef frame = {});
  // RTCP, plain or not.
  void rtcp(Side from, ByteView datagram, std::size_t wire_len, std::int64_t ts_ns);
  // What no dissector knows: an application's own set-up, or media it hides.
  void other(Side from, std::int64_t ts_ns);

  [[nodiscard]] const SetupFacts& of(Side side) const {
    return sides_[static_cast<std::size_t>(side)].facts;
  }
  // The rhythm of what no dissector knows.
  [[nodiscard]] PulseFacts pulse(Side side) const {
    return sides_[static_cast<std::size_t>(side)].others.facts();
  }
  // Which ICE session the flow's checks are of: the two ends' username fragments, in either order
  // (RFC 8445 section 7.2.2), as one number. All pairs of a session share them. 0: no checks.
  [[nodiscard]] std::uint64_t ice_session() const { return ice_session_; }
  // Smallest time from a STUN request to its answer; nothing when none was answered.
  [[nodiscard]] std::optional<std::int64_t> rtt_ns() const;

 private:
  struct Asked {
    std::uint32_t id = 0;  // of the transaction, shortened
    std::int64_t ts_ns = 0;
  };
  struct SideState {
    SetupFacts facts;
    Pulse others;
    Asked asked;  // the last request
  };

  static void report(SetupFacts& facts, ByteView datagram);
  SideState& side(Side which) { return sides_[static_cast<std::size_t>(which)]; }
  void request(Side from, const proto::stun::Message& message, std::int64_t ts_ns,
               wire::FrameRef frame);
  void answer(Side from, const proto::stun::Message& message, std::int64_t ts_ns,
              wire::FrameRef frame);

  std::array<SideState, 2> sides_;
  void note_session(const proto::stun::Message& message);

  std::int64_t rtt_ns_ = 0;
  std::uint64_t ice_session_ = 0;
};

}  // namespace deadair::flow
