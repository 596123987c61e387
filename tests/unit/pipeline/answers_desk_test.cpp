// Forged answers to requests in the clear and to TLS hellos, out of whole packets.
#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;

namespace {

constexpr std::string_view kRedirect =
    "HTTP/1.1 302 Found\r\nLocation: http://203.0.113.99/blocked.html\r\n\r\n";
constexpr std::string_view kPage = "HTTP/1.1 200 OK\r\n\r\n<html>welcome to the site</html>";

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// A connection to kServer, whose own packets have TTL 64 and those of somebody else 57.
struct Talk {
  FakeSource source;
  unsigned port;
  unsigned client_port = 40000;
  std::int64_t now_ns = 0;
  std::uint32_t up = 1001, down = 5001;

  explicit Talk(unsigned server_port) : port(server_port) { begin(); }

  Bytes frame(bool from_client, Segment segment, std::uint8_t ttl) const {
    segment.src_port = from_client ? client_port : port;
    segment.dst_port = from_client ? port : client_port;
    Bytes out = ipv4_frame(from_client ? kClient : kServer, from_client ? kServer : kClient, 6,
                           tcp_body(segment));
    constexpr std::size_t kTtl = 14 + 8;
    out[kTtl] = ttl;
    return out;
  }
  Talk& add(bool from_client, Segment segment, std::uint8_t ttl = 64) {
    now_ns += 10 * kMs;
    source.add(now_ns, frame(from_client, std::move(segment), ttl));
    return *this;
  }
  void begin() {
    up = 1001;
    down = 5001;
    add(true, {0, 0, kSyn, up - 1, 0});
    add(false, {0, 0, kSyn | kAck, down - 1, up});
    add(true, {0, 0, kAck, up, down});
  }
  Talk& ask(const Bytes& what) {
    add(true, {0, 0, kAck, up, down, what});
    up += static_cast<std::uint32_t>(what.size());
    return add(false, {0, 0, kAck, down, up});
  }
  Talk& ask_for(const std::string& host) {
    return ask(bytes_of("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
  }
  Talk& answer(const Bytes& what) {
    add(false, {0, 0, kAck, down, up, what});
    down += static_cast<std::uint32_t>(what.size());
    return add(true, {0, 0, kAck, up, down});
  }
  Talk& forge(const Bytes& what, std::uint8_t flags = kAck | kFin) {
    return add(false, {0, 0, flags, down, up, what}, 57);
  }
  RecordingSink run() { return run_all(source); }
};

// A ClientHello for watched.example (RFC 8446 section 4.1.2) in one record.
Bytes hello() {
  const Bytes name = bytes_of("watched.example");
  const Bytes sni = be(2, 0) + be(2, name.size() + 5) + be(2, name.size() + 3) + be(1, 0) +
                    be(2, name.size()) + name;
  const Bytes body =
      hex("0303") + Bytes(32, 7) + hex("00 0002 1301 0100") + be(2, sni.size()) + sni;
  const Bytes message = hex("01") + be(3, body.size()) + body;
  return hex("160301") + be(2, message.size()) + message;
}

// What a server says next: a ServerHello, of which only the beginning matters here.
Bytes server_hello() { return hex("160303 0058 02000054 0303") + Bytes(82, 9); }

// DER of the fewest fields of a certificate that names its issuer.
Bytes der(unsigned tag, const Bytes& value) {
  const std::size_t size = value.size();
  return be(1, tag) + (size < 128 ? be(1, size) : hex("82") + be(2, size)) + value;
}
Bytes name_of(std::string_view organization) {
  return der(0x30, der(0x31, der(0x30, hex("0603 55040a") + der(0x0c, bytes_of(organization)))));
}
Bytes certificate_of(std::string_view issuer) {
  const Bytes algorithm = der(0x30, hex("0603 2a0304"));
  const Bytes times =
      der(0x30, der(0x17, bytes_of("151221000000Z")) + der(0x17, bytes_of("351221000000Z")));
  const Bytes key = der(0x30, algorithm + hex("03020000"));
  const Bytes to_be_signed = der(0x30, hex("a003020102 020101") + algorithm + name_of(issuer) +
                                           times + name_of("Example") + key);
  const Bytes certificate = der(0x30, to_be_signed + algorithm + hex("03020000"));
  const Bytes list = be(3, certificate.size()) + certificate;
  const Bytes message = hex("0b") + be(3, list.size() + 3) + be(3, list.size()) + list;
  return hex("160303") + be(2, message.size()) + message;
}

Bytes flight_of(std::string_view issuer) {
  const Bytes body = hex("0303") + Bytes(32, 9) + hex("00 c02f 00");
  const Bytes message = hex("02") + be(3, body.size()) + body;
  return hex("160303") + be(2, message.size()) + message + certificate_of(issuer);
}

}  // namespace

TEST_CASE("A redirect and FIN before the server's own answer is an injected page") {
  Talk talk(80);
  talk.ask_for("watched.example").forge(bytes_of(kRedirect)).answer(bytes_of(kPage));
  const RecordingSink sink = talk.run();
  const report::Finding* found = sink.find("BLOCKPAGE.INJECTED");
  REQUIRE(found != nullptr);
  CHECK(found->level == report::Level::likely);
  CHECK(found->trigger.name == "watched.example");
  CHECK(found->trigger.frame.number == 4);
  CHECK(std::any_of(found->frames.begin(), found->frames.end(),
                    [](const report::Frame& frame) { return frame.number == 6; }));
  CHECK(!found->flow.empty());
}

TEST_CASE("The answer to a later request of the connection is looked at as well") {
  Talk talk(80);
  talk.ask_for("fine.example").answer(bytes_of(kPage));
  talk.ask_for("watched.example").forge(bytes_of(kRedirect)).answer(bytes_of(kPage));
  const RecordingSink sink = talk.run();
  const report::Finding* found = sink.find("BLOCKPAGE.INJECTED");
  REQUIRE(found != nullptr);
  CHECK(found->trigger.name == "watched.example");
}

TEST_CASE("Refusals and redirects of the server itself are no injected pages") {
  SECTION("a redirect") {
    Talk talk(80);
    talk.ask_for("watched.example").answer(bytes_of(kRedirect));
    CHECK(talk.run().findings.empty());
  }
  SECTION("for legal reasons") {
    Talk talk(80);
    talk.ask_for("watched.example").answer(bytes_of("HTTP/1.1 451 Unavailable\r\n\r\n"));
    const RecordingSink sink = talk.run();
    REQUIRE(sink.findings.size() == 1);
    CHECK(sink.findings.front().id == "BLOCKPAGE.451");
    CHECK(sink.findings.front().level == report::Level::observed);
  }
  SECTION("sent again") {
    Talk talk(80);
    talk.ask_for("watched.example");
    talk.add(false, {0, 0, kAck, talk.down, talk.up, bytes_of(kRedirect)});
    talk.answer(bytes_of(kRedirect));
    CHECK(talk.run().findings.empty());
  }
  SECTION("two ordinary answers in one place") {
    Talk talk(80);
    talk.ask_for("watched.example");
    talk.forge(bytes_of("HTTP/1.1 200 OK\r\n\r\n<html>other</html>"), kAck).answer(bytes_of(kPage));
    CHECK(talk.run().find("BLOCKPAGE.INJECTED") == nullptr);
  }
}

TEST_CASE("A forged alert before the server's hello is told, the server's own is not") {
  SECTION("forged") {
    Talk talk(443);
    talk.ask(hello()).forge(hex("15 0303 0002 0228"), kAck).answer(server_hello());
    const RecordingSink sink = talk.run();
    const report::Finding* found = sink.find("TLS.ALERT.INJ");
    REQUIRE(found != nullptr);
    CHECK(found->level >= report::Level::anomalous);
    CHECK(found->trigger.name == "watched.example");
  }
  SECTION("the server refuses") {
    Talk talk(443);
    talk.ask(hello()).answer(hex("15 0303 0002 0270"));
    talk.add(false, {0, 0, kAck | kFin, talk.down, talk.up});
    CHECK(talk.run().findings.empty());
  }
}

TEST_CASE("Certificates of one name are compared over the connections of a run") {
  const auto twice = [](std::string_view one, std::string_view other) {
    Talk talk(443);
    talk.ask(hello()).answer(flight_of(one));
    talk.client_port = 40001;
    talk.begin();
    talk.ask(hello()).answer(flight_of(other));
    return talk.run();
  };
  const RecordingSink bad = twice("Good Authority", "Qaznet Trust Network");
  const report::Finding* found = bad.find("TLS.CERT.SUBST");
  REQUIRE(found != nullptr);
  CHECK(found->level == report::Level::likely);
  CHECK(twice("Good Authority", "Another Authority").findings.empty());
}

TEST_CASE("A certificate in several segments is read") {
  Talk talk(443);
  const Bytes flight = flight_of("Qaznet Trust Network");
  talk.ask(hello());
  talk.answer({flight.begin(), flight.begin() + 60}).answer({flight.begin() + 60, flight.end()});
  talk.client_port = 40001;
  talk.begin();
  talk.ask(hello()).answer(flight_of("Good Authority"));
  CHECK(talk.run().find("TLS.CERT.SUBST") != nullptr);
}
