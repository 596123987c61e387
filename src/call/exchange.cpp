// Reads the exchange off one flow, and adds flows with the same target.
#include "call/exchange.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

void earliest(std::int64_t& kept, std::int64_t ts_ns) {
  if (ts_ns != 0 && (kept == 0 || ts_ns < kept)) kept = ts_ns;
}
void earliest(wire::FrameRef& kept, wire::FrameRef frame) {
  if (frame.valid() && (!kept.valid() || frame < kept)) kept = frame;
}

void add_media(Passage& passage, std::uint64_t packets, std::int64_t first_ns, std::int64_t last_ns,
               bool lively) {
  if (packets == 0) return;
  passage.media_packets += packets;
  passage.lively = passage.lively || lively;
  earliest(passage.media_first_ns, first_ns);
  passage.media_last_ns = std::max(passage.media_last_ns, last_ns);
  passage.last_ns = std::max(passage.last_ns, last_ns);
}

Passage passage_of(const FlowEvidence& flow, std::size_t way, std::size_t ours) {
  const flow::SetupFacts& facts = flow.setup[way];
  const flow::PulseFacts& hidden = flow.hidden[way];
  Passage out;
  out.packets = flow.packets[way];
  out.last_ns = out.last_sign_ns = facts.last_ns;
  out.last_word_ns = facts.last_word_ns;
  out.last_report_ns = facts.last_report_ns;
  out.last_sender_report_ns = facts.last_sender_report_ns;
  add_media(out, hidden.packets, hidden.first_ns, hidden.last_ns, hidden.lively);
  const bool up = way == ours;
  for (const StreamSample& stream : flow.streams)
    if ((stream.up == (ours == kUp)) == up && !stream.facts.repair) {
      add_media(out, stream.facts.packets, stream.facts.first_ns, stream.facts.last_ns,
                stream.facts.lively);
      out.last_numbered_ns = std::max(out.last_numbered_ns, stream.facts.last_ns);
    }
  return out;
}

Passage& operator+=(Passage& passage, const Passage& other) {
  passage.packets += other.packets;
  passage.last_ns = std::max(passage.last_ns, other.last_ns);
  passage.last_sign_ns = std::max(passage.last_sign_ns, other.last_sign_ns);
  passage.last_word_ns = std::max(passage.last_word_ns, other.last_word_ns);
  passage.last_numbered_ns = std::max(passage.last_numbered_ns, other.last_numbered_ns);
  passage.last_report_ns = std::max(passage.last_report_ns, other.last_report_ns);
  passage.last_sender_report_ns =
      std::max(passage.last_sender_report_ns, other.last_sender_report_ns);
  add_media(passage, other.media_packets, other.media_first_ns, other.media_last_ns, other.lively);
  return passage;
}

}  // namespace

Exchange exchange_of(const FlowEvidence& flow, std::size_t ours) {
  const flow::SetupFacts& mine = flow.setup[ours];
  const flow::SetupFacts& theirs = flow.setup[1 - ours];
  Exchange out;
  out.tcp = flow.tcp;
  out.first_ns = flow.ts_first_ns;
  out.last_ns = flow.ts_last_ns;
  out.ways = {passage_of(flow, ours, ours), passage_of(flow, 1 - ours, ours)};
  out.allocates = mine.allocates;
  out.granted = theirs.granted;
  out.challenges = theirs.challenges;
  out.refusals = theirs.errors - theirs.challenges;
  out.last_refusal = theirs.last_refusal;
  out.first_request_ns = mine.first_request_ns;
  out.last_answer_ns = theirs.last_answer_ns;
  out.unanswered = mine.unanswered;
  out.unanswered_from_ns = mine.unanswered_from;
  out.unanswered_allocates = mine.unanswered_allocates;
  out.unanswered_allocates_from_ns = mine.unanswered_allocates_from;
  out.asked_by_them = theirs.requests;
  out.hellos = {mine.hellos, theirs.hellos};
  out.sealed = {mine.sealed, theirs.sealed};
  out.first_hello_ns = {mine.first_hello_ns, theirs.first_hello_ns};
  out.reports = theirs.reports;
  out.reported_loss = theirs.reported_loss().value_or(0) * theirs.reports;
  out.frame_first = flow.frame_first;
  out.frame_request = mine.first_request_frame;
  out.frame_answer = theirs.last_answer_frame;
  out.frame_unanswered = mine.unanswered_frame;
  out.frame_hello = mine.first_hello_frame;
  earliest(out.frame_hello, theirs.first_hello_frame);
  return out;
}

Exchange& Exchange::operator+=(const Exchange& other) {
  const bool newer = other.last_ns >= last_ns;
  tcp = tcp && other.tcp;
  earliest(first_ns, other.first_ns);
  last_ns = std::max(last_ns, other.last_ns);
  for (const std::size_t way : {kUp, kDown}) {
    ways[way] += other.ways[way];
    hellos[way] += other.hellos[way];
    sealed[way] += other.sealed[way];
    earliest(first_hello_ns[way], other.first_hello_ns[way]);
  }
  allocates += other.allocates;
  granted += other.granted;
  challenges += other.challenges;
  refusals += other.refusals;
  if (other.last_refusal != 0) last_refusal = other.last_refusal;
  earliest(first_request_ns, other.first_request_ns);
  last_answer_ns = std::max(last_answer_ns, other.last_answer_ns);
  asked_by_them += other.asked_by_them;
  reports += other.reports;
  reported_loss += other.reported_loss;
  earliest(frame_first, other.frame_first);
  earliest(frame_request, other.frame_request);
  earliest(frame_hello, other.frame_hello);
  frame_answer = std::max(frame_answer, other.frame_answer);
  // What is unanswered at the end is told by the flow that ended last.
  if (!newer) return *this;
  unanswered = other.unanswered;
  unanswered_from_ns = other.unanswered_from_ns;
  unanswered_allocates = other.unanswered_allocates;
  unanswered_allocates_from_ns = other.unanswered_allocates_from_ns;
  frame_unanswered = other.frame_unanswered;
  return *this;
}

}  // namespace deadair::call
