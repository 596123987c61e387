// What the detectors of calls are given: one attempt, how it went, and what was alive around it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "call/attempt.hpp"
#include "call/chat_book.hpp"
#include "call/outcome.hpp"
#include "interference/controls.hpp"
#include "interference/gates.hpp"
#include "interference/heard_log.hpp"

namespace deadair::interference {

// Where the other end lies, seen from the client.
enum class Scope : std::uint8_t { unknown, domestic, international };

// Within a minute of the attempt, unless it says otherwise.
struct Surroundings {
  std::uint32_t tcp_answered = 0;  // flows of this host
  std::uint32_t udp_answered = 0;  // of this host, beyond the LAN, of other applications
  // While relays were asked and did not answer, or in an attempt where they did: seconds in which
  // UDP flows of this host got their first answers, other than of DNS and NTP.
  std::uint32_t udp_opened = 0;
  bool ports_unseen = false;  // no such flow did, and some within half a minute got none
  // Nothing at all came while relays were asked and did not answer, or while media went out after
  // the last that came in.
  bool line_unseen = false;
  std::uint32_t name_answered = 0;  // DNS and NTP of this host
  std::uint32_t udp_heard = 0;      // answered over UDP, whichever application, within 10 minutes
  std::uint32_t udp_silent = 0;     // servers beyond the LAN that never answered, within 10 minutes
  std::uint32_t stun_elsewhere = 0;   // answers of other applications' STUN, within 10 minutes
  std::uint32_t stun_own = 0;         // flows of this application's relays that were answered, ever
  std::uint32_t closed_ports = 0;     // of its relays, said by themselves
  std::uint32_t calls_elsewhere = 0;  // of other applications, connected within the hour
  std::uint32_t calls_tunnelled = 0;  // of this one through a tunnel, connected within the hour
  bool host_heard = false;            // this address ever got anything, within the hour
  bool others_heard = false;          // some other address did
};

struct CallStory {
  std::uint64_t number = 0;  // of the call record
  std::string app;
  bool generic = false;  // only the protocol is known
  call::Socket client;
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  std::int64_t until_ns = 0;  // how far the capture reaches, or is known
  wire::FrameRef frame_first;
  std::string flow;  // Community ID of its first flow

  call::Outcome outcome = call::Outcome::not_observable;
  std::int64_t end_ns = 0;
  std::optional<std::int64_t> talk_ns;
  bool ringing_told = false;      // signalling that can be read says that the callee was reached
  bool refused = false;           // by a server, in signalling that can be read
  bool sends_when_muted = false;  // as in classify::Info
  std::uint8_t kinds = 0;         // flow::media_kind bits
  bool went_through = false;  // the next try, within half a minute, connected by the same relays
  bool at_client = false;     // the capture was made on the client's side of the path
  call::Course up, down;
  // By direction: packets of media whose sequence numbers could be read, and those that never came,
  // as the numbers tell.
  std::array<std::uint64_t, 2> numbered{}, missing{};
  std::uint64_t asked_by_peer = 0;
  std::vector<call::Target> targets;
  std::vector<std::uint64_t> ice_sessions;
  Scope scope = Scope::unknown;

  call::ChatSummary chat;  // within a minute
  bool text_near = false;  // answered within five
  Surroundings around;
  GateSet gates;

  [[nodiscard]] bool text_alive() const { return chat.replies > 0; }
  // Text, or what stands for it, worked about the time: without it the application is down, not its
  // calls.
  [[nodiscard]] bool text_around() const;
  // Anything came that only the other end itself can have sent.
  [[nodiscard]] bool callee_took_part() const;
};

// What the capture lets be seen of an attempt.
struct View {
  std::int64_t until_ns = 0;
  bool both_ways = false;  // some flow of the host was seen in both directions at the time
  bool text_near = false;  // the application's text was answered within five minutes
};

// `number` as in the call record. Gates: GATE.ONESIDED closes when one direction is not there, and
// GATE.CAPLOSS.UDP when packets are missing that the ends have; GATE.END is noted where the capture
// ends within 10 s of the attempt.
CallStory story_of(const call::Attempt& attempt, const call::Verdict& verdict,
                   const call::Quality& quality, const call::ChatSummary& chat, const View& view,
                   std::uint64_t number);

// Which attempts were followed, within half a minute of their end, by one of the same client and
// application that connected, and to which one of the same relays answered.
void note_next_tries(std::span<CallStory> stories);

// The capture turned out to reach until then.
void reach(CallStory& story, std::int64_t until_ns);

// Fills in what was alive around it; to be called when all of the run is known.
void look_around(CallStory& story, const Controls& controls, const HeardLog& heard);

}  // namespace deadair::interference
