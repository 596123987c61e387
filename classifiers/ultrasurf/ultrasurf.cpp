// Names of Ultrasurf; its tunnels carry nothing that a classifier could read.
#include "classify/classifier.hpp"
#include "ultrasurf/signatures.hpp"

namespace deadair::classifiers::ultrasurf {
namespace {

constexpr classify::Info kInfo = {
    .name = "ultrasurf",
    .version = "ultrasurf 1.0",
    .doc = "Ultrasurf, as far as names show it",
    .signals = kSignals,
    .names = kNames,
    .networks = {},
    .dns_signal = &kDns,
};

// Neither on_datagram() nor on_stream(): flows cost nothing.
class Ultrasurf final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }
};

}  // namespace

const classify::Classifier& instance() {
  static const Ultrasurf classifier;
  return classifier;
}

}  // namespace deadair::classifiers::ultrasurf
