// Turns datagrams into WireGuard claims: handshakes by their shape, data by index and counter.
#include <algorithm>

#include "classify/classifier.hpp"
#include "wireguard/signatures.hpp"

namespace deadair::classifiers::wireguard {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::Role;
using classify::Service;

constexpr std::uint32_t kEnough = 12;  // datagrams without a message before the flow is given up

constexpr std::uint32_t kLeastIndex = 0x10000;  // indices are random numbers

// Data messages speak for themselves once this many points are together: two for each that is
// padded, one for others (some senders do not pad, and none pads beyond its MTU).
constexpr int kPointsPadded = 2, kPointsEnough = 6;

constexpr classify::Info kInfo = {
    .name = "wireguard",
    .version = "wireguard 1.0",
    .doc = "WireGuard tunnels, by whatever product",
    .signals = kSignals,
    .names = {},
    .networks = {},
};

//   type 1  0       1          4        8               40               88          116    132
//           +-------+----------+--------+---------------+----------------+-----------+------+------+
//           | 0x01  | reserved | sender | ephemeral key | encrypted key  | timestamp | mac1 | mac2
//           |
//           +-------+----------+--------+---------------+----------------+-----------+------+------+
//   type 2  0x02, reserved, sender, receiver, ephemeral key 32, empty 16, mac1 16, mac2 16
//   type 3  0x03, reserved, receiver, nonce 24, cookie 32
//   type 4  0x04, reserved, receiver, counter 8, encrypted packet
// The paper, section 5.4. What the first 16 bytes hold.
struct Message {
  std::uint8_t type = 0;
  std::uint32_t reserved = 0;  // zero, but Cloudflare's WARP puts a client's id there
  std::uint32_t sender = 0;    // 0: this type has none
  std::uint32_t receiver = 0;
  std::uint64_t counter = 0;
  bool lengthened = false;  // a handshake message with more behind it, as some products add
};

// The size of a handshake message, the least one of data; 0 for what is no type.
std::size_t size_of(std::uint8_t type) {
  switch (type) {
    case type::kInitiation:
      return kInitiationSize;
    case type::kResponse:
      return kResponseSize;
    case type::kCookieReply:
      return kCookieReplySize;
    default:
      return type == type::kData ? kLeastData : 0;
  }
}

bool read_message(ByteView bytes, std::size_t wire_len, Message& out) {
  const std::size_t size = size_of(bytes.u8(0));
  if (size == 0 || wire_len < size || !bytes.has(0, 16)) return false;
  out = {};
  out.type = bytes.u8(0);
  out.lengthened = out.type != type::kData && wire_len != size;
  out.reserved = bytes.be24(1);
  const bool data = out.type == type::kData;
  const bool receiver_first = data || out.type == type::kCookieReply;
  (receiver_first ? out.receiver : out.sender) = bytes.le32(4);
  if (out.type == type::kResponse) out.receiver = bytes.le32(8);
  if (data) out.counter = bytes.le64(8);
  return true;
}

// Encrypted bytes are rarely zero; fields of other protocols often are.
bool looks_encrypted(ByteView bytes) {
  const auto zeros = std::count(bytes.begin(), bytes.end(), std::uint8_t{0});
  return static_cast<std::size_t>(zeros) <= bytes.size() / 16;
}

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// A handshake message in itself, up to its macs.
bool is_handshake(const Message& message, ByteView payload) {
  const bool initiation = message.type == type::kInitiation;
  if (message.lengthened || (!initiation && message.type != type::kResponse)) return false;
  const std::size_t size = initiation ? kInitiationSize : kResponseSize;
  const std::size_t key_end = initiation ? kInitiationKeyEnd : kResponseKeyEnd;
  constexpr std::size_t kKeySize = 32;
  return payload.has(0, size) && (payload.u8(key_end) & kKeyTopBit) == 0 &&
         looks_encrypted(payload.sub(key_end + 1 - kKeySize, size - kMac2Size - key_end - 1));
}

// Whether an earlier message of the other side announced the index that this one is sent to. Of
// lengthened messages only the response counts: nothing else in them differs from a connection's id
// that both sides repeat.
bool index_was_announced(const FlowFacts& flow, const Datagram& datagram, const Message& message) {
  if (message.receiver < kLeastIndex || message.sender == message.receiver) return false;
  return std::any_of(flow.earlier.begin(), flow.earlier.end(), [&](const Glimpse& glimpse) {
    Message other;
    return glimpse.direction != datagram.direction &&
           read_message(glimpse.head(), glimpse.wire_len, other) && other.sender != 0 &&
           other.sender == message.receiver &&
           (message.type == type::kResponse || !(message.lengthened || other.lengthened));
  });
}

// Indices are random numbers and sessions end long before 2^32 messages; small numbers in both
// places are some other protocol's.
bool is_plausible_data(const Message& message) {
  return message.type == type::kData && message.receiver >= kLeastIndex &&
         message.counter >> 32 == 0;
}

// Two data messages of one direction and session, whichever of them was sent first.
bool continues(const Message& one, const Message& other) {
  constexpr std::uint64_t kWindow = 2048;  // datagrams that may lie between two of the first dozen
  const std::uint64_t ahead = std::max(one.counter, other.counter);
  const std::uint64_t behind = std::min(one.counter, other.counter);
  return is_plausible_data(other) && one.receiver == other.receiver &&
         one.reserved == other.reserved && ahead != behind && ahead - behind <= kWindow;
}

int points(std::size_t wire_len) { return wire_len % kPadding == 0 ? kPointsPadded : 1; }

bool is_data_stream(const FlowFacts& flow, const Datagram& datagram, const Message& message) {
  if (!is_plausible_data(message)) return false;
  int together = points(datagram.wire_len);
  for (const Glimpse& glimpse : flow.earlier) {
    Message other;
    if (!read_message(glimpse.head(), glimpse.wire_len, other)) {
      if (glimpse.head().starts_with(kTailscaleDiscovery)) continue;
      return false;
    }
    if (glimpse.direction == datagram.direction && continues(message, other))
      together += points(glimpse.wire_len);
    // Each side chooses its own index.
    if (glimpse.direction != datagram.direction && other.receiver == message.receiver) return false;
  }
  return together >= kPointsEnough;
}

Answer claim(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::tunnel, Role::none, certain});
  return certain ? Answer::certain : Answer::unsure;
}

class WireGuard final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    Message message;
    // Other things may come first: STUN, junk sent against filters, Tailscale's discovery.
    if (!read_message(datagram.payload, datagram.wire_len, message))
      return flow.datagrams < kEnough ? Answer::unsure : Answer::not_for_us;
    if (is_handshake(message, datagram.payload)) {
      if (all_zero(datagram.payload.from(datagram.wire_len - kMac2Size)))
        return claim(claims, kHandshake, true);
      if (message.reserved == 0) claim(claims, kUnderLoad, false);
    }
    if (index_was_announced(flow, datagram, message)) return claim(claims, kAnswer, true);
    if (is_data_stream(flow, datagram, message)) return claim(claims, kData, true);
    return Answer::unsure;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const WireGuard classifier;
  return classifier;
}

}  // namespace deadair::classifiers::wireguard
