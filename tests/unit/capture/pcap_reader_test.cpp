// Classic pcap files of every flavour, whole, cut and damaged.
#include "capture/pcap_reader.hpp"

#include "capture_bytes.hpp"
#include "catch.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;

TEST_CASE("pcap: both byte orders, three magics, FCS bits in the link type field") {
  const bool big = GENERATE(false, true);
  const std::uint32_t magic = GENERATE(0xa1b2c3d4U, 0xa1b23c4dU, 0xa1b2cd34U);
  const PcapFormat format{big, magic, 0xf400'0071, 65535, 4};
  const std::string file = pcap_header(format) + pcap_record(5, 7, "abc", 1500, format) +
                           pcap_record(4'000'000'000U, 999'999, "", 60, format);
  MemoryFile reader(file);
  const auto packets = drain(*reader);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].bytes == "abc");
  CHECK(packets[0].wire_len == 1500);
  CHECK(packets[0].link == 113);
  CHECK(packets[0].number == 1);
  CHECK(packets[1].number == 2);
  const std::int64_t unit = magic == 0xa1b23c4d ? 1 : 1000;
  CHECK(packets[0].ts_ns == 5'000'000'000 + 7 * unit);
  CHECK(packets[1].ts_ns == 4'000'000'000'000'000'000 + 999'999 * unit);
  CHECK_FALSE(reader->truncated());
  CHECK(reader->problem().empty());
  CHECK(reader->link_types() == std::vector<wire::LinkType>{113});
}

TEST_CASE("pcap: an impossible fraction of a second is only added") {
  MemoryFile reader(pcap_header() + pcap_record(1, 0xffff'ffff, "x"));
  CHECK(drain(*reader).at(0).ts_ns == 1'000'000'000 + 4'294'967'295'000);
}

TEST_CASE("pcap: an original length below the captured one") {
  MemoryFile now(pcap_header() + pcap_record(1, 0, "abcd", 2) + pcap_record(2, 0, "e"));
  const auto packets = drain(*now);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].bytes == "abcd");
  CHECK(packets[0].wire_len == 4);

  // Until version 2.3 the two lengths were written the other way round.
  const PcapFormat old{false, 0xa1b2c3d4, 1, 65535, 3};
  const std::string record = Writer{}.u32(1).u32(0).u32(60).u32(4).text("wxyz").bytes;
  const auto swapped = drain(*MemoryFile(pcap_header(old) + record + record));
  REQUIRE(swapped.size() == 2);
  CHECK(swapped[1].bytes == "wxyz");
  CHECK(swapped[1].wire_len == 60);
}

TEST_CASE("pcap: cut at every byte") {
  const std::string file = pcap_header() + pcap_record(1, 0, "abc") + pcap_record(2, 0, "defgh");
  for (std::size_t size = 4; size <= file.size(); ++size) {
    CAPTURE(size);
    const std::string part = file.substr(0, size);
    MemoryFile reader(part);
    REQUIRE(reader.recognised());
    const std::size_t whole = (size >= 43 ? 1U : 0U) + (size >= 64 ? 1U : 0U);
    CHECK(drain(*reader).size() == whole);
    const bool clean = size == 24 || size == 43 || size == 64;
    CHECK(reader->truncated() == !clean);
    CHECK(reader->problem().empty() == clean);
    if (size == 50) CHECK(reader->problem() == "cut in mid-packet after frame 1");
  }
}

TEST_CASE("pcap: a header that makes no sense ends the file there") {
  const std::string good = pcap_header() + pcap_record(1, 0, "abc");
  const std::string bad = Writer{}.u32(2).u32(0).u32(262'145).u32(262'145).bytes;
  MemoryFile reader(good + bad + std::string(300'000, 'z'));
  CHECK(drain(*reader).size() == 1);
  CHECK(reader->truncated());
  CHECK(reader->problem().find("at byte 43 after frame 1") != std::string::npos);
}

TEST_CASE("pcap: a larger snap length allows larger packets, up to a limit") {
  const PcapFormat large{false, 0xa1b2c3d4, 1, 1'000'000, 4};
  const std::string data(700'000, 'q');
  MemoryFile reader(pcap_header(large) + pcap_record(1, 0, data) + pcap_record(2, 0, "small"),
                    4096);
  const auto packets = drain(*reader);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].bytes == data);
  CHECK(packets[1].bytes == "small");

  const PcapFormat absurd{false, 0xa1b2c3d4, 1, 0xffff'ffff, 4};
  const std::string record = Writer{}.u32(2).u32(0).u32(17U << 20).u32(17U << 20).bytes;
  MemoryFile refused(pcap_header(absurd) + record);
  CHECK(drain(*refused).empty());
  CHECK(refused->truncated());
}

TEST_CASE("pcap: packets that straddle the ends of the window come whole") {
  std::string file = pcap_header();
  for (std::uint32_t i = 0; i < 500; ++i)
    file += pcap_record(i, 0, std::string(i % 97, static_cast<char>('a' + i % 26)));
  const auto packets = drain(*MemoryFile(file, 256), 7);
  REQUIRE(packets.size() == 500);
  for (std::uint32_t i = 0; i < 500; ++i) {
    CHECK(packets[i].bytes == std::string(i % 97, static_cast<char>('a' + i % 26)));
    CHECK(packets[i].number == i + 1);
  }
}
