// Drops what the rule chose.
#pragma once

#include "actions/action.hpp"

namespace deadair::middlebox {

class Drop final : public Action {
 public:
  static ActionPtr from(Fields&) { return std::make_unique<Drop>(); }
  Outcome act(Transit&, Memory&, std::vector<Injection>&) override { return Outcome::dropped; }
};

// The same for good: once its rule has chosen a packet, all that follow in its direction go.
class Freeze final : public Action {
 public:
  static ActionPtr from(Fields&) { return std::make_unique<Freeze>(); }
  Outcome act(Transit&, Memory&, std::vector<Injection>&) override { return Outcome::dropped; }
  [[nodiscard]] bool sticks() const override { return true; }
};

// Lets through, past all further rules: an exception to what they say.
class Passthrough final : public Action {
 public:
  static ActionPtr from(Fields&) { return std::make_unique<Passthrough>(); }
  Outcome act(Transit&, Memory&, std::vector<Injection>&) override { return Outcome::accepted; }
};

// Drops packets of more than "bytes" IP bytes without a word: a path whose MTU nobody learns.
class MtuHole final : public Action {
 public:
  explicit MtuHole(std::uint32_t bytes) : bytes_(bytes) {}
  static ActionPtr from(Fields& fields) {
    constexpr std::int64_t kLeast = 68, kMost = 65'535, kPppoe = 1492;
    return std::make_unique<MtuHole>(
        static_cast<std::uint32_t>(fields.integer("bytes", kPppoe, kLeast, kMost)));
  }
  Outcome act(Transit& transit, Memory&, std::vector<Injection>&) override {
    return transit.packet().ip_len > bytes_ ? Outcome::dropped : Outcome::untouched;
  }

 private:
  std::uint32_t bytes_;
};

}  // namespace deadair::middlebox
