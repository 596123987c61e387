// Brings together all that speaks for and against a tear-down.
#include "interference/resets.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "interference/conditions.hpp"
#include "interference/gate_signs.hpp"
#include "interference/injection.hpp"
#include "interference/lookalikes.hpp"
#include "interference/other_node.hpp"
#include "interference/reset_bursts.hpp"
#include "interference/reset_text.hpp"
#include "interference/stages.hpp"

namespace deadair::interference {
namespace {

// A tear-down with everything known about it.
struct Judged {
  TearDown event;
  Evidence evidence;
  bool triggered = false;
};

// All that the server is known to have answered were shorter hellos: their length may be why these
// were reset, unless the packets' order shows that somebody else did it.
bool length_may_be_why(const TcpStory& story, const TearDown& event, const Context& context,
                       const Evidence& evidence) {
  return story.trigger && is_long_hello(*story.trigger) && event.sender == Sender::server &&
         context.same_server_ok > 0 && !context.long_hello_ok && evidence.sum(Group::seq) <= 0 &&
         evidence.sum(Group::fingerprint) <= 0;
}

// What is forged in the client's name travels to the server, and comes by no capture at the client.
// With the client's own header it is its own there, whatever order the capture shows.
void judge_place(const TearDown& event, const Context& context, Evidence& evidence) {
  if (event.sender != Sender::client || context.vantage != Vantage::client_side ||
      evidence.sum(Group::hdr) > 0)
    return;
  evidence.hold_at(Level::anomalous);
  evidence.alternative("aborted_by_sender", false,
                       "captured beside the client, where nothing forged in its name comes by");
}

void judge_burst(const TearDown& event, const Context& context, Evidence& evidence) {
  if (event.sender != Sender::server || context.reset_together < ResetBursts::kSeveral) return;
  evidence.hold_at(Level::anomalous);
  evidence.alternative(
      "all_at_once", false,
      fmt::format(
          "connections to {} other servers{} ended within a second, as when a router starts "
          "anew",
          context.reset_together, context.reset_together < ResetBursts::kMost ? "" : " or more"));
}

// A route that changes does not go by names: where these do alike again and again, and others do
// not, it is no explanation.
void judge_other_node(const TcpStory& story, const TearDown& event, Evidence& evidence) {
  const OtherNode found = event.sender == Sender::server ? other_node(story, event) : OtherNode::no;
  if (found == OtherNode::no) return;
  const bool named = evidence.sum(Group::repeat) > 0 && evidence.sum(Group::ctrl) > 0;
  const bool open = found == OtherNode::may_be && !named;
  if (open) evidence.hold_at(Level::anomalous);
  evidence.alternative(
      "other_node", !open,
      named ? "connections with other names to the address go well" : std::string(reason(found)));
}

// Where only the ends' headers and numbers look genuine, repetition and a control must agree, on a
// name that is known to be of interest: others a server may not serve.
void hold_without_forgery(const TcpStory& story, Evidence& evidence) {
  const bool pattern = story.trigger && story.trigger->watched && evidence.sum(Group::repeat) > 0 &&
                       evidence.sum(Group::ctrl) > 0;
  if (!shows_forgery(evidence) && !pattern) evidence.hold_at(Level::anomalous);
  if (story.trigger && !story.trigger->watched && evidence.sum(Group::repeat) > 0)
    evidence.hold_at(Level::likely);
}

Judged judge(const TcpStory& story, TearDown event, const Context& context,
             const FingerprintLedger& ledger) {
  Judged out{std::move(event), {}, false};
  out.evidence.limit(concerning(Family::resets, story.gates));
  for (const std::size_t at : out.event.ends) out.evidence.show(story.packets[at].frame);
  judge_header(story, out.event, context, out.evidence);
  judge_order(story, out.event, out.evidence);
  judge_published(story, out.event, ledger, out.evidence);
  out.triggered = judge_trigger(story, out.event, context, out.evidence);
  judge_innocence(story, out.event, context, out.evidence);
  list_alternatives(story, out.event, context, out.evidence);
  judge_other_node(story, out.event, out.evidence);
  judge_burst(out.event, context, out.evidence);
  judge_place(out.event, context, out.evidence);
  hold_without_forgery(story, out.evidence);
  if (out.triggered && length_may_be_why(story, out.event, context, out.evidence)) {
    out.evidence.hold_at(Level::anomalous);
    out.evidence.alternative("long_hello", false,
                             "only shorter hellos were answered: a server or device that cannot "
                             "put one of several segments together resets them all");
  }
  return out;
}

Baseline baseline_of(const TcpStory& story, Sender sender) {
  const flow::HeaderHabit& habit = story.habit(sender);
  Baseline out;
  out.ttl.assign(habit.ttls().begin(), habit.ttls().end());
  std::ranges::sort(out.ttl);
  if (habit.ip_id_kind() == flow::IpIdKind::counter) out.ip_id = "counter";
  if (habit.ip_id_kind() == flow::IpIdKind::other) out.ip_id = "other";
  if (story.rtt_ns) out.rtt_ms = static_cast<double>(*story.rtt_ns) / kMs;
  return out;
}

void emit(const TcpStory& story, const Judged& judged, std::string_view id,
          std::vector<Finding>& out) {
  Finding finding = judged.evidence.finding(id);
  if (judged.triggered) finding.trigger = story.trigger;
  finding.baseline = baseline_of(story, judged.event.sender);
  finding.rules = kResetRules;
  finding.text = sentence_of(story, judged.event, finding, !shows_forgery(judged.evidence));
  out.push_back(std::move(finding));
}

// What weighs less than this is listed with the rest and makes no finding of its own.
constexpr double kWorthAFinding = 1.0;

void emit_injections(const TcpStory& story, const Judged& judged, std::vector<Finding>& out) {
  for (const Item& item : judged.evidence.items())
    if (item.lr >= kWorthAFinding && item.name.starts_with("INJ."))
      emit(story, judged, item.name, out);
  const bool published = std::ranges::any_of(judged.evidence.items(), [](const Item& item) {
    return item.group == rule(Group::fingerprint).name && !item.name.starts_with("INJ.");
  });
  if (published) emit(story, judged, "INJ.FP", out);
}

void emit_all(const TcpStory& story, const Judged& judged, std::vector<Finding>& out) {
  if (judged.triggered) emit(story, judged, trigger_finding(story.trigger->type), out);
  if (judged.evidence.has(Clue::syn_rst)) emit(story, judged, "RST.HANDSHAKE", out);
  if (judged.event.by_fin) emit(story, judged, "RST.FIN", out);
  if (const auto signature = signature_of(story, judged.event))
    emit(story, judged, name(*signature), out);
  emit_injections(story, judged, out);
}

// Resets in both names within a round trip. One host never answers a reset with one, so none may
// lie where the other side's packets had asked for it.
bool both_sides(const TcpStory& story, const Judged& one, const Judged& two) {
  constexpr std::int64_t kUnknownRtt = kSecond / 2;
  if (one.event.by_fin || two.event.by_fin) return false;
  const std::size_t early = std::min(one.event.ends.front(), two.event.ends.front());
  const std::size_t late = std::max(one.event.ends.front(), two.event.ends.front());
  const PacketMark& second = story.packets[late];
  if (second.ts_ns - story.packets[early].ts_ns > story.rtt_ns.value_or(kUnknownRtt)) return false;
  return std::ranges::none_of(
      story.packets.subspan(early, late - early), [&](const PacketMark& mark) {
        return !mark.rst() && mark.from_client != second.from_client && mark.ack == second.seq;
      });
}

}  // namespace

std::vector<TearDown> tear_downs_of(const TcpStory& story) {
  std::vector<TearDown> out;
  for (const Sender sender : {Sender::server, Sender::client}) {
    auto event = resets_of(story, sender);
    if (auto fin = forged_fin_of(story, sender);
        fin && (!event || fin->ends.front() < event->ends.front()))
      event = std::move(fin);
    if (event) out.push_back(std::move(*event));
  }
  return out;
}

std::vector<Finding> judge_resets(const TcpStory& story, const Context& context,
                                  const FingerprintLedger& ledger) {
  std::vector<Judged> judged;
  for (TearDown& event : tear_downs_of(story))
    judged.push_back(judge(story, std::move(event), context, ledger));
  std::vector<Finding> out;
  for (const Judged& each : judged) emit_all(story, each, out);
  if (judged.size() == 2 && both_sides(story, judged[0], judged[1])) {
    Judged both =
        judged[0].event.ends.front() < judged[1].event.ends.front() ? judged[0] : judged[1];
    for (const Judged& each : judged) both.evidence.merge(each.evidence);
    emit(story, both, "RST.BOTH", out);
  }
  return out;
}

}  // namespace deadair::interference
