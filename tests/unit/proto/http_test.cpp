// HTTP/1 heads whole, cut at every byte, and streams that are something else.
#include "proto/http.hpp"

#include "catch.hpp"
#include "proto/host_name.hpp"
#include "unit/proto/hex.hpp"

namespace http = deadair::proto::http;
using deadair::ByteView;
using deadair::ParseStatus;

namespace {

ParseStatus parse(std::string_view text, http::Request& out) {
  return http::parse_request(ByteView::of(text), out);
}

}  // namespace

TEST_CASE("a request gives method, target and host") {
  http::Request out;
  REQUIRE(parse("GET /a?b=c HTTP/1.1\r\nAccept: */*\r\nhOsT:  www.example.org:8080 \r\n\r\n",
                out) == ParseStatus::parsed);
  CHECK(out.method == "GET");
  CHECK(out.target == "/a?b=c");
  CHECK(out.host == "www.example.org");
  CHECK(out.port == 8080);
  CHECK_FALSE(out.connect);
}

TEST_CASE("CONNECT names its host in the target") {
  http::Request out;
  REQUIRE(parse("CONNECT call.example.net:443 HTTP/1.1\r\n", out) == ParseStatus::parsed);
  CHECK(out.connect);
  CHECK(out.host == "call.example.net");
  CHECK(out.port == 443);
  REQUIRE(parse("CONNECT [2001:db8::1]:443 HTTP/1.0\r\n\r\n", out) == ParseStatus::parsed);
  CHECK(out.host == "2001:db8::1");
  CHECK(out.port == 443);
}

TEST_CASE("the host may be missing, in the target, or impossible") {
  http::Request out;
  REQUIRE(parse("GET / HTTP/1.0\r\n\r\n", out) == ParseStatus::parsed);
  CHECK(out.host.empty());
  REQUIRE(parse("GET http://proxy.example/x HTTP/1.0\n\n", out) == ParseStatus::parsed);
  CHECK(out.host == "proxy.example");
  for (const char* host : {"a b", "ev\x01il", "[::1", "[x]", "-a", "", ":80"}) {
    INFO(host);
    const std::string text = std::string("GET / HTTP/1.1\r\nHost: ") + host + "\r\n\r\n";
    REQUIRE(parse(text, out) == ParseStatus::parsed);
    CHECK(out.host == (std::string(host) == "[::1" ? "::1" : ""));
  }
  REQUIRE(parse("GET / HTTP/1.1\r\nHost: a.example:99999\r\n\r\n", out) == ParseStatus::parsed);
  CHECK(out.host == "a.example");
  CHECK(out.port == 0);
}

TEST_CASE("a request cut anywhere before its host is truncated") {
  const std::string text = "POST /upload HTTP/1.1\r\nUser-Agent: x\r\nHost: h.example\r\n";
  for (std::size_t size = 1; size < text.size(); ++size) {
    const deadair::test::Bytes part(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
    http::Request out;
    INFO("cut at " << size);
    CHECK(http::parse_request(deadair::test::view(part), out) == ParseStatus::truncated);
    CHECK(out.host.empty());
    CHECK((out.target == "/upload") == (size >= 23));
  }
  http::Request out;
  CHECK(parse(text, out) == ParseStatus::parsed);
}

TEST_CASE("other streams are not HTTP requests") {
  http::Request out;
  for (const char* text :
       {"GETX / HTTP/1.1\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "EHLO x\r\n",
        "GET /\r\n", "GET / FTP/1.1\r\n\r\n", "OPTIONS sip:a@b SIP/2.0\r\n\r\n",
        "NOTIFY sip:a@b SIP/2.0\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "\x16\x03\x01"}) {
    INFO(text);
    CHECK(parse(text, out) == ParseStatus::not_this);
  }
  CHECK(parse("GET /" + std::string(9000, 'a'), out) == ParseStatus::not_this);
}

TEST_CASE("a status line is recognised") {
  http::Response out;
  const auto read = [&](std::string_view text) {
    return http::parse_response(ByteView::of(text), out);
  };
  REQUIRE(read("HTTP/1.1 302 Found\r\n") == ParseStatus::parsed);
  CHECK(out.status == 302);
  CHECK(read("HTTP/1.0 200") == ParseStatus::parsed);
  CHECK(read("HTTP/1.1 20") == ParseStatus::truncated);
  CHECK(read("HT") == ParseStatus::truncated);
  CHECK(read("HTTP/2 200 OK\r\n") == ParseStatus::not_this);
  CHECK(read("HTTP/1.1 2x0 OK") == ParseStatus::not_this);
  CHECK(read("HTTP/1.1 099 OK") == ParseStatus::not_this);
  CHECK(read("HTTP/1.1 600 OK") == ParseStatus::not_this);
  CHECK(read("HTTP/1.1x200 OK") == ParseStatus::not_this);
}

TEST_CASE("host names hold only what host names may") {
  using deadair::proto::is_host_name;
  CHECK(is_host_name("a-b_c.Example.ORG"));
  CHECK(is_host_name(std::string(253, 'a')));
  CHECK_FALSE(is_host_name(std::string(254, 'a')));
  CHECK_FALSE(is_host_name(""));
  CHECK_FALSE(is_host_name(".a"));
  CHECK_FALSE(is_host_name("a/b"));
  CHECK_FALSE(is_host_name(std::string_view("a\0b", 3)));
}
