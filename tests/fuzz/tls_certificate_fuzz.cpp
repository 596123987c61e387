// Any bytes as the first flight of a TLS server, and as a certificate.
#include <array>
#include <cstdlib>

#include "proto/tls_certificate.hpp"
#include "proto/tls_server.hpp"
#include "touch.hpp"

namespace tls = deadair::proto::tls;
using deadair::fuzz::touch;

static void use(const tls::Certificate& certificate) {
  for (const std::string_view value :
       {certificate.subject_name, certificate.subject_organization, certificate.issuer_name,
        certificate.issuer_organization, certificate.not_before, certificate.not_after}) {
    touch(value);
  }
  tls::for_each_dns_name(certificate, [](std::string_view name) {
    if (name.size() > 255) std::abort();
    touch(name);
  });
}

static void read_stream(deadair::ByteView bytes, std::span<std::uint8_t> scratch) {
  tls::ServerFlight flight;
  tls::parse_server_flight(bytes, scratch, flight);
  touch(flight.session_id);
  touch(flight.alpn);
  touch(flight.certificate);
  if (flight.certificate.size() > flight.certificate_length) std::abort();
  tls::Certificate certificate;
  tls::parse_server_certificate(bytes, scratch, certificate);
  use(certificate);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  static std::array<std::uint8_t, 16384> roomy;
  std::array<std::uint8_t, 48> tight;
  read_stream(bytes, roomy);
  read_stream(bytes, tight);
  read_stream(bytes, {});
  for (const std::size_t wire_len : {size, size + 100, size / 2}) {
    tls::Certificate certificate;
    tls::parse_certificate(bytes, wire_len, certificate);
    use(certificate);
  }
  return 0;
}
