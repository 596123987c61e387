// Any bytes through the TLS dissector, with a roomy and with a tight scratch.
#include <array>

#include "proto/tls.hpp"
#include "touch.hpp"

namespace tls = deadair::proto::tls;
using deadair::fuzz::touch;

static void read_stream(deadair::ByteView bytes, std::span<std::uint8_t> scratch) {
  tls::ClientHello hello;
  tls::parse_client_hello(bytes, scratch, hello);
  touch(hello.sni);
  touch(hello.alpn);
  touch(hello.alpn_list);
  tls::ServerHello server;
  tls::parse_server_hello(bytes, scratch, server);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  std::array<std::uint8_t, tls::kScratchSize> roomy;
  std::array<std::uint8_t, 48> tight;
  read_stream(bytes, roomy);
  read_stream(bytes, tight);
  read_stream(bytes, {});
  tls::ClientHello hello;
  tls::parse_client_hello_message(bytes, hello);
  touch(hello.sni);
  return 0;
}
