// Session descriptions: offers of phones, of WebRTC and of fax, cut captures, and other text.
#include "proto/sdp.hpp"

#include <string>

#include "catch.hpp"
#include "unit/proto/hex.hpp"

namespace sdp = deadair::proto::sdp;
using namespace deadair::test;
using deadair::ParseStatus;
using sdp::Direction;
using sdp::MediaType;

namespace {

ParseStatus parse(const std::string& text, sdp::Session& out) {
  return sdp::parse(kept(ascii(text)), text.size(), out);
}

std::string address_text(const std::optional<deadair::IpAddress>& address) {
  return address ? to_string(*address) : "none";
}

const std::string kPhone = R"(v=0
o=alice 2890844526 2890844526 IN IP4 host.example
s=Lunch
c=IN IP4 192.0.2.101
t=0 0
a=sendonly
m=audio 49172 RTP/AVP 0 8 97 101
a=rtpmap:97 iLBC/8000
a=rtpmap:101 telephone-event/8000/1
a=rtcp:53020 IN IP4 192.0.2.102
a=inactive
m=video 51372/2 RTP/AVP 31 99
c=IN IP6 2001:db8::5
a=rtpmap:99 h263-1998/90000
m=image 0 udptl t38
)";

const std::string kBrowser = R"(v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=fingerprint:sha-256 19:E2:1C
m=audio 9 UDP/TLS/RTP/SAVPF 111 63
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host generation 0
a=candidate:2 2 TCP 1686052607 2001:db8::7 9 typ relay raddr 192.0.2.7 rport 1
a=candidate:3 1 udp 1 f1d2.local 5 typ host
a=candidate:4 1 udp 1 192.0.2.8 5
a=rtcp-mux
a=rtpmap:111 opus/48000/2
)";

}  // namespace

TEST_CASE("an offer of audio, video and fax gives its streams") {
  sdp::Session out;
  REQUIRE(parse(kPhone, out) == ParseStatus::parsed);
  CHECK(out.name == "Lunch");
  CHECK(address_text(out.connection) == "192.0.2.101");
  REQUIRE(out.media_count == 3);
  const sdp::Media& audio = out.media[0];
  CHECK(audio.type == MediaType::audio);
  CHECK(audio.port == 49172);
  CHECK(audio.rtcp_port == 53020);
  CHECK(audio.transport == "RTP/AVP");
  CHECK(audio.rtp);
  CHECK_FALSE(audio.secure);
  CHECK(audio.direction == Direction::inactive);
  CHECK(address_text(audio.connection) == "192.0.2.101");
  REQUIRE(audio.format_count == 4);
  CHECK(sdp::find_format(audio, 8)->encoding == "PCMA");
  CHECK(sdp::find_format(audio, 97)->encoding == "iLBC");
  CHECK(sdp::find_format(audio, 101)->clock_rate == 8000);
  CHECK(sdp::find_format(audio, 3) == nullptr);

  const sdp::Media& video = out.media[1];
  CHECK(video.type == MediaType::video);
  CHECK(video.port == 51372);
  CHECK(video.port_count == 2);
  CHECK(video.rtcp_port == 51373);
  CHECK(video.direction == Direction::sendonly);
  CHECK(address_text(video.connection) == "2001:db8::5");
  CHECK(sdp::find_format(video, 99)->clock_rate == 90000);
  CHECK(sdp::find_format(video, 31)->encoding == "H261");

  const sdp::Media& fax = out.media[2];
  CHECK(fax.type == MediaType::image);
  CHECK(fax.port == 0);
  CHECK_FALSE(fax.rtp);
  CHECK(fax.format_count == 0);
  CHECK(fax.rtcp_port == 0);
}

TEST_CASE("a WebRTC offer is secure, multiplexed, and has candidates") {
  sdp::Session out;
  REQUIRE(parse(kBrowser, out) == ParseStatus::parsed);
  REQUIRE(out.media_count == 1);
  const sdp::Media& audio = out.media[0];
  CHECK(audio.secure);
  CHECK(audio.rtcp_mux);
  CHECK(sdp::find_format(audio, 111)->encoding == "opus");
  CHECK(sdp::find_format(audio, 111)->clock_rate == 48000);
  CHECK(sdp::find_format(audio, 63)->encoding.empty());
  REQUIRE(audio.candidate_count == 2);
  CHECK(to_string(audio.candidates[0].address) == "192.0.2.7");
  CHECK(audio.candidates[0].port == 54321);
  CHECK(audio.candidates[0].component == 1);
  CHECK_FALSE(audio.candidates[0].tcp);
  CHECK(audio.candidates[0].type == "host");
  CHECK(to_string(audio.candidates[1].address) == "2001:db8::7");
  CHECK(audio.candidates[1].tcp);
  CHECK(audio.candidates[1].type == "relay");
}

TEST_CASE("what exceeds the tables is counted and left out") {
  std::string text = "v=0\r\no=-\r\n";
  for (int i = 0; i < 6; ++i) {
    text += "m=audio 100 RTP/SAVP";
    for (int type = 0; type < 30; ++type) text.append(" ").append(std::to_string(96 + type));
    text += "\r\na=sendonly\r\n";
  }
  text += "c=IN IP4 192.0.2.1\r\na=rtpmap:96 last/1\r\n";
  sdp::Session out;
  REQUIRE(parse(text, out) == ParseStatus::parsed);
  CHECK(out.media_seen == 6);
  CHECK(out.media_count == sdp::kMaxMedia);
  for (const sdp::Media& media : out.media) {
    CHECK(media.format_count == sdp::kMaxFormats);
    CHECK(media.secure);
    CHECK(media.direction == Direction::sendonly);
    CHECK_FALSE(media.connection.has_value());
    CHECK(media.formats[0].encoding.empty());
  }
  CHECK_FALSE(out.connection.has_value());
}

TEST_CASE("numbers and addresses out of range are left out") {
  sdp::Session out;
  REQUIRE(parse("v=0\no=-\nc=IN IP4 host.example\nm=audio 65536 RTP/AVP 128 -1 x 0\n"
                "c=IN IP4 224.2.1.1/127/3\na=rtcp:70000\na=rtpmap:999 x/1\na=rtpmap:0\n",
                out) == ParseStatus::parsed);
  CHECK_FALSE(out.connection.has_value());
  REQUIRE(out.media_count == 1);
  CHECK(out.media[0].port == 0);
  CHECK(out.media[0].rtcp_port == 0);
  CHECK(address_text(out.media[0].connection) == "224.2.1.1");
  REQUIRE(out.media[0].format_count == 1);
  CHECK(out.media[0].formats[0].encoding.empty());  // an empty rtpmap says nothing
}

TEST_CASE("a description cut by the capture is truncated and keeps whole lines") {
  for (std::size_t size = 3; size < kPhone.size(); ++size) {
    const Bytes part = cut(ascii(kPhone), size);
    sdp::Session out;
    CHECK(sdp::parse(view(part), kPhone.size(), out) == ParseStatus::truncated);
    CHECK((out.media_count > 0) == (size >= kPhone.find("\na=rtpmap:97") + 1));
  }
  sdp::Session out;
  const std::string open = "v=0\r\ns=no line end";
  CHECK(parse(open, out) == ParseStatus::parsed);
  CHECK(out.name == "no line end");
}

TEST_CASE("other text is not SDP") {
  sdp::Session out;
  for (const char* text : {"", "v", "v=0", "v=1\r\n", "V=0\r\n", " v=0\r\n", "v=0\r\n<xml>",
                           "v=0\nhello\n", "m=audio"}) {
    INFO(text);
    CHECK(parse(text, out) == ParseStatus::not_this);
    CHECK(out.media_count == 0);
  }
  CHECK(parse("v=0\no=-\nnot a line\nm=audio 4 RTP/AVP 0\n", out) == ParseStatus::parsed);
  CHECK(out.media_count == 1);
}
