// nDPI as a witness: its opinion of a flow, recorded beside ours and never the judge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wire/packet.hpp"

struct ndpi_flow_struct;

namespace deadair::classify {

// nDPI and the version this program runs with, for --version: "nDPI 4.2.0".
std::string witness_version();

// One detection module serves the whole run: modules keep caches of their own, so two of them would
// disagree with one (measured: 4 % of WhatsApp calls lose their label). Not thread-safe.
class Witness {
 public:
  // What nDPI remembers of one undecided flow. Made at the first payload, freed at the answer.
  using Testimony = ndpi_flow_struct*;

  Witness();
  ~Witness();
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  // Shows one packet. Returns true when the answer is final: then `label` holds it and `testimony`
  // is null. A null testimony starts a new one. `packets` counts those shown before, both
  // directions; `from_start`: the flow was seen from its beginning, as far as it has one.
  bool hear(Testimony& testimony, const wire::Packet& packet, std::uint32_t packets,
            bool from_start, std::uint32_t& label);
  // Ends a testimony without an answer yet: nDPI's best guess, 0 when it has none. A null testimony
  // gives 0.
  std::uint32_t dismiss(Testimony& testimony);

  // nDPI's name for a label: "STUN.WhatsAppCall"; empty for label 0. Lives as long as the witness.
  std::string_view name(std::uint32_t label);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deadair::classify
