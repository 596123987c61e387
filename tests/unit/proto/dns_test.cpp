// DNS questions and answers, names that lie, and what only looks like DNS.
#include "proto/dns.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace dns = deadair::proto::dns;
using namespace deadair::test;
using deadair::IpAddress;
using deadair::ParseStatus;

namespace {

ParseStatus parse(const Bytes& bytes, dns::Message& out) {
  return dns::parse(kept(bytes), bytes.size(), out);
}

ParseStatus status_of(const Bytes& bytes) {
  dns::Message out;
  return parse(bytes, out);
}

std::vector<std::string> addresses(const dns::Message& message) {
  std::vector<std::string> out;
  dns::for_each_address(message, [&](const IpAddress& address, const dns::Record&) {
    out.push_back(to_string(address));
  });
  return out;
}

// The name "www.example.com" in labels.
const Bytes kName =
    hex("03") + ascii("WwW") + hex("07") + ascii("Example") + hex("03") + ascii("com") + hex("00");

const Bytes kQuery = hex("1a2b 0100 0001 0000 0000 0000") + kName + hex("0001 0001");

// CNAME to e.example.com, then two A records of that name, one AAAA and one TXT.
const Bytes kResponse = hex("1a2b 8180 0001 0005 0000 0000") + kName + hex("0001 0001") +
                        hex("c00c 0005 0001 0000003c 0004 0165 c010") +
                        hex("c02d 0001 0001 0000003c 0004 c0000201") +
                        hex("c02d 0001 0001 0000003c 0004 c0000202") +
                        hex("c02d 001c 0001 0000003c 0010 20010db8000000000000000000000001") +
                        hex("c02d 0010 0001 0000003c 0003 026869");

}  // namespace

TEST_CASE("a query gives its name in lower case") {
  dns::Message out;
  REQUIRE(parse(kQuery, out) == ParseStatus::parsed);
  CHECK(out.id == 0x1a2b);
  CHECK_FALSE(out.response);
  CHECK(out.opcode == 0);
  CHECK(out.name.view() == "www.example.com");
  CHECK(out.qtype == dns::record_type::kA);
  CHECK(out.qclass == 1);
  CHECK(addresses(out).empty());
}

TEST_CASE("a response gives question and addresses through its CNAME") {
  dns::Message out;
  REQUIRE(parse(kResponse, out) == ParseStatus::parsed);
  CHECK(out.response);
  CHECK(out.rcode == 0);
  CHECK(out.name.view() == "www.example.com");
  CHECK(addresses(out) == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"});

  dns::AnswerReader reader(out);
  dns::Record record;
  REQUIRE(reader.next(record));
  CHECK(record.type == dns::record_type::kCname);
  CHECK(record.ttl == 60);
  dns::Name name;
  CHECK(dns::read_name(out.bytes, record.data_at, name) == record.data_at + 4);
  CHECK(name.view() == "e.example.com");
  REQUIRE(reader.next(record));
  CHECK(dns::read_name(out.bytes, record.owner_at, name) != 0);
  CHECK(name.view() == "e.example.com");
  int rest = 0;
  while (reader.next(record)) ++rest;
  CHECK(rest == 3);
}

TEST_CASE("header bits are told apart") {
  dns::Message out;
  REQUIRE(parse(hex("0001 8583 0001 0000 0000 0000") + kName + hex("001c 0001"), out) ==
          ParseStatus::parsed);
  CHECK(out.rcode == 3);
  CHECK(out.authoritative);
  CHECK_FALSE(out.truncated_flag);
  CHECK(out.qtype == dns::record_type::kAaaa);
  // A server that truncates may count records it left out.
  REQUIRE(parse(hex("0001 8380 0001 0020 0000 0001") + kName + hex("0010 0001"), out) ==
          ParseStatus::parsed);
  CHECK(out.truncated_flag);
  // A refusal may be the header alone.
  REQUIRE(parse(hex("0001 8105 0000 0000 0000 0000"), out) == ParseStatus::parsed);
  CHECK(out.rcode == 5);
  CHECK(out.name.empty());
}

TEST_CASE("multicast DNS answers without a question") {
  const Bytes bytes = hex("0000 8400 0000 0001 0000 0000 05") + ascii("phone") + hex("05") +
                      ascii("local") + hex("00 0001 8001 00000078 0004 0a000007");
  dns::Message out;
  REQUIRE(parse(bytes, out) == ParseStatus::parsed);
  CHECK(out.name.empty());
  CHECK(addresses(out) == std::vector<std::string>{"10.0.0.7"});
}

TEST_CASE("bytes no host name has are shown as question marks") {
  const Bytes bytes = hex("0001 0100 0001 0000 0000 0000 04 61 2e 0a ff 01 62 00 0001 0001");
  dns::Message out;
  REQUIRE(parse(bytes, out) == ParseStatus::parsed);
  CHECK(out.name.view() == "a???.b");
}

TEST_CASE("compression pointers never loop") {
  const Bytes header = hex("0001 8180 0001 0001 0000 0000");
  const Bytes tail = hex("0001 0001 c00c 0001 0001 00000000 0004 01020304");
  CHECK(status_of(header + hex("c00c") + tail) == ParseStatus::not_this);      // itself
  CHECK(status_of(header + hex("c020") + tail) == ParseStatus::not_this);      // forward
  CHECK(status_of(header + hex("c000") + tail) == ParseStatus::not_this);      // the header
  CHECK(status_of(header + hex("0161c00c") + tail) == ParseStatus::not_this);  // back into itself
  CHECK(status_of(header + hex("016100") + tail) == ParseStatus::parsed);
  // Two names that point at each other.
  const Bytes mutual = hex("0001 8180 0001 0001 0000 0000 0161 00 0001 0001") + hex("c015 c013") +
                       hex("0001 0001 00000000 0000");
  dns::Name name;
  CHECK(dns::read_name(view(mutual), 0x13, name) == 0);
  CHECK(dns::read_name(view(mutual), 0x15, name) == 0);
}

TEST_CASE("names keep to their limits") {
  const auto query_of = [](const Bytes& name) {
    return hex("0001 0100 0001 0000 0000 0000") + name + hex("00 0001 0001");
  };
  Bytes labels;
  for (int i = 0; i < 3; ++i) labels = labels + hex("3f") + Bytes(63, 'a');
  dns::Message out;
  REQUIRE(parse(query_of(labels + hex("3d") + Bytes(61, 'b')), out) == ParseStatus::parsed);
  CHECK(out.name.view().size() == 253);
  CHECK(status_of(query_of(labels + hex("3e") + Bytes(62, 'b'))) == ParseStatus::not_this);
  CHECK(status_of(query_of(hex("40") + Bytes(64, 'a'))) == ParseStatus::not_this);
  CHECK(status_of(query_of({})) == ParseStatus::parsed);  // the root
}

TEST_CASE("a message cut by the capture keeps its question") {
  for (std::size_t size = 12; size < kResponse.size(); ++size) {
    const Bytes part = cut(kResponse, size);
    dns::Message out;
    INFO("cut at " << size);
    REQUIRE(dns::parse(view(part), kResponse.size(), out) == ParseStatus::truncated);
    CHECK((out.answers_at != 0) == (size >= 33));
    if (size >= 33) CHECK(out.name.view() == "www.example.com");
    const std::size_t seen = addresses(out).size();
    const std::size_t whole = (size >= 65 ? 1U : 0U) + (size >= 81 ? 1U : 0U) + (size >= 109);
    CHECK(seen == whole);
  }
}

TEST_CASE("other datagrams are not DNS") {
  CHECK(status_of({}) == ParseStatus::not_this);
  CHECK(status_of(Bytes(11, 0)) == ParseStatus::not_this);
  CHECK(status_of(Bytes(40, 0)) == ParseStatus::not_this);  // no question in a query
  CHECK(status_of(Bytes(40, 0xff)) == ParseStatus::not_this);
  CHECK(status_of(cut(kQuery, kQuery.size() - 1)) == ParseStatus::not_this);
  const auto with = [](std::size_t at, std::uint8_t value) {
    Bytes bytes = kQuery;
    bytes[at] = value;
    return status_of(bytes);
  };
  CHECK(with(2, 0x19) == ParseStatus::not_this);                // opcode 3
  CHECK(with(2, 0x79) == ParseStatus::not_this);                // opcode 15
  CHECK(with(3, 0x40) == ParseStatus::not_this);                // Z
  CHECK(with(5, 9) == ParseStatus::not_this);                   // more questions than fit
  CHECK(with(6, 1) == ParseStatus::not_this);                   // 256 answers
  CHECK(with(kQuery.size() - 1, 7) == ParseStatus::not_this);   // class 7
  CHECK(with(kQuery.size() - 3, 0) == ParseStatus::not_this);   // type 0
  CHECK(with(kQuery.size() - 1, 0xff) == ParseStatus::parsed);  // class ANY
  // Two questions, the second with a label of 64 bytes.
  CHECK(status_of(hex("0001 0100 0002 0000 0000 0000 00 0001 0001 40") + Bytes(70, 'a')) ==
        ParseStatus::not_this);
  // An RTP packet and a STUN message.
  CHECK(status_of(hex("8060 0001 00000000 0000002a") + Bytes(160, 0x5a)) == ParseStatus::not_this);
  CHECK(status_of(hex("00010000 2112a442 0102030405060708090a0b0c")) == ParseStatus::not_this);
}

TEST_CASE("DNS over TCP stands behind its length") {
  const Bytes stream = counted(2, kResponse);
  dns::Message out;
  const Bytes two = stream + stream;
  REQUIRE(dns::parse_tcp(view(two), out) == ParseStatus::parsed);
  CHECK(addresses(out).size() == 3);
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const Bytes part = cut(stream, size);
    CHECK(dns::parse_tcp(view(part), out) == ParseStatus::truncated);
  }
  CHECK(dns::parse_tcp(view(hex("000b") + Bytes(20, 0)), out) == ParseStatus::not_this);
}
