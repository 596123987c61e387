// Heads of HTTP responses: fields, bodies, and what is no response.
#include "proto/http_response.hpp"

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace http = deadair::proto::http;
using namespace deadair::test;
using deadair::ParseStatus;

namespace {

ParseStatus parse(std::string_view text, http::ResponseHead& out) {
  return http::parse_response_head(kept(ascii(text)), out);
}

}  // namespace

TEST_CASE("a response head gives its fields and where the body begins") {
  http::ResponseHead out;
  REQUIRE(parse("HTTP/1.1 302 Found\r\nserver:  nginx \r\nLOCATION: http://a.example/x\r\n"
                "Content-Length: 12\r\nVia: 1.1 box\r\nConnection: Close\r\n\r\n<html>hello",
                out) == ParseStatus::parsed);
  CHECK(out.status == 302);
  CHECK(out.server == "nginx");
  CHECK(out.location == "http://a.example/x");
  CHECK(out.via == "1.1 box");
  CHECK(out.content_length == 12);
  CHECK(out.close);
  CHECK(out.complete);
  CHECK(out.body.text() == "<html>hello");
}

TEST_CASE("of fields that come twice the first counts, and bare line feeds end lines") {
  http::ResponseHead out;
  REQUIRE(parse("HTTP/1.0 200 OK\nLocation: one\nLocation: two\nContent-Length: 99999999999\n\n",
                out) == ParseStatus::parsed);
  CHECK(out.location == "one");
  CHECK_FALSE(out.content_length);
  CHECK(out.body.empty());
}

TEST_CASE("a head that is cut off gives what is there") {
  http::ResponseHead out;
  CHECK(parse("HTTP/1.1 403 Forbidden\r\nServer: x\r\nLoca", out) == ParseStatus::truncated);
  CHECK(out.status == 403);
  CHECK(out.server == "x");
  CHECK(out.location.empty());
  CHECK_FALSE(out.complete);
  CHECK(parse("HTTP/1.1 20", out) == ParseStatus::truncated);
  CHECK(parse("HTTP/1.1 200 OK", out) == ParseStatus::truncated);
}

TEST_CASE("requests and other protocols are no responses") {
  http::ResponseHead out;
  CHECK(parse("GET / HTTP/1.1\r\n\r\n", out) == ParseStatus::not_this);
  CHECK(parse("HTTP/1.1 999 x\r\n\r\n", out) == ParseStatus::not_this);
  CHECK(parse("HTTP/2.0 200 x\r\n\r\n", out) == ParseStatus::not_this);
}

TEST_CASE("a head without end is not searched without end") {
  http::ResponseHead out;
  std::string text = "HTTP/1.1 200 OK\r\n";
  while (text.size() < 40000) text += "X-Filler: y\r\n";
  CHECK(parse(text + "Location: z\r\n\r\n", out) == ParseStatus::truncated);
  CHECK(out.location.empty());
}
