// Any bytes as an ICMP or ICMPv6 error; the first two are type and code.
#include <cstdlib>

#include "proto/icmp_error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace icmp = deadair::proto::icmp;
  const deadair::ByteView bytes(data, size);
  for (const std::uint8_t version : {std::uint8_t{4}, std::uint8_t{6}}) {
    icmp::Error out;
    const auto status = icmp::parse_error(version, bytes.u8(0), bytes.u8(1), bytes.from(2), out);
    if (status == deadair::ParseStatus::parsed && out.dst.is_v4() != (version == 4)) {
      // An IPv6 header may carry an IPv4-mapped address; an IPv4 header has no other.
      if (version == 4) std::abort();
    }
  }
  return 0;
}
