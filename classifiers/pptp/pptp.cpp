// Turns streams into PPTP claims by the cookie in every control message.
#include "classify/classifier.hpp"
#include "pptp/signatures.hpp"

namespace deadair::classifiers::pptp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "pptp",
    .version = "pptp 1.0",
    .doc = "PPTP tunnels, by their control connection",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

//   +-----------------+-----------------+
//   |     length      |  message type 1 |
//   |        magic cookie, 4            |
//   |  control type   |  reserved 0     |
//   +-----------------+-----------------+
// RFC 2637 section 2.
constexpr std::size_t kHeader = 12;

bool is_control(ByteView head) {
  constexpr std::uint16_t kLeast = 12, kMost = 512, kTypes = 15;
  return head.has(0, kHeader) && head.be16(0) >= kLeast && head.be16(0) <= kMost &&
         head.be16(2) == 1 && head.be32(4) == kMagic && head.be16(8) >= 1 && head.be16(8) <= kTypes;
}

// Fewer bytes than a header that may become one.
bool may_become(ByteView head) {
  return head.size() < kHeader && head.u8(0) <= 1 && head.u8(2) == 0 &&
         (head.size() <= 4 || head.u8(4) == kMagic >> 24);
}

class Pptp final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  // Messages are sent one by one, so a stream that is met in its middle begins with one as well.
  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    const ByteView side = head.grew == classify::Direction::up ? head.up : head.down;
    if (!is_control(side)) return may_become(side) ? Answer::unsure : Answer::not_for_us;
    claims.add({&kControl, Service::tunnel, Role::none, true});
    return Answer::certain;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Pptp classifier;
  return classifier;
}

}  // namespace deadair::classifiers::pptp
