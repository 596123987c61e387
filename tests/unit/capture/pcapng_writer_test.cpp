// What the writer of excerpts puts on the disk, against blocks written out by hand.
#include "capture/pcapng_writer.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "bytes/error.hpp"
#include "capture/file_digest.hpp"
#include "capture_bytes.hpp"
#include "catch.hpp"
#include "unit/temp_dir.hpp"

using namespace deadair;
using namespace deadair::capture::test;
using capture::NewFile;
using deadair::test::TempDir;
namespace fs = std::filesystem;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

wire::RawPacket packet(std::string_view bytes, std::int64_t ts_ns, std::uint32_t wire_len) {
  wire::RawPacket out;
  out.bytes = ByteView::of(bytes);
  out.wire_len = wire_len;
  out.ts_ns = ts_ns;
  return out;
}

// The file that `write` makes.
template <typename Write>
std::string written(Write write) {
  const TempDir folder;
  const std::string path = folder.path() + "/a.pcapng";
  NewFile file(path);
  capture::PcapngWriter writer(file, "prog 1", "why");
  write(writer);
  writer.finish();
  file.close();
  file.keep();
  return content(path);
}

const std::string kSection = [] {
  const PcapngWriter w{};
  return w.block(0x0a0d0d0a, w.start().u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0}).bytes +
                                 w.option(1, "why") + w.option(4, "prog 1") + w.option(0, ""));
}();

}  // namespace

TEST_CASE("pcapng writer: a packet with two comments, byte by byte") {
  const std::vector<std::string> comments = {"RST (likely)", "call 3"};
  const std::string file = written([&](capture::PcapngWriter& writer) {
    const auto number = writer.add_interface({"evening.pcap", 113, 96, 0, {}, {}});
    CHECK(number == 0);
    writer.packet(number, packet("abcde", 1'700'000'000'123'456'789, 1500), comments);
  });
  const PcapngWriter w{};
  const std::string options = w.option(1, comments[0]) + w.option(1, comments[1]);
  const std::uint64_t ticks = 1'700'000'000'123'456'789;
  const std::string body = w.start()
                               .u32(0)
                               .u32(ticks >> 32)
                               .u32(ticks & 0xffff'ffff)
                               .u32(5)
                               .u32(1500)
                               .text(std::string_view("abcde\0\0\0", 8))
                               .text(options)
                               .text(w.option(0, ""))
                               .bytes;
  const std::string expected =
      kSection + w.interface(113, 96, w.option(2, "evening.pcap") + w.option(9, "\x09")) +
      w.block(6, body);
  CHECK(file == expected);
}

TEST_CASE("pcapng writer: what it writes reads back, interface by interface") {
  const std::string file = written([&](capture::PcapngWriter& writer) {
    const auto ethernet = writer.add_interface({"a", 1, 0, 0, 7, std::nullopt});
    const auto raw = writer.add_interface({"b", 101, 0, -1'500'000'000, 5, 3});
    writer.packet(ethernet, packet("one", 12, 60), {});
    writer.packet(raw, packet("", -1'500'000'000, 9), {});
    writer.packet(raw, packet("three", 1'000'000'000, 5), std::vector<std::string>{"x"});
  });
  MemoryFile reader(file);
  const auto packets = drain(*reader);
  REQUIRE(packets.size() == 3);
  CHECK(packets[0].ts_ns == 12);
  CHECK(packets[0].wire_len == 60);
  CHECK(packets[0].link == 1);
  CHECK(packets[1].ts_ns == -1'500'000'000);
  CHECK(packets[1].bytes.empty());
  CHECK(packets[1].wire_len == 9);
  CHECK(packets[2].ts_ns == 1'000'000'000);
  CHECK(packets[2].bytes == "three");
  CHECK(packets[2].link == 101);
  CHECK(reader->kernel_drops() == 12);
  CHECK(reader->interface_drops() == 3);
  CHECK_FALSE(reader->truncated());
}

TEST_CASE("pcapng writer: a comment too long for its field is cut") {
  const std::vector<std::string> comments = {std::string(100'000, 'c')};
  const std::string file = written([&](capture::PcapngWriter& writer) {
    writer.packet(writer.add_interface({"a", 1, 0, 0, {}, {}}), packet("one", 0, 3), comments);
    writer.packet(0, packet("two", 0, 3), {});
  });
  MemoryFile reader(file);
  CHECK(drain(*reader).size() == 2);
  CHECK_FALSE(reader->truncated());
}

TEST_CASE("new file: takes its name only when it is kept") {
  const TempDir folder;
  const std::string path = folder.file("a", "before");
  {
    NewFile file(path);
    file.write(ByteView::of("after"));
    file.close();
    CHECK(content(path) == "before");
    CHECK(content(file.temporary()) == "after");
  }
  CHECK(content(path) == "before");
  CHECK(files_in(folder.path()) == 1);
  NewFile file(path);
  file.write(ByteView::of("after"));
  file.close();
  file.keep();
  CHECK(content(path) == "after");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("new file: follows a link and refuses what is no regular file") {
  const TempDir folder;
  const std::string path = folder.file("a", "before");
  fs::create_symlink("a", folder.path() + "/link");
  NewFile file(folder.path() + "/link");
  file.write(ByteView::of("after"));
  file.close();
  file.keep();
  CHECK(content(path) == "after");
  CHECK(fs::is_symlink(folder.path() + "/link"));
  CHECK_THROWS_AS(NewFile(folder.path()), Error);
  CHECK_THROWS_AS(NewFile("/dev/null"), Error);
  CHECK_THROWS_AS(capture::check_writable("/dev/null"), Error);
  CHECK_THROWS_AS(NewFile(folder.path() + "/none/a"), Error);
  CHECK_THROWS_AS(capture::check_writable(folder.path() + "/none/a"), Error);
  CHECK_NOTHROW(capture::check_writable(folder.path() + "/new"));
}

TEST_CASE("file digest: the vectors of FIPS 180") {
  const TempDir folder;
  CHECK(capture::sha256_of(folder.file("abc", "abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(capture::sha256_of(folder.file("million", std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK_THROWS_AS(capture::sha256_of(folder.path() + "/none"), Error);
}
