// Any bytes as a DTLS datagram and its hello, with a roomy and with a tight scratch.
#include <array>
#include <cstdlib>

#include "proto/dtls.hpp"
#include "proto/dtls_hello.hpp"
#include "touch.hpp"

namespace dtls = deadair::proto::dtls;
using deadair::ParseStatus;
using deadair::fuzz::touch;

static void read_datagram(deadair::ByteView bytes, std::size_t wire_len,
                          std::span<std::uint8_t> scratch) {
  dtls::Hello hello;
  const ParseStatus status = dtls::parse_hello(bytes, wire_len, scratch, hello);
  touch(hello.sni);
  touch(hello.alpn);
  dtls::Header header;
  const bool dtls = dtls::parse(bytes, wire_len, header) != ParseStatus::not_this;
  if (status != ParseStatus::not_this && !dtls) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  std::array<std::uint8_t, dtls::kScratchSize> roomy;
  std::array<std::uint8_t, 48> tight;
  for (const std::size_t wire_len : {size, size + 100, size / 2}) {
    read_datagram(bytes, wire_len, roomy);
    read_datagram(bytes, wire_len, tight);
    read_datagram(bytes, wire_len, {});
  }
  return 0;
}
