// What passed between a host and one relay or peer: who asked, who answered, whose media went on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "call/evidence.hpp"

namespace deadair::call {

// One direction. Times are packet times, 0 where nothing was.
struct Passage {
  std::uint64_t packets = 0;  // of any kind
  std::uint64_t media_packets = 0;
  bool lively = false;  // flow::Liveliness
  std::int64_t media_first_ns = 0;
  std::int64_t media_last_ns = 0;
  std::int64_t last_numbered_ns = 0;       // of media with RTP headers
  std::int64_t last_ns = 0;                // of anything that was counted
  std::int64_t last_sign_ns = 0;           // of that, what is not media: answers, keys, reports
  std::int64_t last_word_ns = 0;           // as in flow::SetupFacts
  std::int64_t last_report_ns = 0;         // RTCP: by the end itself, whoever relays it
  std::int64_t last_sender_report_ns = 0;  // its sender had media under way
};

struct Exchange {
  bool tcp = false;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::array<Passage, 2> ways;  // [kUp]: ours

  // Asked by us and answered by them.
  std::uint64_t allocates = 0;
  std::uint64_t granted = 0;
  std::uint64_t challenges = 0;  // demands for credentials
  std::uint64_t refusals = 0;    // other errors
  std::uint16_t last_refusal = 0;
  std::int64_t first_request_ns = 0;
  std::int64_t last_answer_ns = 0;
  std::uint64_t unanswered = 0;  // requests at the end
  std::int64_t unanswered_from_ns = 0;
  std::uint64_t unanswered_allocates = 0;
  std::int64_t unanswered_allocates_from_ns = 0;
  std::uint64_t asked_by_them = 0;

  std::array<std::uint64_t, 2> hellos{};  // DTLS ClientHellos
  std::array<std::uint64_t, 2> sealed{};  // other DTLS datagrams
  std::array<std::int64_t, 2> first_hello_ns{};
  std::uint64_t reports = 0;  // by them, of our media
  double reported_loss = 0;   // sum over these reports

  wire::FrameRef frame_first;
  wire::FrameRef frame_request;     // our first
  wire::FrameRef frame_answer;      // their last
  wire::FrameRef frame_unanswered;  // our first that nobody answered any more
  wire::FrameRef frame_hello;       // the first, of either side

  // A further flow with the same target.
  Exchange& operator+=(const Exchange& other);
};

// `ours`: which direction of the flow is that of the side the attempt belongs to.
Exchange exchange_of(const FlowEvidence& flow, std::size_t ours);

}  // namespace deadair::call
