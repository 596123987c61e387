// Any bytes through the SDP dissector, whole and as a cut capture.
#include <cstdlib>

#include "proto/sdp.hpp"
#include "touch.hpp"

namespace sdp = deadair::proto::sdp;
using deadair::fuzz::touch;

static void read_description(deadair::ByteView bytes, std::size_t wire_len) {
  sdp::Session session;
  sdp::parse(bytes, wire_len, session);
  touch(session.name);
  if (session.media_count > session.media_seen) std::abort();
  for (std::size_t i = 0; i < session.media_count; ++i) {
    const sdp::Media& media = session.media[i];
    touch(media.transport);
    for (std::size_t j = 0; j < media.format_count; ++j) {
      touch(media.formats[j].encoding);
      if (sdp::find_format(media, media.formats[j].payload_type) == nullptr) std::abort();
    }
    for (std::size_t j = 0; j < media.candidate_count; ++j) touch(media.candidates[j].type);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  read_description(bytes, size);
  read_description(bytes, size + 100);
  read_description(bytes, size / 2);
  return 0;
}
