// The 19 shapes in which a connection is torn down early, by how far it had come.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "interference/tcp_story.hpp"

namespace deadair::interference {

// R. Sundara Raman et al., "Global, Passive Detection of Connection Tampering", SIGCOMM 2023: they
// see what clients send, the first ten packets. Here both directions are seen and no packet is too
// late: how far the client had come decides, whoever the reset claims to be from.
enum class Stage : std::uint8_t {
  unknown,   // the beginning was not captured
  post_syn,  // nothing but SYNs of the client
  post_ack,  // the client acknowledged, and sent no data
  post_psh,  // one stretch of data, sent once or more often
  later,     // a second stretch
};

// The client's progress over the first `count` packets of the story.
Stage stage_after(const TcpStory& story, std::size_t count);

// Those that end in NONE are silences: see syn_silence.hpp and silent_stages.hpp.
enum class Signature : std::uint8_t {
  syn_none,
  syn_r,
  syn_ra,
  syn_r_ra,
  ack_none,
  ack_r,
  ack_rr,
  ack_ra,
  ack_rara,
  psh_none,
  psh_r,
  psh_ra,
  psh_r_ra,
  psh_rara,
  psh_r_eq,
  psh_r_ne,
  psh_r_r0,
  data_r,
  data_ra,
  count_,
};
inline constexpr std::size_t kSignatures = static_cast<std::size_t>(Signature::count_);

constexpr std::string_view name(Signature signature) {
  constexpr std::array<std::string_view, kSignatures> kNames = {
      "RST.SYN.NONE", "RST.SYN.R",    "RST.SYN.RA",   "RST.SYN.R_RA", "RST.ACK.NONE",
      "RST.ACK.R",    "RST.ACK.RR",   "RST.ACK.RA",   "RST.ACK.RARA", "RST.PSH.NONE",
      "RST.PSH.R",    "RST.PSH.RA",   "RST.PSH.R_RA", "RST.PSH.RARA", "RST.PSH.R_EQ",
      "RST.PSH.R_NE", "RST.PSH.R_R0", "RST.DATA.R",   "RST.DATA.RA",
  };
  return kNames[static_cast<std::size_t>(signature)];
}

// The shape of a tear-down by RST; nothing when it has none of the 19 (two RSTs without an
// acknowledgement number after data, say: what hosts do that close with data on the way).
std::optional<Signature> signature_of(const TcpStory& story, const TearDown& event);

}  // namespace deadair::interference
