// Turns the heads of TCP streams into claims of tunnels that hide what they are: fully encrypted
// ones as a guess, imitations of TLS for certain.
#include <algorithm>

#include "classify/classifier.hpp"
#include "obfuscated/randomness.hpp"
#include "obfuscated/signatures.hpp"
#include "obfuscated/tls_imitation.hpp"

namespace deadair::classifiers::obfuscated {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Direction;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "obfuscated",
    .version = "obfuscated 1.0",
    .doc =
        "Tunnels that hide what they are: fully encrypted (obfs4, Shadowsocks, VMess and their "
        "like) or imitating TLS",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

Answer claim(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::tunnel, Role::none, certain, {}});
  return certain ? Answer::certain : Answer::not_for_us;
}

Answer conclude(const HelloVerdict& verdict, Claims& claims) {
  if (!verdict.complete) return Answer::unsure;
  if (verdict.signal == nullptr) return Answer::not_for_us;
  // One number alone may also be a damaged packet's, or newer than our list.
  return claim(claims, *verdict.signal, verdict.signal != &kChoice);
}

// Nothing is decided before the server answers: then the client's first flight is complete.
Answer on_first_flight(const FlowFacts& flow, const StreamHead& head) {
  if (flow.datagrams > 0) return Answer::unsure;  // the client says more: judged with the answer
  const bool bitcoin = std::find(kBitcoinPorts.begin(), kBitcoinPorts.end(), flow.server_port) !=
                       kBitcoinPorts.end();
  return !bitcoin && may_be_random(head.up) ? Answer::unsure : Answer::not_for_us;
}

Answer on_answer(const StreamHead& head, Claims& claims) {
  const ByteView up = head.up, down = head.down;
  if (std::min(up.size(), down.size()) < kShortest) return Answer::not_for_us;
  if (std::max(up.size(), down.size()) <= kLongestGreeting) return Answer::not_for_us;
  // Framed protocols begin alike on both sides.
  if (up.u8(0) == down.u8(0) || !may_be_random(down)) return Answer::not_for_us;
  if (!passes_entropy_rule(up) || !passes_entropy_rule(down)) return Answer::not_for_us;
  if (!looks_random(up) || !looks_random(down)) return Answer::not_for_us;
  return claim(claims, kEntropy, false);
}

class Obfuscated final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    if (!head.from_start) return Answer::not_for_us;
    if (head.up.empty()) return conclude_server_only(head.down, claims);
    const HelloVerdict verdict = judge_client_hello(head.up);
    if (verdict.hello) return conclude(verdict, claims);
    if (head.grew == Direction::down) return on_answer(head, claims);
    return head.down.empty() ? on_first_flight(flow, head) : Answer::not_for_us;
  }

 private:
  // Where only the server was captured; a server that speaks first is no proxy of this kind.
  static Answer conclude_server_only(ByteView down, Claims& claims) {
    const HelloVerdict verdict = judge_server_hello(down);
    return verdict.hello ? conclude(verdict, claims) : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Obfuscated classifier;
  return classifier;
}

}  // namespace deadair::classifiers::obfuscated
