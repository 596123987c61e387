// Tests SIP's signals on messages written by hand: datagrams, streams however split, and the media
// addresses their SDP announces.
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::sip {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Role;
using classify::Service;

const classify::Classifier& sip() { return classifiers::sip::instance(); }

std::string message(const std::string& start, const std::string& method,
                    const std::string& body = "") {
  return start +
         "\r\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK1\r\nFrom: <sip:a@example.net>;tag=1\r\n"
         "To: <sip:b@example.net>\r\nCall-ID: 1@10.0.0.2\r\nCSeq: 1 " +
         method + "\r\n" + (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string request(const std::string& method, const std::string& body = "") {
  return message(method + " sip:b@example.net SIP/2.0", method, body);
}

std::string response(const std::string& status, const std::string& method,
                     const std::string& body = "") {
  return message("SIP/2.0 " + status, method, body);
}

std::string description(const std::string& address, const std::string& media) {
  return "v=0\r\no=- 1 1 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\n" +
         media;
}

bool expects(const Outcome& outcome, std::string_view host, std::uint16_t port) {
  return std::find(outcome.expected.begin(), outcome.expected.end(), std::pair{ip(host), port}) !=
         outcome.expected.end();
}

void check_claim(const Outcome& outcome, std::string_view signal, Service service) {
  CHECK(outcome.signal() == signal);
  REQUIRE(outcome.claims.size() == 1);
  CHECK(outcome.claims.front().service == service);
  CHECK(outcome.claims.front().role == Role::signalling);
  CHECK(outcome.certain());
  CHECK(outcome.answer == Answer::unsure);
}

TEST_CASE("sip: a request says what it is for, and so does its answer") {
  const struct {
    const char* method;
    const char* signal;
    Service service;
  } cases[] = {
      {"INVITE", "SIP.CALL", Service::call},     {"ACK", "SIP.CALL", Service::call},
      {"BYE", "SIP.CALL", Service::call},        {"CANCEL", "SIP.CALL", Service::call},
      {"REGISTER", "SIP.PHONE", Service::call},  {"OPTIONS", "SIP.PHONE", Service::call},
      {"SUBSCRIBE", "SIP.PHONE", Service::call}, {"NOTIFY", "SIP.PHONE", Service::call},
      {"MESSAGE", "SIP.MESSAGE", Service::text},
  };
  for (const auto& each : cases) {
    INFO(each.method);
    check_claim(ask_datagram(sip(), ascii(request(each.method))), each.signal, each.service);
    check_claim(ask_datagram(sip(), ascii(response("200 OK", each.method))), each.signal,
                each.service);
  }
}

TEST_CASE("sip: the port does not matter") {
  check_claim(ask_datagram(sip(), ascii(request("INVITE")), udp_flow("192.0.2.7", 40000)),
              "SIP.CALL", Service::call);
}

TEST_CASE("sip: media is expected where the description says, with its RTCP") {
  const std::string body = description("185.1.2.99",
                                       "m=audio 16384 RTP/AVP 0\r\nm=video 16400 RTP/AVP 96\r\n"
                                       "a=rtpmap:96 H264/90000\r\n");
  for (const std::string& text : {request("INVITE", body), response("200 OK", "INVITE", body),
                                  response("183 Progress", "INVITE", body), request("ACK", body)}) {
    const Outcome outcome = ask_datagram(sip(), ascii(text));
    CHECK(expects(outcome, "185.1.2.99", 16384));
    CHECK(expects(outcome, "185.1.2.99", 16385));
    CHECK(expects(outcome, "185.1.2.99", 16400));
    CHECK(outcome.expected.size() == 4);
  }
}

TEST_CASE("sip: behind a NAT media is expected from the sender as well") {
  const std::string body = description("10.9.9.9", "m=audio 16384 RTP/AVP 0\r\n");
  const Outcome outcome = ask_datagram(sip(), ascii(request("INVITE", body)));
  CHECK(expects(outcome, "10.9.9.9", 16384));
  CHECK(expects(outcome, "10.0.0.2", 16384));
}

TEST_CASE("sip: refused, held and other media are not expected") {
  for (const char* media : {"m=audio 0 RTP/AVP 0\r\n", "m=application 9999 TCP/MSRP *\r\n"}) {
    const std::string body = description("185.1.2.99", media);
    CHECK(ask_datagram(sip(), ascii(request("INVITE", body))).expected.empty());
  }
  const std::string held = description("0.0.0.0", "m=audio 16384 RTP/AVP 0\r\n");
  CHECK(ask_datagram(sip(), ascii(request("INVITE", held))).expected.empty());
}

TEST_CASE("sip: streams, both sides, several messages, however they are split") {
  const std::string body = description("185.1.2.99", "m=audio 16384 RTP/AVP 0\r\n");
  const Bytes both = ascii(request("REGISTER") + request("INVITE", body));
  const Outcome up_side = ask_stream(sip(), both);
  CHECK(up_side.claims.size() == 2);
  CHECK(expects(up_side, "185.1.2.99", 16384));
  check_claim(ask_stream(sip(), {}, ascii(response("200 OK", "INVITE")), false), "SIP.CALL",
              Service::call);
  const Bytes invite = ascii(request("INVITE", body));
  for (std::size_t size = 1; size < invite.size(); ++size) {
    const Outcome outcome = ask_stream(sip(), cut(invite, size));
    INFO(size);
    CHECK(outcome.answer == Answer::unsure);
    CHECK((outcome.claims.empty() || outcome.signal() == "SIP.CALL"));
  }
}

TEST_CASE("sip: an answer on a stream waits for its CSeq") {
  const Bytes answer = ascii(response("200 OK", "MESSAGE"));
  for (std::size_t size = 1; size < answer.size(); ++size) {
    const Outcome outcome = ask_stream(sip(), {}, cut(answer, size));
    CHECK((outcome.claims.empty() || outcome.signal() == "SIP.MESSAGE"));
  }
}

TEST_CASE("sip: a stream joined in the middle of a message may still show one") {
  CHECK(ask_stream(sip(), ascii("a=sendrecv\r\n"), {}, false).answer == Answer::unsure);
  CHECK(ask_stream(sip(), ascii("a=sendrecv\r\n"), {}, true).answer == Answer::not_for_us);
}

TEST_CASE("sip: look-alikes") {
  for (const char* text :
       {"OPTIONS rtsp://192.0.2.7/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n", "GET /sip HTTP/1.1\r\n\r\n",
        "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n", "SIP is a protocol",
        "REGISTER 1201 ep@192.0.2.7 MGCP 1.0\r\n\r\n", "\r\n\r\n"}) {
    INFO(text);
    CHECK(ask_datagram(sip(), ascii(text)).claims.empty());
    CHECK(ask_stream(sip(), ascii(text)).claims.empty());
  }
}

TEST_CASE("sip: others' traffic is not claimed") { claims_nothing_of_others(sip()); }

}  // namespace
