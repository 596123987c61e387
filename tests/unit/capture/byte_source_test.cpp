// Unpacking: whole, several streams in one file, cut, damaged, and far larger unpacked than packed.
#include "capture/byte_source.hpp"

#include <random>

#include "catch.hpp"
#include "packing.hpp"

using namespace deadair;
using namespace deadair::capture;
using namespace deadair::capture::test;

namespace {

struct Result {
  std::string bytes;
  std::string problem;
};

Result read_all(const std::string& stored, std::size_t piece = 5000) {
  ByteSource source(memory_input(ByteView::of(stored)));
  Result result;
  std::vector<std::uint8_t> out(piece);
  while (const std::size_t got = source.read(out)) result.bytes += ByteView(out).first(got).text();
  result.problem = source.problem();
  return result;
}

// Bytes that do not compress well, so that cuts fall all over the stream.
std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random() % 64));
  return bytes;
}

}  // namespace

TEST_CASE("bytes: plain content passes as it is") {
  const std::string content = GENERATE(std::string(), std::string("a"), noise(100'000));
  const Result result = read_all(content, 777);
  CHECK(result.bytes == content);
  CHECK(result.problem.empty());
}

TEST_CASE("bytes: every format, one stream or several, with or without zeros behind") {
  const std::string content = noise(300'000);
  for (const Packing& packing : kPackings) {
    CAPTURE(packing.name);
    const std::string packed = packing.pack(content);
    CHECK(read_all(packed).bytes == content);
    CHECK(read_all(packed).problem.empty());
    const Result twice = read_all(packed + packed + std::string(512, '\0'), 1 << 20);
    CHECK(twice.bytes == content + content);
    CHECK(twice.problem.empty());
  }
}

TEST_CASE("bytes: formats may follow each other, other data may not") {
  const Result mixed = read_all(gzip("one") + zstd("two") + xz("three") + lz4("four"));
  CHECK(mixed.bytes == "onetwothreefour");
  CHECK(mixed.problem.empty());
  const Result other = read_all(zstd("one") + "something else");
  CHECK(other.bytes == "one");
  CHECK(other.problem == "other data follows the zstd data");
}

TEST_CASE("bytes: a Zstandard file may begin with a skippable frame") {
  using namespace std::string_literals;
  CHECK(read_all("\x50\x2a\x4d\x18\x04\0\0\0skip"s + zstd("content")).bytes == "content");
}

TEST_CASE("bytes: a cut stream yields what it holds, then says so") {
  const std::string content = noise(4000);
  for (const Packing& packing : kPackings) {
    const std::string packed = packing.pack(content);
    for (std::size_t size = 6; size < packed.size(); size += 1 + size / 8) {
      CAPTURE(packing.name, size);
      const Result result = read_all(packed.substr(0, size));
      CHECK(content.substr(0, result.bytes.size()) == result.bytes);
      CHECK(result.problem == std::string("the ") + packing.name + " data is cut short");
    }
  }
}

TEST_CASE("bytes: all blocks before a damaged one are delivered") {
  const std::string content = noise(1'000'000);
  for (const Packing& packing : kPackings) {
    CAPTURE(packing.name);
    std::string packed = packing.pack(content);
    for (std::size_t i = 0; i < 64; ++i) packed[packed.size() * 3 / 4 + i] ^= 0x5a;
    const Result result = read_all(packed, 1 << 20);
    CHECK(result.problem == std::string("the ") + packing.name + " data is damaged");
    // LZMA's checksum lies at the end of its only block, so there the damage is seen late.
    if (std::string_view(packing.name) != "xz") CHECK(result.bytes.size() >= 400'000);
    CHECK(content.substr(0, 400'000) == result.bytes.substr(0, 400'000));
  }
}

TEST_CASE("bytes: a stream that unpacks to very much is read in pieces") {
  const std::string zeros(64 << 20, '\0');
  const std::string packed = zstd(zeros);
  REQUIRE(packed.size() < 16'384);
  ByteSource source(memory_input(ByteView::of(packed)));
  std::vector<std::uint8_t> out(1 << 16);
  std::size_t total = 0;
  while (const std::size_t got = source.read(out)) total += got;
  CHECK(total == zeros.size());
  CHECK(source.problem().empty());
  CHECK(source.bytes_read() == packed.size());
  CHECK(source.size() == packed.size());
}
