// What is no capture deadair reads is refused by name.
#include "capture/file_format.hpp"

#include "capture_bytes.hpp"
#include "catch.hpp"
#include "packing.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;
using namespace std::string_literals;

namespace {

std::string refusal_of(const std::string& file) {
  const MemoryFile opened(file);
  return opened.recognised() ? "read"s : opened.refusal();
}

}  // namespace

TEST_CASE("format: other captures are named, with the way out") {
  const std::string snoop = refusal_of("snoop\0\0\0\0\0\0\2\0\0\0\4"s);
  CHECK(snoop.find("Solaris snoop") != std::string::npos);
  CHECK(snoop.find("editcap -F pcapng") != std::string::npos);
  CHECK(refusal_of("GMBU\0\2\1\0"s).find("Network Monitor") != std::string::npos);
  CHECK(refusal_of("PK\3\4 and so on"s).find("unpack it first") != std::string::npos);
  CHECK(refusal_of("BZh91AY"s).find("bzip2") != std::string::npos);
}

TEST_CASE("format: neither text nor nothing is a capture") {
  CHECK(refusal_of("Dear diary").find("not a pcap or pcapng capture") == 0);
  CHECK(refusal_of("").find("empty") == 0);
  CHECK(refusal_of("\xd4\xc3").find("not a pcap") == 0);
  CHECK(refusal_of(gzip("Dear diary")).find("not a pcap") == 0);
}

TEST_CASE("format: damage before the first byte is the reason given") {
  std::string packed = gzip("Dear diary");
  packed[3] = '\xff';
  packed[10] = '\xff';
  CHECK(refusal_of(packed).find("damaged") != std::string::npos);
}

TEST_CASE("format: captures are seen through any compression") {
  // Long and varied enough for several compressed blocks.
  std::string file = pcap_header();
  for (std::uint32_t i = 0; i < 300; ++i) {
    Writer noise;
    for (std::uint32_t k = 0; k < 250; ++k) noise.u32((i * 250 + k) * 2'654'435'761U);
    file += pcap_record(i, 0, noise.bytes);
  }
  for (const Packing& packing : kPackings) {
    CAPTURE(packing.name);
    const std::string packed = packing.pack(file);
    MemoryFile whole(packed);
    REQUIRE(whole.recognised());
    CHECK(drain(*whole).size() == 300);
    CHECK_FALSE(whole->truncated());

    MemoryFile part(packed.substr(0, packed.size() - 9));
    REQUIRE(part.recognised());
    CHECK(drain(*part).size() > 100);
    CHECK(part->truncated());
    CHECK(part->problem().find("cut short; read up to frame") != std::string::npos);
  }
}
