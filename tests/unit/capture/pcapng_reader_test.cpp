// pcapng: sections, interfaces, clocks and statistics, whole, cut and damaged.
#include "capture/pcapng_reader.hpp"

#include "capture_bytes.hpp"
#include "catch.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;

TEST_CASE("pcapng: interfaces with their own link types and clocks") {
  const PcapngWriter w{GENERATE(false, true)};
  const std::string nano = w.option(9, "\x09");
  const std::string binary = w.option(9, "\x8a") + w.option(14, w.start().u64(100).bytes);
  const std::string file = w.section() + w.interface(1, 65535) + w.interface(113, 96, nano) +
                           w.interface(276, 0, binary) + w.enhanced(0, 3'000'001, "eth", 60) +
                           w.enhanced(1, 5'000'000'007, "sll") + w.enhanced(2, 2048 + 512, "sll2");
  MemoryFile reader(file);
  const auto packets = drain(*reader);
  REQUIRE(packets.size() == 3);
  CHECK(packets[0].bytes == "eth");
  CHECK(packets[0].wire_len == 60);
  CHECK(packets[0].ts_ns == 3'000'001'000);
  CHECK(packets[0].link == 1);
  CHECK(packets[1].ts_ns == 5'000'000'007);
  CHECK(packets[1].link == 113);
  CHECK(packets[2].ts_ns == 102'500'000'000);
  CHECK(packets[2].link == 276);
  CHECK(packets[2].number == 3);
  CHECK(reader->link_types() == std::vector<wire::LinkType>{1, 113, 276});
  CHECK_FALSE(reader->truncated());
  CHECK_FALSE(reader->kernel_drops());
}

TEST_CASE("pcapng: each section has its own byte order and interfaces") {
  const PcapngWriter little{false};
  const PcapngWriter big{true};
  const std::string file = little.section() + little.interface(1) + little.enhanced(0, 1, "a") +
                           big.section() + big.interface(101) + big.enhanced(0, 2, "b") +
                           little.section() + little.enhanced(0, 3, "c");
  MemoryFile reader(file);
  const auto packets = drain(*reader);
  REQUIRE(packets.size() == 2);
  CHECK(packets[1].bytes == "b");
  CHECK(packets[1].link == 101);
  CHECK(packets[1].number == 2);
  CHECK(packets[1].ts_ns == 2000);
  // The third section has no interface, so its packet cannot be understood.
  CHECK(reader->truncated());
  CHECK(reader->problem().find("unknown interface 0") != std::string::npos);
}

TEST_CASE("pcapng: simple and obsolete packet blocks") {
  const PcapngWriter w{GENERATE(false, true)};
  const std::string file = w.section() + w.interface(1, 4) + w.obsolete(0, 9'000'000, "older") +
                           w.simple(1000, "abcd") + w.simple(3, "xyz");
  const auto packets = drain(*MemoryFile(file));
  REQUIRE(packets.size() == 3);
  CHECK(packets[0].bytes == "older");
  CHECK(packets[0].ts_ns == 9'000'000'000);
  CHECK(packets[1].bytes == "abcd");
  CHECK(packets[1].wire_len == 1000);
  CHECK(packets[1].ts_ns == packets[0].ts_ns);
  CHECK(packets[2].bytes == "xyz");
  CHECK(packets[2].wire_len == 3);
}

TEST_CASE("pcapng: the last statistics of each interface are summed") {
  const PcapngWriter w{GENERATE(false, true)};
  const auto drops = [&](std::uint64_t by_interface, std::uint64_t by_kernel) {
    return w.option(4, w.start().u64(77).bytes) + w.option(5, w.start().u64(by_interface).bytes) +
           w.option(7, w.start().u64(by_kernel).bytes);
  };
  const std::string section = w.section() + w.interface(1) + w.interface(1) +
                              w.statistics(0, drops(1, 10)) + w.statistics(0, drops(2, 20)) +
                              w.statistics(1, drops(5, 0));
  MemoryFile reader(section + section);
  CHECK(drain(*reader).empty());
  CHECK(reader->interface_drops() == 14);
  CHECK(reader->kernel_drops() == 40);
}

TEST_CASE("pcapng: blocks of other types are passed over, however long") {
  const PcapngWriter w;
  const std::string file = w.section() + w.interface(1) +
                           w.block(0xbad, std::string(300'000, 'n')) + w.enhanced(0, 1, "a") +
                           w.block(4, "") + w.enhanced(0, 2, "b");
  const auto packets = drain(*MemoryFile(file, 4096));
  REQUIRE(packets.size() == 2);
  CHECK(packets[1].bytes == "b");
}

TEST_CASE("pcapng: cut at every byte") {
  const PcapngWriter w;
  const std::string head = w.section() + w.interface(1);
  const std::string one = w.enhanced(0, 1, "abc");
  const std::string other = w.block(4, "names");
  const std::string two = w.enhanced(0, 2, "defgh");
  const std::string file = head + one + other + two;
  const std::size_t after_one = head.size() + one.size();
  const std::size_t after_other = after_one + other.size();
  for (std::size_t size = 4; size <= file.size(); ++size) {
    CAPTURE(size);
    const std::string part = file.substr(0, size);
    MemoryFile reader(part);
    REQUIRE(reader.recognised());
    CHECK(drain(*reader).size() == (size >= after_one ? 1U : 0U) + (size == file.size() ? 1U : 0U));
    const bool clean = size == w.section().size() || size == head.size() || size == after_one ||
                       size == after_other || size == file.size();
    CHECK(reader->truncated() == !clean);
  }
}

TEST_CASE("pcapng: damage ends the file with what came before") {
  const PcapngWriter w;
  const std::string good = w.section() + w.interface(1) + w.enhanced(0, 1, "abc");
  const std::string next = w.enhanced(0, 2, "d");
  const auto damaged = [&](std::size_t at, char value) {
    std::string block = next;
    block[at] = value;
    MemoryFile reader(good + block + next);
    const std::size_t count = drain(*reader).size();
    CHECK(reader->truncated());
    return count;
  };
  CHECK(damaged(4, 35) == 1);    // length, not a multiple of four
  CHECK(damaged(4, 8) == 1);     // length below the smallest
  CHECK(damaged(4, 40) == 1);    // length unlike the second one
  CHECK(damaged(8, 1) == 1);     // interface
  CHECK(damaged(20, 100) == 1);  // captured length beyond the block
  CHECK(damaged(next.size() - 4, 0) == 1);
}

TEST_CASE("pcapng: a packet larger than the window") {
  const PcapngWriter w;
  const std::string data(600'000, 'q');
  const auto packets =
      drain(*MemoryFile(w.section() + w.interface(1) + w.enhanced(0, 1, data), 512));
  REQUIRE(packets.size() == 1);
  CHECK(packets[0].bytes == data);
}
