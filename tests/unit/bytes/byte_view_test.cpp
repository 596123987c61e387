// Every access of a view or a reader stays within its bytes.
#include "bytes/byte_view.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"

using namespace deadair;

namespace {

constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();

// On the heap, so that a sanitizer sees one byte too far.
const std::vector<std::uint8_t> kBytes = {0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88, 0x09};

ByteView nine() { return {kBytes.data(), kBytes.size()}; }

}  // namespace

TEST_CASE("A view reads both byte orders") {
  CHECK(nine().u8(1) == 0x82);
  CHECK(nine().be16(0) == 0x0182);
  CHECK(nine().be24(1) == 0x820384);
  CHECK(nine().be32(1) == 0x82038405);
  CHECK(nine().be64(0) == 0x0182'0384'0586'0788);
  CHECK(nine().le16(0) == 0x8201);
  CHECK(nine().le32(1) == 0x05840382);
  CHECK(nine().le64(1) == 0x0988'0786'0584'0382);
}

TEST_CASE("Reads that miss a single byte yield zero") {
  CHECK(nine().u8(9) == 0);
  CHECK(nine().be16(8) == 0);
  CHECK(nine().be24(7) == 0);
  CHECK(nine().be32(6) == 0);
  CHECK(nine().be64(2) == 0);
  CHECK(nine().le16(8) == 0);
  CHECK(nine().le32(6) == 0);
  CHECK(nine().le64(2) == 0);
  CHECK(nine().be32(kHuge) == 0);
  CHECK(nine().be64(kHuge - 3) == 0);
  CHECK(ByteView{}.u8(0) == 0);
}

TEST_CASE("Fixed places of a long enough view read as the view itself") {
  const FixedView<9> fixed(nine());
  CHECK(fixed.u8<8>() == nine().u8(8));
  CHECK(fixed.be16<7>() == nine().be16(7));
  CHECK(fixed.be32<5>() == nine().be32(5));
}

TEST_CASE("has() does not wrap round") {
  CHECK(nine().has(0, 9));
  CHECK(nine().has(9, 0));
  CHECK_FALSE(nine().has(0, 10));
  CHECK_FALSE(nine().has(10, 0));
  CHECK_FALSE(nine().has(kHuge, 2));
  CHECK_FALSE(nine().has(2, kHuge));
}

TEST_CASE("Slices are clamped to what exists") {
  CHECK(nine().from(7).size() == 2);
  CHECK(nine().from(7).u8(0) == 0x88);
  CHECK(nine().from(9).empty());
  CHECK(nine().from(kHuge).empty());
  CHECK(nine().sub(7, 5).size() == 2);
  CHECK(nine().sub(2, 3).be24(0) == 0x038405);
  CHECK(nine().sub(2, kHuge).size() == 7);
  CHECK(nine().first(kHuge).size() == 9);
  CHECK(nine().first(0).empty());
}

TEST_CASE("Comparisons look at the whole of both") {
  CHECK(ByteView::of("GET /").starts_with("GET"));
  CHECK(ByteView::of("GET").starts_with(""));
  CHECK_FALSE(ByteView::of("GE").starts_with("GET"));
  CHECK_FALSE(ByteView::of("get").starts_with("GET"));
  CHECK(ByteView::of("GET").equals(ByteView::of("GET")));
  CHECK_FALSE(ByteView::of("GET").equals(ByteView::of("GE")));
  CHECK(ByteView{}.equals(ByteView{}));
  CHECK(nine().from(3).text().size() == 6);
}

TEST_CASE("A reader goes through front to back") {
  ByteReader reader(nine());
  CHECK(reader.u8() == 0x01);
  CHECK(reader.be16() == 0x8203);
  CHECK(reader.offset() == 3);
  CHECK(reader.left() == 6);
  CHECK(reader.be24() == 0x840586);
  reader.skip(1);
  CHECK(reader.rest().size() == 2);
  CHECK(reader.take(2).be16(0) == 0x8809);
  CHECK(reader.ok());
  CHECK(reader.left() == 0);
  CHECK(reader.take(0).empty());
  CHECK(reader.ok());
}

TEST_CASE("A reader that has failed stays failed and gives nothing more") {
  ByteReader reader(nine());
  reader.skip(6);
  CHECK(reader.be32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);  // although two bytes were left
  CHECK(reader.take(1).empty());
  CHECK(reader.be64() == 0);
  CHECK(reader.left() == 0);
  CHECK(reader.rest().empty());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("A reader is not led astray by a huge length") {
  ByteReader taking(nine()), skipping(nine());
  taking.skip(1);
  CHECK(taking.take(kHuge).empty());
  CHECK_FALSE(taking.ok());
  skipping.skip(1);
  skipping.skip(kHuge);
  CHECK_FALSE(skipping.ok());
  CHECK(skipping.offset() == 9);
}
