// One SIP call attempt as its messages tell it: when it rang, was answered, ended, and where its
// media go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "call/sip_event.hpp"

namespace deadair::call {

enum class SipOutcome : std::uint8_t {
  in_progress,        // nothing final yet
  answered,           // 200 to the INVITE, or signs of a dialog that was confirmed before
  ringing_no_answer,  // rang until a time-out (408), or for longer than Timer C
  declined_or_busy,   // 480, 486, 600, 603, 607: the callee's side said no
  cancelled,          // the caller gave up (CANCEL, or the 487 it leads to)
  failed,             // any other final status: a server's answer
  unanswered,         // INVITE sent 3 times or more, and nothing came back for 10 s
};

// Number of an attempt in a SipDialogs book; never used twice. 0: none.
using SipCall = std::uint64_t;

// All messages of one Call-ID are one attempt: challenges and the INVITE that answers them (401,
// 407), redirections, forks, early media, holds and other re-INVITEs. Further Call-IDs join it when
// they are legs of the same call behind a server (SipDialogs).
struct SipDialog {
  static constexpr std::uint32_t kMostSockets = 8;
  static constexpr std::size_t kMostHolds = 4;
  static constexpr std::uint32_t kMostLegs = 4;
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kAfterEndNs = 32'000'000'000;  // 64*T1, RFC 3261 section 17
  static constexpr std::int64_t kIdleNs = 300'000'000'000;     // without a sign of life
  static constexpr std::int64_t kTimerCNs = 180'000'000'000;   // RFC 3261 section 16.6
  static constexpr std::int64_t kUnansweredNs = 10'000'000'000;
  static constexpr std::uint16_t kUnansweredSent = 3;

  struct Hold {
    std::int64_t from_ns = kNever;
    std::int64_t to_ns = kNever;  // kNever while it lasts
  };

  SipCall id = 0;
  std::array<std::uint64_t, kMostLegs> legs{};  // hashes of its Call-IDs; the caller's first
  // The number each leg had while it was an attempt of its own; 0 for those that never were.
  std::array<SipCall, kMostLegs> leg_calls{};
  std::uint8_t leg_count = 0;

  // Where the first INVITE went from and to (or would have, when only later messages were seen).
  SocketAddress caller, callee;
  wire::FrameRef frame_first, frame_answer, frame_end;
  // Packet times; kNever for what was not seen.
  std::int64_t first_ns = kNever;         // first message of any kind
  std::int64_t last_ns = kNever;          // last message or media
  std::int64_t invite_ns = kNever;        // first INVITE
  std::int64_t invite_again_ns = kNever;  // first transmission of the INVITE now being answered
  std::int64_t invite_last_ns = kNever;   // last transmission of it
  std::int64_t provisional_ns = kNever;   // first 1xx
  std::int64_t ringing_ns = kNever;       // first 180 or 183
  std::int64_t answer_ns = kNever;        // first 2xx to INVITE
  std::int64_t final_ns = kNever;         // final status that is no answer
  std::int64_t cancel_ns = kNever;        // CANCEL by the caller, else the 487
  std::int64_t bye_ns = kNever;
  std::uint16_t final_status = 0;   // 300 to 699
  std::uint16_t transmissions = 0;  // of the INVITE now being answered
  std::uint8_t challenges = 0;      // INVITEs repeated after 401 or 407
  bool responded = false;           // the INVITE now being answered has had a response
  bool midway = false;              // was answered, but the answer was not captured
  bool bye_by_caller = false;

  std::array<SipSocket, kMostSockets> sockets;
  std::uint8_t socket_count = 0;
  std::uint8_t replaced = 0;  // sockets that gave way to later ones
  std::array<Hold, kMostHolds> holds;
  std::uint8_t hold_count = 0;

  std::uint32_t caller_tag = 0, callee_tag = 0;
  std::uint32_t cseq = 0;  // of the INVITE now being answered
  bool offered = false;    // the last INVITE carried SDP

  // True when the message may be the first that is seen of an attempt.
  static bool begins(const SipEvent& event);
  // True when an INVITE cannot belong to this attempt: its Call-ID is used anew after the end.
  [[nodiscard]] bool succeeded_by(const SipEvent& event) const;
  // Takes a message of the caller's Call-ID, the first one included; sockets are the book's.
  void take(const SipEvent& event);
  // Takes a message of another leg: whether it rings or is answered there.
  void take_other_leg(const SipEvent& event);

  // Whether the caller's end sent the message.
  [[nodiscard]] bool sent_by_caller(const SipEvent& event) const;
  [[nodiscard]] bool answered() const {
    return midway || answer_ns != kNever || (bye_ns != kNever && final_ns == kNever);
  }
  // When it ended, as far as messages say; kNever while it lasts.
  [[nodiscard]] std::int64_t end_ns() const;
  // Whether nothing more is expected. After a challenge the caller may be asking for a password.
  [[nodiscard]] bool over() const;
  // The attempt is over for messages and media that come later than this.
  [[nodiscard]] std::int64_t deadline_ns() const;
  [[nodiscard]] bool covers(std::int64_t ts_ns) const;
  // Whether either side had put the other on hold.
  [[nodiscard]] bool on_hold(std::int64_t ts_ns) const;
  [[nodiscard]] std::span<const SipSocket> media() const {
    return std::span(sockets).first(socket_count);
  }

 private:
  void begin(const SipEvent& event);
  void take_request(const SipEvent& event);
  void take_invite(const SipEvent& event);
  void take_first_invite(const SipEvent& event);
  void take_bye(const SipEvent& event);
  void take_response(const SipEvent& event);
  void take_invite_response(const SipEvent& event);
  void take_final(const SipEvent& event);
  void note_ringing(const SipEvent& event);
  void note_answer(const SipEvent& event);
  void note_cancel(const SipEvent& event);
  void note_hold(const SipEvent& event);
};

// What became of the attempt as of `now_ns`. Times are in the dialog: answer_ns, ringing_ns,
// final_ns with final_status, cancel_ns (a CANCEL less than 3 s after invite_ns is another matter
// than one after ringing).
SipOutcome outcome_of(const SipDialog& dialog, std::int64_t now_ns);

}  // namespace deadair::call
