// Any bytes through the recogniser of MTProto's transports.
#include <cstdlib>

#include "proto/mtproto.hpp"
#include "touch.hpp"

using namespace deadair::proto;
using deadair::ParseStatus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  mtproto::Stream stream;
  mtproto::parse_client(bytes, stream);
  stream = {};
  // What a server sent is never half believed.
  if (mtproto::parse_server(bytes, stream) == ParseStatus::parsed && !stream.proven) std::abort();
  mtproto::Obfuscated obfuscated;
  if (mtproto::parse_obfuscated(bytes, obfuscated) == ParseStatus::parsed) {
    if (size < mtproto::Obfuscated::kHeaderSize) std::abort();
    deadair::fuzz::touch(obfuscated.frames());
  }
  return 0;
}
