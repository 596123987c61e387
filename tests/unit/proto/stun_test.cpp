// STUN messages: the RFC 5769 vectors, the messages of older and of sloppier senders, and other
// UDP.
#include "proto/stun.hpp"

#include <algorithm>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace stun = deadair::proto::stun;
namespace attribute = deadair::proto::stun::attribute;
namespace method = deadair::proto::stun::method;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus parse(const Bytes& bytes, stun::Message& out) {
  return stun::parse(kept(bytes), bytes.size(), out);
}

bool accepted(const Bytes& bytes) {
  stun::Message message;
  return parse(bytes, message) == ParseStatus::parsed;
}

// RFC 5769 section 2.1.
const Bytes kRequest = hex(R"(00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
    80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
    00 24 00 04 6e 00 01 ff
    80 29 00 08 93 2f f9 b1 51 26 3b 36
    00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
    00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
    80 28 00 04 e5 7a 3b cf)");

// RFC 5769 section 2.2.
const Bytes kIpv4Response = hex(R"(01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
    80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
    00 20 00 08 00 01 a1 47 e1 12 a6 43
    00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
    80 28 00 04 c0 7d 4c 96)");

// RFC 5769 section 2.3.
const Bytes kIpv6Response = hex(R"(01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
    80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
    00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
    00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
    80 28 00 04 c8 fb 0b 4c)");

// RFC 5769 section 2.4.
const Bytes kLongTermRequest = hex(R"(
    00 01 00 60 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
    00 06 00 12 e3 83 9e e3 83 88 e3 83 aa e3 83 83 e3 82 af e3 82 b9 00 00
    00 15 00 1c 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39 46 53 54 76 79 36 34 73 41
    00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
    00 08 00 14 f6 70 24 65 6d d6 4a 3e 02 b8 e0 71 2e 85 c9 a2 8c a8 96 66)");

// RFC 3489: no magic cookie, CHANGE-REQUEST with both flags.
const Bytes kClassicRequest = hex(R"(00 01 00 08 4a 1c 20 77 93 d0 5b 12 88 fe 01 33 6c 5d 22 90
    00 03 00 04 00 00 00 06)");

// An Allocate as WhatsApp sent it: one private attribute of 102 bytes and no padding.
Bytes unaligned_allocate() {
  return hex("00 03 00 6a 21 12 a4 42 01 02 03 04 05 06 07 08 09 0a 0b 0c 40 00 00 66") +
         Bytes(102, 0x5a);
}

}  // namespace

TEST_CASE("the RFC 5769 request is read to its last attribute") {
  stun::Message message;
  REQUIRE(parse(kRequest, message) == ParseStatus::parsed);
  CHECK(message.kind == stun::Class::request);
  CHECK(message.method == method::kBinding);
  CHECK(message.length == 88);
  CHECK(message.magic_cookie);
  CHECK(message.aligned);
  CHECK(message.transaction_id().equals(view(hex("b7e7a701bc34d686fa87dfae"))));
  std::vector<std::uint16_t> types;
  for (const stun::Attribute& a : message.attributes) types.push_back(a.type);
  CHECK(types == std::vector<std::uint16_t>{0x8022, 0x0024, 0x8029, 0x0006, 0x0008, 0x8028});
  CHECK(stun::text(message, attribute::kSoftware) == "STUN test client");
  CHECK(stun::text(message, attribute::kUsername) == "evtj:h6vY");
  CHECK(stun::text(message, attribute::kRealm).empty());
  CHECK(stun::find_attribute(message, attribute::kPriority)->value.be32(0) == 0x6e0001ff);
  CHECK_FALSE(stun::find_attribute(message, attribute::kErrorCode).has_value());
}

TEST_CASE("the RFC 5769 responses give the mapped address") {
  stun::Message message;
  REQUIRE(parse(kIpv4Response, message) == ParseStatus::parsed);
  CHECK(message.kind == stun::Class::success);
  auto mapped = stun::mapped_address(message);
  REQUIRE(mapped.has_value());
  CHECK(to_string(mapped->ip) == "192.0.2.1");
  CHECK(mapped->port == 32853);

  REQUIRE(parse(kIpv6Response, message) == ParseStatus::parsed);
  mapped = stun::mapped_address(message);
  REQUIRE(mapped.has_value());
  CHECK(to_string(mapped->ip) == "2001:db8:1234:5678:11:2233:4455:6677");
  CHECK(mapped->port == 32853);
}

TEST_CASE("the RFC 5769 long-term request gives realm and nonce") {
  stun::Message message;
  REQUIRE(parse(kLongTermRequest, message) == ParseStatus::parsed);
  CHECK(stun::text(message, attribute::kRealm) == "example.org");
  CHECK(stun::text(message, attribute::kNonce) == "f//499k954d6OL34oL9FSTvy64sA");
  CHECK(stun::text(message, attribute::kUsername).size() == 18);
}

TEST_CASE("class and method come apart for every class") {
  const Bytes id = hex("0102030405060708090a0b0c");
  stun::Message message;
  struct Row {
    const char* type;
    stun::Class kind;
    std::uint16_t method;
  };
  for (const Row& row :
       {Row{"0016", stun::Class::indication, method::kSend},
        Row{"0017", stun::Class::indication, method::kData},
        Row{"0103", stun::Class::success, method::kAllocate},
        Row{"0113", stun::Class::error, method::kAllocate},
        Row{"0108", stun::Class::success, method::kCreatePermission},
        Row{"0200", stun::Class::request, method::kGooglePing},
        Row{"0801", stun::Class::request, 0x201}, Row{"3eef", stun::Class::request, 0xfff}}) {
    const Bytes bytes = hex(row.type) + hex("0000 2112a442") + id;
    REQUIRE(parse(bytes, message) == ParseStatus::parsed);
    CHECK(message.kind == row.kind);
    CHECK(message.method == row.method);
    CHECK(message.attributes.empty());
  }
}

TEST_CASE("a length that is no multiple of four is taken, and said") {
  const Bytes bytes = unaligned_allocate();
  REQUIRE(bytes.size() == 126);
  stun::Message message;
  REQUIRE(parse(bytes, message) == ParseStatus::parsed);
  CHECK_FALSE(message.aligned);
  CHECK(message.method == method::kAllocate);
  const auto found = stun::find_attribute(message, 0x4000);
  REQUIRE(found.has_value());
  CHECK(found->value.size() == 102);
}

TEST_CASE("attributes without any padding are read, and said") {
  // An error response as Microsoft relays send it: 5, 3 and 4 bytes of value, nothing between them.
  const Bytes bytes = hex(R"(01 13 00 18 21 12 a4 42 01 02 03 04 05 06 07 08 09 0a 0b 0c
      00 09 00 05 00 00 04 01 41 00 14 00 03 61 62 63 80 08 00 04 00 00 00 06)");
  stun::Message message;
  REQUIRE(parse(bytes, message) == ParseStatus::parsed);
  CHECK_FALSE(message.aligned);
  CHECK(stun::error_code(message) == 401);
  CHECK(stun::text(message, attribute::kRealm) == "abc");
  CHECK(stun::find_attribute(message, attribute::kMsVersion)->value.be32(0) == 6);
}

TEST_CASE("a message without the magic cookie is RFC 3489") {
  stun::Message message;
  REQUIRE(parse(kClassicRequest, message) == ParseStatus::parsed);
  CHECK_FALSE(message.magic_cookie);
  CHECK(message.transaction_id().size() == 16);
  CHECK(stun::find_attribute(message, attribute::kChangeRequest)->value.u8(3) == 6);

  // Binding response with MAPPED-ADDRESS, not XORed.
  const Bytes response = hex(R"(01 01 00 0c 4a 1c 20 77 93 d0 5b 12 88 fe 01 33 6c 5d 22 90
      00 01 00 08 00 01 0d 96 cb 00 71 05)");
  REQUIRE(parse(response, message) == ParseStatus::parsed);
  const auto mapped = stun::mapped_address(message);
  REQUIRE(mapped.has_value());
  CHECK(to_string(mapped->ip) == "203.0.113.5");
  CHECK(mapped->port == 3478);
}

TEST_CASE("a message without the magic cookie has only attributes of its time") {
  const Bytes id = hex("4a1c207793d05b1288fe01336c5d2290");
  const auto classic = [&](const char* type, const char* attributes) {
    const Bytes body = hex(attributes);
    return accepted(cut(hex(type) + counted(2, body), 4) + id + body);
  };
  CHECK(classic("0001", ""));
  CHECK_FALSE(classic("0101", ""));
  CHECK_FALSE(classic("0003", ""));
  CHECK(classic("0001", "0006 0004 61626364"));
  CHECK(classic("0101", "0001 0008 00010d96cb007105 8020 0008 00010d96cb007105"));
  CHECK(classic("0115", "000f 0004 72c64bc6 0012 0008 00010d96cb007105 0013 0001 80000000"));
  CHECK(classic("0001", "0101 0004 00000000"));                     // Zoom
  CHECK(classic("0101", "0102 0004 00000000 0103 0004 00000000"));  // Zoom
  CHECK_FALSE(classic("0001", "0100 0004 00000000"));
  CHECK_FALSE(classic("0001", "4000 0004 00000000"));
  CHECK_FALSE(classic("0001", "c057 0004 00000000"));
  CHECK_FALSE(classic("0001", "0006 0004 61626364 7000 0000"));
  CHECK_FALSE(classic("0001", "0003 0005 0000000600000000"));
  CHECK_FALSE(classic("0101", "0001 0009 00010d96cb00710500000000"));
  CHECK_FALSE(classic("0101", "0009 0000"));
  CHECK_FALSE(classic("0001", "0008 0004 00000000"));
}

TEST_CASE("an error response gives its code, and only a valid one") {
  const auto code = [](const char* tail) {
    const Bytes bytes =
        hex("01 13 00 08 21 12 a4 42 010203040506070809 0a0b0c 00 09 00 04") + hex(tail);
    stun::Message message;
    REQUIRE(parse(bytes, message) == ParseStatus::parsed);
    return stun::error_code(message);
  };
  CHECK(code("00000401") == 401);
  CHECK(code("00000426") == 438);
  CHECK(code("00000663") == 699);
  CHECK_FALSE(code("00000464").has_value());  // number 100
  CHECK_FALSE(code("00000201").has_value());
}

TEST_CASE("addresses of a wrong family or size are no addresses") {
  const Bytes id = hex("00112233445566778899aabb");
  const auto mapped = [&](const Bytes& value) {
    const Bytes attributes = hex("0020") + counted(2, value);
    const Bytes bytes = hex("0101") + counted(2, attributes);
    const Bytes message_bytes = cut(bytes, 4) + hex("2112a442") + id + attributes;
    stun::Message message;
    REQUIRE(parse(message_bytes, message) == ParseStatus::parsed);
    return stun::mapped_address(message).has_value();
  };
  CHECK(mapped(hex("0001a147e112a643")));
  CHECK_FALSE(mapped(hex("0003a147e112a643")));
  CHECK_FALSE(mapped(hex("0002a147e112a643")));
  CHECK_FALSE(mapped(hex("0001a147")));
  CHECK_FALSE(mapped({}));
}

TEST_CASE("lengths that do not add up are not STUN") {
  for (std::size_t position : {3U, 23U, 43U}) {  // message length, two attribute lengths
    Bytes bytes = kRequest;
    bytes[position] = static_cast<std::uint8_t>(bytes[position] + 0x80);
    CHECK_FALSE(accepted(bytes));
  }
  CHECK_FALSE(accepted(kRequest + hex("00000000")));
  Bytes without_tail = cut(kRequest, kRequest.size() - 8);
  CHECK_FALSE(accepted(without_tail));
  without_tail[3] = 0x50;
  CHECK(accepted(without_tail));
  CHECK_FALSE(accepted({}));
}

TEST_CASE("other datagrams are not STUN") {
  CHECK_FALSE(accepted(Bytes(20, 0)));                                               // zeros
  CHECK_FALSE(accepted(hex("00010000") + Bytes(16, 0)));                             // zero id
  CHECK_FALSE(accepted(hex("00020000") + hex("4a1c207793d05b1288fe01336c5d22")));    // 19 bytes
  CHECK_FALSE(accepted(hex("00210000") + hex("4a1c207793d05b1288fe01336c5d2290")));  // method 17
  CHECK_FALSE(accepted(hex("40010000 2112a442 0102030405060708090a0b0c")));          // channel data
  CHECK_FALSE(accepted(hex("00000000 2112a442 0102030405060708090a0b0c")));          // method 0
  // A classic header before attributes of type zero: padding, not STUN.
  CHECK_FALSE(accepted(hex("00010008 4a1c207793d05b1288fe01336c5d2290 0000000000000000")));
  // A classic message may not be unaligned.
  CHECK_FALSE(accepted(hex("00010006 4a1c207793d05b1288fe01336c5d2290 000600020102")));
}

TEST_CASE("a message cut by the capture is truncated and shows what it has") {
  for (std::size_t size = 8; size < kRequest.size(); ++size) {
    const Bytes bytes = cut(kRequest, size);
    stun::Message message;
    CHECK(stun::parse(view(bytes), kRequest.size(), message) == ParseStatus::truncated);
    CHECK(message.method == method::kBinding);
    CHECK((stun::text(message, attribute::kSoftware) == "STUN test client") == (size >= 40));
    const auto username = stun::find_attribute(message, attribute::kUsername);
    REQUIRE(username.has_value() == (size >= 64));  // its header, then as much as there is
    if (username) CHECK(username->length == 9);
    if (username) CHECK(username->value.size() == std::min<std::size_t>(9, size - 64));
  }
  stun::Message message;
  const Bytes bytes = cut(kRequest, 7);
  CHECK(stun::parse(view(bytes), kRequest.size(), message) == ParseStatus::not_this);
}
