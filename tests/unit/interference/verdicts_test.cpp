// The answers of whole runs: every guilty one beside the innocent that resemble it.
#include "interference/verdicts.hpp"

#include <algorithm>

#include "unit/interference/call_judging.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Answer;
using interference::AppVerdict;
using interference::Judgement;
using interference::Service;
using interference::ServiceTally;
using interference::TunnelStory;

namespace {

using Tallies = std::vector<ServiceTally>;

Judgement judged(const Stories& stories, const Tallies& tallies = {},
                 std::vector<Finding> findings = {}) {
  for (Finding& finding : interference::judge_calls(stories)) findings.push_back(finding);
  return interference::judge_applications(stories, {}, tallies, findings);
}
AppVerdict calls_of(const Stories& stories) {
  const Judgement judgement = judged(stories);
  REQUIRE(judgement.verdicts.size() == 1);
  CHECK(judgement.verdicts.front().service == Service::calls);
  CHECK_FALSE(judgement.verdicts.front().text.empty());
  return judgement.verdicts.front();
}

template <class Make>
Stories times(unsigned count, Make make) {
  Stories out;
  for (unsigned i = 0; i < count; ++i) out.push_back(make(200.0 * i, i + 1));
  return out;
}

CallStory ringing(double from_s, std::uint64_t number) {
  CallStory story = story_at(from_s, from_s + 30, number);
  story.outcome = call::Outcome::no_answer;
  for (unsigned i = 0; i < 3; ++i) add_relay(story, 10 + i, 8, 7, from_s);
  for (unsigned i = 0; i < 9; ++i) add_relay(story, 100 + i, 14, 0, from_s).relay = false;
  return story;
}
CallStory declined(double from_s, std::uint64_t number) {
  CallStory story = ringing(from_s, number);
  story.outcome = call::Outcome::cancelled;
  return story;
}
CallStory down(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.around.stun_elsewhere = 1;
  return story;
}
CallStory over_quota(double from_s, std::uint64_t number) {
  CallStory story = story_at(from_s, from_s + 13, number);
  story.outcome = call::Outcome::setup_failed;
  call::Exchange& exchange = add_relay(story, 10, 3, 2, from_s).exchange;
  exchange.granted = 0;
  exchange.refusals = 1;
  exchange.last_refusal = 508;
  return story;
}
CallStory closed(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.around.closed_ports = 3;
  return story;
}
CallStory no_udp(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.around.udp_answered = 0;
  story.around.udp_silent = 6;
  return story;
}
CallStory names_only(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.around.udp_answered = 0;
  return story;
}
CallStory congested(double from_s, std::uint64_t number) {
  CallStory story = talked(from_s, from_s + 60, from_s + 60, from_s + 60, number);
  story.outcome = call::Outcome::degraded;
  return story;
}
CallStory half_captured(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.outcome = call::Outcome::not_observable;
  story.gates.set(Gate::onesided, GateEffect::closes);
  return story;
}
CallStory wrong_source(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.client.ip = IpAddress::v4(0x0a00'020f);
  story.chat = {};
  story.around = {};
  story.around.others_heard = true;
  return story;
}
CallStory everything_down(double from_s, std::uint64_t number) {
  CallStory story = silent_call(from_s, number);
  story.chat.replies = 0;
  return story;
}
CallStory muted(double from_s, std::uint64_t number) {
  CallStory story = unheard(from_s, from_s + 20, number);
  story.sends_when_muted = false;
  return story;
}
CallStory thinned(double from_s, std::uint64_t number) {
  CallStory story = talked(from_s, from_s + 30, from_s + 10, from_s + 10, number);
  story.outcome = call::Outcome::cut;
  story.gates.set(Gate::caploss_udp, GateEffect::closes);
  return story;
}
CallStory good(double from_s, std::uint64_t number) {
  return talked(from_s, from_s + 60, from_s + 60, from_s + 60, number);
}

CallStory silent(double from_s, std::uint64_t number) { return silent_call(from_s, number); }
CallStory cut(double from_s, std::uint64_t number) {
  CallStory story = talked(from_s, from_s + 20, from_s + 11, from_s + 20, number);
  story.outcome = call::Outcome::cut;
  return story;
}
CallStory one_way(double from_s, std::uint64_t number) {
  return unheard(from_s, from_s + 16, number);
}
CallStory no_keys(double from_s, std::uint64_t number) {
  CallStory story = story_at(from_s, from_s + 14, number);
  story.app = "webrtc";
  story.generic = true;
  story.chat = {};
  story.outcome = call::Outcome::setup_failed;
  for (std::uint32_t i = 0; i < 2; ++i) {
    call::Target& peer = add_relay(story, 61 + i, 9, 9, from_s);
    peer.relay = false;
    peer.exchange.hellos[call::kUp] = 6;
    peer.exchange.first_hello_ns[call::kUp] = at_second(from_s + 0.3);
  }
  return story;
}

struct Kind {
  std::string_view what;
  CallStory (*make)(double, std::uint64_t);
};

}  // namespace

TEST_CASE("Guilty: calls that cannot be made are blocked, by three attempts") {
  const std::vector<Kind> kinds = {{"relays silent", silent},
                                   {"credentials lost", credentials_lost},
                                   {"keys lost", no_keys},
                                   {"media cut", cut},
                                   {"nothing heard", one_way}};
  for (const Kind& kind : kinds) {
    CAPTURE(kind.what);
    Stories stories = times(3, kind.make);
    // One relay for each call is how they differ.
    for (std::size_t i = 0; i < stories.size(); ++i)
      if (stories[i].targets.size() == 1)
        stories[i].targets[0].at = far_socket(static_cast<std::uint32_t>(10 + i));
    const AppVerdict verdict = calls_of(stories);
    CHECK(verdict.answer == Answer::blocked);
    CHECK(verdict.level == Level::likely);
    CHECK(verdict.attempts == 3);
    CHECK(verdict.failed == 3);
    CHECK(verdict.connected == 0);
    CHECK(verdict.bound == "0 of 3 connected: true success <= 0.63");
    CHECK(std::ranges::find(verdict.findings, "DIFF.CALLS_BLOCKED",
                            &std::pair<std::string, std::uint64_t>::first) !=
          verdict.findings.end());
    CHECK_FALSE(verdict.alternatives.empty());
  }
}

TEST_CASE("Checks of the calls themselves are told as such") {
  CHECK(calls_of(times(3, no_keys)).text.find("checks of their own were answered") !=
        std::string::npos);
  CHECK(calls_of(times(3, silent)).text.find("other exchanges with it were answered") !=
        std::string::npos);
}

TEST_CASE("A verdict excludes what each of its calls excludes, and no finding leaves open") {
  const auto status_in = [](const AppVerdict& verdict, std::string_view name) {
    const auto it = std::ranges::find(verdict.alternatives, name, &interference::Alternative::name);
    REQUIRE(it != verdict.alternatives.end());
    return it->excluded;
  };
  Stories stories = times(3, silent);
  CHECK(status_in(calls_of(stories), "WEAK_RADIO"));
  CHECK(status_in(calls_of(stories), "CLIENT_OFFLINE"));
  // One more, around which nothing else was answered.
  CallStory alone = silent(600, 4);
  alone.chat = {};
  alone.around.tcp_answered = alone.around.udp_answered = 0;
  stories.push_back(alone);
  const Judgement judgement = judged(stories);
  const AppVerdict& verdict = judgement.verdicts.front();
  CHECK_FALSE(status_in(verdict, "WEAK_RADIO"));
  CHECK_FALSE(status_in(verdict, "CLIENT_OFFLINE"));
  const auto why =
      std::ranges::find(verdict.alternatives, "WEAK_RADIO", &interference::Alternative::name)->why;
  CHECK(why.starts_with("in 1 of 4 calls: "));
  // One answered flow tells for good that the LAN lets UDP out.
  CHECK(status_in(verdict, "LOCAL_UDP_BLOCK"));
}

TEST_CASE("Innocent: however often, nobody is accused") {
  const std::vector<Kind> kinds = {{"callee does not pick up", ringing},
                                   {"callee declines", declined},
                                   {"relays are down, other STUN is answered", down},
                                   {"relays refuse", over_quota},
                                   {"no relay runs there", closed},
                                   {"the LAN lets no UDP out", no_udp},
                                   {"the LAN lets nothing but names out", names_only},
                                   {"general congestion", congested},
                                   {"one direction was captured", half_captured},
                                   {"an address nobody can answer", wrong_source},
                                   {"messages fail as well", everything_down},
                                   {"the other end is muted", muted},
                                   {"the capture lost packets", thinned},
                                   {"all is well", good}};
  for (const Kind& kind : kinds) {
    CAPTURE(kind.what);
    const Stories stories = times(12, kind.make);
    const Judgement judgement = judged(stories);
    for (const AppVerdict& verdict : judgement.verdicts) {
      CHECK(verdict.answer != Answer::blocked);
      CHECK(verdict.answer != Answer::degraded);
      if (verdict.level) CHECK(*verdict.level <= Level::anomalous);
    }
    CHECK(highest(judgement.findings) <= Level::anomalous);
    CHECK(highest(interference::judge_calls(stories)) <= Level::anomalous);
  }
}

TEST_CASE("What is said of innocent calls") {
  AppVerdict verdict = calls_of(times(2, ringing));
  CHECK(verdict.answer == Answer::inconclusive);
  CHECK(verdict.level == Level::observed);
  CHECK(verdict.text ==
        "No call of whatsapp tells whether the network lets calls through (2 not taken).");
  CHECK(verdict.bound.empty());
  CHECK(verdict.attempts == 2);
  CHECK(verdict.failed == 0);

  verdict = calls_of(times(3, over_quota));
  CHECK(verdict.answer == Answer::inconclusive);
  CHECK(verdict.failed == 0);
  CHECK(std::ranges::find(verdict.alternatives, "SERVER_REFUSED",
                          &interference::Alternative::name) != verdict.alternatives.end());

  verdict = calls_of(times(3, half_captured));
  CHECK(verdict.answer == Answer::not_observable);
  CHECK_FALSE(verdict.level);
  CHECK(verdict.attempts == 3);

  verdict = calls_of(times(4, good));
  CHECK(verdict.answer == Answer::ok);
  CHECK_FALSE(verdict.level);
  CHECK(verdict.text == "All 4 calls of whatsapp connected.");
  CHECK(verdict.bound == "4 of 4 connected");
  CHECK(verdict.alternatives.empty());
}

TEST_CASE("A sentence to quote, and the ids it rests on") {
  const AppVerdict verdict = calls_of(times(5, silent));
  CHECK(verdict.text ==
        "All 5 calls of whatsapp failed, while all 60 other exchanges with it were answered.");
  CHECK(verdict.bound == "0 of 5 connected: true success <= 0.45");
  REQUIRE(verdict.findings.size() >= 2);
  CHECK(std::ranges::is_sorted(verdict.findings));
  CHECK(verdict.frame_first == wire::FrameRef{0, 100});
}

TEST_CASE("Some calls fail and others connect") {
  Stories stories = times(2, good);
  stories.push_back(silent_call(1000, 7));
  CHECK(calls_of(stories).answer == Answer::ok);
  stories.push_back(silent_call(1200, 8));
  const AppVerdict verdict = calls_of(stories);
  CHECK(verdict.answer == Answer::inconclusive);
  CHECK(verdict.level == Level::observed);
}

TEST_CASE("Text flows that fail count against text that works") {
  ServiceTally text;
  text.app = "whatsapp";
  text.failed = 9;
  const Stories stories = times(3, silent);
  Judgement judgement = judged(stories, {text});
  CHECK(judgement.verdicts[0].answer == Answer::inconclusive);  // 36 of 45 is below 90 %
  text.app = "telegram";
  judgement = judged(stories, {text});
  REQUIRE(judgement.verdicts.size() == 2);
  CHECK(judgement.verdicts[1].app == "whatsapp");
  CHECK(judgement.verdicts[1].answer == Answer::blocked);
}

TEST_CASE("An application all of whose flows fail") {
  ServiceTally text{"signal", Service::text, 0, 6, 0, 3, 20, {0, 7}};
  Finding resets;
  resets.id = "RST.TRIGGER.SNI";
  resets.app = "signal";
  resets.level = Level::likely;
  const auto answer = [&](const ServiceTally& tally, const Finding& finding) {
    const Judgement judgement = judged({}, {tally}, {finding});
    REQUIRE(judgement.verdicts.size() == 1);
    return judgement.verdicts.front().answer;
  };
  CHECK(answer(text, resets) == Answer::blocked);
  const Judgement judgement = judged({}, {text}, {resets});
  REQUIRE(judgement.findings.size() == 1);
  CHECK(judgement.findings.front().id == "DIFF.APP_BLOCKED");
  CHECK(judgement.findings.front().frames.front() == wire::FrameRef{0, 7});
  CHECK(judgement.verdicts.front().bound == "0 of 6 worked: true success <= 0.39");
  // An outage: nothing that anybody put into the flows.
  Finding odd = resets;
  odd.level = Level::anomalous;
  CHECK(answer(text, odd) == Answer::inconclusive);
  // Findings of another application, of calls, of one server alone, of a host that is offline.
  Finding other = resets;
  other.app = "viber";
  CHECK(answer(text, other) == Answer::inconclusive);
  Finding calls = resets;
  calls.id = "DROP.STUN.RELAY";
  CHECK(answer(text, calls) == Answer::inconclusive);
  ServiceTally one = text;
  one.servers = 1;
  CHECK(answer(one, resets) == Answer::inconclusive);
  ServiceTally offline = text;
  offline.others_ok = 0;
  CHECK(answer(offline, resets) == Answer::inconclusive);
  ServiceTally works = text;
  works.ok = 12;
  CHECK(answer(works, resets) == Answer::ok);
  ServiceTally unseen{"signal", Service::text, 0, 0, 4, 0, 0, {}};
  CHECK(answer(unseen, resets) == Answer::not_observable);
}

TEST_CASE("Tunnels") {
  TunnelStory story;
  story.protocol = "wireguard";
  story.client = {IpAddress::v4(0xc0a8'4d02), 51820};
  story.hellos = story.hellos_unanswered = 6;
  story.until_ns = 300'000'000'000;
  story.hellos_unanswered_from_ns = 1;
  story.tcp_answered = 20;
  story.udp_answered = 4;
  story.server_elsewhere = 1;
  std::vector<TunnelStory> tunnels;
  for (std::uint32_t i = 0; i < 3; ++i) {
    story.server = far_socket(i, 51820);
    story.frame_first = {0, i + 1};
    tunnels.push_back(story);
  }
  const auto verdict_of = [](const std::vector<TunnelStory>& stories) {
    const auto findings = interference::judge_tunnels(stories);
    return interference::judge_applications({}, stories, {}, findings).verdicts.at(0);
  };
  const AppVerdict blocked = verdict_of(tunnels);
  CHECK(blocked.answer == Answer::blocked);
  CHECK(blocked.service == Service::tunnel);
  CHECK(blocked.level == Level::likely);
  CHECK(blocked.text ==
        "All 3 tunnels of wireguard failed, while other flows of the host were answered.");
  CHECK(blocked.findings == std::vector<std::pair<std::string, std::uint64_t>>{
                                {"DIFF.VPN_BLOCKED", 1}, {"VPN.DROP", 1}});
  std::vector<TunnelStory> wrong = tunnels;
  for (TunnelStory& one : wrong) one.server = far_socket(1, 51820);
  CHECK(verdict_of(wrong).answer == Answer::inconclusive);
  std::vector<TunnelStory> mixed = tunnels;
  mixed[0].hellos_unanswered = 0;
  mixed[0].carried_data = true;
  CHECK(verdict_of(mixed).answer == Answer::inconclusive);
  std::vector<TunnelStory> works(1, mixed[0]);
  CHECK(verdict_of(works).answer == Answer::ok);
  works.push_back(works[0]);
  works.back().carried_data = false;
  CHECK(verdict_of(works).answer == Answer::ok);
  CHECK(verdict_of(works).text ==
        "1 of 2 tunnels of wireguard worked; of the others this capture shows no data both ways.");
}

TEST_CASE("Verdicts come by application, calls first") {
  Stories stories = {good(0, 1)};
  stories.front().app = "skype";
  const Judgement judgement = judged(stories, {{"skype", Service::text, 3, 0, 0, 0, 0, {}},
                                               {"facebook", Service::web, 3, 0, 0, 0, 0, {}}});
  REQUIRE(judgement.verdicts.size() == 3);
  CHECK(judgement.verdicts[0].app == "facebook");
  CHECK(judgement.verdicts[1].service == Service::calls);
  CHECK(judgement.verdicts[2].service == Service::text);
  CHECK(name(judgement.verdicts[1].service) == "calls");
  CHECK(name(judgement.verdicts[1].answer) == "ok");
}
