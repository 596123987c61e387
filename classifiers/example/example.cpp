// Turns the head of a stream into a claim for the made-up application "example": a folder to copy.
#include "classify/classifier.hpp"
#include "example/signatures.hpp"

namespace deadair::classifiers::example {
namespace {

using classify::Answer;
using classify::Claims;
using classify::FlowFacts;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "example",
    .version = "example 1.0",
    .doc = "A made-up chat protocol: the pattern for other classifiers",
    .signals = kSignals,
    .names = kNames,
    .networks = {},
    .dns_signal = &kDns,
};

class Example final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  // No on_datagram(): the base class answers not_for_us, so UDP flows cost nothing.

  Answer on_stream(const FlowFacts&, const StreamHead& head, Claims& claims) const override {
    const ByteView hello = ByteView::of(kHello);
    if (!head.from_start) return Answer::not_for_us;
    // What is there so far must agree; segments may split the hello anywhere.
    if (!head.up.starts_with(hello.first(head.up.size()).span())) return Answer::not_for_us;
    if (head.up.size() < hello.size()) return Answer::unsure;
    claims.add({.signal = &kTextHello, .service = Service::text, .certain = true});
    return Answer::certain;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Example classifier;
  return classifier;
}

}  // namespace deadair::classifiers::example
