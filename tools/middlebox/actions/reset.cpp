// Forges RST, FIN or SYN+ACK segments towards client, server or both.
#include "actions/reset.hpp"

namespace deadair::middlebox {
namespace {

std::vector<std::uint32_t> read_offsets(Fields& fields, const std::string& key,
                                        std::vector<std::uint32_t> otherwise) {
  constexpr std::size_t kMost = 64;
  const Json* list = fields.find(key);
  if (list == nullptr) return otherwise;
  std::vector<std::uint32_t> offsets;
  if (!list->is_array() || list->empty() || list->size() > kMost)
    fields.fail(key, "must be a list of 1 to 64 whole numbers");
  for (const Json& offset : *list) {
    if (!offset.is_number_integer()) fields.fail(key, "must hold whole numbers");
    offsets.push_back(static_cast<std::uint32_t>(offset.get<std::int64_t>()));
  }
  return offsets;
}

}  // namespace

std::optional<std::uint8_t> parse_flags(std::string_view text) {
  namespace flag = wire::tcp_flag;
  struct Word {
    std::string_view name;
    std::uint8_t bit;
  };
  constexpr std::uint8_t kEce = 0x40;  // RFC 3168 section 6.1
  constexpr std::array kWords = {Word{"FIN", flag::kFin}, Word{"SYN", flag::kSyn},
                                 Word{"RST", flag::kRst}, Word{"PSH", flag::kPsh},
                                 Word{"ACK", flag::kAck}, Word{"ECE", kEce}};
  std::uint8_t bits = 0;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find('+'));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    const auto* const word = std::find_if(kWords.begin(), kWords.end(),
                                          [&](const Word& one) { return one.name == name; });
    if (word == kWords.end()) return std::nullopt;
    bits |= word->bit;
  }
  return bits == 0 ? std::nullopt : std::optional(bits);
}

Position position_for(const Transit& transit, Way way, bool cause_arrives) {
  const FlowState& flow = *transit.flow;
  const wire::Packet& cause = transit.packet();
  const std::uint32_t cause_end = cause.seq + sequence_length(cause);
  const FlowSide& claimed = flow.side(way);
  const FlowSide& victim = flow.side(back(way));
  // In the same direction the receiver will stand behind the cause, or before it.
  if (way == transit.way) return {cause_arrives ? cause_end : cause.seq, cause.ack};
  // In the other the cause tells where its sender stands; a SYN tells nothing of the other side.
  const std::uint32_t seq = (cause.tcp_flags & wire::tcp_flag::kAck) != 0
                                ? cause.ack
                                : (victim.acked ? victim.ack : claimed.next_seq);
  return {seq, cause_end};
}

ActionPtr Reset::from(Fields& fields) {
  auto action = std::make_unique<Reset>();
  const auto flags = parse_flags(fields.text("flags", "RST"));
  if (!flags) fields.fail("flags", "must join FIN, SYN, RST, PSH, ACK, ECE with \"+\"");
  action->flags_ = *flags;
  const std::size_t to = fields.choice("to", {"both", "client", "server"}, 0);
  action->to_client_ = to != 2;
  action->to_server_ = to != 1;
  action->drop_ = fields.flag("drop", false);
  action->ack_rule_ = static_cast<AckRule>(fields.choice("ack", {"auto", "zero", "next"}, 0));
  action->seq_offsets_ = read_offsets(fields, "seq", {0});
  action->ack_offsets_ = read_offsets(fields, "ack_offsets", {});
  if (!action->ack_offsets_.empty() && action->ack_offsets_.size() != action->seq_offsets_.size())
    fields.fail("ack_offsets", "must be as many as \"seq\"");
  action->delay_ns_ = fields.milliseconds("delay_ms", 0);
  action->spacing_ns_ = fields.milliseconds("spacing_ms", 0);
  action->forgery_ = Forgery::from(fields);
  return action;
}

Outcome Reset::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (transit.packet().proto != wire::ip_proto::kTcp || transit.headers.fragment)
    return Outcome::untouched;
  if (to_client_) inject(transit, Way::down, memory, injections);
  if (to_server_) inject(transit, Way::up, memory, injections);
  return drop_ ? Outcome::dropped : Outcome::changed;
}

void Reset::inject(const Transit& transit, Way way, Memory& memory,
                   std::vector<Injection>& injections) const {
  const FlowSide& claimed = transit.flow->side(way);
  const FlowSide& victim = transit.flow->side(back(way));
  const Position position = position_for(transit, way, !drop_);
  const bool with_ack = ack_rule_ == AckRule::next ||
                        (ack_rule_ == AckRule::by_flags && (flags_ & wire::tcp_flag::kAck) != 0);
  for (std::size_t i = 0; i < seq_offsets_.size(); ++i) {
    const auto header = forgery_.next(claimed, victim, transit.packet(), memory, i);
    TcpFields tcp{claimed.port, victim.port,  position.seq + seq_offsets_[i], 0,
                  flags_,       header.window};
    // A forged SYN+ACK begins a sequence of its own.
    if ((flags_ & wire::tcp_flag::kSyn) != 0)
      tcp.seq = static_cast<std::uint32_t>(memory.random.next());
    if (with_ack) tcp.ack = position.ack + (ack_offsets_.empty() ? 0 : ack_offsets_[i]);
    const Bytes packet = tcp_packet(header.ip, tcp);
    injections.push_back(
        {frame_like(transit.frame, transit.headers, way != transit.way, ByteView(packet)), way,
         delay_ns_ + static_cast<std::int64_t>(i) * spacing_ns_});
  }
}

}  // namespace deadair::middlebox
