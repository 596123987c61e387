// Any bytes as the head of an HTTP response.
#include <cstdlib>

#include "proto/http_response.hpp"
#include "touch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace http = deadair::proto::http;
  using deadair::fuzz::touch;
  http::ResponseHead head;
  const auto status = http::parse_response_head({data, size}, head);
  for (const std::string_view value : {head.location, head.server, head.via}) touch(value);
  touch(head.body);
  if (status == deadair::ParseStatus::parsed && (!head.complete || head.status < 100)) std::abort();
  return 0;
}
