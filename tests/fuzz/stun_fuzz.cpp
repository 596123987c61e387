// Any bytes through the STUN and TURN dissectors, whole, as a cut capture and as a stream.
#include "proto/ms_turn.hpp"
#include "proto/stun.hpp"
#include "proto/stun_stream.hpp"
#include "proto/turn.hpp"
#include "touch.hpp"

namespace ms_turn = deadair::proto::ms_turn;
namespace stun = deadair::proto::stun;
namespace turn = deadair::proto::turn;
using deadair::fuzz::touch;

static void read_datagram(deadair::ByteView bytes, std::size_t wire_len) {
  stun::Message message;
  stun::parse(bytes, wire_len, message);
  touch(message.transaction_id());
  for (const stun::Attribute& attribute : message.attributes) {
    touch(attribute.value);
    stun::xor_address(message, attribute);
  }
  touch(stun::text(message, stun::attribute::kRealm));
  stun::error_code(message);
  stun::mapped_address(message);
  turn::ChannelData channel;
  turn::parse_channel_data(bytes, wire_len, channel);
  touch(channel.data);
  turn::Multiplexed multiplexed;
  turn::parse_multiplexed(bytes, wire_len, multiplexed);
  touch(multiplexed.inner);
  if (const auto relayed = turn::relayed_data(message)) touch(relayed->data);
  ms_turn::read(message);
  ms_turn::has_cookie(bytes);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  deadair::ByteView bytes(data, size);
  read_datagram(bytes, size);
  read_datagram(bytes, size + 100);
  read_datagram(bytes, size / 2);
  ms_turn::Marks marks;
  ms_turn::read_stream(bytes, true, marks);
  ms_turn::read_stream(bytes, false, marks);
  stun::Framing framing{};
  if (stun::detect_midstream(bytes, framing) != deadair::ParseStatus::parsed) {
    stun::Start start;
    stun::find_start(bytes, start);
    framing = start.framing;
    bytes = bytes.from(start.offset);
  }
  stun::Frame frame;
  while (stun::next_frame(bytes, framing, frame) == deadair::ParseStatus::parsed) {
    touch(frame.body);
    bytes = bytes.from(frame.next);
  }
  return 0;
}
