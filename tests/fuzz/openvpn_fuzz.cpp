// Any bytes through the reader of OpenVPN's control packets, whole and as a cut capture.
#include <cstdlib>

#include "openvpn/control_packet.hpp"
#include "touch.hpp"

namespace openvpn = deadair::classifiers::openvpn;

static void read(deadair::ByteView bytes, std::size_t wire_len, std::int64_t now_s) {
  const auto packet = openvpn::read_control_packet(bytes, wire_len, now_s);
  if (!packet) return;
  deadair::fuzz::touch(packet->tls);
  if (packet->session == 0 || !openvpn::is_control(packet->op)) std::abort();
  const bool sealed = packet->wrapping == openvpn::Wrapping::crypt;
  if (sealed && (packet->acks != 0 || !packet->tls.empty())) std::abort();
  if (packet->wrapping == openvpn::Wrapping::none && packet->replay_id != 0) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  for (const std::size_t wire_len : {size, size + 500})
    for (const std::int64_t now_s : {std::int64_t{0}, std::int64_t{1'500'000'000}})
      read(bytes, wire_len, now_s);
  return 0;
}
