// Turns datagrams into L2TP claims: control messages by header and first attribute, data by the PPP
// inside.
#include <algorithm>

#include "classify/classifier.hpp"
#include "l2tp/signatures.hpp"

namespace deadair::classifiers::l2tp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;

constexpr std::uint32_t kEnough = 6;  // datagrams without a sign before the flow is given up

constexpr classify::Info kInfo = {
    .name = "l2tp",
    .version = "l2tp 1.0",
    .doc = "L2TP tunnels without IPsec around them",
    .signals = kSignals,
    .names = {},
    .networks = {},
    .protocols = kProtocols,
};

//   +-+-+---+-+---+-+-+-------+-----+---------------+
//   |T|L|x x|S|x x|O|P|x x x x| Ver | length (with L)|
//   |  tunnel id              |  session id          |
//   |  Ns (with S)            |  Nr (with S)         |
//   +-------------------------+----------------------+
// RFC 2661 section 3.1. Version 3 has one control connection id in place of the two (RFC 3931
// section 3.2.1).
constexpr std::uint16_t kControlV2 = 0xc802, kControlV3 = 0xc803;
constexpr std::size_t kControlHeader = 12;

bool is_control(ByteView message, std::size_t wire_len) {
  const std::uint16_t flags = message.be16(0);
  return (flags == kControlV2 || flags == kControlV3) && message.be16(2) == wire_len &&
         message.has(0, kControlHeader);
}

// The first attribute is the message type: mandatory, 8 bytes long, vendor and type zero, value one
// of the known messages (RFC 2661 section 4.4.1; RFC 3931 section 5.4.1).
bool begins_with_message_type(ByteView attributes) {
  constexpr std::uint16_t kMostTypes = 32;
  const std::uint16_t head = attributes.be16(0);
  return (head & 0xbfff) == 0x8008 && attributes.be32(2) == 0 && attributes.be16(6) > 0 &&
         attributes.be16(6) < kMostTypes;
}

// A data message of version 2 whose PPP frame begins FF 03, or with a protocol number of a network
// or control protocol (RFC 1661 section 2).
bool is_ppp(ByteView message, std::size_t wire_len) {
  constexpr std::uint16_t kData = 0x0002, kHasLength = 0x4000, kHasSequence = 0x0800,
                          kHasOffset = 0x0200, kPriority = 0x0100;
  const std::uint16_t flags = message.be16(0);
  if ((flags & ~(kHasLength | kHasSequence | kHasOffset | kPriority)) != kData) return false;
  const bool length = (flags & kHasLength) != 0;
  if (length && message.be16(2) != wire_len) return false;
  std::size_t at = length ? 4 : 2;
  if (message.be16(at) == 0 || message.be16(at + 2) == 0) return false;
  at += 4 + ((flags & kHasSequence) != 0 ? 4U : 0U);
  if ((flags & kHasOffset) != 0) at += 2U + message.be16(at);
  if (message.be16(at) != 0xff03) return false;
  const std::uint16_t protocol = message.be16(at + 2);
  return protocol == 0x0021 || protocol == 0x0057 || protocol == 0x00fd || protocol == 0x8021 ||
         protocol == 0x8057 || protocol == 0x80fd || protocol == 0xc021 || protocol == 0xc023 ||
         protocol == 0xc223 || protocol == 0xc227;
}

bool ppp_came_before(const FlowFacts& flow, const Datagram& datagram) {
  return std::any_of(flow.earlier.begin(), flow.earlier.end(), [&](const Glimpse& glimpse) {
    return glimpse.direction == datagram.direction && is_ppp(glimpse.head(), glimpse.wire_len);
  });
}

Answer certain(Claims& claims, const SignalInfo& signal) {
  claims.add({&signal, Service::tunnel, Role::none, true});
  return Answer::certain;
}

class L2tp final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    const ByteView payload = datagram.payload;
    const std::size_t wire_len = datagram.wire_len;
    if (is_control(payload, wire_len)) {
      if (begins_with_message_type(payload.from(kControlHeader))) return certain(claims, kControl);
      const bool port = flow.server_port == kPort || flow.client_port == kPort;
      if (port && wire_len == kControlHeader) return certain(claims, kEmpty);
      return Answer::unsure;
    }
    const bool port = flow.server_port == kPort || flow.client_port == kPort;
    if (port && is_ppp(payload, wire_len) && ppp_came_before(flow, datagram))
      return certain(claims, kData);
    return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const L2tp classifier;
  return classifier;
}

}  // namespace deadair::classifiers::l2tp
