// Sorting ended flows into silent, good and neither.
#include "pipeline/silence_desk.hpp"

#include <algorithm>
#include <iterator>

#include "interference/drops_tcp.hpp"
#include "interference/silent_stages.hpp"

namespace deadair::pipeline {
namespace {

using flow::Side;
using interference::FlowFate;
using interference::FlowNote;
using interference::Sender;
using interference::SilentFlow;

// Who has closed has a right to be silent.
bool has_closed(const flow::FlowRecord& record, Sender who) {
  using namespace flow::tcp_seen;
  const Side side = who == Sender::client ? record.client() : flow::other(record.client());
  if ((record.seen & (side == Side::a ? kFinA : kFinB)) != 0) return true;
  return (record.seen & kReset) != 0 && ((record.seen & kResetByB) != 0) == (side == Side::b);
}

// More than a FIN waits, and it was not sent into a connection long forgotten.
bool asks_in_earnest(const SilentFlow& silent, std::int64_t heard_ns) {
  constexpr std::int64_t kForgotten = 60'000'000'000;
  const bool syn = silent.stage <= interference::Stage::post_syn;
  const bool asks = std::ranges::any_of(silent.asks, [&](const interference::Ask& ask) {
    return ask.len != 0 || ask.seq != silent.asked;
  });
  return (syn || asks) && silent.asks.front().ts_ns - heard_ns <= kForgotten;
}

}  // namespace

void SilenceDesk::note_good(const Ended& ended, const FlowNote& note) {
  constexpr std::uint64_t kAmple = 64 * 1024;
  constexpr std::int64_t kLong = 5'000'000'000;
  const Side server = flow::other(ended.record.client());
  const std::int64_t lasted_ns = ended.watched.heard_ns - note.begin_ns;
  const Service service = {note.server, note.server_port};
  const auto raise = [&](std::map<Service, std::uint32_t>& most, std::uint32_t to) {
    if (to <= interference::kAnyPath || (most.size() == kMostServers && !most.contains(service)))
      return;
    std::uint32_t& known = most[service];
    known = std::max(known, to);
  };
  raise(largest_, ended.watched.largest_up);
  raise(longest_, ended.hello_len);
  const std::uint64_t bytes = ended.record.bytes(server);
  if (good_.size() == kMostGood || (bytes < kAmple && lasted_ns < kLong)) return;
  good_.push_back(
      {note.client, note.server, note.begin_ns, lasted_ns, bytes, ended.record.packets(server)});
}

bool SilenceDesk::end(const Ended& ended, FlowNote& note) {
  const WatchedFlow& watched = ended.watched;
  if (watched.answered_ns != 0) {
    note.answered_ns = watched.answered_ns;
    note.heard_ns = watched.heard_ns;
  }
  if (watched.encrypted && !note.has_trigger) note.said(interference::TriggerType::fep, {});
  const auto& silent = watched.silent;
  if (!silent || silent->asks.empty() || has_closed(ended.record, silent->mute) ||
      !asks_in_earnest(*silent, silent->heard_ns)) {
    if (note.fate == FlowFate::well) note_good(ended, note);
    return false;
  }
  if (silent_.size() == kMostSilent) {
    note.fate = FlowFate::unseen;
    return false;
  }
  const bool nothing_but_syns =
      silent->stage == interference::Stage::post_syn && silent->mute == Sender::server;
  if (nothing_but_syns) {
    note.fate = FlowFate::silent_syn;
    if (ended.app.empty() || syns_.size() == kMostSilent) return false;
    interference::SilentSyn syn{note,
                                std::string(ended.app),
                                std::string(ended.reporter.community_id(ended.key)),
                                {},
                                ended.gates};
    for (const interference::Ask& ask : silent->asks) syn.frames.push_back(ask.frame);
    syns_.push_back(std::move(syn));
    return false;
  }
  silent_.push_back(*silent);
  SilentFlow& kept = silent_.back();
  kept.note = note;
  kept.app = ended.app;
  kept.flow = ended.reporter.community_id(ended.key);
  kept.gates = ended.gates;
  return true;
}

bool SilenceDesk::answered_hello(const IpAddress& server, std::uint16_t port,
                                 std::uint32_t len) const {
  const auto longest = longest_.find({server, port});
  return longest != longest_.end() && interference::hello_as_long(longest->second, len);
}

// First what was not silent is asked whether the line was alive; then the rest joins it.
void SilenceDesk::settle(FateDesk& fates, const GateDesk& gates,
                         const interference::Controls& controls, std::int64_t now_ns) {
  const interference::FateBook others = fates.book();
  for (SilentFlow& silent : silent_) {
    const FlowNote& note = silent.note;
    silent.gates = gates.complete(silent.gates,
                                  {note.client,
                                   note.server,
                                   note.frame_first,
                                   {silent.heard_ns, silent.last_ask.ts_ns},
                                   note.heard},
                                  controls);
    const auto largest = largest_.find({note.server, note.server_port});
    silent.size_passes = largest != largest_.end() && largest->second >= silent.asks.front().len;
    silent.hello_passes =
        silent.trigger && answered_hello(note.server, note.server_port, silent.trigger->len);
    silent.note.fate = interference::fate_of(silent, others, now_ns);
  }
  for (const SilentFlow& silent : silent_) fates.add(silent.note);
}

std::vector<interference::Finding> SilenceDesk::judge(const interference::FateBook& book,
                                                      std::int64_t now_ns) const {
  std::vector<interference::Finding> findings;
  for (auto more : {interference::judge_tcp_drops(silent_, book),
                    interference::judge_truncations(silent_, good_),
                    interference::judge_silent_syns(syns_, book, now_ns),
                    interference::name_silent_stages(silent_)})
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  return findings;
}

}  // namespace deadair::pipeline
