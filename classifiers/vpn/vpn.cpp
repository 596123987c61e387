// Names of VPN services: their tunnels' ends and their sites. Protocols have classifiers of their
// own.
#include "classify/classifier.hpp"
#include "vpn/signatures.hpp"

namespace deadair::classifiers::vpn {
namespace {

constexpr classify::Info kInfo = {
    .name = "vpn",
    .version = "vpn 1.0",
    .doc = "Commercial VPN services by the names of their servers and sites",
    .signals = kSignals,
    .names = kNames,
    .networks = {},
    .dns_signal = &kDns,
};

// Neither on_datagram() nor on_stream(): flows cost nothing.
class Vpn final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }
};

}  // namespace

const classify::Classifier& instance() {
  static const Vpn classifier;
  return classifier;
}

}  // namespace deadair::classifiers::vpn
