// What is read of SIP messages: ends, tags, media sockets, hold.
#include "call/sip_event.hpp"

#include <string>

#include "flow/media_kind.hpp"
#include "unit/call/sip_talk.hpp"

using namespace deadair;
using namespace deadair::test;
using call::SipEvent;
using call::SipHold;
using proto::sip::Method;

namespace {

bool read(const std::string& message, SipEvent& out, const std::string& source = "10.0.0.2") {
  return call::read_sip_event(
      {ByteView::of(message), message.size(), at(source), at("192.0.2.9"), 5 * kSecond, {0, 3}},
      out);
}

const std::string kInviteHead =
    "INVITE sip:bob@example.net SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKnashds8\r\n"
    "From: Alice <sip:alice@example.net>;tag=1928301774\r\n"
    "To: Bob <sip:bob@example.net>\r\n"
    "Call-ID: a84b4c76e66710@10.0.0.2\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Content-Type: application/sdp\r\n\r\n";

const std::string kSession =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n";

SipEvent described(const std::string& media, const std::string& source = "10.0.0.2") {
  SipEvent event;
  REQUIRE(read(kInviteHead + kSession + media, event, source));
  return event;
}

}  // namespace

TEST_CASE("An INVITE gives its ends, its numbers and where its media are wanted") {
  const SipEvent event = described(
      "m=audio 49170 RTP/AVP 0\r\nm=video 51372 RTP/AVP 31\r\na=recvonly\r\n"
      "m=application 9 TCP/BFCP *\r\nm=video 0 RTP/AVP 31\r\n");
  CHECK(event.method == Method::invite);
  CHECK(event.status == 0);
  CHECK(event.cseq_method == Method::invite);
  CHECK(event.cseq == 314159);
  CHECK(event.from_tag != 0);
  CHECK(event.to_tag == 0);
  CHECK(event.source == at("10.0.0.2"));
  CHECK(event.destination == at("192.0.2.9"));
  CHECK(event.ts_ns == 5 * kSecond);
  CHECK(event.frame.number() == 3);
  REQUIRE(event.media_count == 2);
  CHECK(event.media[0].at == at("10.0.0.2", 49170));
  CHECK(event.media[0].kinds == flow::media_kind::kVoice);
  CHECK(event.media[0].from_itself);
  CHECK(event.media[1].at == at("10.0.0.2", 51372));
  CHECK(event.media[1].kinds == flow::media_kind::kVideo);
  CHECK(event.media[1].direction == proto::sdp::Direction::recvonly);
  CHECK(event.hold == SipHold::off);
}

TEST_CASE("Call-ID and tags are what messages have in common") {
  const std::string ringing =
      "SIP/2.0 180 Ringing\r\nf: sip:alice@example.net;tag=1928301774\r\n"
      "t: sip:bob@example.net;tag=a6c85cf\r\ni: a84b4c76e66710@10.0.0.2\r\n"
      "CSeq: 314159 INVITE\r\nl: 0\r\n\r\n";
  SipEvent event;
  REQUIRE(read(ringing, event));
  const SipEvent invite = described("");
  CHECK(event.call_id == invite.call_id);
  CHECK(event.from_tag == invite.from_tag);
  CHECK(event.to_tag != 0);
  CHECK(event.to_tag != event.from_tag);
  CHECK(event.method == Method::none);
  CHECK(event.status == 180);
  CHECK(event.cseq_method == Method::invite);
  CHECK_FALSE(event.described);
}

TEST_CASE("Media bundled on one socket carry both kinds") {
  const SipEvent event =
      described("m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\nm=video 4000 UDP/TLS/RTP/SAVPF 96\r\n");
  REQUIRE(event.media_count == 1);
  CHECK(event.media[0].kinds == (flow::media_kind::kVoice | flow::media_kind::kVideo));
}

TEST_CASE("Behind a NAT the outer address is a guess") {
  const SipEvent event = described("m=audio 4000 RTP/AVP 0\r\n", "198.18.7.7");
  REQUIRE(event.media_count == 2);
  CHECK(event.media[0].at == at("10.0.0.2", 4000));
  CHECK_FALSE(event.media[0].from_itself);
  CHECK_FALSE(event.media[0].guessed);
  CHECK(event.media[1].at == at("198.18.7.7", 4000));
  CHECK(event.media[1].guessed);
}

TEST_CASE("Candidates fill what room is left") {
  const SipEvent event = described(
      "m=audio 4000 RTP/AVP 0\r\n"
      "a=candidate:1 1 UDP 2130706431 10.0.0.3 4002 typ host\r\n"
      "a=candidate:1 2 UDP 2130706430 10.0.0.3 4003 typ host\r\n"
      "a=candidate:2 1 TCP 2130706429 10.0.0.3 9 typ host\r\n"
      "a=candidate:3 1 UDP 2130706428 10.0.0.4 4004 typ host\r\n"
      "a=candidate:4 1 UDP 2130706427 10.0.0.5 4005 typ host\r\n"
      "a=candidate:5 1 UDP 2130706426 10.0.0.6 4006 typ host\r\n");
  REQUIRE(event.media_count == 4);
  CHECK(event.media[1].at == at("10.0.0.3", 4002));
  CHECK(event.media[2].at == at("10.0.0.4", 4004));
  CHECK(event.media[3].at == at("10.0.0.5", 4005));
}

TEST_CASE("Hold is when every stream is stopped") {
  CHECK(described("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n").hold == SipHold::on);
  CHECK(described("m=audio 4000 RTP/AVP 0\r\na=inactive\r\n").hold == SipHold::on);
  CHECK(described("m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\na=inactive\r\n").hold ==
        SipHold::off);
  CHECK(described("m=audio 0 RTP/AVP 0\r\n").hold == SipHold::unsaid);
  const SipEvent old = described("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n");
  CHECK(old.hold == SipHold::on);
  CHECK(old.media_count == 0);
}

TEST_CASE("Messages that are about no call are left alone") {
  SipEvent event;
  for (const std::string method : {"REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY"}) {
    CHECK_FALSE(
        read(method + " sip:b@example.net SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 " + method + "\r\n\r\n",
             event));
  }
  CHECK_FALSE(read("SIP/2.0 200 OK\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n\r\n", event));
  CHECK_FALSE(read("BYE sip:b@example.net SIP/2.0\r\nCSeq: 1 BYE\r\n\r\n", event));  // no Call-ID
  CHECK_FALSE(read("\r\n\r\n", event));
  CHECK_FALSE(read("GET / HTTP/1.1\r\nCall-ID: 1\r\n\r\n", event));
}

TEST_CASE("Of a message that was cut what is there counts") {
  const std::string whole = kInviteHead + kSession + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string part = whole.substr(0, size);
    SipEvent event;
    const bool is_event = call::read_sip_event(
        {ByteView::of(part), whole.size(), at("10.0.0.2"), at("192.0.2.9"), 0, {0, 1}}, event);
    const bool has_call_id = size >= whole.find("\r\nCSeq") + 2;
    INFO(size);
    CHECK(is_event == has_call_id);
    if (is_event) CHECK(event.media_count == (size >= whole.find("a=sendrecv") ? 1 : 0));
  }
}
