// Any bytes through the HTTP dissector.
#include <cstdlib>

#include "proto/http.hpp"
#include "touch.hpp"

namespace http = deadair::proto::http;
using deadair::fuzz::touch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const deadair::ByteView bytes(data, size);
  http::Request request;
  http::parse_request(bytes, request);
  touch(request.method);
  touch(request.target);
  touch(request.host);
  if (request.host.find('\n') != std::string_view::npos) std::abort();
  http::Response response;
  http::parse_response(bytes, response);
  return 0;
}
