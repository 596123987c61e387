// Reads the three open bytes of peer-to-peer Skype's datagrams, and what follows from them.
#include "skype/peer_udp.hpp"

#include "classify/network_set.hpp"
#include "skype/signatures.hpp"

namespace deadair::classifiers::skype {
namespace {

using classify::Datagram;
using classify::Direction;
using classify::FlowFacts;
using classify::Glimpse;

constexpr std::size_t kFullHistory = classify::kMostGlimpses;

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |          Object id            |0|x x x|Functn.|
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// and behind it, in bytes:
//   payload  IV (4), CRC (4), encrypted
//   resend   01, address or seed (4), IV (4), CRC (4), encrypted
//   refusal  address of the receiver as the sender sees it (4), seed (4)
//   data     encrypted
// Biondi and Desclaux, "Silver Needle in the Skype", 2006. Three bits of the function are random in
// some versions (Bonfiglio et al., "Revealing Skype Traffic", 2007).
struct Head {
  static constexpr std::size_t kSize = 3;

  std::uint16_t id = 0;
  std::uint8_t function = 0;
  std::size_t length = 0;  // of the datagram
};

Head head_of(ByteView payload, std::size_t length) {
  return {payload.be16(0), static_cast<std::uint8_t>(payload.u8(2) & kFunctionMask), length};
}
Head head_of(const Glimpse& glimpse) { return head_of(glimpse.head(), glimpse.wire_len); }

bool is_known(std::uint8_t function) {
  return function == kPayload || function == kResend || function == kNatInfo ||
         function == kRefusal || function == kData || function == kMore;
}

bool is_refusal(const Head& head) {
  return (head.function == kRefusal || head.function == kNatInfo) && head.length == kRefusalSize;
}

// Probes of the captures, none of the three bits set.
bool is_probe(const Datagram& datagram) {
  return datagram.payload.u8(2) == kPayload && datagram.wire_len >= kProbeSizeMin &&
         datagram.wire_len <= kProbeSizeMax;
}

// A message that this one answers, or repeats: of the same id, from the side `from`.
const Glimpse* payload_of(const FlowFacts& flow, std::uint16_t id, Direction from) {
  for (const Glimpse& glimpse : flow.earlier) {
    const Head head = head_of(glimpse);
    if (glimpse.direction == from && head.id == id && head.function == kPayload) return &glimpse;
  }
  return nullptr;
}

Direction opposite(Direction direction) {
  return direction == Direction::up ? Direction::down : Direction::up;
}

// A refusal names its receiver's address, unless a router stands between; and the refused id.
bool proves_refusal(const FlowFacts& flow, Direction direction, ByteView payload,
                    const Head& head) {
  if (!is_refusal(head)) return false;
  const IpAddress& receiver = direction == Direction::up ? flow.server : flow.client;
  if (receiver.is_v4() && payload.be32(Head::kSize) == receiver.v4()) return true;
  return payload_of(flow, head.id, opposite(direction)) != nullptr;
}

// The refused message once more, with the key that the refusal taught: the same id, and longer by
// five bytes.
bool proves_resend(const FlowFacts& flow, Direction direction, ByteView payload, const Head& head) {
  if (head.function != kResend || payload.u8(Head::kSize) != 1) return false;
  const Glimpse* before = payload_of(flow, head.id, direction);
  return before != nullptr && before->wire_len + kResendExtra == head.length;
}

bool shows_handshake(const FlowFacts& flow, Direction direction, ByteView payload,
                     std::size_t length) {
  const Head head = head_of(payload, length);
  return proves_refusal(flow, direction, payload, head) ||
         proves_resend(flow, direction, payload, head);
}

// Probes of one host: ids that rise by little, and initialisation vectors that have nothing in
// common.
bool proves_probes(const FlowFacts& flow, const Datagram& datagram) {
  constexpr std::size_t kBefore = 2;
  if (!is_probe(datagram) || flow.earlier.size() < kBefore) return false;
  for (const Glimpse& glimpse : flow.earlier) {
    const ByteView other = glimpse.head();
    const auto step = static_cast<std::uint16_t>(datagram.payload.be16(0) - other.be16(0));
    if (glimpse.direction != datagram.direction || other.u8(2) != kPayload) return false;
    if (step == 0 || step > kLargestStep) return false;
    int equal = 0;
    for (std::size_t at = Head::kSize; at < Head::kSize + 4; ++at)
      equal += other.u8(at) == datagram.payload.u8(at) ? 1 : 0;
    if (equal > 1) return false;
  }
  return true;
}

// What a full history holds.
struct Census {
  std::size_t data = 0;
  std::size_t foreign = 0;  // functions that the protocol does not have
  std::size_t still = 0;    // bytes that some other protocol's header leaves unchanged
  bool handshake = false;
};

Census count(const FlowFacts& flow, const Datagram& datagram) {
  Census census;
  for (const Glimpse& glimpse : flow.earlier) {
    const Head head = head_of(glimpse);
    census.data += head.function == kData ? 1U : 0U;
    census.foreign += is_known(head.function) ? 0U : 1U;
    census.still += head.id == datagram.payload.be16(0) ? 1U : 0U;
    census.still += glimpse.head().u8(Head::kSize) == datagram.payload.u8(Head::kSize) ? 1U : 0U;
    census.handshake = census.handshake ||
                       shows_handshake(flow, glimpse.direction, glimpse.head(), glimpse.wire_len);
  }
  return census;
}

PeerSign conclude(const FlowFacts& flow, const Datagram& datagram) {
  constexpr std::size_t kMostlyData = 7, kOnlyData = 10, kMostStill = 3;
  const Census census = count(flow, datagram);
  if (census.foreign > 0 || census.still > kMostStill) return {};
  if (census.handshake) {
    const bool call = census.data >= kMostlyData;
    return {call ? &kPeerData : &kPeerHandshake, true, call};
  }
  if (census.data >= kOnlyData) return {&kPeerData, false, true};
  return {};
}

}  // namespace

bool is_peer_to_peer_era(std::int64_t ts_ns) {
  const std::int64_t now = ts_ns / 1'000'000'000;
  return now > kOpened && now < kPeerToPeerEnd;
}

bool may_be_peer_udp(const Datagram& datagram) {
  return is_peer_to_peer_era(datagram.ts_ns) && datagram.wire_len >= Head::kSize &&
         is_known(datagram.payload.u8(2) & kFunctionMask);
}

bool is_supernode(const IpAddress& host, std::uint16_t port) {
  static const classify::NetworkSet networks(kSupernodeNetworks);
  const bool range = port >= kSupernodePortFirst && port <= kSupernodePortLast;
  return (range || port == kSupernodePort || port == kLoginPort || port == kWebPort) &&
         networks.contains(host);
}

PeerSign read_peer_udp(const FlowFacts& flow, const Datagram& datagram) {
  if (flow.earlier.size() == kFullHistory) {
    const PeerSign sign = conclude(flow, datagram);
    if (sign.signal != nullptr) return sign;
  }
  if (shows_handshake(flow, datagram.direction, datagram.payload, datagram.wire_len))
    return {&kPeerHandshake};
  if (proves_probes(flow, datagram)) return {&kPeerProbes};
  const bool shaped =
      is_probe(datagram) || is_refusal(head_of(datagram.payload, datagram.wire_len));
  const bool there = shaped && (is_supernode(flow.server, flow.server_port) ||
                                is_supernode(flow.client, flow.client_port));
  return there ? PeerSign{&kPeerSupernode} : PeerSign{};
}

bool unframe_peer_media(ByteView payload, std::size_t wire_len, classify::Media& out) {
  if (wire_len <= Head::kSize || (payload.u8(2) & kFunctionMask) != kData) return false;
  out.opaque_len = wire_len - Head::kSize;
  return true;
}

}  // namespace deadair::classifiers::skype
