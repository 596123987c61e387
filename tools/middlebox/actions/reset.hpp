// Forges RST, FIN or SYN+ACK segments towards client, server or both.
#pragma once

#include "actions/forgery.hpp"

namespace deadair::middlebox {

class Reset final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  enum class AckRule : std::uint8_t { by_flags, zero, next };

  void inject(const Transit& transit, Way way, Memory& memory,
              std::vector<Injection>& injections) const;

  Forgery forgery_;
  std::uint8_t flags_ = wire::tcp_flag::kRst;
  bool to_client_ = true;
  bool to_server_ = true;
  bool drop_ = false;
  AckRule ack_rule_ = AckRule::by_flags;
  std::vector<std::uint32_t> seq_offsets_;
  std::vector<std::uint32_t> ack_offsets_;  // as many, or none
  std::int64_t delay_ns_ = 0;
  std::int64_t spacing_ns_ = 0;  // between one packet and the next to the same side
};

// "RST+ACK" as flag bits; nothing for unknown words.
std::optional<std::uint8_t> parse_flags(std::string_view text);

// Where a forged segment that travels `way` stands in the stream, as its receiver will see it once
// the packet that set it off has arrived (`cause_arrives`) or without it.
struct Position {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
};
Position position_for(const Transit& transit, Way way, bool cause_arrives);

}  // namespace deadair::middlebox
