// SIP call attempts: joined, found by their media, let go.
#include "call/sip_dialogs.hpp"

#include <string>

#include "unit/call/sip_talk.hpp"

using namespace deadair;
using namespace deadair::test;
using call::SipCall;
using call::SipDialog;
using call::SipOutcome;

namespace {

SipLeg leg(unsigned number) {
  return {
      .call_id = std::to_string(number) + "@example.net",
      .caller = "10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1)};
}

// A server in the middle: leg one from the caller to it, leg two from it to the callee.
SipLeg first_leg() { return {.call_id = "in@10.0.0.2", .callee = "192.0.2.50"}; }
SipLeg second_leg() {
  return {
      .call_id = "out@192.0.2.50", .caller = "192.0.2.50", .caller_tag = "cc", .callee_tag = "dd"};
}

}  // namespace

TEST_CASE("Media are found by either side's socket while the call lasts") {
  SipTalk talk;
  const SipCall call = talk.ask(10, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  CHECK(talk.reply(11, {}, "200 OK", 1, sdp("192.0.2.9", 6000)) == call);
  CHECK(talk.media("10.0.0.2", 4000, 20) == call);
  CHECK(talk.media("192.0.2.9", 6000, 20) == call);
  CHECK(talk.media("192.0.2.9", 6001, 20) == call);  // RTCP
  CHECK(talk.media("192.0.2.9", 6002, 20) == 0);
  CHECK(talk.media("192.0.2.8", 6000, 20) == 0);
  CHECK(talk.media("10.0.0.2", 4000, 4) == 0);  // before it
  REQUIRE(talk[call].media().size() == 2);
  CHECK(talk[call].media()[0].by_caller);
  CHECK_FALSE(talk[call].media()[1].by_caller);
  talk.ask(60, {}, "BYE", 2, "", true);
  CHECK(talk.media("10.0.0.2", 4000, 91) == call);
  CHECK(talk.media("10.0.0.2", 4000, 93) == 0);
}

TEST_CASE("A port that calls share belongs to the one that lives at the time") {
  SipTalk talk;
  SipLeg again;
  again.call_id = "two@example.net";
  const SipCall first = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "200 OK");
  talk.ask(20, {}, "BYE", 2, "", true);
  const SipCall second = talk.ask(30, again, "INVITE", 1, sdp("10.0.0.2", 4000));
  CHECK(first != second);
  CHECK(talk.media("10.0.0.2", 4000, 15) == first);
  CHECK(talk.media("10.0.0.2", 4000, 31) == second);
}

TEST_CASE("What was guessed gives way to what was announced") {
  SipTalk talk;
  const SipCall plain =
      talk.ask(0, {.call_id = "p", .caller = "198.18.7.7"}, "INVITE", 1, sdp("198.18.7.7", 4000));
  const SipCall nat = talk.ask(1, {.call_id = "n", .caller = "198.18.7.7", .caller_port = 1024},
                               "INVITE", 1, sdp("10.0.0.2", 4000));
  CHECK(talk.media("198.18.7.7", 4000, 2) == plain);
  CHECK(talk.media("10.0.0.2", 4000, 2) == nat);
  const SipCall other = talk.ask(1, {.call_id = "o", .caller = "198.18.7.7", .caller_port = 1025},
                                 "INVITE", 1, sdp("10.0.0.9", 4010));
  CHECK(talk.media("198.18.7.7", 4010, 2) == other);
}

TEST_CASE("Two Call-IDs that announce one socket are legs of one call") {
  SipTalk talk;
  const SipCall call = talk.ask(0, first_leg(), "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(0.1, first_leg(), "100 Trying");
  CHECK(talk.ask(0.2, second_leg(), "INVITE", 7, sdp("10.0.0.2", 4000)) == call);
  CHECK(talk.reply(0.5, second_leg(), "180 Ringing", 7) == call);
  talk.reply(0.6, first_leg(), "180 Ringing");
  CHECK(talk.reply(3, second_leg(), "200 OK", 7, sdp("192.0.2.9", 6000)) == call);
  talk.reply(3.1, first_leg(), "200 OK", 1, sdp("192.0.2.9", 6000));
  CHECK(talk.book.live() == 1);
  CHECK(talk[call].leg_count == 2);
  CHECK(talk[call].invite_ns == 0);
  CHECK(talk[call].ringing_ns == kSecond / 2);
  CHECK(talk[call].answer_ns == 3 * kSecond);
  CHECK(talk[call].transmissions == 1);
  CHECK(talk.media("192.0.2.9", 6000, 4) == call);
  REQUIRE(talk[call].media().size() == 2);
  CHECK_FALSE(talk[call].media()[1].by_caller);
  talk.ask(30, first_leg(), "BYE", 2, "", true);
  talk.ask(30.1, second_leg(), "BYE", 8, "", true);
  CHECK(talk[call].bye_ns == 30 * kSecond);
  CHECK(talk[call].bye_by_caller);
  CHECK(talk.expire(70).size() == 1);
  CHECK(talk.book.live() == 0);
}

TEST_CASE("A branch that fails behind the server is not the end of the call") {
  SipTalk talk;
  SipLeg third = second_leg();
  third.call_id = "out2@192.0.2.50";
  third.callee = "192.0.2.10";
  const SipCall call = talk.ask(0, first_leg(), "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.ask(0.2, second_leg(), "INVITE", 7, sdp("10.0.0.2", 4000));
  talk.reply(1, second_leg(), "486 Busy Here", 7);
  talk.ask(1.1, second_leg(), "CANCEL", 7);
  CHECK(talk.outcome(call, 2) == SipOutcome::in_progress);
  CHECK(talk.ask(2, third, "INVITE", 9, sdp("10.0.0.2", 4000)) == call);
  talk.reply(3, third, "200 OK", 9);
  CHECK(talk.outcome(call, 4) == SipOutcome::answered);
  CHECK(talk[call].leg_count == 3);
}

TEST_CASE("Legs whose offers come late are joined by the answer") {
  SipTalk talk;
  const SipCall call = talk.ask(0, first_leg(), "INVITE");
  const SipCall other = talk.ask(0.2, second_leg(), "INVITE", 7);
  REQUIRE(other != call);
  talk.reply(2, second_leg(), "183 Session Progress", 7, sdp("192.0.2.9", 6000));
  CHECK(talk.reply(2.1, first_leg(), "183 Session Progress", 1, sdp("192.0.2.9", 6000)) == call);
  CHECK(talk.book.find(other) == nullptr);
  CHECK(talk[call].leg_calls[1] == other);
  CHECK(talk.book.live() == 1);
  CHECK(talk[call].ringing_ns == 2 * kSecond);
  CHECK(talk.reply(5, second_leg(), "200 OK", 7) == call);
  CHECK(talk.media("192.0.2.9", 6000, 6) == call);
}

TEST_CASE("The younger leg goes into the older whichever speaks last") {
  SipTalk talk;
  const SipCall call = talk.ask(0, first_leg(), "INVITE");
  talk.ask(0.2, second_leg(), "INVITE", 7);
  talk.reply(2, first_leg(), "183 Session Progress", 1, sdp("192.0.2.9", 6000));
  CHECK(talk.reply(2.1, second_leg(), "183 Session Progress", 7, sdp("192.0.2.9", 6000)) == call);
  CHECK(talk.book.live() == 1);
}

TEST_CASE("Calls that share a socket by habit stay apart") {
  SECTION("one generator, one port for all its calls") {
    SipTalk talk;
    for (unsigned i = 0; i < 5; ++i) {
      SipLeg one;
      one.call_id = std::to_string(i);
      talk.ask(i * 0.1, one, "INVITE", 1, sdp("10.0.0.2", 6000));
    }
    for (unsigned i = 0; i < 5; ++i) {
      SipLeg one;
      one.call_id = std::to_string(i);
      talk.reply(1 + i * 0.1, one, "200 OK", 1, sdp("192.0.2.9", 6000));
    }
    CHECK(talk.book.live() == 5);
  }
  SECTION("one server that answers all its callers from one port") {
    SipTalk talk;
    for (const unsigned i : {1U, 2U}) talk.ask(0, leg(i), "INVITE", 1, sdp(leg(i).caller, 4000));
    for (const unsigned i : {1U, 2U}) talk.reply(1, leg(i), "200 OK", 1, sdp("192.0.2.9", 6000));
    CHECK(talk.book.live() == 2);
  }
  SECTION("the same private address behind two NATs") {
    SipTalk talk;
    const std::string inner = sdp("10.0.0.2", 4000);
    talk.ask(0, {.call_id = "a", .caller = "198.18.7.7", .callee = "192.0.2.9"}, "INVITE", 1,
             inner);
    talk.ask(1, {.call_id = "b", .caller = "198.18.9.9", .callee = "192.0.2.8"}, "INVITE", 1,
             inner);
    CHECK(talk.book.live() == 2);
  }
  SECTION("a call begun when the other was up") {
    SipTalk talk;
    talk.ask(0, first_leg(), "INVITE", 1, sdp("10.0.0.2", 4000));
    talk.reply(1, first_leg(), "200 OK");
    talk.ask(2, second_leg(), "INVITE", 1, sdp("10.0.0.2", 4000));
    CHECK(talk.book.live() == 2);
  }
}

TEST_CASE("Packet time ends attempts") {
  SipTalk talk;
  const SipCall answered = talk.ask(0, leg(1), "INVITE");
  talk.reply(1, leg(1), "200 OK");
  const SipCall refused = talk.ask(0, leg(2), "INVITE");
  talk.reply(1, leg(2), "404 Not Found");
  talk.ask(0, leg(3), "INVITE");
  CHECK(talk.expire(32).empty());
  const std::vector<SipDialog> first = talk.expire(34);
  REQUIRE(first.size() == 1);
  CHECK(first[0].id == refused);
  CHECK(talk.book.find(refused) == nullptr);
  talk.book.touch(answered, 200 * kSecond);
  CHECK(talk.expire(299).empty());
  CHECK(talk.expire(301).size() == 1);  // the third, without a sign since 0 s
  CHECK(talk.expire(499).empty());
  const std::vector<SipDialog> last = talk.expire(501);
  REQUIRE(last.size() == 1);
  CHECK(last[0].id == answered);
  talk.book.touch(answered, 600 * kSecond);  // gone: nothing happens
  CHECK(talk.book.live() == 0);
}

TEST_CASE("At the end of the input the rest leaves by first frame") {
  SipTalk talk;
  const SipCall one = talk.ask(0, leg(1), "INVITE");
  const SipCall two = talk.ask(1, leg(2), "INVITE");
  talk.reply(2, leg(2), "404 Not Found");
  const SipCall three = talk.ask(3, leg(3), "INVITE");
  talk.book.touch(one, 9 * kSecond);
  std::vector<SipDialog> ended;
  talk.book.finish(ended);
  REQUIRE(ended.size() == 3);
  CHECK(ended[0].id == one);
  CHECK(ended[1].id == two);
  CHECK(ended[2].id == three);
  CHECK(talk.book.live() == 0);
  CHECK(talk.media("10.0.0.2", 4000, 3) == 0);
}

TEST_CASE("With no room left the attempt without a sign for longest goes, ended ones first") {
  SipTalk talk(3);
  const SipCall one = talk.ask(0, leg(1), "INVITE", 1, sdp(leg(1).caller, 4000));
  const SipCall two = talk.ask(1, leg(2), "INVITE");
  const SipCall three = talk.ask(2, leg(3), "INVITE");
  talk.reply(3, leg(3), "404 Not Found");
  talk.book.touch(one, 4 * kSecond);
  const SipCall four = talk.ask(5, leg(4), "INVITE");  // in place of three, which has ended
  CHECK(talk.book.find(three) == nullptr);
  talk.ask(6, leg(5), "INVITE");  // in place of two
  CHECK(talk.book.find(two) == nullptr);
  CHECK(talk.book.find(one) != nullptr);
  CHECK(talk.book.find(four) != nullptr);
  CHECK(talk.media(leg(1).caller, 4000, 7) == one);
  const std::vector<SipDialog> evicted = talk.expire(7);
  REQUIRE(evicted.size() == 2);
  CHECK(evicted[0].id == three);
  CHECK(evicted[1].id == two);
  CHECK(talk.book.lost() == 0);
}

TEST_CASE("A flood keeps the book small and findable") {
  SipTalk talk(64);
  for (unsigned i = 0; i < 10'000; ++i)
    talk.ask(i * 0.01, leg(i), "INVITE", 1, sdp("203.0.113.1", 4000));
  CHECK(talk.book.live() == 64);
  CHECK(talk.book.lost() > 0);
  CHECK(talk.media("203.0.113.1", 4000, 100) != 0);
  CHECK(talk.expire(100).size() == 4096);
}

TEST_CASE("More sockets than there is room for: the first stay, the rest take turns") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "200 OK", 1, sdp("192.0.2.9", 6000));
  for (unsigned i = 1; i <= 20; ++i)
    talk.ask(1 + i, {}, "INVITE", 1 + i, sdp("10.0.0.2", 4000 + 10 * i), true);
  CHECK(talk[call].media().size() == SipDialog::kMostSockets);
  CHECK(talk.media("10.0.0.2", 4000, 30) == call);
  CHECK(talk.media("192.0.2.9", 6000, 30) == call);
  CHECK(talk.media("10.0.0.2", 4010, 30) == 0);
  CHECK(talk.media("10.0.0.2", 4200, 30) == call);
}

TEST_CASE("Look-ups of what never was find nothing") {
  SipTalk talk;
  CHECK(talk.book.find(0) == nullptr);
  CHECK(talk.book.find(12345) == nullptr);
  CHECK(talk.book.by_call_id(1) == nullptr);
  CHECK(talk.media("10.0.0.2", 4000, 0) == 0);
  CHECK(talk.ask(0, {}, "ACK", 1, "", true) == 0);
  CHECK(talk.reply(0, {}, "200 OK", 1, "", "BYE") == 0);
  CHECK(talk.book.live() == 0);
}
