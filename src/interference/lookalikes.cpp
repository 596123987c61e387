// Weighs the innocent causes of a tear-down.
#include "interference/lookalikes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace deadair::interference {
namespace {

constexpr std::int64_t kIdle = 60 * kSecond;
constexpr double kOftenResets = 0.2;
constexpr double kNone = 1e-9;

const PacketMark* announced_end(const TcpStory& story, const TearDown& event) {
  for (const PacketMark& mark : story.packets.first(event.ends.front()))
    if (!mark.rst() && (mark.fin() || mark.tls_alert)) return &mark;
  return nullptr;
}

std::int64_t silence_before(const TcpStory& story, const TearDown& event) {
  const std::size_t at = event.ends.front();
  return at == 0 ? 0 : story.packets[at].ts_ns - story.packets[at - 1].ts_ns;
}

// RFC 9293 section 3.8.4: a segment of at most one byte that was acknowledged before.
bool kept_alive(const TcpStory& story, const TearDown& event) {
  const std::size_t at = event.ends.front();
  for (std::size_t i = at > 4 ? at - 4 : 1; i < at; ++i) {
    const PacketMark& mark = story.packets[i];
    const auto sent = sent_before(story, sender_of(mark), i);
    if (!mark.rst() && !mark.syn() && !mark.fin() && mark.payload_len <= 1 && sent &&
        mark.seq + 1 == *sent && mark.ts_ns - story.packets[i - 1].ts_ns > kSecond)
      return true;
  }
  return false;
}

// The client sends a SYN and resets the answer, acknowledging nothing: a scanner, whose kernel does
// the resetting, or a connection given up before it was there.
bool scan_shaped(const TcpStory& story, const TearDown& event) {
  if (event.sender != Sender::client || event.by_fin || story.gates.has(Gate::midflow))
    return false;
  const PacketMark* answer = nullptr;
  bool bare = false;
  for (const PacketMark& mark : story.packets) {
    constexpr std::uint16_t kZmapId = 54321;
    constexpr std::uint8_t kScannersTtl = 200;
    if (mark.from_client && !mark.rst() && !mark.syn()) return false;
    if (mark.from_client && mark.syn())
      bare = bare || mark.options_len == 0 || mark.ip_id == kZmapId || mark.ttl > kScannersTtl;
    if (!mark.from_client && mark.syn() && mark.acks()) answer = &mark;
  }
  return bare || (answer != nullptr && first_of(story, event).seq == answer->ack);
}

// Each reset acknowledges the end of a segment that came after its sender had closed.
bool answers_late_data(const TcpStory& story, const TearDown& event) {
  if (event.ends.size() < 2) return false;
  return std::ranges::all_of(std::span(event.ends).subspan(1), [&](std::size_t at) {
    const PacketMark* late = last_before(story, peer_of(event.sender), at);
    const PacketMark& reset = story.packets[at];
    return late != nullptr &&
           (reset.acks() ? reset.ack == late->seq_end() : reset.seq == late->ack);
  });
}

void list_closing(const TcpStory& story, const TearDown& event, bool forged, Evidence& evidence) {
  const PacketMark* end = announced_end(story, event);
  evidence.alternative("closed_before", end == nullptr,
                       end == nullptr
                           ? "no FIN and no TLS alert came before"
                           : fmt::format("frame {} had announced the end", end->frame.number()));
  evidence.alternative(
      "aborted_by_sender", forged,
      forged ? fmt::format("the packet is not the {}'s own", name(event.sender))
             : fmt::format("nothing in the packet differs from the {}'s own", name(event.sender)));
  if (answers_late_data(story, event))
    evidence.alternative("late_data_answered", false,
                         "later resets answer data that was still on its way");
}

void list_start(const TcpStory& story, const TearDown& event, const Context& context,
                Evidence& evidence) {
  const Stage stage = stage_after(story, event.ends.front());
  if (event.sender == Sender::server && stage == Stage::post_syn) {
    const bool accepted = evidence.has(Clue::syn_rst);
    std::string why = accepted ? "the server accepted the same SYN afterwards"
                               : "a closed port answers like this";
    if (!accepted && context.server_ttl_elsewhere)
      why += fmt::format("; other ports of the server answer with TTL {}",
                         *context.server_ttl_elsewhere);
    evidence.alternative("closed_port", accepted, why);
  }
  if (event.sender == Sender::client && stage <= Stage::post_ack) {
    const bool scan = evidence.has(Clue::scan_shape);
    evidence.alternative("scan", !scan,
                         scan ? "the client never acknowledged the answer it resets"
                              : "the client acknowledged the answer before");
  }
  if (stage <= Stage::post_psh)
    evidence.alternative("connection_race", context.twin_succeeded == false,
                         !context.twin_succeeded ? "other attempts of the client are not known"
                         : *context.twin_succeeded
                             ? "another attempt at the same name was completed"
                             : "no other attempt at the same name was completed");
}

void list_hosts(const TcpStory& story, const TearDown& event, const Context& context,
                Evidence& evidence) {
  const std::int64_t silence = silence_before(story, event);
  evidence.alternative(
      "idle_timeout", !evidence.has(Clue::idle_before),
      fmt::format("{:.1f} s of silence came before", static_cast<double>(silence) / kSecond));
  const auto share = context.resets_elsewhere;
  evidence.alternative(
      "overloaded_server", share && *share < kOftenResets,
      share ? fmt::format("the {} resets {:.0f} % of other flows", name(event.sender), *share * 100)
            : fmt::format("other flows of the {} are not known", name(event.sender)));
  if (evidence.has(Clue::rst_seq_data)) {
    const bool tool = evidence.has(Clue::raw_socket_tool);
    evidence.alternative("raw_socket_tool", !tool,
                         tool ? "the sender's kernel may reset what a tool opened"
                              : "the reset is not that of the sender's kernel");
  }
}

void list_path(const TcpStory& story, const TearDown& event, bool forged, Evidence& evidence) {
  if (evidence.has(Clue::ttl_near) || evidence.has(Clue::ttl_class)) {
    const PacketMark& mark = first_of(story, event);
    const bool later = std::ranges::any_of(
        story.packets.subspan(event.ends.front() + 1), [&](const PacketMark& own) {
          return own.from_client == mark.from_client && !own.rst() && own.ttl != mark.ttl;
        });
    evidence.alternative("route_change", later,
                         later ? "the sender's later packets have its former TTL"
                               : "no later packet of the sender was seen");
  }
  if (forged || story.trigger)
    evidence.alternative(
        "local_device", false,
        "a proxy or security product in the user's own network can do this as well");
  if (story.trigger && event.sender == Sender::server)
    evidence.alternative("refused_by_server", forged,
                         forged ? "the packet is not the server's own"
                                : "a server that does not serve the name, or a guard in front of "
                                  "it, may answer like this");
}

}  // namespace

bool shows_forgery(const Evidence& evidence) {
  return evidence.sum(Group::hdr) >= weight(Clue::ip_id_break).lr ||
         evidence.sum(Group::seq) > kNone || evidence.has(Clue::tsg_algebra);
}

void judge_innocence(const TcpStory& story, const TearDown& event, const Context& context,
                     Evidence& evidence) {
  const PacketMark& mark = first_of(story, event);
  if (const PacketMark* end = announced_end(story, event))
    evidence.add(
        Clue::after_close,
        fmt::format("a {} in frame {}", end->fin() ? "FIN" : "TLS alert", end->frame.number()),
        end->frame);
  if (const std::int64_t silence = silence_before(story, event); silence > kIdle)
    evidence.add(Clue::idle_before,
                 fmt::format("{:.0f} s of silence", static_cast<double>(silence) / kSecond),
                 mark.frame);
  else if (kept_alive(story, event))
    evidence.add(Clue::idle_before, "keep-alive probes came before", mark.frame);
  if (scan_shaped(story, event))
    evidence.add(Clue::scan_shape, "the client answers the SYN+ACK with nothing but this",
                 mark.frame);
  const bool unspoken = stage_after(story, event.ends.front()) <= Stage::post_ack;
  if (context.twin_succeeded.value_or(false) && (unspoken || event.sender == Sender::client))
    evidence.add(Clue::twin_succeeded, "another attempt at the same name was completed",
                 mark.frame);
  if (context.resets_elsewhere && *context.resets_elsewhere >= kOftenResets)
    evidence.add(Clue::peer_resets_often,
                 fmt::format("{:.0f} % of other flows", *context.resets_elsewhere * 100),
                 mark.frame);
}

void list_alternatives(const TcpStory& story, const TearDown& event, const Context& context,
                       Evidence& evidence) {
  const bool forged = shows_forgery(evidence);
  list_closing(story, event, forged, evidence);
  list_start(story, event, context, evidence);
  list_hosts(story, event, context, evidence);
  list_path(story, event, forged, evidence);
}

}  // namespace deadair::interference
