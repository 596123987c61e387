// DTLS hellos of OpenSSL, whole and in fragments, answers of servers, and other handshakes.
#include "proto/dtls_hello.hpp"

#include <array>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace dtls = deadair::proto::dtls;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

// openssl s_client 3.0 -dtls1_2 with -use_srtp (two profiles), -servername and -alpn.
const Bytes kWhole = hex(R"(
    16feff0000000000000000008f010000830000000000000083fefd8ac3f99cbe873fd3c5a5ceed25d5a25fd0
    de777eaf8b18848b73b754a7493c9a00000004c02f00ff0100005500000015001300001063616c6c2e657861
    6d706c652e6e6574000b000403000102000a0004000200170023000000100009000706776562727463000e00
    07000400010007000016000000170000000d000400020401)");

// The same program with -mtu 256: the two datagrams of one ClientHello.
const Bytes kFirst = hex(R"(
    16feff000000000000000000d70100019000000000000000cbfefd8fb027de7173a634e8d908979cc7d2d928
    ddc4dcbc337ad2c2f7cc042089d2d900000038c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc0
    23c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff0100012e000000150013000010
    63616c6c2e6578616d706c652e6e6574000b000403000102000a000c000a001d0017001e0019001800230000
    001000b600b40870726f746f3030300870726f746f3030310870726f746f3030320870726f746f3030330870
    726f746f30303408)");
const Bytes kSecond = hex(R"(
    16feff000000000000000100d10100019000000000cb0000c570726f746f3030350870726f746f3030360870
    726f746f3030370870726f746f3030380870726f746f3030390870726f746f3031300870726f746f30313108
    70726f746f3031320870726f746f3031330870726f746f3031340870726f746f3031350870726f746f303136
    0870726f746f3031370870726f746f3031380870726f746f303139000e000500020001000016000000170000
    000d002a0028040305030603080708080809080a080b08040805080604010501060103030301030204020502
    0602)");

ParseStatus parse(const Bytes& bytes, dtls::Hello& out, std::size_t missing = 0) {
  static std::array<std::uint8_t, dtls::kScratchSize> scratch;
  return dtls::parse_hello(kept(bytes), bytes.size() + missing, scratch, out);
}

// A message in one record of DTLS 1.2 (record version 1.0 as clients send it).
Bytes datagram(const char* type, const Bytes& body) {
  const Bytes length = cut(counted(3, body), 3);
  return hex("16feff 0000 000000000000") +
         counted(2, hex(type) + length + hex("0000 000000") + length + body);
}

}  // namespace

TEST_CASE("a DTLS ClientHello gives name, protocol and SRTP") {
  dtls::Hello out;
  REQUIRE(parse(kWhole, out) == ParseStatus::parsed);
  CHECK(out.type == dtls::HelloType::client);
  CHECK(out.record_version == 0xfeff);
  CHECK(out.version == 0xfefd);
  CHECK_FALSE(out.dtls13);
  CHECK_FALSE(out.fragmented);
  CHECK(out.cipher_suites == 2);
  CHECK(out.cookie_size == 0);
  CHECK(out.sni == "call.example.net");
  CHECK(out.alpn == "webrtc");
  CHECK(out.use_srtp);
  CHECK(out.srtp_profile == 1);
}

TEST_CASE("a ClientHello over two datagrams is recognised in each, and read when they are one") {
  dtls::Hello out;
  REQUIRE(parse(kFirst, out) == ParseStatus::truncated);
  CHECK(out.fragmented);
  CHECK(out.length == 400);
  CHECK(out.fragment_offset == 0);
  CHECK(out.sni == "call.example.net");
  CHECK_FALSE(out.use_srtp);
  REQUIRE(parse(kSecond, out) == ParseStatus::truncated);
  CHECK(out.type == dtls::HelloType::client);
  CHECK(out.fragment_offset == 203);
  CHECK(out.sni.empty());

  REQUIRE(parse(kFirst + kSecond, out) == ParseStatus::parsed);
  CHECK(out.fragmented);
  CHECK(out.sni == "call.example.net");
  CHECK(out.alpn == "proto000");
  CHECK(out.use_srtp);
  std::array<std::uint8_t, 250> tight;
  const Bytes both = kFirst + kSecond;
  CHECK(dtls::parse_hello(view(both), both.size(), tight, out) == ParseStatus::truncated);
  CHECK(out.sni == "call.example.net");
  CHECK(dtls::parse_hello(view(both), both.size(), {}, out) == ParseStatus::truncated);
  CHECK(parse(kFirst + kFirst, out) == ParseStatus::truncated);  // sent twice
}

TEST_CASE("a server chooses version, suite and SRTP profile") {
  const Bytes start = hex("fefd") + Bytes(32, 0x11) + hex("00 c02b 00");
  dtls::Hello out;
  REQUIRE(parse(datagram("02", start + counted(2, hex("000e 0005 0002 0007 00"))), out) ==
          ParseStatus::parsed);
  CHECK(out.type == dtls::HelloType::server);
  CHECK(out.cipher_suites == 0xc02b);
  CHECK(out.use_srtp);
  CHECK(out.srtp_profile == 7);
  REQUIRE(parse(datagram("02", start + counted(2, hex("002b 0002 fefc"))), out) ==
          ParseStatus::parsed);
  CHECK(out.dtls13);
  CHECK(out.version == 0xfefc);
  REQUIRE(parse(datagram("02", start), out) == ParseStatus::parsed);
  CHECK_FALSE(out.use_srtp);
  REQUIRE(parse(datagram("03", hex("feff 04 01020304")), out) == ParseStatus::parsed);
  CHECK(out.type == dtls::HelloType::verify_request);
  CHECK(out.cookie_size == 4);
}

TEST_CASE("a client may offer DTLS 1.3") {
  const Bytes body = hex("fefd") + Bytes(32, 0x11) + hex("00 02 aabb 0002 1301 01 00") +
                     counted(2, hex("002b 0005 04 fefc fefd"));
  dtls::Hello out;
  REQUIRE(parse(datagram("01", body), out) == ParseStatus::parsed);
  CHECK(out.dtls13);
  CHECK(out.version == 0xfefd);
  CHECK(out.cookie_size == 2);
}

TEST_CASE("a hello cut by the capture is truncated and keeps what it has") {
  const std::size_t name_end = view(kWhole).text().find("call.example.net") + 16;
  for (std::size_t size = 13; size < kWhole.size(); ++size) {
    dtls::Hello out;
    CHECK(parse(cut(kWhole, size), out, kWhole.size() - size) == ParseStatus::truncated);
    CHECK((out.sni == "call.example.net") == (size >= name_end));
  }
}

TEST_CASE("lengths that contradict each other, and other messages, are no hello") {
  dtls::Hello out;
  const Bytes body = hex("fefd") + Bytes(32, 0x11);
  for (const char* tail : {"00 00 0003 130113 01 00", "21", "00 00 0002 1301 00", "00 00 0002",
                           "00 00 0002 1301 01 00 0004 0000 0001"}) {
    INFO(tail);
    CHECK(parse(datagram("01", body + hex(tail)), out) == ParseStatus::not_this);
  }
  CHECK(parse(datagram("01", hex("0303") + Bytes(50, 0)), out) == ParseStatus::not_this);
  CHECK(parse(datagram("0b", Bytes(50, 0)), out) == ParseStatus::not_this);
  CHECK(parse(hex("16fefd 0001 000000000000 0018") + Bytes(24, 1), out) == ParseStatus::not_this);
  CHECK(parse(hex("17fefd 0000 000000000000 0004 01020304"), out) == ParseStatus::not_this);
  Bytes wrong = kWhole;
  wrong[24] = 0xff;  // the fragment is longer than its record
  CHECK(parse(wrong, out) == ParseStatus::not_this);
}
