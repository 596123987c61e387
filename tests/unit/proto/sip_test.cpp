// SIP messages: RFC 3261 and RFC 4475 examples, cut captures, streams, and other text protocols.
#include "proto/sip.hpp"

#include <string>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace sip = deadair::proto::sip;
using namespace deadair::test;
using deadair::ByteView;
using deadair::ParseStatus;
using sip::Kind;
using sip::Method;

namespace {

// Lines separated by LF, as they go on the wire.
std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

ParseStatus parse(const std::string& text, sip::Message& out) {
  return sip::parse(kept(ascii(text)), text.size(), out);
}

// RFC 3261 section 24.2, F1, with a body of its own.
const std::string kInvite = crlf(R"(INVITE sip:bob@biloxi.example.com SIP/2.0
Via: SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bKnashds8
Max-Forwards: 70
To: Bob <sip:bob@biloxi.example.com>
From: "Alice; the 1st" <sip:alice@atlanta.example.com;x=1>;tag=1928301774
Call-ID: a84b4c76e66710
CSeq: 314159 INVITE
Contact: <sip:alice@pc33.atlanta.example.com>
User-Agent: Example Phone/1.0
Content-Type: application/sdp
Content-Length: 14

v=0
s=Hello
)");

const std::string kRinging = crlf(R"(SIP/2.0 180 Ringing
v: SIP/2.0/TCP 192.0.2.4:5060;branch=z9hG4bKnashds8
v: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKsecond
t: <sip:bob@biloxi.example.com>;tag=a6c85cf
f: sip:alice@atlanta.example.com;tag=88
i:a84b4c76e66710
CSeq: 314159
  INVITE
Server: Example Server
l: 0

)");

}  // namespace

TEST_CASE("a SIP request gives its fields and body") {
  sip::Message out;
  REQUIRE(parse(kInvite, out) == ParseStatus::parsed);
  CHECK(out.kind == Kind::request);
  CHECK(out.method == Method::invite);
  CHECK(out.method_name == "INVITE");
  CHECK(out.uri == "sip:bob@biloxi.example.com");
  CHECK(out.status == 0);
  CHECK(out.call_id == "a84b4c76e66710");
  CHECK(out.cseq == 314159U);
  CHECK(out.cseq_method == Method::invite);
  CHECK(out.user_agent == "Example Phone/1.0");
  CHECK(out.server.empty());
  CHECK(out.content_type == "application/sdp");
  CHECK(out.content_length == 14U);
  CHECK(out.head_complete);
  CHECK(out.body.text() == "v=0\r\ns=Hello\r\n");
  CHECK(out.body_length == 14);
}

TEST_CASE("a body shorter than its Content-Length is truncated") {
  sip::Message out;
  std::string text = kInvite;
  text.replace(text.find("Content-Length: 14"), 18, "Content-Length: 99");
  CHECK(parse(text, out) == ParseStatus::truncated);
  CHECK(out.kind == Kind::request);
  CHECK(out.body_length == 99);
  CHECK(out.body.size() == 14);
}

TEST_CASE("a SIP response in compact form gives the same fields") {
  sip::Message out;
  REQUIRE(parse(kRinging, out) == ParseStatus::parsed);
  CHECK(out.kind == Kind::response);
  CHECK(out.status == 180);
  CHECK(out.reason == "Ringing");
  CHECK(out.call_id == "a84b4c76e66710");
  CHECK(out.method == Method::invite);
  CHECK(out.cseq == 314159U);
  CHECK(sip::sent_by(out.via) == "192.0.2.4");
  CHECK(sip::transport(out.via) == "TCP");
  CHECK(sip::parameter(out.from, "tag") == "88");
  CHECK(out.server == "Example Server");
  CHECK(out.content_length == 0U);
}

TEST_CASE("names and version are compared without case, methods with it") {
  sip::Message out;
  REQUIRE(parse("OPTIONS sip:a sip/2.0\nCALL-id : x\nfrom:y\n\n", out) == ParseStatus::parsed);
  CHECK(out.method == Method::options);
  CHECK(out.call_id == "x");
  CHECK(out.from == "y");
  REQUIRE(parse("options sip:a SIP/2.0\r\n\r\n", out) == ParseStatus::parsed);
  CHECK(out.method == Method::other);
  REQUIRE(parse("NEWMETHOD urn:service:sos SIP/2.0\r\nl: 0\r\n\r\n", out) == ParseStatus::parsed);
  CHECK(out.method == Method::other);
  CHECK(out.method_name == "NEWMETHOD");
}

TEST_CASE("values may be folded over lines") {
  sip::Message out;
  REQUIRE(parse(crlf("BYE sip:a SIP/2.0\nTo:\n\t<sip:b@c.example>\n ;tag=7\nCall-ID:\n z\n\n"),
                out) == ParseStatus::parsed);
  CHECK(out.call_id == "z");
  CHECK(sip::uri_of(out.to) == "sip:b@c.example");
  CHECK(sip::parameter(out.to, "tag") == "7");
}

TEST_CASE("a SIP datagram cut by the capture is truncated, never refused") {
  for (std::size_t size = 0; size < kInvite.size() - 1; ++size) {
    const Bytes part = cut(ascii(kInvite), size);
    sip::Message out;
    const ParseStatus status = sip::parse(view(part), kInvite.size(), out);
    CHECK(status == (size < 12 ? ParseStatus::not_this : ParseStatus::truncated));
    CHECK((out.kind == Kind::request) == (size >= 43));
    CHECK((out.call_id == "a84b4c76e66710") == (size >= kInvite.find("\r\nCSeq") + 2));
  }
}

TEST_CASE("a stream is cut into messages, keep-alives between them skipped") {
  const std::string stream = "\r\n\r\n" + kRinging + "\r\n\r\n" + kRinging;
  const std::size_t first = 4 + kRinging.size();
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const Bytes part = cut(ascii(stream), size);
    sip::Message out;
    std::size_t next = 0;
    const ParseStatus status = sip::parse_stream(view(part), out, next);
    CHECK(status == (size < first ? ParseStatus::truncated : ParseStatus::parsed));
    if (size >= first) CHECK(next == first);
    CHECK((out.kind == Kind::response) == (size >= 4 + 21));
  }
  sip::Message out;
  std::size_t next = 0;
  const Bytes bytes = ascii(stream);
  REQUIRE(sip::parse_stream(view(bytes).from(first), out, next) == ParseStatus::parsed);
  CHECK(next == stream.size() - first);
}

TEST_CASE("other text is not SIP") {
  sip::Message out;
  for (const char* text :
       {"", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "NOTIFY * HTTP/1.1\r\n\r\n",
        "OPTIONS rtsp://a/b RTSP/1.0\r\n\r\n", "INVITE SIP/2.0\r\n\r\n", "SIP/2.0 99 x\r\n\r\n",
        "SIP/2.0 700 x\r\n\r\n", "SIP/2.0 2000\r\n\r\n", "SIP/2.0 20\r\n\r\n",
        "SIP/2.01 200 OK\r\n", "INVITE sip:a SIP/1.0\r\n\r\n", "a b\r\n",
        "IN VITE\x01 sip:a SIP/2.0\r\n\r\n", " INVITE sip:a SIP/2.0\r\n\r\n", "INVITE http://a",
        "HELLO sip:a", "SIP/2.0 20", "GET /x SIP/2.0\r\n\r\n"}) {
    INFO(text);
    CHECK(parse(text, out) == ParseStatus::not_this);
    CHECK(out.kind == Kind::unproven);
  }
}

TEST_CASE("a stream of something else is refused as soon as it shows") {
  sip::Message out;
  std::size_t next = 0;
  const auto stream = [&](std::string_view text) {
    return sip::parse_stream(ByteView::of(text), out, next);
  };
  CHECK(stream("\r\n\r\n") == ParseStatus::truncated);
  CHECK(stream("SIP/2") == ParseStatus::truncated);
  CHECK(stream("INVI") == ParseStatus::truncated);
  CHECK(stream("GET /index") == ParseStatus::not_this);
  CHECK(stream("\x16\x03\x01") == ParseStatus::not_this);
  CHECK(stream("220 mail.example ESMTP") == ParseStatus::not_this);
  const std::string endless = "INVITE sip:" + std::string(9000, 'a');
  CHECK(stream(endless) == ParseStatus::not_this);
  const std::string headless = "INVITE sip:a SIP/2.0\r\n" + std::string(70000, 'a');
  CHECK(stream(headless) == ParseStatus::not_this);
}

TEST_CASE("the first look lets SIP through and rejects most else") {
  for (const char* text : {"INVITE sip:a", "SIP/2.0 200 OK", "\r\nBYE sip:a", "RE"}) {
    CHECK(sip::looks_like_sip(ByteView::of(text)));
  }
  for (const char* text :
       {"", "\r\n", "GET / HTTP/1.1", "\x16\x03\x01", "\x80\x60\x00", "a\tb c"}) {
    CHECK_FALSE(sip::looks_like_sip(ByteView::of(text)));
  }
}

TEST_CASE("addresses, hosts and parameters are taken out of their values") {
  CHECK(sip::uri_of(R"("A <b> \" c" <sip:x@y.example;p=1>;tag=2)") == "sip:x@y.example;p=1");
  CHECK(sip::uri_of("sip:x@y.example;tag=2") == "sip:x@y.example");
  CHECK(sip::uri_of("<sip:x") == "sip:x");
  CHECK(sip::uri_of("").empty());
  CHECK(sip::host_of("sip:x@y.example:5070;transport=tcp") == "y.example");
  CHECK(sip::host_of("SIPS:192.0.2.1") == "192.0.2.1");
  CHECK(sip::host_of("sip:x:secret@[2001:db8::1]:5060") == "2001:db8::1");
  CHECK(sip::host_of("sip:a@b c").empty());
  CHECK(sip::host_of("sip:a@[x]").empty());
  CHECK(sip::host_of("tel:+15550100").empty());
  CHECK(sip::sent_by("SIP / 2.0 / UDP  first.example.com: 4000;ttl=16") == "first.example.com");
  CHECK(sip::sent_by("SIP/2.0/UDP [2001:db8::9]:5060") == "2001:db8::9");
  CHECK(sip::sent_by("SIP/2.0/UDP").empty());
  CHECK(sip::transport("SIP/2.0/WSS df7jal23ls0d.invalid;branch=z") == "WSS");
  CHECK(sip::parameter("<sip:a;tag=no>;x;TAG = yes ;y=1", "tag") == "yes");
  CHECK(sip::parameter(R"(a;q="1;tag=no";tag="t u")", "tag") == "t u");
  CHECK(sip::parameter("a;tagged=1", "tag").empty());
  CHECK(sip::parameter("<sip:a;tag=no", "tag").empty());
}

TEST_CASE("the SDP is found alone and among the parts of a body") {
  const auto description = [](const std::string& type, const std::string& body, std::size_t* size) {
    static std::string text;
    text = "INVITE sip:a SIP/2.0\r\nc: " + type + "\r\n\r\n" + body;
    static sip::Message out;
    REQUIRE(sip::parse(ByteView::of(text), text.size() + 50, out) == ParseStatus::truncated);
    return sip::session_description(out, *size).text();
  };
  const std::string parts = crlf(R"(--b1
Content-Type: text/plain

v=0 --b2 --b
--b1
Content-ID: x
content-type: Application/SDP;a=b

v=0
s=-
--b1--
)");
  std::size_t size = 0;
  CHECK(description("application/SDP; x=y", "v=0", &size) == "v=0");
  CHECK(size == 53);
  CHECK(description("application/sdpx", "v=0", &size).empty());
  CHECK(description("multipart/mixed;boundary=\"b1\"", parts, &size) == "v=0\r\ns=-\r\n");
  CHECK(size == 10);
  CHECK(description("multipart/mixed;boundary=b3", parts, &size).empty());
  CHECK(description("multipart/mixed", parts, &size).empty());
  const std::string open = parts.substr(0, parts.find("s=-"));
  CHECK(description("multipart/mixed;boundary=b1", open, &size) == "v=0\r\n");
  CHECK(size == 55);
}
