// Any bytes as QUIC datagrams, as the frames inside a sealed Initial, and as Google's messages.
#include "proto/chlo.hpp"
#include "proto/fbzero.hpp"
#include "proto/quic_hello.hpp"
#include "touch.hpp"
#include "unit/proto/quic_seal.hpp"

namespace quic = deadair::proto::quic;
using deadair::ByteView;
using deadair::fuzz::touch;
using namespace deadair::test;

static void touch_hello(const quic::HelloAssembler& assembler) {
  touch(assembler.hello().sni);
  touch(assembler.hello().alpn);
  touch(assembler.hello().user_agent);
  touch(assembler.message());
}

static void read_datagrams(ByteView bytes) {
  quic::HelloAssembler assembler;
  for (const std::size_t wire_len : {bytes.size(), bytes.size() + 100, bytes.size() / 2}) {
    assembler.add(bytes, wire_len);
    touch_hello(assembler);
  }
}

// No mutation survives the authentication tag, so the bytes are put behind it: as one packet's
// frames, then as two packets', then cut by the capture.
static void read_frames(ByteView bytes) {
  static const deadair::test::quic_seal::Sealer sealer;
  const Bytes frames(bytes.begin(), bytes.end());
  if (frames.size() < 20 || frames.size() > 8000) return;
  const auto middle = frames.begin() + static_cast<std::ptrdiff_t>(frames.size() / 2);
  quic::HelloAssembler assembler;
  for (const Bytes& part : {frames, Bytes(middle, frames.end()), Bytes(frames.begin(), middle)}) {
    const Bytes packet = sealer.seal(1, part + Bytes(4));
    assembler.add(ByteView(packet), packet.size());
    touch_hello(assembler);
  }
  const Bytes packet = sealer.seal(1, frames);
  const Bytes cut(packet.begin(), packet.end() - 17);
  quic::HelloAssembler unproven;
  unproven.add(ByteView(cut), packet.size());
  touch_hello(unproven);
}

static void read_messages(ByteView bytes) {
  namespace chlo = deadair::proto::chlo;
  namespace fbzero = deadair::proto::fbzero;
  chlo::Message message;
  chlo::parse(bytes, message);
  touch(message.sni);
  touch(message.user_agent);
  fbzero::FirstMessage first;
  fbzero::parse_first(bytes, first);
  touch(first.message.sni);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  read_datagrams(bytes);
  read_frames(bytes);
  read_messages(bytes);
  return 0;
}
