// Tests Psiphon's names and the cookie of its plain HTTP transport.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::psiphon {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& psiphon() { return classifiers::psiphon::instance(); }

const std::string kValue(160, 'x');

Bytes request(const std::string& cookie, const std::string& type = "application/octet-stream",
              const std::string& line = "POST / HTTP/1.1") {
  return ascii(line + "\r\nHost: 203.0.113.7\r\nUser-Agent: Mozilla/5.0\r\nContent-Length: 0\r\n" +
               "Content-Type: " + type + "\r\nCookie: " + cookie +
               "\r\nAccept-Encoding: gzip\r\n\r\n");
}

TEST_CASE("psiphon: the cookie of plain meek, whole and cut") {
  const Bytes head = request("K=" + kValue);
  const Outcome outcome = ask_stream(psiphon(), head);
  CHECK(outcome.signal() == "PSIPHON.MEEK");
  CHECK_FALSE(outcome.certain());
  CHECK(outcome.claims.front().service == classify::Service::tunnel);
  for (std::size_t size = 1; size < head.size(); ++size)
    CHECK(ask_stream(psiphon(), cut(head, size)).answer == Answer::unsure);
  CHECK(ask_stream(psiphon(), request("K=" + kValue.substr(0, 158) + "==")).claims.size() == 1);
}

TEST_CASE("psiphon: cookies that are not meek's") {
  CHECK(ask_stream(psiphon(), request("k=" + kValue)).claims.empty());
  CHECK(ask_stream(psiphon(), request("SID=" + kValue)).claims.empty());
  CHECK(ask_stream(psiphon(), request("K=" + kValue + "; B=1")).claims.empty());
  CHECK(ask_stream(psiphon(), request("K=" + kValue + "x")).claims.empty());
  CHECK(ask_stream(psiphon(), request("K=" + kValue.substr(0, 40))).claims.empty());
  CHECK(ask_stream(psiphon(), request("K=")).claims.empty());
  CHECK(ask_stream(psiphon(), request("K=" + kValue, "text/plain")).claims.empty());
  CHECK(
      ask_stream(psiphon(), request("K=" + kValue, "application/octet-stream", "POST /x HTTP/1.1"))
          .answer == Answer::not_for_us);
}

TEST_CASE("psiphon: an endless head is given up") {
  const Bytes head = ascii("POST / HTTP/1.1\r\nX: ") + Bytes(5000, 'x');
  CHECK(ask_stream(psiphon(), head).answer == Answer::not_for_us);
}

TEST_CASE("psiphon: names") {
  CHECK(service_of(psiphon(), "psiphon3.net") == "tunnel");
  CHECK(service_of(psiphon(), "www.psiphon3.net") == "web");
  CHECK(service_of(psiphon(), "psiphon.ca") == "web");
  CHECK(service_of(psiphon(), "notpsiphon.ca").empty());
}

TEST_CASE("psiphon: others' traffic is not claimed") { claims_nothing_of_others(psiphon()); }

}  // namespace
