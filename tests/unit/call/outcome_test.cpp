// How a talk went: every outcome, every reason, and what the ends of a capture hide.
#include "unit/call/outcome_probe.hpp"

using namespace deadair;
using namespace deadair::test;

TEST_CASE("Media both ways are a connected call, with its times") {
  const Verdict verdict = call::judge(talk(), {}, kWide);
  CHECK(verdict.outcome == Outcome::connected);
  CHECK(verdict.reason.empty());
  CHECK(verdict.end_ns == at_s(65));
  CHECK(verdict.media_ns == at_s(4));
  CHECK(verdict.talk_ns == at_s(60) - at_s(0));
  CHECK(verdict.setup_ns == at_s(4) - at_s(0));
  CHECK(verdict.ring_ns == at_s(4.5) - at_s(0));  // from the first answer to talk
  CHECK_FALSE(verdict.begun_before);
  CHECK_FALSE(verdict.running_on);
}

TEST_CASE("A capture that ends cuts nothing") {
  check(talk(), until(66), Outcome::connected, "");
  check(talk(), until(74.9), Outcome::connected, "");
  check(talk(), until(75), Outcome::connected, "");
  CHECK(call::judge(talk(), {}, until(65.9)).running_on);
  CHECK_FALSE(call::judge(talk(), {}, until(66.1)).running_on);
  // The other end silent for 8 s, of which the capture shows no more.
  check(talk(57, 65), until(65), Outcome::connected, "");
  check(talk(54, 65), until(65), Outcome::cut,
        "nothing from the other end after 49.0 s and 100 packets of media, silent for 11.0 s");
}

TEST_CASE("Media that never flow both ways at once are no conversation") {
  Attempt attempt = talk();
  attempt.up.media_last_ns = at_s(5.9);
  attempt.down.media_last_ns = at_s(8);
  attempt.ts_last_ns = at_s(8);
  check(attempt, kWide, Outcome::one_way, "media never flowed both ways at once");
  check(attempt, from(-0.5), Outcome::connected, "");
  check(attempt, until(9), Outcome::connected, "");
  attempt.up.media_last_ns = at_s(6);
  check(attempt, kWide, Outcome::connected, "");
  attempt.up.media_last_ns = at_s(4.5);
  const Verdict verdict = call::judge(attempt, {}, until(9));
  CHECK(verdict.talk_ns == 0);  // and never less
}

TEST_CASE("One who goes on for 5 s without a sign of the other was cut off") {
  check(talk(35, 65), kWide, Outcome::cut,
        "nothing from the other end after 30.0 s and 100 packets of media, silent for 30.0 s");
  check(talk(65, 35), kWide, Outcome::cut,
        "nothing from this end after 30.0 s and 100 packets of media, silent for 30.0 s");
  check(talk(60.1, 65), kWide, Outcome::connected, "");
  check(talk(65, 60.1), kWide, Outcome::connected, "");
  const Verdict verdict = call::judge(talk(35, 65), {}, kWide);
  CHECK(verdict.end_ns == at_s(35));  // where it was cut, not where it was noticed
  CHECK(verdict.talk_ns == at_s(30) - at_s(0));
  Attempt alive = talk(35, 65);
  alive.down.last_ns = at_s(64);  // answers still come
  check(alive, kWide, Outcome::connected, "");
  alive = talk(65, 35);
  alive.up.last_ns = at_s(64);
  check(alive, kWide, Outcome::connected, "");
}

TEST_CASE("With unanswered checks 3 s are enough") {
  Attempt attempt = talk(61.9, 65);
  attempt.unanswered = 2;
  check(attempt, kWide, Outcome::connected, "");
  attempt.unanswered = 3;
  check(attempt, kWide, Outcome::cut,
        "nothing from the other end after 56.9 s and 100 packets of media, silent for 3.1 s");
  attempt = talk(62.1, 65);
  attempt.unanswered = 3;
  check(attempt, kWide, Outcome::connected, "");
}

TEST_CASE("A call in which nobody could be understood is degraded") {
  const auto with = [](const Attempt& attempt, auto set) {
    Quality quality;
    set(quality);
    return call::judge(attempt, quality, kWide);
  };
  const auto bad = [](std::uint32_t windows, std::uint32_t of) {
    return [=](Quality& q) {
      q.up.windows = of;
      q.up.bad_windows = windows;
      q.up.heard_loss = 0.31;
      q.up.frozen_ms = 4200;
    };
  };
  Verdict verdict = with(talk(), bad(15, 30));
  CHECK(verdict.outcome == Outcome::degraded);
  CHECK(verdict.reason == "30 of 60 s bad up: 31 % lost, frozen 4.2 s");
  CHECK(verdict.talk_ns == at_s(60) - at_s(0));
  CHECK(with(talk(), bad(14, 30)).outcome == Outcome::connected);
  CHECK(with(talk(), bad(4, 4)).outcome == Outcome::connected);  // too few to tell
  CHECK(with(talk(), bad(3, 5)).outcome == Outcome::degraded);
  CHECK(with(talk(13.9, 13.9), bad(5, 5)).outcome == Outcome::connected);  // too short
  CHECK(with(talk(35, 65), bad(15, 30)).outcome == Outcome::cut);
  const auto late = [](double mos) {
    return [=](Quality& q) {
      q.down.delay_mos = mos;
      q.down.jitter_ms = 321;
    };
  };
  verdict = with(talk(), late(2.59));
  CHECK(verdict.outcome == Outcome::degraded);
  CHECK(verdict.reason == "jitter of 321 ms down");
  CHECK(with(talk(), late(2.6)).outcome == Outcome::connected);
}

TEST_CASE("Media in one direction only") {
  Attempt out = set_up(0, 20);
  speak(out.up, 5, 20);
  check(out, kWide, Outcome::one_way, "media for 15.0 s, none came back");
  CHECK(call::judge(out, {}, kWide).end_ns == at_s(20));
  Attempt in = set_up(0, 20);
  speak(in.down, 5, 20);
  check(in, kWide, Outcome::one_way, "media for 15.0 s, none went out");
  check(out, until(15.1), Outcome::one_way, "media for 15.0 s, none came back");
  check(out, until(14.9), Outcome::not_observable, "the capture ends in the set-up");
  Attempt brief = set_up(0, 20);
  speak(brief.up, 5, 9.9);
  check(brief, kWide, Outcome::no_answer, "relays answered, no media came");
  Attempt begun = set_up(0, 7);
  speak(begun.up, 5, 7);
  begun.down.media_packets = 3;
  check(begun, until(8), Outcome::connected, "media had just begun when the capture ends");
  begun.down.media_packets = 0;
  check(begun, until(8), Outcome::not_observable, "the capture ends in the set-up");
}

TEST_CASE("Media that begin as the capture ends fail nothing") {
  Attempt attempt = unheard(20, 1, 3);
  speak(attempt.up, 18, 20);
  check(attempt, until(21), Outcome::not_observable, "the capture ends in the set-up");
}

TEST_CASE("Where half of the traffic was not captured nothing is said of the other half") {
  Attempt up = set_up(0, 20);
  speak(up.up, 5, 20);
  up.down.packets = 0;
  check(up, kHalf, Outcome::not_observable, "one direction was not captured");
  check(up, kWide, Outcome::one_way, "media for 15.0 s, none came back");
  up.down.packets = 1;
  check(up, kHalf, Outcome::one_way, "media for 15.0 s, none came back");
  Attempt down = set_up(0, 20);
  speak(down.down, 5, 20);
  down.up.packets = 0;
  check(down, kHalf, Outcome::not_observable, "one direction was not captured");
  check(unheard(20, 3, 9), kHalf, Outcome::not_observable, "one direction was not captured");
}

TEST_CASE("How the other side's application answers an invitation") {
  call::Dialog how;
  how.refused = true;
  how.status = 486;
  check(dialled(8, how), kWide, Outcome::no_answer, "declined (486)");
  how = {};
  how.cancelled = true;
  how.ended_ns = at_s(2.9);
  check(dialled(8, how), kWide, Outcome::cancelled, "given up after 2.9 s");
  how.ended_ns = at_s(3);
  check(dialled(8, how), kWide, Outcome::no_answer, "given up after 3.0 s");
  how.ended_ns = 0;
  check(dialled(8, how), kWide, Outcome::no_answer, "given up after 8.0 s");
  how = {};
  how.unanswered = true;
  check(dialled(32, how), kWide, Outcome::setup_failed, "no answer to the invitation for 32.0 s");
  how = {};
  how.failed = true;
  how.status = 503;
  check(dialled(1, how), kWide, Outcome::setup_failed, "refused by a server (503)");
  how = {};
  how.rang = true;
  how.rang_ns = at_s(1);
  check(dialled(30, how), kWide, Outcome::no_answer, "rang, nobody answered");
  check(dialled(30, how), until(31), Outcome::not_observable, "the capture ends in the set-up");
  CHECK(call::judge(dialled(30, how), {}, kWide).ring_ns == at_s(29) - at_s(0));
  check(dialled(30, {}), kWide, Outcome::no_answer, "nobody answered");
}

TEST_CASE("Early media of a call that was not answered are no one-way call") {
  call::Dialog how;
  how.refused = true;
  how.status = 603;
  Attempt attempt = dialled(20, how);
  speak(attempt.down, 2, 20);
  attempt.up.packets = 1;
  check(attempt, kWide, Outcome::no_answer, "declined (603)");
  attempt.dialog->refused = false;
  attempt.dialog->answered = true;
  check(attempt, kWide, Outcome::one_way, "media for 18.0 s, none went out");
}

TEST_CASE("Quality is judged by direction") {
  Attempt attempt;
  attempt.add(CallFlow(socket_at("10.0.0.5", 1), socket_at("10.0.0.6", 2), 0, 10)
                  .rtp(call::kUp, 1)
                  .rtp(call::kUp, 2)
                  .rtp(call::kDown, 3),
              false);
  const Quality quality = call::quality_of(attempt);
  CHECK(quality.up.packets == 1002);
  CHECK(quality.down.packets == 501);
}

TEST_CASE("Media that stops while the other's goes on is a cut where the muted go on sending") {
  const auto stopped = [](double down_to_s, bool sends_when_muted) {
    Attempt attempt = talk(down_to_s, 65);
    attempt.down.last_ns = at_s(65);  // a relay answers on
    attempt.down.sign_ns = attempt.down.media_last_ns;
    attempt.sends_when_muted = sends_when_muted;
    return attempt;
  };
  CHECK(call::judge(stopped(30, true), {}, kWide).outcome == Outcome::cut);
  CHECK(call::judge(stopped(30, false), {}, kWide).outcome == Outcome::connected);
  CHECK(call::judge(stopped(60.1, true), {}, kWide).outcome == Outcome::connected);
  // One who says little sends comfort noise now and then, by the way the call took since.
  Attempt says_little = stopped(30, true);
  says_little.down.numbered_ns = at_s(64);
  CHECK(call::judge(says_little, {}, kWide).outcome == Outcome::connected);
  // Nobody is muted for good in the first seconds, but a room may be silent.
  CHECK(call::judge(stopped(7.9, false), {}, kWide).outcome == Outcome::cut);
  CHECK(call::judge(stopped(8.1, false), {}, kWide).outcome == Outcome::connected);
  Attempt silent_room = stopped(7.9, false);
  silent_room.down.sign_ns = at_s(64);  // its reports come
  CHECK(call::judge(silent_room, {}, kWide).outcome == Outcome::connected);
}
