// Finds which of two answers is not the server's, by its header.
#include "interference/data_conflict.hpp"

#include <fmt/format.h>

#include "interference/gate_signs.hpp"

namespace deadair::interference {
namespace {

constexpr std::uint64_t kOften = 3;

struct Judged {
  const AnswerVersion* version = nullptr;
  PacketSigns signs;
  Evidence evidence;
};

// The version that most speaks against; the earlier one of equals.
Judged suspect_of(const ConflictStory& story) {
  Judged out;
  for (const AnswerVersion& version : story.answers) {
    Judged one{&version, {}, {}};
    one.signs = judge_packet(story.tcp, story.answers, version, one.evidence);
    const bool differs = one.signs.ttl || one.signs.ip_id;
    if (differs && (out.version == nullptr || one.evidence.score() > out.evidence.score()))
      out = std::move(one);
  }
  return out;
}

void add_alternatives(const ConflictStory& story, std::uint64_t flows, Evidence& evidence) {
  evidence.alternative("retransmission", true, "the bytes differ");
  evidence.alternative("proxy", false, "a proxy on the way may have answered beside the server");
  evidence.alternative("chance", flows >= kOften,
                       fmt::format("{} flow{} of this run", flows, flows == 1 ? "" : "s"));
  evidence.alternative("local_device", false,
                       "a proxy or security product in the user's own network can do this as well");
  if (story.tcp.gates.has(Gate::dup))
    evidence.alternative("captured_twice", true, "the bytes differ");
}

}  // namespace

std::optional<Finding> judge_conflict(const ConflictStory& story, const Context& context,
                                      std::uint64_t flows) {
  if (story.answers.size() < 2) return std::nullopt;
  Judged judged = suspect_of(story);
  if (judged.version == nullptr) return std::nullopt;
  Evidence& evidence = judged.evidence;
  judge_pattern(story.tcp, context, judged.version->mark, evidence);
  if (story.tcp.trigger) evidence.show(story.tcp.trigger->frame);
  if (flows < kOften) evidence.hold_at(Level::anomalous);
  evidence.limit(concerning(Family::answers, story.tcp.gates));
  add_alternatives(story, flows, evidence);
  Finding out = evidence.finding("INJ.DATA_CONFLICT");
  out.app = story.app;
  out.trigger = story.tcp.trigger;
  out.rules = kConflictRules;
  const std::string asked = story.tcp.trigger && !story.tcp.trigger->name.empty()
                                ? " for " + story.tcp.trigger->name
                                : "";
  out.text = fmt::format(
      "The request{} has two answers at the same sequence numbers; the one in frame {} has {} that "
      "the server's other packets do not have.",
      asked, judged.version->mark.frame.number(), judged.signs.ttl ? "a TTL" : "an identification");
  return out;
}

}  // namespace deadair::interference
