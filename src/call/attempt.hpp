// One attempt at a call: what its flows showed, added up.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "call/evidence.hpp"
#include "call/exchange.hpp"

namespace deadair::call {

// A relay or a peer that was tried.
struct Target {
  Socket at;
  bool relay = false;
  std::uint64_t requests = 0;
  std::uint64_t responses = 0;
  Exchange exchange = {};  // empty where only a dialog tells of it
};

// One direction of the attempt, over all its flows.
struct Course {
  std::uint64_t packets = 0;  // of any kind
  std::uint64_t media_packets = 0;
  std::uint64_t hidden_packets = 0;  // of them, those without readable RTP headers
  std::uint64_t hidden_bytes = 0;    // of the flows that carried those
  bool lively = false;               // media in the sense of the call's state machine
  std::int64_t media_first_ns = 0;   // of lively media; else of any that came
  std::int64_t media_last_ns = 0;
  std::int64_t numbered_ns = 0;  // the last of media with RTP headers, lively or not
  std::int64_t last_ns = 0;      // anything at all: media, answers, reports
  std::int64_t sign_ns = 0;      // what only the end itself sends: a relay's own answers left out

  // The last of its media, at whatever rate.
  [[nodiscard]] std::int64_t heard_ns() const { return std::max(media_last_ns, numbered_ns); }
  void add_media(std::int64_t from_ns, std::int64_t to_ns, bool is_lively);
};

// The text of a Community ID.
using FlowId = std::array<char, 30>;

// How a dialog of a signalling protocol that can be read (SIP) went.
struct Dialog {
  bool rang = false;
  bool answered = false;
  bool refused = false;      // by the callee: busy, declined
  bool failed = false;       // by a server, or nobody answered
  bool unanswered = false;   // not even a provisional answer came
  bool cancelled = false;    // by the caller
  bool ended = false;        // BYE
  std::uint16_t status = 0;  // of the final answer, 0: none
  std::int64_t rang_ns = 0;
  std::int64_t answered_ns = 0;
  std::int64_t ended_ns = 0;
};

// What two attempts have in common by their streams.
enum class Shared : std::uint8_t {
  nothing,
  path,  // a stream goes on in the other: the call changed its path
  leg,   // both show the same media at the same time: before and behind a server
};

class Attempt {
 public:
  static constexpr std::size_t kMostTargets = 32;
  static constexpr std::size_t kMostFlows = 48;
  static constexpr std::size_t kMostStreams = 24;
  static constexpr std::size_t kMostSessions = 4;

  // `turned`: the flow's server end is the side that this attempt belongs to.
  void add(const FlowEvidence& flow, bool turned);
  // Takes over what another attempt of the same client turned out to be part of.
  void absorb(const Attempt& other);
  // Takes over another leg of the same call: its flows, not its media, which are here already.
  void absorb_leg(const Attempt& other);
  [[nodiscard]] Shared shares(const Attempt& other) const;
  // Counts what was asked of a relay or peer with what is known of it.
  void add_target(const Target& target);
  // Makes room for what happened between these times; `frame` is the first packet of it.
  void extend(std::int64_t first_ns, std::int64_t last_ns, wire::FrameRef frame);

  // Anything that a person's wish to talk leaves behind: a relay asked for an address, a peer
  // checked, keys exchanged, an invitation, media. Asking a STUN server who one is does not.
  [[nodiscard]] bool is_call() const;
  [[nodiscard]] bool talked() const { return up.lively && down.lively; }
  // Nanoseconds in which media flowed both ways; negative when one ended before the other began.
  [[nodiscard]] std::int64_t overlap_ns() const;
  // True when the other one's streams go on here, or one of its servers is known here too.
  [[nodiscard]] bool continues(const Attempt& other) const;

  Socket local;                   // the socket that placed it, or was called
  bool over_tcp = true;           // all of it
  bool sends_when_muted = false;  // as in classify::Info, of the application that names it
  // Without an application, ICE or TURN nothing ties it to other sockets of the host: a telephone
  // exchange has many calls at once.
  bool alone = true;
  std::string_view app;
  Naming naming = Naming::protocol;
  std::uint32_t classifier = 0;  // index in all_classifiers()
  std::uint8_t kinds = 0;
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  wire::FrameRef frame_first;
  Course up, down;

  // Set-up, over all flows, as seen from the local side.
  std::uint64_t requests = 0;   // sent
  std::uint64_t allocates = 0;  // of them
  std::uint64_t checks = 0;
  std::uint64_t answers = 0;     // received
  std::uint64_t challenges = 0;  // of them, demands for credentials
  std::uint64_t refusals = 0;    // of them, other errors
  std::uint16_t last_refusal = 0;
  std::uint64_t asked_by_peer = 0;  // requests received: the other end took part
  std::uint64_t hellos = 0;         // DTLS, sent or received
  std::uint64_t sealed = 0;         // DTLS that follows a hello
  std::uint64_t other_packets = 0;  // set-up in the application's own words
  std::int64_t first_answer_ns = 0;
  // Requests at the end that nobody answered any more.
  std::uint32_t unanswered = 0;
  std::int64_t unanswered_from_ns = 0;
  std::optional<std::int64_t> rtt_ns;
  // What each side says it lost of the other's media; [kUp]: told by the local side.
  std::array<std::uint64_t, 2> reports{};
  std::array<double, 2> reported_loss{};  // sums over reports
  std::array<std::uint32_t, 2> reported_jitter{};

  std::optional<Dialog> dialog;
  std::vector<Target> targets;
  std::vector<StreamSample> streams;
  std::vector<std::uint64_t> ice_sessions;  // of its checks between peers
  std::vector<FlowId> flows;
  std::uint32_t more_flows = 0;  // beyond those

 private:
  void add_setup(const FlowEvidence& flow, std::size_t ours);
  void add_media(const FlowEvidence& flow, std::size_t ours);
  void name(std::string_view said, Naming how, std::uint32_t by);
  void add_flows(const Attempt& other);
  void add_session(std::uint64_t session);
};

}  // namespace deadair::call
