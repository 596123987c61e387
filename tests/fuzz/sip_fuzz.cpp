// Any bytes through the SIP dissector, whole, as a cut capture and as a stream.
#include <cstdlib>

#include "proto/sdp.hpp"
#include "proto/sip.hpp"
#include "touch.hpp"

namespace sip = deadair::proto::sip;
using deadair::ParseStatus;
using deadair::fuzz::touch;

static void use(const sip::Message& message) {
  for (const std::string_view value :
       {message.method_name, message.uri, message.reason, message.call_id, message.from, message.to,
        message.via, message.contact, message.user_agent, message.server, message.content_type}) {
    touch(value);
    touch(sip::uri_of(value));
    touch(sip::host_of(sip::uri_of(value)));
    touch(sip::sent_by(value));
    touch(sip::transport(value));
    touch(sip::parameter(value, "tag"));
  }
  touch(message.body);
  if (message.body.size() > message.body_length) std::abort();
  std::size_t size = 0;
  const deadair::ByteView description = sip::session_description(message, size);
  touch(description);
  if (description.size() > size) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  deadair::ByteView bytes(data, size);
  sip::Message message;
  for (const std::size_t wire_len : {size, size + 100, size / 2}) {
    if (sip::parse(bytes, wire_len, message) != ParseStatus::not_this) {
      if (!sip::looks_like_sip(bytes.first(wire_len))) std::abort();
      use(message);
    }
  }
  std::size_t next = 0;
  while (sip::parse_stream(bytes, message, next) == ParseStatus::parsed) {
    use(message);
    bytes = bytes.from(next);
  }
  return 0;
}
