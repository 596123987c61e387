// A comment says what the packet is, what it proves and where it was. The first packet of a finding
// has two more, the whole sentence and what else could explain it: Wireshark's list of comments
// cuts each one off after 240 characters.
#include "pipeline/evidence_words.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "proto/stun.hpp"

namespace deadair::pipeline {
namespace {

constexpr std::uint16_t kDnsPort = 53;

using Words = std::pair<std::string_view, std::string_view>;

// Items whose name alone does not tell what was read.
constexpr std::array kItemWords = {
    Words{"INJ.TTL", "its TTL is not the sender's"},
    Words{"INJ.TTL.CLASS", "its TTL is far from the sender's"},
    Words{"TTL_EQUAL", "its TTL is the sender's, which speaks against forgery"},
    Words{"INJ.IPID", "its IP identification does not follow the sender's count"},
    Words{"INJ.IPID.COPIED", "its IP identification is copied from another packet"},
    Words{"INJ.TS", "its TCP timestamp is not of the sender's clock"},
    Words{"INJ.WIN", "its window is copied or constant"},
    Words{"INJ.FLAGS", "it has flags that no ordinary reset has"},
    Words{"INJ.RTT", "it came sooner than the sender could have answered"},
    Words{"INJ.RST_SEQ_CHANGE", "it does not follow the resets before it"},
    Words{"INJ.RST_SEQ_DATA", "the sender sends data after its own reset"},
    Words{"INJ.FIN_SEQ_DATA", "the sender sends data after its own FIN"},
    Words{"INJ.DATA_SEQ_RST", "the reset lies behind data that the sender had sent"},
    Words{"INJ.RST_ACK_CHANGE", "its acknowledgement does not follow the one before it"},
    Words{"INJ.SYN_RST", "the true answer came after the refusal"},
    Words{"INJ.DATA_CONFLICT", "two contents for the same place in the stream"},
    Words{"INJ.GLUED_END", "the connection is ended with it"},
    Words{"INJ.FP", "its header equals a published one"},
    Words{"INJ.FP.TSG", "its header fields obey a published formula"},
    Words{"TRIGGER", "it follows the name at once"},
    Words{"DNS.DUP", "one question, two answers that differ"},
    Words{"DNS.FAST", "it came sooner than the resolver answers"},
    Words{"DNS.EDNS", "its flags are not the resolver's"},
    Words{"DNS.BOGON", "an address that no public name has"},
    Words{"CONTROL.SERVER", "the same server went well under other names"},
    Words{"CONTROL.TEXT", "the application's messages were answered meanwhile"},
    Words{"CONTROL.UDP", "other UDP of this host was answered meanwhile"},
    Words{"CONTROL.PAIR", "the same two sockets answered each other meanwhile"},
    Words{"CONTROL.CALLS", "calls of other applications connected"},
    Words{"REPEAT", "it happened again and again"},
    Words{"REPEAT.RELAYS", "several relays were silent"},
    Words{"REPEAT.CALLS", "it happened in several calls"},
    Words{"AFTER_CLOSE", "the connection was being closed already"},
    Words{"IDLE_BEFORE", "the connection was idle before"},
};

// What a packet is to a finding that says nothing particular of it: by the beginning of the id, the
// first that fits.
constexpr std::array kFamilyWords = {
    Words{"RST.", "it shows how the connection was torn down"},
    Words{"INJ.", "it shows how the connection was torn down"},
    Words{"DNS.", "a question of the case, or an answer to it"},
    Words{"DROP.STUN", "what was asked of a relay that did not answer"},
    Words{"DROP.TURN", "what was asked of a relay that gave no address"},
    Words{"DROP.DTLS", "a hello for the keys of media that came to nothing"},
    Words{"DROP.ICE", "a check between the two ends that came to nothing"},
    Words{"DROP.", "it, or what followed it, did not arrive"},
    Words{"MEDIA.", "media of the call stopped about here"},
    Words{"CALL.", "a call that failed"},
    Words{"DIFF.", "an attempt that counts for the comparison"},
};

constexpr std::array<std::string_view, kTurns> kTurnWords = {
    "its first packet",           "first media from the client", "first media to the client",
    "last media from the client", "last media to the client",    "its last packet",
};

constexpr std::array<std::string_view, report::kCallOutcomes> kOutcomes = {
    "connected", "no answer", "set-up failed", "one way",
    "cut",       "degraded",  "cancelled",     "not observable",
};

constexpr std::array<std::string_view, report::kLevels> kLevelWords = {
    "indeterminate", "observed", "anomalous", "likely", "confirmed pattern"};

std::string_view words_for(std::string_view item) {
  const auto* const found =
      std::find_if(kItemWords.begin(), kItemWords.end(),
                   [item](const Words& words) { return words.first == item; });
  return found == kItemWords.end() ? std::string_view() : found->second;
}

std::string_view words_of_family(std::string_view id) {
  const auto* const found =
      std::find_if(kFamilyWords.begin(), kFamilyWords.end(),
                   [id](const Words& words) { return id.starts_with(words.first); });
  return found == kFamilyWords.end() ? "one of the packets it rests on" : found->second;
}

std::string flags_of(const wire::Packet& packet) {
  using namespace wire::tcp_flag;
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 4> kNames = {
      {{kSyn, "SYN"}, {kFin, "FIN"}, {kRst, "RST"}, {kAck, "ACK"}}};
  std::string out;
  for (const auto& [flag, name] : kNames)
    if ((packet.tcp_flags & flag) != 0) out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
  return out;
}

std::string tcp_shape(const wire::Packet& packet) {
  using namespace wire::tcp_flag;
  std::string_view kind = "an acknowledgement";
  if ((packet.tcp_flags & kRst) != 0)
    kind = "a reset";
  else if ((packet.tcp_flags & kSyn) != 0)
    kind = (packet.tcp_flags & kAck) != 0 ? "a connection accepted" : "a connection asked for";
  else if (packet.payload_len != 0)
    return fmt::format("{} bytes of data ({}), TTL {}", packet.payload_len, flags_of(packet),
                       packet.ttl);
  else if ((packet.tcp_flags & kFin) != 0)
    kind = "an end (FIN)";
  return fmt::format("{} ({}), TTL {}", kind, flags_of(packet), packet.ttl);
}

std::string stun_shape(const proto::stun::Message& message) {
  using namespace proto::stun;
  constexpr std::array<std::string_view, 4> kKinds = {"request", "indication", "answer", "error"};
  std::string_view method = "message of an own method";
  if (message.method == method::kBinding) method = "Binding";
  if (message.method == method::kAllocate) method = "Allocate";
  if (message.method == method::kRefresh) method = "Refresh";
  if (message.method == method::kCreatePermission) method = "CreatePermission";
  if (message.method == method::kChannelBind) method = "ChannelBind";
  return fmt::format("a STUN {} {}", method, kKinds[static_cast<std::size_t>(message.kind)]);
}

std::string udp_shape(const wire::Packet& packet) {
  constexpr std::size_t kQuestion = 12;
  proto::stun::Message message;
  if (proto::stun::parse(packet.payload, packet.payload_len, message) != ParseStatus::not_this)
    return stun_shape(message);
  if (packet.payload_len >= kQuestion && packet.dst_port == kDnsPort) return "a DNS question";
  if (packet.payload_len >= kQuestion && packet.src_port == kDnsPort)
    return fmt::format("a DNS answer, TTL {}", packet.ttl);
  return fmt::format("a datagram of {} bytes, TTL {}", packet.payload_len, packet.ttl);
}

std::string value_of(const report::EvidenceItem::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  return {};
}

bool is(const report::Frame& frame, wire::FrameRef ref) {
  return frame.input == ref.input() && frame.number == ref.number();
}

std::string sender_of(const PacketSeen& seen, const IpAddress* client) {
  if (client == nullptr) return to_string(seen.from);
  if (seen.from == *client) return "the client";
  const bool media = seen.key.proto == wire::ip_proto::kUdp && seen.key.port_a != kDnsPort &&
                     seen.key.port_b != kDnsPort;
  return media ? "the other end" : "the server";
}

std::string proofs_in(const report::Finding& finding, wire::FrameRef frame) {
  std::string out;
  if (is(finding.trigger.frame, frame))
    out = fmt::format("what it seems to react to: {}{}{}", finding.trigger.type,
                      finding.trigger.name.empty() ? "" : " ", finding.trigger.name);
  for (const report::EvidenceItem& item : finding.items) {
    if (!is(item.frame, frame)) continue;
    const std::string_view words = words_for(item.name);
    const std::string value = value_of(item.value);
    out += fmt::format("{}{}{}{}{}{}", out.empty() ? "" : "; ", item.name,
                       words.empty() ? "" : ", ", words, value.empty() ? "" : ": ", value);
  }
  return out.empty() ? std::string(words_of_family(finding.id)) : out;
}

std::string open_ones(const report::Finding& finding) {
  std::string out;
  for (const report::Alternative& other : finding.alternatives)
    if (!other.excluded)
      out += fmt::format("{}{} ({})", out.empty() ? "" : "; ", other.name, other.why);
  return out;
}

}  // namespace

std::string shape_of(const wire::Packet& packet) {
  switch (packet.proto) {
    case wire::ip_proto::kTcp:
      return tcp_shape(packet);
    case wire::ip_proto::kUdp:
      return udp_shape(packet);
    case wire::ip_proto::kIcmp:
    case wire::ip_proto::kIcmp6:
      return fmt::format("an ICMP message, TTL {}", packet.ttl);
    default:
      return fmt::format("a packet of IP protocol {}, TTL {}", packet.proto, packet.ttl);
  }
}

std::vector<std::string> finding_comments(const FindingGroup& group, wire::FrameRef frame,
                                          const PacketSeen* seen, const IpAddress* client,
                                          std::string_view origin) {
  const report::Finding& finding = *group.finding;
  std::string proof =
      fmt::format("{} ({}{}{}): ", group.ids, kLevelWords[static_cast<std::size_t>(finding.level)],
                  finding.app.empty() ? "" : ", ", finding.app);
  if (seen != nullptr)
    proof += fmt::format("{}, in the name of {}: ", seen->shape, sender_of(*seen, client));
  std::vector<std::string> out;
  out.push_back(fmt::format("{}{}. {}", proof, proofs_in(finding, frame), origin));
  if (frame != group.frames.front()) return out;
  out.push_back(fmt::format("{}, in a sentence: {}", group.ids, finding.text));
  const std::string open = open_ones(finding);
  if (!open.empty())
    out.push_back(fmt::format("{}, what else could explain it: {}.", group.ids, open));
  return out;
}

std::string call_comment(const CallNote& call, Turn turn, std::string_view origin) {
  std::string out = fmt::format("Call {}{}{} ({}): {}", call.number, call.app.empty() ? "" : ", ",
                                call.app, kOutcomes[static_cast<std::size_t>(call.outcome)],
                                kTurnWords[static_cast<std::size_t>(turn)]);
  if (turn == Turn::begin && !call.reason.empty()) out += fmt::format("; {}", call.reason);
  return out + fmt::format(". {}", origin);
}

std::string step_comment(const ClockStep& step, std::string_view origin) {
  return fmt::format("GATE.CLOCK: the clock of the capture steps back by {:.3f} s here. {}",
                     static_cast<double>(step.back_ns) / 1e9, origin);
}

}  // namespace deadair::pipeline
