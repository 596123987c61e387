// Names in certificates: one made by OpenSSL, others by hand, cut and contradictory ones.
#include "proto/tls_certificate.hpp"

#include <array>
#include <string>
#include <vector>

#include "catch.hpp"
#include "proto/tls.hpp"
#include "unit/proto/server_flight.hpp"

namespace tls = deadair::proto::tls;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus parse(const Bytes& der, tls::Certificate& out) {
  return tls::parse_certificate(kept(der), der.size(), out);
}

std::vector<std::string> dns_names(const tls::Certificate& certificate) {
  std::vector<std::string> out;
  tls::for_each_dns_name(certificate, [&](std::string_view name) { out.emplace_back(name); });
  return out;
}

// A DER element with a length in the short form or in two octets.
Bytes der(std::string_view tag, const Bytes& value) {
  return hex(tag) + (value.size() < 128 ? counted(1, value) : hex("82") + counted(2, value));
}

Bytes name_part(std::string_view oid, std::string_view tag, const Bytes& value) {
  return der("31", der("30", der("06", hex(oid)) + der(tag, value)));
}

// A certificate of version 1: no [0], no extensions.
Bytes old_certificate(const Bytes& issuer, const Bytes& subject) {
  const Bytes times = der("17", ascii("000101000000Z")) + der("18", ascii("20500101000000Z"));
  return der("30", der("30", der("02", hex("01")) + der("30", {}) + der("30", issuer) +
                                 der("30", times) + der("30", subject) + der("30", {})) +
                       der("30", {}) + der("03", hex("00")));
}

}  // namespace

TEST_CASE("OpenSSL's certificate gives its names") {
  tls::Certificate out;
  REQUIRE(parse(certificate(), out) == ParseStatus::parsed);
  CHECK(out.subject_name == "www.example.net");
  CHECK(out.subject_organization == "Example Caspian LLC");
  CHECK(out.issuer_name == "Example Root X1");
  CHECK(out.issuer_organization == "Example Trust");
  CHECK(out.not_before == "261122002135Z");
  CHECK(out.not_after == "271122002135Z");
  CHECK_FALSE(out.self_issued);
  CHECK(dns_names(out) ==
        std::vector<std::string>{"www.example.net", "*.example.org", "last.example.com"});
}

TEST_CASE("a certificate cut anywhere is truncated and keeps its names so far") {
  const Bytes whole = certificate();
  const std::size_t tbs_end = 8 + 0x1be;
  const std::size_t issuer_end = view(whole).text().find("Root X1") + 7;
  std::size_t names = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Bytes part = cut(whole, size);
    tls::Certificate out;
    const ParseStatus status = tls::parse_certificate(view(part), whole.size(), out);
    INFO(size);
    CHECK(status == (size < tbs_end ? ParseStatus::truncated : ParseStatus::parsed));
    CHECK((out.issuer_name == "Example Root X1") == (size >= issuer_end));
    CHECK(dns_names(out).size() >= names);
    names = dns_names(out).size();
  }
  CHECK(names == 3);
}

TEST_CASE("a certificate without extensions, signed by itself") {
  const Bytes name = name_part("55040a", "13", ascii("O")) + name_part("550403", "13", ascii("a")) +
                     name_part("550403", "0c", ascii("last"));
  tls::Certificate out;
  REQUIRE(parse(old_certificate(name, name), out) == ParseStatus::parsed);
  CHECK(out.subject_name == "last");
  CHECK(out.issuer_organization == "O");
  CHECK(out.self_issued);
  CHECK(out.not_after == "20500101000000Z");
  CHECK(dns_names(out).empty());
}

TEST_CASE("wide strings and broken name parts are left out") {
  const Bytes issuer = name_part("550403", "1e", hex("00410042")) + der("31", hex("3003 0603"));
  const Bytes subject = der("31", {}) + name_part("550403", "16", ascii("never read"));
  tls::Certificate out;
  REQUIRE(parse(old_certificate(issuer, subject), out) == ParseStatus::parsed);
  CHECK(out.issuer_name.empty());
  CHECK(out.subject_name.empty());
  CHECK_FALSE(out.self_issued);
}

TEST_CASE("other bytes are no certificate") {
  tls::Certificate out;
  CHECK(parse({}, out) == ParseStatus::truncated);
  CHECK(parse(hex("3100"), out) == ParseStatus::not_this);
  CHECK(parse(hex("3080"), out) == ParseStatus::not_this);  // indefinite length
  CHECK(parse(hex("30840000000430020000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("3004 0202 0000"), out) == ParseStatus::not_this);
  CHECK(parse(hex("3004 3082 ffff"), out) == ParseStatus::not_this);
  CHECK(parse(hex("3010 3002 0000"), out) == ParseStatus::not_this);
  Bytes wrong = certificate();
  wrong[9] = 0x31;  // version
  CHECK(parse(wrong, out) == ParseStatus::not_this);
  wrong = certificate();
  wrong[30] = 0x7f;  // the issuer runs past what holds it
  CHECK(parse(wrong, out) == ParseStatus::not_this);
}

TEST_CASE("the certificate of a stream is the server's own") {
  std::array<std::uint8_t, tls::kScratchSize> scratch;
  const Bytes hello = server_hello({});
  tls::Certificate out;
  const Bytes stream =
      record("16", hello) + record("16", certificate_message({certificate(), hex("3000")}));
  REQUIRE(tls::parse_server_certificate(view(stream), scratch, out) == ParseStatus::parsed);
  CHECK(out.subject_name == "www.example.net");
  const Bytes resumed = record("16", hello) + record("14", hex("01"));
  CHECK(tls::parse_server_certificate(view(resumed), scratch, out) == ParseStatus::not_this);
  const Bytes waiting = record("16", hello);
  CHECK(tls::parse_server_certificate(view(waiting), scratch, out) == ParseStatus::truncated);
  const Bytes half = cut(stream, stream.size() - 200);
  CHECK(tls::parse_server_certificate(view(half), scratch, out) == ParseStatus::truncated);
  CHECK(out.subject_name == "www.example.net");
}
