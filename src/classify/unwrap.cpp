// Multiplex frames, ChannelData and indications, outermost first.
#include "classify/unwrap.hpp"

#include "proto/demultiplex.hpp"
#include "proto/turn.hpp"

namespace deadair::classify {
namespace {

namespace stun = proto::stun;

constexpr std::uint8_t kNotStun = 0x40;  // RFC 8489 section 5: the first two bits are zero

// MS-TURN keeps RFC 3489's classes: its Send is a request and its Data Indication a response.
constexpr std::uint16_t kSendIndication = 0x0016, kDataIndication = 0x0017, kMsSend = 0x0004,
                        kMsDataIndication = 0x0115;

bool carries_data(std::uint16_t type) {
  return type == kSendIndication || type == kDataIndication || type == kMsSend ||
         type == kMsDataIndication;
}

void open_indication(Unwrapped& out) {
  const auto relayed = proto::turn::relayed_data(out.stun);
  if (!relayed || relayed->length == 0) return;
  out.inner = relayed->data;
  out.inner_len = relayed->length;
  out.relayed = true;
}

}  // namespace

bool may_hold_media(ByteView payload) { return payload.u8(0) > 3 || carries_data(payload.be16(0)); }

void unwrap(ByteView payload, std::size_t wire_len, Unwrapped& out) {
  out.inner = payload;
  out.inner_len = wire_len;
  proto::turn::Multiplexed frame;
  if (payload.u8(0) == 0xff &&
      proto::turn::parse_multiplexed(payload, wire_len, frame) != ParseStatus::not_this) {
    out.multiplexed = true;
    out.inner = frame.inner;
    out.inner_len = frame.inner_len;
  }
  // Not only the methods that RFC 7983 leaves room for: WhatsApp's are 0x0800 and up.
  if (out.inner.u8(0) < kNotStun) {
    out.is_stun = stun::parse(out.inner, out.inner_len, out.stun) != ParseStatus::not_this;
    if (out.is_stun) open_indication(out);
    return;
  }
  proto::turn::ChannelData channel;
  if (proto::demultiplex(out.inner) == proto::CallProtocol::turn_channel &&
      proto::turn::parse_channel_data(out.inner, out.inner_len, channel) != ParseStatus::not_this) {
    out.relayed = true;
    out.inner = channel.data;
    out.inner_len = channel.length;
  }
}

}  // namespace deadair::classify
