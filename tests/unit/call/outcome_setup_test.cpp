// How a set-up without talk ended.
#include "unit/call/outcome_probe.hpp"

using namespace deadair;
using namespace deadair::test;

TEST_CASE("A call that is up when the capture begins has no set-up") {
  Attempt attempt = talk();
  attempt.up.media_first_ns = attempt.down.media_first_ns = at_s(0.05);
  Verdict verdict = call::judge(attempt, {}, from(-0.5));
  CHECK(verdict.begun_before);
  CHECK_FALSE(verdict.setup_ns);
  verdict = call::judge(attempt, {}, from(-1.5));
  CHECK_FALSE(verdict.begun_before);
  CHECK(verdict.setup_ns == at_s(0.05) - at_s(0));
  attempt.down.media_first_ns = at_s(0.6);
  CHECK_FALSE(call::judge(attempt, {}, from(-0.5)).begun_before);
  attempt.requests = 0;
  CHECK(call::judge(attempt, {}, kWide).begun_before);  // nothing but media
  attempt.hellos = 1;
  CHECK_FALSE(call::judge(attempt, {}, kWide).begun_before);
}

TEST_CASE("Both silent at once, and requests that nobody answers any more: cut as well") {
  Attempt attempt = talk(60, 60);
  attempt.extend(at_s(75), at_s(75), {0, 9});
  attempt.up.last_ns = at_s(75);
  attempt.unanswered = 4;
  attempt.unanswered_from_ns = at_s(61);
  check(attempt, kWide, Outcome::cut,
        "nothing from the other end after 55.0 s and 100 packets of media, silent for 15.0 s");
  Attempt few = attempt;
  few.unanswered = 2;
  check(few, kWide, Outcome::connected, "");
  Attempt briefly = attempt;
  briefly.unanswered_from_ns = at_s(70.1);
  check(briefly, kWide, Outcome::connected, "");
  Attempt heard = attempt;
  heard.down.last_ns = at_s(62.1);
  check(heard, kWide, Outcome::connected, "");
  Attempt unknown = attempt;
  unknown.unanswered_from_ns = 0;
  check(unknown, kWide, Outcome::connected, "");
  Attempt spoke_on = attempt;
  spoke_on.up.media_last_ns = at_s(72.1);
  spoke_on.down.media_last_ns = spoke_on.down.last_ns = at_s(71);
  spoke_on.unanswered_from_ns = at_s(70);
  check(spoke_on, kWide, Outcome::connected, "");  // silence of less than 3 s
}

TEST_CASE("An answered dialog without lively media is judged by its set-up") {
  call::Dialog how;
  how.answered = true;
  Attempt attempt = set_up(0, 20);
  attempt.dialog = how;
  check(attempt, kWide, Outcome::no_answer, "relays answered, no media came");
}

TEST_CASE("A set-up with answers and without media") {
  check(set_up(0, 20), kWide, Outcome::no_answer, "relays answered, no media came");
  check(set_up(0, 2.9), kWide, Outcome::cancelled, "given up after 2.9 s");
  check(set_up(0, 3), kWide, Outcome::no_answer, "relays answered, no media came");
  check(set_up(0, 2.9), until(5), Outcome::not_observable, "the capture ends in the set-up");
  check(set_up(0, 20), until(29), Outcome::not_observable, "the capture ends in the set-up");
  Attempt refused = set_up(0, 20);
  refused.refusals = 3;
  refused.last_refusal = 486;
  check(refused, kWide, Outcome::no_answer, "relays answered, no media came");
  refused.refusals = 4;
  check(refused, kWide, Outcome::setup_failed, "refused by the relay (486)");
  Attempt few = set_up(0, 20);
  few.up.media_packets = few.down.media_packets = 3;
  check(few, kWide, Outcome::not_observable, "too little media to tell");
  check(few, until(21), Outcome::connected, "media had just begun when the capture ends");
}

TEST_CASE("A set-up that nobody answers") {
  check(unheard(12, 3, 9), kWide, Outcome::setup_failed, "3 of 3 relays silent for 12.0 s");
  check(unheard(12, 1, 3), kWide, Outcome::setup_failed, "1 of 1 relays silent for 12.0 s");
  check(unheard(12, 0, 3), kWide, Outcome::setup_failed, "no answer for 12.0 s");
  check(unheard(12, 1, 2), kWide, Outcome::not_observable, "the capture ends in the set-up");
  Attempt own = unheard(12, 0, 0);
  own.other_packets = 3;
  check(own, kWide, Outcome::setup_failed, "no answer for 12.0 s");
  check(unheard(2.9, 2, 6), kWide, Outcome::cancelled, "given up after 2.9 s");
  check(unheard(2.9, 3, 6), kWide, Outcome::cancelled, "given up after 2.9 s");
  check(unheard(3, 3, 6), kWide, Outcome::setup_failed, "3 of 3 relays silent for 3.0 s");
  check(unheard(2.9, 3, 6), until(9), Outcome::not_observable, "the capture ends in the set-up");
  check(unheard(2.9, 3, 6), until(12.8), Outcome::not_observable, "the capture ends in the set-up");
  check(unheard(2.9, 2, 6), until(9), Outcome::not_observable, "the capture ends in the set-up");
  check(unheard(5, 3, 9), until(9), Outcome::not_observable, "the capture ends in the set-up");
  check(unheard(5, 3, 9), until(10), Outcome::setup_failed, "3 of 3 relays silent for 5.0 s");
  Attempt asked = unheard(12, 3, 9);
  asked.asked_by_peer = 1;
  check(asked, kWide, Outcome::no_answer, "relays answered, no media came");
  Attempt untried = unheard(12, 1, 3);
  untried.targets[0].requests = 0;
  check(untried, kWide, Outcome::setup_failed, "no answer for 12.0 s");
  untried.targets[0] = {socket_at("5.9.7.9", 51000), false, 3, 0};
  check(untried, kWide, Outcome::setup_failed, "no answer for 12.0 s");
}

TEST_CASE("Ringing lasts from the first answer to the talk, or to the end") {
  CHECK(call::judge(set_up(0, 20), {}, kWide).ring_ns == at_s(19.5) - at_s(0));
  Attempt late = talk();
  late.first_answer_ns = at_s(5);
  CHECK_FALSE(call::judge(late, {}, kWide).ring_ns);
  late.dialog.emplace().answered = true;
  late.dialog->rang_ns = at_s(3);
  CHECK(call::judge(late, {}, kWide).ring_ns == at_s(2) - at_s(0));
}

TEST_CASE("A relay that only asked for credentials did not answer") {
  Attempt attempt = unheard(12, 3, 9);
  attempt.answers = attempt.challenges = 3;
  attempt.down.packets = 3;
  check(attempt, kWide, Outcome::setup_failed,
        "3 of 3 relays silent after asking for credentials for 12.0 s");
  attempt.answers = 4;
  check(attempt, kWide, Outcome::no_answer, "relays answered, no media came");
}

TEST_CASE("Hellos for keys that nobody answers are a failed set-up") {
  Attempt attempt = set_up(0, 20);
  attempt.answers = 5;
  attempt.hellos = 3;
  check(attempt, kWide, Outcome::setup_failed, "3 DTLS hellos unanswered, checks answered");
  attempt.sealed = 1;
  CHECK(call::judge(attempt, {}, kWide).outcome != Outcome::setup_failed);
}
