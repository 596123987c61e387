// The course of one SIP call attempt (RFC 3261 sections 9, 13, 14 and 15).
#include "call/sip_dialog.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

using proto::sip::Method;

constexpr std::int64_t kReorderNs = 5'000'000'000;  // as far as packets may be out of order

void set_once(std::int64_t& time, std::int64_t ts_ns) {
  if (time == SipDialog::kNever) time = ts_ns;
}

bool is_ringing(std::uint16_t status) { return status == 180 || status == 183; }
bool is_challenge(std::uint16_t status) { return status == 401 || status == 407; }

bool says_no(std::uint16_t status) {
  return status == 480 || status == 486 || status == 600 || status == 603 || status == 607;
}

}  // namespace

bool SipDialog::begins(const SipEvent& event) {
  if (event.method == Method::none) return event.cseq_method == Method::invite;
  return event.method == Method::invite || event.method == Method::bye;
}

bool SipDialog::succeeded_by(const SipEvent& event) const {
  if (event.method != Method::invite || event.to_tag != 0 || invite_ns == kNever) return false;
  if (event.ts_ns > deadline_ns()) return true;
  const bool over = bye_ns != kNever || cancel_ns != kNever || says_no(final_status);
  return over && event.cseq > cseq;
}

bool SipDialog::sent_by_caller(const SipEvent& event) const {
  if (event.from_tag == 0 || caller_tag == 0) return event.source.ip == caller.ip;
  // A response repeats the From of the request it answers.
  return (event.from_tag == caller_tag) == (event.method != Method::none);
}

std::int64_t SipDialog::end_ns() const {
  if (bye_ns != kNever) return bye_ns;
  if (answer_ns != kNever || midway) return kNever;
  return final_ns != kNever ? final_ns : cancel_ns;
}

bool SipDialog::over() const { return end_ns() != kNever && !is_challenge(final_status); }

std::int64_t SipDialog::deadline_ns() const {
  return over() ? end_ns() + kAfterEndNs : last_ns + kIdleNs;
}

bool SipDialog::covers(std::int64_t ts_ns) const {
  return ts_ns >= first_ns - kReorderNs && ts_ns <= deadline_ns();
}

bool SipDialog::on_hold(std::int64_t ts_ns) const {
  return std::any_of(holds.begin(), holds.begin() + hold_count, [&](const Hold& hold) {
    return hold.from_ns <= ts_ns && (hold.to_ns == kNever || ts_ns < hold.to_ns);
  });
}

void SipDialog::take(const SipEvent& event) {
  if (first_ns == kNever) begin(event);
  last_ns = std::max(last_ns, event.ts_ns);
  if (event.method == Method::none)
    take_response(event);
  else
    take_request(event);
  note_hold(event);
}

// A BYE may come from either side, and a re-INVITE too: the one who sent it then counts as caller.
void SipDialog::begin(const SipEvent& event) {
  const bool request = event.method != Method::none;
  first_ns = last_ns = event.ts_ns;
  frame_first = event.frame;
  caller = request ? event.source : event.destination;
  callee = request ? event.destination : event.source;
  caller_tag = event.from_tag;
  cseq = event.cseq;
  midway = request && (event.method == Method::bye || event.to_tag != 0);
}

void SipDialog::take_request(const SipEvent& event) {
  switch (event.method) {
    case Method::invite:
      return take_invite(event);
    case Method::bye:
      return take_bye(event);
    case Method::cancel:
      // A server cancels the branches of a fork that lost; the caller's own comes from the caller.
      if (event.source.ip == caller.ip) note_cancel(event);
      return;
    default:  // ACK and PRACK answer a response, whether it was captured or not
      responded = true;
  }
}

void SipDialog::take_invite(const SipEvent& event) {
  offered = event.described;
  if (event.to_tag != 0 && final_ns == kNever) {
    if (!answered() && event.cseq != cseq) midway = true;  // its answer was not captured
    return;
  }
  if (invite_ns == kNever || event.source.ip == caller.ip) take_first_invite(event);
}

void SipDialog::take_first_invite(const SipEvent& event) {
  const bool again = invite_ns != kNever && event.cseq > cseq && !answered();
  if (invite_ns == kNever || again) {
    if (is_challenge(final_status)) ++challenges;
    final_ns = kNever;  // the answer to an earlier try: a challenge, a redirection
    final_status = 0;
    set_once(invite_ns, event.ts_ns);
    invite_again_ns = invite_last_ns = event.ts_ns;
    transmissions = 1;
    cseq = event.cseq;
    if (again) responded = false;
    caller = event.source;
    callee = event.destination;
    caller_tag = event.from_tag;
    return;
  }
  // The same INVITE on its way from a server to the callee is no retransmission.
  if (event.cseq != cseq || event.source != caller || event.destination != callee) return;
  if (transmissions < 0xffff) ++transmissions;
  invite_last_ns = std::max(invite_last_ns, event.ts_ns);
}

// With several forks answered, the caller ends those it does not want: a BYE for another tag.
void SipDialog::take_bye(const SipEvent& event) {
  const bool request = event.method != Method::none;
  const bool by_caller = sent_by_caller(event) == request;
  const std::uint32_t other = by_caller ? event.to_tag : event.from_tag;
  if (bye_ns != kNever || (callee_tag != 0 && other != 0 && other != callee_tag)) return;
  bye_ns = event.ts_ns;
  bye_by_caller = by_caller;
  frame_end = event.frame;
}

void SipDialog::take_response(const SipEvent& event) {
  switch (event.cseq_method) {
    case Method::invite:
      return take_invite_response(event);
    case Method::bye:  // its request was not captured, or is known
      return take_bye(event);
    case Method::cancel:
      if (event.destination.ip == caller.ip) note_cancel(event);
      return;
    default:
      return;
  }
}

void SipDialog::take_invite_response(const SipEvent& event) {
  if (event.cseq >= cseq) responded = true;
  if (event.status < 200) {
    if (answered()) return;
    set_once(provisional_ns, event.ts_ns);
    if (is_ringing(event.status)) note_ringing(event);
  } else if (event.status < 300) {
    if (callee_tag == 0) callee_tag = event.to_tag;
    note_answer(event);
  } else {
    take_final(event);
  }
}

// Failures of one branch of a fork stay between server and callee; one to a re-INVITE leaves the
// call as it was.
void SipDialog::take_final(const SipEvent& event) {
  if (answered() || final_ns != kNever || event.cseq < cseq) return;
  if (event.destination.ip != caller.ip) return;
  final_ns = event.ts_ns;
  final_status = event.status;
  frame_end = event.frame;
  if (event.status == 487) set_once(cancel_ns, event.ts_ns);
}

void SipDialog::take_other_leg(const SipEvent& event) {
  last_ns = std::max(last_ns, event.ts_ns);
  if (event.method != Method::none || event.cseq_method != Method::invite) return;
  if (is_ringing(event.status)) note_ringing(event);
  if (event.status >= 200 && event.status < 300) note_answer(event);
}

void SipDialog::note_ringing(const SipEvent& event) {
  if (!answered()) set_once(ringing_ns, event.ts_ns);
}

void SipDialog::note_answer(const SipEvent& event) {
  if (answer_ns != kNever || midway) return;
  answer_ns = event.ts_ns;
  frame_answer = event.frame;
  final_ns = kNever;
  final_status = 0;
}

void SipDialog::note_cancel(const SipEvent& event) {
  if (answered() || final_ns != kNever || cancel_ns != kNever) return;
  cancel_ns = event.ts_ns;
  frame_end = event.frame;
}

// Offers decide: in an INVITE or UPDATE of the dialog, or in the response to an INVITE without one.
void SipDialog::note_hold(const SipEvent& event) {
  if (event.hold == SipHold::unsaid || !answered()) return;
  const bool request = event.method == Method::invite || event.method == Method::update;
  const bool late = event.method == Method::none && event.cseq_method == Method::invite && !offered;
  if (!request && !late) return;
  const bool held = hold_count != 0 && holds[hold_count - 1U].to_ns == kNever;
  if (held == (event.hold == SipHold::on)) return;
  if (held) {
    holds[hold_count - 1U].to_ns = event.ts_ns;
  } else if (hold_count < kMostHolds) {
    holds[hold_count++] = {event.ts_ns, kNever};
  } else {
    holds[hold_count - 1U].to_ns = kNever;  // no room: the last one goes on
  }
}

SipOutcome outcome_of(const SipDialog& dialog, std::int64_t now_ns) {
  constexpr std::int64_t kNever = SipDialog::kNever;
  if (dialog.answered()) return SipOutcome::answered;
  if (dialog.cancel_ns != kNever) return SipOutcome::cancelled;
  const bool rang = dialog.ringing_ns != kNever;
  if (dialog.final_ns != kNever) {
    if (says_no(dialog.final_status)) return SipOutcome::declined_or_busy;
    return rang && dialog.final_status == 408 ? SipOutcome::ringing_no_answer : SipOutcome::failed;
  }
  if (rang && now_ns - dialog.ringing_ns > SipDialog::kTimerCNs)
    return SipOutcome::ringing_no_answer;
  const bool silent = dialog.invite_ns != kNever && !dialog.responded &&
                      dialog.transmissions >= SipDialog::kUnansweredSent &&
                      now_ns - dialog.invite_again_ns >= SipDialog::kUnansweredNs;
  return silent ? SipOutcome::unanswered : SipOutcome::in_progress;
}

}  // namespace deadair::call
