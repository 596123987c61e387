// Any bytes through the DNS dissector, whole, as a cut capture and behind a TCP length.
#include <cstdlib>

#include "proto/dns.hpp"
#include "touch.hpp"

namespace dns = deadair::proto::dns;
using deadair::fuzz::touch;

static void read_answers(const dns::Message& message) {
  touch(message.name.view());
  dns::AnswerReader reader(message);
  dns::Record record;
  dns::Name name;
  while (reader.next(record)) {
    touch(record.data);
    if (dns::read_name(message.bytes, record.owner_at, name) != 0) touch(name.view());
    if (dns::read_name(message.bytes, record.data_at, name) != 0) touch(name.view());
  }
  dns::for_each_address(message, [](const auto&, const dns::Record& of) {
    if (of.data.size() != 4 && of.data.size() != 16) std::abort();
  });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  dns::Message message;
  for (const std::size_t wire_len : {size, size + 500, size / 2}) {
    if (dns::parse(bytes, wire_len, message) != deadair::ParseStatus::not_this) {
      read_answers(message);
    }
  }
  if (dns::parse_tcp(bytes, message) == deadair::ParseStatus::parsed) read_answers(message);
  return 0;
}
