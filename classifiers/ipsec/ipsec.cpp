// Turns datagrams into IPsec claims: IKE by its header, ESP over UDP by SPI and sequence number.
#include <algorithm>

#include "classify/classifier.hpp"
#include "ipsec/signatures.hpp"

namespace deadair::classifiers::ipsec {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::StreamHead;

constexpr std::uint32_t kEnough = 4;  // datagrams off port 4500 before the flow is given up
constexpr int kEspEnough = 4;         // of one direction

constexpr classify::Info kInfo = {
    .name = "ipsec",
    .version = "ipsec 1.0",
    .doc = "IPsec tunnels: IKE, ESP and AH",
    .signals = kSignals,
    .names = {},
    .networks = {},
    .protocols = kProtocols,
};

//   +-------------------------------+
//   |       initiator SPI, 8        |
//   |       responder SPI, 8        |
//   +-------+-------+-------+-------+
//   | next  |version| exch. | flags |
//   |       message id, 4           |
//   |       length, 4               |
//   +-------------------------------+
// RFC 2408 section 3.1, RFC 7296 section 3.1.
constexpr std::size_t kHeader = 28;

// Base, main, authentication only, aggressive, informational, transaction, quick, new group
// (IANA, Internet Key Exchange Attributes).
bool is_exchange_1(std::uint8_t type) {
  return (type >= 1 && type <= 6) || type == 32 || type == 33;
}
// From IKE_SA_INIT to IKE_FOLLOWUP_KE (IANA, IKEv2 parameters, 2024).
bool is_exchange_2(std::uint8_t type) { return type >= 34 && type <= 44; }

bool is_ike(ByteView message, std::size_t wire_len) {
  constexpr std::uint8_t kFlags1 = 0x07, kFlags2 = 0x38;
  if (message.be32(24) != wire_len || !message.has(0, kHeader) || message.be64(0) == 0)
    return false;
  const std::uint8_t version = message.u8(17);
  const std::uint8_t exchange = message.u8(18);
  const std::uint8_t flags = message.u8(19);
  if ((version & 0xf0) == kVersion1) return is_exchange_1(exchange) && (flags & ~kFlags1) == 0;
  return (version & 0xf0) == kVersion2 && is_exchange_2(exchange) && (flags & ~kFlags2) == 0;
}

//   | SPI, 4 | sequence number, 4 | encrypted |      RFC 4303 section 2
// Whether one may follow the other, whichever of them was sent first.
bool continues(ByteView one, ByteView other) {
  constexpr std::uint32_t kLeastSpi = 256;  // smaller ones are reserved (RFC 4303 section 2.1)
  constexpr std::uint32_t kWindow = 2048;
  const std::uint32_t ahead = std::max(one.be32(4), other.be32(4));
  const std::uint32_t behind = std::min(one.be32(4), other.be32(4));
  return one.be32(0) >= kLeastSpi && one.be32(0) == other.be32(0) && ahead != behind &&
         ahead - behind <= kWindow && behind > 0;
}

// An empty packet with the shortest tag there is.
constexpr std::size_t kLeastEsp = 8 + 4 + 12;

bool is_esp_stream(const FlowFacts& flow, const Datagram& datagram) {
  if (datagram.wire_len < kLeastEsp || datagram.wire_len % 4 != 0) return false;
  int together = 1;
  for (const Glimpse& glimpse : flow.earlier) {
    if (glimpse.direction != datagram.direction || glimpse.wire_len < kLeastEsp) continue;
    if (glimpse.wire_len % 4 != 0) return false;
    if (continues(datagram.payload, glimpse.head())) ++together;
  }
  return together >= kEspEnough;
}

Answer certain(Claims& claims, const SignalInfo& signal) {
  claims.add({&signal, Service::tunnel, Role::none, true});
  return Answer::certain;
}

class Ipsec final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    constexpr std::size_t kMarker = 4;  // zeros, where ESP has its SPI (RFC 3948 section 2.2)
    const bool nat_port = flow.server_port == kNatPort || flow.client_port == kNatPort;
    if (is_ike(datagram.payload, datagram.wire_len)) return certain(claims, kIke);
    const bool marked = datagram.payload.be32(0) == 0 && datagram.wire_len > kMarker;
    if (marked && is_ike(datagram.payload.from(kMarker), datagram.wire_len - kMarker))
      return certain(claims, kIke);
    if (nat_port && is_esp_stream(flow, datagram)) return certain(claims, kEspUdp);
    return nat_port || flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
  }

  // RFC 8229 section 4: both ends could be told by their port only, but the prefix tells the
  // client.
  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    constexpr std::string_view kPrefix = "IKETCP";
    const ByteView side = head.grew == classify::Direction::up ? head.up : head.down;
    if (head.from_start && side.starts_with(kPrefix)) return certain(claims, kIkeTcp);
    const bool beginning = ByteView::of(kPrefix).starts_with(side.span());
    return beginning ? Answer::unsure : Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Ipsec classifier;
  return classifier;
}

}  // namespace deadair::classifiers::ipsec
