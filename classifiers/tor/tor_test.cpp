// Tests Tor's signals on hellos, certificates and directory messages written by hand.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::tor {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& tor() { return classifiers::tor::instance(); }

const char* const kSuites2018 =
    "1302 1303 1301 c02b c02f cca9 cca8 c02c c030 c00a c009 c013 c014 0033 0039 002f 0035 00ff";
const char* const kSuites2014 =
    "c02b c02f c00a c009 c013 c014 0033 0039 0088 002f 0041 0035 0084 000a 00ff";
const char* const kSuitesCurl = "1302 1303 1301 c02c c030 009f cca9 cca8 ccaa c02b c02f 009e 00ff";
const char* const kFirefox =
    "1301 1303 1302 c02b c02f cca9 cca8 c02c c030 c00a c009 c013 c014 002f 0035";

Bytes hello(std::string_view name, const char* suites = kSuites2018, bool alpn = false) {
  const Bytes entry = hex("00") + counted(2, ascii(name));
  Bytes extensions = hex("0000") + counted(2, counted(2, entry)) + hex("000a 0004 0002 001d");
  if (alpn) extensions = extensions + hex("0010") + counted(2, counted(2, counted(1, ascii("h2"))));
  const Bytes body = hex("0303") + Bytes(32, 0x5a) + hex("00") + counted(2, hex(suites)) +
                     hex("01 00") + counted(2, extensions);
  return hex("160301") + counted(2, hex("01") + counted(3, body));
}

// DER of fewer than 64 KiB.
Bytes der(const char* tag, const Bytes& value) { return hex(tag) + hex("82") + counted(2, value); }
Bytes common_name(std::string_view name) {
  const Bytes attribute = der("30", hex("0603 550403") + der("0c", ascii(name)));
  return der("30", der("31", attribute));
}
Bytes certificate(std::string_view subject, std::string_view issuer) {
  const Bytes algorithm = hex("300d 0609 2a864886f70d01010b 0500");
  const Bytes time = der("17", ascii("130915000000Z")) + der("17", ascii("140221235959Z"));
  const Bytes to_be_signed = hex("a003 0201 02 0204 5a5b5c5d") + algorithm + common_name(issuer) +
                             der("30", time) + common_name(subject) +
                             der("30", algorithm + der("03", Bytes(100, 0x41)));
  return der("30", der("30", to_be_signed) + algorithm + der("03", Bytes(129, 0x42)));
}

// ServerHello of TLS 1.2 and the certificate, in one record.
Bytes server_flight(std::string_view subject, std::string_view issuer) {
  const Bytes server_hello = hex("0303") + Bytes(32, 0x6b) + hex("00 c02f 00");
  const Bytes list = counted(3, counted(3, certificate(subject, issuer)));
  const Bytes messages = hex("02") + counted(3, server_hello) + hex("0b") + counted(3, list);
  return hex("160303") + counted(2, messages);
}

TEST_CASE("tor: its hello, of each generation") {
  for (const char* suites : {kSuites2018, kSuites2014}) {
    for (const char* name : {"www.4gk67zpn3brh7qxg.com", "www.t3i3ru.com", "www.gfu7hbxpfp.com"}) {
      const Outcome outcome = ask_stream(tor(), hello(name, suites));
      INFO(name);
      CHECK(outcome.signal() == "TOR.TLS.HELLO");
      CHECK(outcome.certain());
      CHECK(outcome.claims.front().service == classify::Service::tunnel);
    }
  }
}

TEST_CASE("tor: a hello may come in pieces") {
  const Bytes whole = hello("www.4gk67zpn3brh7qxg.com");
  for (std::size_t size = 1; size < whole.size(); ++size)
    CHECK(ask_stream(tor(), cut(whole, size)).answer == Answer::unsure);
}

TEST_CASE("tor: suites or name alone are unsure") {
  const Outcome name = ask_stream(tor(), hello("www.4gk67zpn3brh7qxg.com", kSuitesCurl));
  CHECK(name.signal() == "TOR.TLS.NAME");
  CHECK_FALSE(name.certain());
  const Outcome suites = ask_stream(tor(), hello("www.instagram.com"));
  CHECK(suites.signal() == "TOR.TLS.NAME");
  CHECK_FALSE(suites.certain());
}

TEST_CASE("tor: what browsers and other clients say is not claimed") {
  for (const char* name : {"www.facebook.com", "www.googleapis.com", "www.netflix.com"})
    CHECK(ask_stream(tor(), hello(name, kSuitesCurl)).claims.empty());
  CHECK(ask_stream(tor(), hello("www.4gk67zpn3brh7qxg.com", kFirefox)).claims.empty());
  CHECK(ask_stream(tor(), hello("www.4gk67zpn3brh7qxg.com", kSuites2018, true)).claims.empty());
  CHECK(ask_stream(tor(), hello("www.4gk67zpn3brh7qxg.net")).claims.empty());
  CHECK(ask_stream(tor(), hello("4gk67zpn3brh7qxg.com")).claims.empty());
  CHECK(ask_stream(tor(), hello("www.1084bets10.com")).claims.empty());
  CHECK(ask_stream(tor(), hello("www.4gk67zpn3brh7qxg4gk67zpn3brh7qxg.com")).claims.empty());
  CHECK(ask_stream(tor(), hello("www.facebook.com", kSuitesCurl)).answer == Answer::not_for_us);
}

TEST_CASE("tor: a relay's certificate, without the client's direction") {
  const auto ask = [](std::string_view subject, std::string_view issuer) {
    classify::StreamHead head;
    const Bytes flight = server_flight(subject, issuer);
    head.down = view(flight);
    head.grew = classify::Direction::down;
    Outcome outcome;
    outcome.answer = tor().on_stream(udp_flow(), head, outcome);
    return outcome;
  };
  CHECK(ask("www.fcsyvnlemwxv5p.net", "www.gg562izcxdvqdk.com").signal() == "TOR.TLS.CERT");
  CHECK(ask("www.fcsyvnlemwxv5p.net", "www.gg562izcxdvqdk.com").certain());
  CHECK(ask("www.fcsyvnlemwxv5p.com", "www.gg562izcxdvqdk.com").claims.empty());
  CHECK(ask("www.slideshare.net", "www.facebook.com").claims.empty());
  CHECK(ask("www.fcsyvnlemwxv5p.net", "Example CA").claims.empty());
}

TEST_CASE("tor: the directory, each direction") {
  CHECK(ask_stream(tor(), ascii("GET /tor/status-vote/current/consensus-microdesc.z HTTP/1.0\r\n"))
            .signal() == "TOR.DIR");
  CHECK(ask_stream(tor(), ascii("GET /tor/download HTTP/1.1\r\n\r\n")).claims.empty());
  CHECK(ask_stream(tor(), ascii("GET /to")).answer == Answer::unsure);
  classify::StreamHead head;
  head.grew = classify::Direction::down;
  const Bytes answer = ascii("HTTP/1.0 200 OK\r\nX-Your-Address-Is: 192.0.2.9\r\n\r\n");
  const Bytes body = ascii("HTTP/1.0 200 OK\r\n\r\nit said\r\nX-Your-Address-Is: here");
  head.down = view(answer);
  Outcome found;
  CHECK(tor().on_stream(udp_flow(), head, found) == Answer::certain);
  head.down = view(body);
  Outcome not_found;
  tor().on_stream(udp_flow(), head, not_found);
  CHECK(not_found.claims.empty());
}

TEST_CASE("tor: others' streams are not claimed") {
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(tor(), head).claims.empty());
  }
}

}  // namespace
