// How a SIP call attempt goes: rings, is answered, refused, cancelled, held, or met with silence.
#include "call/sip_dialog.hpp"

#include <string>

#include "unit/call/sip_talk.hpp"

using namespace deadair;
using namespace deadair::test;
using call::SipCall;
using call::SipDialog;
using call::SipOutcome;

TEST_CASE("A call that is answered and ended by the caller") {
  SipTalk talk;
  const SipCall call = talk.ask(10, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  CHECK(talk.outcome(call, 10) == SipOutcome::in_progress);
  talk.reply(10.1, {}, "100 Trying");
  talk.reply(10.5, {}, "180 Ringing");
  talk.reply(11, {}, "180 Ringing");
  talk.reply(14, {}, "200 OK", 1, sdp("192.0.2.9", 6000));
  talk.ask(14.1, {}, "ACK", 1, "", true);
  talk.reply(14.5, {}, "200 OK", 1, sdp("192.0.2.9", 6000));  // again: the ACK was late
  CHECK(talk.outcome(call, 15) == SipOutcome::answered);
  CHECK(talk[call].end_ns() == SipDialog::kNever);
  talk.ask(60, {}, "BYE", 2, "", true);
  talk.reply(60.1, {}, "200 OK", 2, "", "BYE");
  const SipDialog& dialog = talk[call];
  CHECK(dialog.caller == at("10.0.0.2"));
  CHECK(dialog.callee == at("192.0.2.9"));
  CHECK(dialog.frame_first.number() == 1);
  CHECK(dialog.frame_answer.number() == 5);
  CHECK(dialog.frame_end.number() == 8);
  CHECK(dialog.invite_ns == 10 * kSecond);
  CHECK(dialog.provisional_ns == 10 * kSecond + kSecond / 10);
  CHECK(dialog.ringing_ns == 10 * kSecond + kSecond / 2);
  CHECK(dialog.answer_ns == 14 * kSecond);
  CHECK(dialog.bye_ns == 60 * kSecond);
  CHECK(dialog.bye_by_caller);
  CHECK(dialog.end_ns() == 60 * kSecond);
  CHECK(talk.outcome(call, 61) == SipOutcome::answered);
}

TEST_CASE("The callee's BYE is told from the caller's") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE");
  talk.reply(1, {}, "200 OK");
  SECTION("by the request") { talk.ask_back(9, {}, "BYE"); }
  SECTION("by the response, when only one direction was captured") {
    talk.reply_back(9, {}, "200 OK", "BYE");
  }
  CHECK(talk[call].bye_ns == 9 * kSecond);
  CHECK_FALSE(talk[call].bye_by_caller);
}

TEST_CASE("A challenge and the INVITE that answers it are one attempt") {
  SipTalk talk;
  const std::string challenge = GENERATE("401 Unauthorized", "407 Proxy Authentication Required");
  const SipCall call = talk.ask(0, {}, "INVITE", 1);
  talk.reply(0.1, {}, challenge, 1);
  CHECK(talk.outcome(call, 0.1) == SipOutcome::failed);
  talk.ask(0.15, {}, "ACK", 1, "", true);
  CHECK(talk.ask(0.2, {}, "INVITE", 2) == call);
  talk.reply(0.25, {}, challenge, 1);  // late copy
  CHECK(talk.outcome(call, 1) == SipOutcome::in_progress);
  CHECK(talk[call].challenges == 1);
  CHECK(talk[call].invite_ns == 0);
  CHECK(talk[call].invite_again_ns == kSecond / 5);
  CHECK(talk[call].transmissions == 1);
  talk.reply(2, {}, "200 OK", 2);
  CHECK(talk.outcome(call, 3) == SipOutcome::answered);
  CHECK(talk.book.live() == 1);
}

TEST_CASE("The caller may take its time to answer a challenge") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE", 1);
  talk.reply(0.1, {}, "407 Proxy Authentication Required", 1);
  CHECK(talk.expire(60).empty());
  CHECK(talk.ask(60, {}, "INVITE", 2) == call);
  talk.reply(60.2, {}, "403 Forbidden", 2);
  CHECK(talk[call].final_status == 403);
  CHECK(talk[call].challenges == 1);
  CHECK(talk.expire(93).size() == 1);
}

TEST_CASE("A challenged INVITE that then meets silence is unanswered") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE", 1);
  talk.reply(0.1, {}, "407 Proxy Authentication Required", 1);
  for (const double s : {0.2, 0.7, 1.7, 3.7}) talk.ask(s, {}, "INVITE", 2);
  CHECK(talk.outcome(call, 9) == SipOutcome::in_progress);
  CHECK(talk.outcome(call, 11) == SipOutcome::unanswered);
}

TEST_CASE("An INVITE sent three times without an answer for 10 s is unanswered") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE");
  talk.ask(0.5, {}, "INVITE");
  CHECK(talk.outcome(call, 20) == SipOutcome::in_progress);
  talk.ask(1.5, {}, "INVITE");
  CHECK(talk.outcome(call, 9.9) == SipOutcome::in_progress);
  CHECK(talk.outcome(call, 10) == SipOutcome::unanswered);
  CHECK(talk[call].transmissions == 3);
  CHECK(talk[call].invite_last_ns == 3 * kSecond / 2);
  SECTION("any response ends that") { talk.reply(12, {}, "100 Trying"); }
  SECTION("so does an ACK, for a response that was not captured") {
    talk.ask(12, {}, "ACK", 1, "", true);
  }
  CHECK(talk.outcome(call, 30) == SipOutcome::in_progress);
}

TEST_CASE("An INVITE on its way through a proxy is no retransmission") {
  SipTalk talk;
  const SipLeg onward = {.caller = "192.0.2.9", .callee = "192.0.2.77"};
  const SipCall call = talk.ask(0, {}, "INVITE");
  CHECK(talk.ask(0.1, onward, "INVITE") == call);
  CHECK(talk.ask(0.2, onward, "INVITE") == call);
  CHECK(talk[call].transmissions == 1);
  SECTION("and the failure of a branch stays behind it") {
    talk.reply(1, onward, "486 Busy Here");
    talk.ask(1.1, onward, "CANCEL");
    CHECK(talk.outcome(call, 2) == SipOutcome::in_progress);
    talk.reply(2, {}, "486 Busy Here");
    CHECK(talk.outcome(call, 3) == SipOutcome::declined_or_busy);
  }
}

TEST_CASE("Who says no, and who fails") {
  const auto outcome = [](const std::string& status, bool rings) {
    SipTalk talk;
    const SipCall call = talk.ask(0, {}, "INVITE");
    if (rings) talk.reply(1, {}, "180 Ringing");
    talk.reply(2, {}, status);
    CHECK(talk[call].final_ns == 2 * kSecond);
    CHECK(talk[call].final_status == std::stoi(status));
    CHECK(talk[call].end_ns() == 2 * kSecond);
    return talk.outcome(call, 3);
  };
  for (const std::string status : {"480 Unavailable", "486 Busy", "600 Busy", "603 Decline"})
    CHECK(outcome(status, true) == SipOutcome::declined_or_busy);
  for (const std::string status : {"404 Not Found", "403 Forbidden", "503 No", "302 Moved"})
    CHECK(outcome(status, false) == SipOutcome::failed);
  CHECK(outcome("408 Request Timeout", true) == SipOutcome::ringing_no_answer);
  CHECK(outcome("408 Request Timeout", false) == SipOutcome::failed);
}

TEST_CASE("Ringing without end is no answer") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE");
  talk.reply(1, {}, "183 Session Progress", 1, sdp("192.0.2.9", 6000));
  CHECK(talk[call].ringing_ns == kSecond);
  CHECK(talk.outcome(call, 180) == SipOutcome::in_progress);
  CHECK(talk.outcome(call, 182) == SipOutcome::ringing_no_answer);
}

TEST_CASE("The caller gives up") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE");
  talk.reply(1, {}, "180 Ringing");
  SECTION("all of it is seen") {
    talk.ask(20, {}, "CANCEL");
    talk.reply(20.1, {}, "200 OK", 1, "", "CANCEL");
    talk.reply(20.2, {}, "487 Request Terminated");
    CHECK(talk[call].final_status == 487);
  }
  SECTION("only requests are seen") { talk.ask(20, {}, "CANCEL"); }
  SECTION("only responses are seen") { talk.reply(20, {}, "200 OK", 1, "", "CANCEL"); }
  SECTION("only the last of them is") { talk.reply(20, {}, "487 Request Terminated"); }
  CHECK(talk.outcome(call, 21) == SipOutcome::cancelled);
  CHECK(talk[call].cancel_ns == 20 * kSecond);
  CHECK(talk[call].ringing_ns == kSecond);
}

TEST_CASE("A CANCEL that comes too late changes nothing") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE");
  SECTION("after the answer") {
    talk.reply(1, {}, "200 OK");
    talk.ask(1.1, {}, "CANCEL");
    CHECK(talk.outcome(call, 2) == SipOutcome::answered);
    CHECK(talk[call].end_ns() == SipDialog::kNever);
  }
  SECTION("after the refusal") {
    talk.reply(1, {}, "603 Decline");
    talk.ask(1.1, {}, "CANCEL");
    CHECK(talk.outcome(call, 2) == SipOutcome::declined_or_busy);
  }
  SECTION("when the answer crosses it") {
    talk.ask(1, {}, "CANCEL");
    talk.reply(1.1, {}, "200 OK");
    CHECK(talk.outcome(call, 2) == SipOutcome::answered);
    CHECK(talk[call].end_ns() == SipDialog::kNever);
  }
}

TEST_CASE("Early media, then another endpoint, are one call") {
  SipTalk talk;
  SipLeg other;
  other.callee = "192.0.2.31";
  other.callee_tag = "fork";
  const SipCall call = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "183 Session Progress", 1, sdp("192.0.2.9", 6000));
  CHECK(talk.reply(5, other, "200 OK", 1, sdp("192.0.2.31", 8000)) == call);
  CHECK(talk[call].media().size() == 3);
  CHECK(talk.media("192.0.2.9", 6000, 6) == call);
  CHECK(talk.media("192.0.2.31", 8000, 6) == call);
  talk.reply(5.1, {}, "200 OK");  // the first one answers as well, and is let go
  talk.ask(5.2, {}, "BYE", 2, "", true);
  CHECK(talk[call].bye_ns == SipDialog::kNever);
  talk.ask(9, other, "BYE", 2, "", true);
  CHECK(talk[call].bye_ns == 9 * kSecond);
}

TEST_CASE("Hold and resume by re-INVITE stay within one call") {
  SipTalk talk;
  const std::string hold = "a=sendonly\r\n";
  const SipCall call = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "200 OK", 1, sdp("192.0.2.9", 6000));
  CHECK(talk.ask(10, {}, "INVITE", 2, sdp("10.0.0.2", 4000, hold), true) == call);
  talk.reply(10.1, {}, "200 OK", 2, sdp("192.0.2.9", 6000, "a=recvonly\r\n"));
  talk.ask(20, {}, "INVITE", 3, sdp("10.0.0.2", 4000), true);
  talk.reply(20.1, {}, "200 OK", 3, sdp("192.0.2.9", 6000));
  talk.ask_back(30, {}, "UPDATE", 1, sdp("192.0.2.9", 6000, "a=inactive\r\n"));
  CHECK(talk.book.live() == 1);
  CHECK(talk[call].answer_ns == kSecond);
  CHECK(talk[call].transmissions == 1);
  CHECK(talk[call].hold_count == 2);
  CHECK_FALSE(talk[call].on_hold(9 * kSecond));
  CHECK(talk[call].on_hold(15 * kSecond));
  CHECK_FALSE(talk[call].on_hold(25 * kSecond));
  CHECK(talk[call].on_hold(99 * kSecond));
  talk.reply(31, {}, "488 Not Acceptable Here", 4);  // of a re-INVITE: the call goes on
  CHECK(talk.outcome(call, 32) == SipOutcome::answered);
  CHECK(talk[call].end_ns() == SipDialog::kNever);
}

TEST_CASE("A resume whose offer comes with the response ends the hold") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "200 OK", 1, sdp("192.0.2.9", 6000));
  talk.ask_back(10, {}, "INVITE", 1, sdp("0.0.0.0", 6000));
  CHECK(talk[call].on_hold(11 * kSecond));
  talk.ask(20, {}, "INVITE", 2, "", true);
  CHECK(talk[call].on_hold(20 * kSecond));
  talk.reply(20.1, {}, "200 OK", 2, sdp("192.0.2.9", 6000));
  CHECK_FALSE(talk[call].on_hold(21 * kSecond));
}

TEST_CASE("Many holds take no more room") {
  SipTalk talk;
  const SipCall call = talk.ask(0, {}, "INVITE", 1, sdp("10.0.0.2", 4000));
  talk.reply(1, {}, "200 OK");
  for (unsigned i = 1; i <= 9; ++i) {
    talk.ask(10.0 * i, {}, "INVITE", 2 * i, sdp("10.0.0.2", 4000, "a=inactive\r\n"), true);
    talk.ask(10.0 * i + 5, {}, "INVITE", 2 * i + 1, sdp("10.0.0.2", 4000), true);
  }
  CHECK(talk[call].hold_count == SipDialog::kMostHolds);
  CHECK(talk[call].on_hold(92 * kSecond));
  CHECK_FALSE(talk[call].on_hold(96 * kSecond));
}

TEST_CASE("A capture that begins in mid-call") {
  SipTalk talk;
  SipCall call = 0;
  SECTION("with the BYE") {
    call = talk.ask(5, {}, "BYE", 4, "", true);
    CHECK(talk[call].end_ns() == 5 * kSecond);
  }
  SECTION("with a re-INVITE") {
    call = talk.ask(5, {}, "INVITE", 4, sdp("10.0.0.2", 4000), true);
    CHECK(talk.media("10.0.0.2", 4000, 6) == call);
    talk.reply(5.1, {}, "200 OK", 4);
    CHECK(talk[call].answer_ns == SipDialog::kNever);
  }
  SECTION("with a re-INVITE of a call whose answer is missing") {
    call = talk.ask(0, {}, "INVITE", 1);
    talk.ask(0.5, {}, "ACK", 1, "", true);
    talk.ask(5, {}, "INVITE", 2, "", true);
  }
  CHECK(talk[call].midway);
  CHECK(talk.outcome(call, 6) == SipOutcome::answered);
}

TEST_CASE("Only one direction was captured") {
  SipTalk talk;
  SECTION("the caller's: the BYE shows that it was answered") {
    const SipCall call = talk.ask(0, {}, "INVITE");
    talk.ask(3, {}, "ACK", 1, "", true);
    CHECK(talk.outcome(call, 30) == SipOutcome::in_progress);
    talk.ask(40, {}, "BYE", 2, "", true);
    CHECK(talk.outcome(call, 41) == SipOutcome::answered);
    CHECK(talk[call].answer_ns == SipDialog::kNever);
  }
  SECTION("the callee's: responses tell it all") {
    const SipCall call = talk.reply(0, {}, "100 Trying");
    talk.reply(1, {}, "180 Ringing");
    talk.reply(5, {}, "200 OK", 1, sdp("192.0.2.9", 6000));
    talk.reply(30, {}, "200 OK", 2, "", "BYE");
    CHECK(talk[call].caller == at("10.0.0.2"));
    CHECK(talk[call].ringing_ns == kSecond);
    CHECK(talk[call].answer_ns == 5 * kSecond);
    CHECK(talk[call].bye_ns == 30 * kSecond);
    CHECK(talk[call].bye_by_caller);
    CHECK_FALSE(talk[call].media()[0].by_caller);
  }
}

TEST_CASE("A Call-ID used anew is another attempt") {
  SipTalk talk;
  const SipCall first = talk.ask(0, {}, "INVITE", 1);
  SECTION("after the BYE") {
    talk.reply(1, {}, "200 OK", 1);
    talk.ask(5, {}, "BYE", 2, "", true);
    CHECK(talk.ask(6, {}, "INVITE", 1) == first);  // a late copy
    CHECK(talk.ask(9, {}, "INVITE", 3) != first);
  }
  SECTION("after a refusal") {
    talk.reply(1, {}, "486 Busy Here", 1);
    CHECK(talk.ask(9, {}, "INVITE", 2) != first);
  }
  SECTION("after a long time") {
    talk.reply(1, {}, "404 Not Found", 1);
    CHECK(talk.ask(2, {}, "INVITE", 2) == first);  // elsewhere, perhaps
    talk.reply(3, {}, "404 Not Found", 2);
    CHECK(talk.ask(40, {}, "INVITE", 3) != first);
  }
  CHECK(talk.book.live() == 2);
}
