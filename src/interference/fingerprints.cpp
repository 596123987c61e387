// Matches tear-downs with published fingerprints, and adds up over flows.
#include "interference/fingerprints.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace deadair::interference {
namespace {

bool packet_fits(const Fingerprint& print, const PacketMark& mark) {
  constexpr std::uint16_t kOdd = mark_flag::kAe | mark_flag::kReserved;
  return (!print.acking || *print.acking == mark.acks()) &&
         (!print.dont_fragment || *print.dont_fragment == mark.dont_fragment) &&
         (!print.odd_flags || *print.odd_flags == mark.has(kOdd)) &&
         (!print.window || *print.window == mark.window) &&
         (!print.ip_id || *print.ip_id == mark.ip_id);
}

bool flow_fits(const Fingerprint& print, const TcpStory& story, const TearDown& event) {
  return (!print.sender || *print.sender == event.sender) &&
         (!print.count || *print.count == event.ends.size()) &&
         (!print.port || *print.port == story.server_port) &&
         (!print.address || *print.address == story.server) &&
         (print.stages.empty() ||
          std::ranges::find(print.stages, stage_after(story, event.ends.front())) !=
              print.stages.end());
}

bool series_fits(const Fingerprint& print, const TcpStory& story, const TearDown& event) {
  const PacketMark& first = first_of(story, event);
  for (std::size_t i = 0; i < event.ends.size(); ++i) {
    const PacketMark& mark = story.packets[event.ends[i]];
    if (i < print.steps.size() && mark.seq - first.seq != print.steps[i]) return false;
    if (i == 0 || !print.ip_id_step) continue;
    const PacketMark& before = story.packets[event.ends[i - 1]];
    if (static_cast<std::uint16_t>(mark.ip_id - before.ip_id) != *print.ip_id_step) return false;
  }
  return true;
}

std::pair<IpAddress, IpAddress> ends_of(const TcpStory& story, const TearDown& event) {
  if (event.sender == Sender::client) return {story.client, story.server};
  return {story.server, story.client};
}

}  // namespace

bool matches(const Fingerprint& print, const TcpStory& story, const TearDown& event) {
  if (event.by_fin || !flow_fits(print, story, event) || !series_fits(print, story, event))
    return false;
  return std::ranges::all_of(event.ends,
                             [&](std::size_t at) { return packet_fits(print, story.packets[at]); });
}

FingerprintLedger::FingerprintLedger() : packets_(fingerprints().size()) {}

void FingerprintLedger::note(const TcpStory& story, const TearDown& event) {
  for (std::size_t row = 0; row < packets_.size(); ++row)
    if (matches(fingerprints()[row], story, event)) packets_[row] += event.ends.size();
  const Ends ends = ends_of(story, event);
  if (event.by_fin || !ends.first.is_v4()) return;
  if (resets_.size() >= kMostPairs && !resets_.contains(ends)) return;
  std::vector<ResetFields>& known = resets_[ends];
  for (const std::size_t at : event.ends) {
    const PacketMark& mark = story.packets[at];
    const ResetFields fields{mark.window, mark.ip_id};
    if (fields.window == 0 || known.size() >= kMostResets ||
        std::ranges::find(known, fields) != known.end())
      continue;
    known.push_back(fields);
  }
}

std::size_t FingerprintLedger::tsg_pairs(const IpAddress& source,
                                         const IpAddress& destination) const {
  const auto known = resets_.find({source, destination});
  if (known == resets_.end()) return 0;
  return interference::tsg_pairs(known->second, source.v4(), destination.v4());
}

std::size_t FingerprintLedger::tsg_resets(const IpAddress& source,
                                          const IpAddress& destination) const {
  const auto known = resets_.find({source, destination});
  return known == resets_.end() ? 0 : known->second.size();
}

void judge_published(const TcpStory& story, const TearDown& event, const FingerprintLedger& ledger,
                     Evidence& evidence) {
  const wire::FrameRef frame = first_of(story, event).frame;
  for (std::size_t row = 0; row < fingerprints().size(); ++row) {
    const Fingerprint& print = fingerprints()[row];
    const std::uint64_t packets = ledger.packets(row);
    if (packets < FingerprintLedger::kLeastPackets || !matches(print, story, event)) continue;
    evidence.add_published(print.label, weight(Clue::published).lr,
                           fmt::format("fields of {} packets equal to those published ({}, {})",
                                       packets, print.reference, print.date),
                           frame);
    evidence.events(packets);
  }
  const auto [source, destination] = ends_of(story, event);
  const std::size_t pairs = ledger.tsg_pairs(source, destination);
  // This tear-down must have a part in it.
  const bool windowed = std::ranges::any_of(
      event.ends, [&](std::size_t at) { return story.packets[at].window != 0; });
  if (event.by_fin || pairs < FingerprintLedger::kLeastPairs || !windowed) return;
  evidence.add(
      Clue::tsg_algebra,
      fmt::format("window and IP-ID of {} pairs of resets related by k = {}", pairs, kTsgFactor),
      frame);
  evidence.events(ledger.tsg_resets(source, destination));
}

}  // namespace deadair::interference
