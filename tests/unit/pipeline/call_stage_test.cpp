// Packets of calls through the whole pipeline, to call records.
#include "pipeline/call_stage.hpp"

#include "catch.hpp"
#include "unit/pipeline/run_probe.hpp"

using namespace deadair;
using namespace deadair::test;
using report::CallOutcome;

namespace {

constexpr std::uint32_t kPeer = 0x0509'0709;   // 5.9.7.9
constexpr std::uint32_t kProxy = 0x0509'0909;  // 5.9.9.9
constexpr std::int64_t kMidnight = 1'700'000'000 * kSecond;

struct KeptCall {
  std::string app, reason;
  CallOutcome outcome = CallOutcome::not_observable;
  std::uint64_t number = 0, up = 0, down = 0;
  std::uint16_t port = 0;
  std::size_t flows = 0, relays = 0, peers = 0, stretches = 0;
  std::int64_t start_ns = 0, end_ns = 0, talk_ns = -1, ring_ns = -1, setup_ns = -1;
  std::uint8_t media = 0;
  bool begun_before = false, running_on = false;
  std::size_t flow_records = 0;  // that came before it
};

class CallSink final : public report::Sink {
 public:
  explicit CallSink(bool complete) : complete_(complete) {}
  [[nodiscard]] bool complete() const override { return complete_; }
  void flow(const report::Flow& /*flow*/) override { ++flows_; }
  void call(const report::Call& call) override {
    KeptCall kept;
    kept.app = call.app;
    kept.reason = call.reason;
    kept.outcome = call.outcome;
    kept.number = call.number;
    kept.up = call.up.packets;
    kept.down = call.down.packets;
    kept.port = call.client_port;
    kept.flows = call.flows.size();
    kept.relays = call.relays.size();
    kept.peers = call.peers.size();
    kept.stretches = call.stretches.size();
    kept.start_ns = call.ts_start_ns;
    kept.end_ns = call.ts_end_ns;
    kept.talk_ns = call.talk_ns.value_or(-1);
    kept.ring_ns = call.ring_ns.value_or(-1);
    kept.setup_ns = call.setup_ns.value_or(-1);
    kept.media = call.media;
    kept.begun_before = call.begun_before;
    kept.running_on = call.running_on;
    kept.flow_records = flows_;
    calls.push_back(kept);
  }
  void capture(const report::Capture& /*capture*/) override {}
  void finish(const report::Summary& /*summary*/) override {}

  std::vector<KeptCall> calls;

 private:
  bool complete_;
  std::size_t flows_ = 0;
};

class Scene {
 public:
  // 20 ms of G.711 each way for so long (RFC 3551, payload type 0), both ends on port 4000.
  Scene& talk(double from_s, double to_s, bool up = true, bool down = true,
              std::uint16_t port = 4000, std::uint32_t ssrc = 0x1000) {
    const auto end = static_cast<unsigned>(to_s * 50 + 0.5);
    for (auto number = static_cast<unsigned>(from_s * 50 + 0.5); number < end; ++number) {
      const double s = number / 50.0;
      if (up) say(s, kClient, port, kPeer, 4000, rtp(number, ssrc));
      if (down) say(s + 0.001, kPeer, 4000, kClient, port, rtp(number, ssrc + 1));
    }
    return *this;
  }
  Scene& sip(double s, bool up, const std::string& start, const std::string& method,
             const std::string& sdp = "") {
    const std::string text =
        start + "\r\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1\r\nFrom: <sip:a@x.test>;tag=aa\r\n" +
        "To: <sip:b@x.test>" + (start.starts_with("INVITE") ? "" : ";tag=bb") +
        "\r\nCall-ID: one@x.test\r\nCSeq: 1 " + method + "\r\n" +
        (sdp.empty() ? "" : "Content-Type: application/sdp\r\n") +
        "Content-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
    return up ? say(s, kClient, 5060, kProxy, 5060, ascii(text))
              : say(s, kProxy, 5060, kClient, 5060, ascii(text));
  }
  Scene& say(double s, std::uint32_t src, unsigned src_port, std::uint32_t dst, unsigned dst_port,
             const Bytes& payload) {
    frames_.push_back({kMidnight + static_cast<std::int64_t>(s * 1e9),
                       ipv4_frame(src, dst, 17, udp_body(src_port, dst_port, payload))});
    return *this;
  }
  // Nothing that matters; time goes on.
  Scene& pass(double s) { return say(s, 0x0a00'0063, 9, 0x0a00'0062, 9, Bytes(4, 0x55)); }
  [[nodiscard]] std::vector<KeptCall> calls(bool complete = true) {
    FakeSource source;
    for (const auto& [ts_ns, frame] : frames_) source.add(ts_ns, frame);
    CallSink sink(complete);
    pipeline::run(source, without_witness(), sink, [](const pipeline::Progress&) { return true; });
    return sink.calls;
  }

  static std::string sdp(std::string_view ip) {
    return "v=0\r\no=- 1 1 IN IP4 " + std::string(ip) + "\r\ns=-\r\nc=IN IP4 " + std::string(ip) +
           "\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
  }

 private:
  static Bytes rtp(unsigned number, std::uint32_t ssrc) {
    return hex("8000") + be(2, number & 0xffffU) + be(4, number * 160U) + be(4, ssrc) +
           Bytes(160, 0xd5);
  }

  std::vector<std::pair<std::int64_t, Bytes>> frames_;
};

// A DNS-like exchange that shows the host's traffic in both directions.
Scene& hear(Scene& scene, double s) {
  return scene.say(s, kClient, 33'333, kServer, 7, Bytes(4, 1))
      .say(s + 0.1, kServer, 7, kClient, 33'333, Bytes(4, 2));
}

std::int64_t seconds(double s) { return static_cast<std::int64_t>(s * 1e9); }

}  // namespace

TEST_CASE("RTP both ways is a connected call of the private end") {
  const std::vector<KeptCall> calls = Scene().pass(0).talk(5, 25).pass(700).calls();
  REQUIRE(calls.size() == 1);
  const KeptCall& call = calls[0];
  CHECK(call.app == "rtp");
  CHECK(call.outcome == CallOutcome::connected);
  CHECK(call.number == 1);
  CHECK(call.port == 4000);
  CHECK(call.up == 1000);
  CHECK(call.down == 1000);
  CHECK(call.talk_ns == Approx(seconds(20)).margin(1e8));
  CHECK(call.start_ns == kMidnight + seconds(5));
  CHECK(call.end_ns == Approx(static_cast<double>(kMidnight + seconds(25))).margin(1e8));
  CHECK(call.media == report::media::kVoice);
  CHECK(call.flows == 1);
  CHECK(call.peers == 1);
  CHECK(call.relays == 0);
  CHECK(call.stretches == 2);
  CHECK(call.begun_before);  // there was no set-up
  CHECK_FALSE(call.running_on);
  CHECK(call.flow_records >= 1);
}

TEST_CASE("Flows without media are no calls") {
  Scene scene;
  for (int i = 0; i < 400; ++i)
    scene.say(i * 0.05, kClient, 7777, kServer, 9999, Bytes(80, static_cast<std::uint8_t>(i)));
  CHECK(hear(scene, 30).pass(700).calls().empty());
}

TEST_CASE("RTP after something else on the same sockets is a call as well") {
  for (const int before : {1, 5, 15}) {
    Scene scene;
    for (int i = 0; i < before; ++i)
      scene.say(i * 0.01, kClient, 4000, kPeer, 4000, Bytes(40, 0xf3));
    const std::vector<KeptCall> calls = scene.talk(2, 22).pass(700).calls();
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].outcome == CallOutcome::connected);
    CHECK(calls[0].up == 1000);
  }
}

TEST_CASE("Community IDs are kept where a sink shows them") {
  Scene scene;
  scene.talk(0, 10);
  CHECK(scene.calls(true)[0].flows == 1);
  CHECK(scene.calls(false)[0].flows == 0);
}

TEST_CASE("Two talks of one socket minutes apart are two calls, told as they end") {
  const std::vector<KeptCall> calls =
      Scene().talk(0, 10).pass(300).talk(600, 610).pass(900).pass(1300).calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].start_ns == kMidnight);
  CHECK(calls[1].start_ns == kMidnight + seconds(600));
  CHECK(calls[1].number == 2);
  CHECK(calls[0].flow_records < calls[1].flow_records);
}

TEST_CASE("One direction alone is judged by whether the host was heard otherwise") {
  Scene half;
  std::vector<KeptCall> calls = half.pass(0).talk(5, 25, true, false).pass(700).calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].outcome == CallOutcome::not_observable);
  CHECK(calls[0].reason == "one direction was not captured");
  Scene whole;
  calls = hear(whole.pass(0), 2).talk(5, 25, true, false).pass(700).calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].outcome == CallOutcome::one_way);
  Scene long_ago;  // more than two minutes before
  calls = hear(long_ago, 0).talk(125, 145, true, false).pass(900).calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].outcome == CallOutcome::not_observable);
}

TEST_CASE("Media of one side that go on for long after the other's last are a cut") {
  const std::vector<KeptCall> calls =
      Scene().pass(-5).talk(0, 20).talk(20, 40, true, false).pass(700).calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].outcome == CallOutcome::cut);
  CHECK(calls[0].end_ns == Approx(static_cast<double>(kMidnight + seconds(20))).margin(1e8));
}

TEST_CASE("A call that the capture's end finds running is no cut") {
  const std::vector<KeptCall> calls = Scene().talk(0, 20).calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].outcome == CallOutcome::connected);
  CHECK(calls[0].running_on);
  CHECK(calls[0].begun_before);
}

TEST_CASE("A SIP call and its media are one record") {
  Scene scene;
  scene.sip(0, true, "INVITE sip:b@x.test SIP/2.0", "INVITE", Scene::sdp("10.0.0.5"))
      .sip(0.1, false, "SIP/2.0 100 Trying", "INVITE")
      .sip(1, false, "SIP/2.0 180 Ringing", "INVITE")
      .sip(6, false, "SIP/2.0 200 OK", "INVITE", Scene::sdp("5.9.7.9"))
      .sip(6.1, true, "ACK sip:b@x.test SIP/2.0", "ACK")
      .talk(6.2, 26)
      .sip(26, true, "BYE sip:b@x.test SIP/2.0", "BYE")
      .sip(26.1, false, "SIP/2.0 200 OK", "BYE")
      .pass(700)
      .pass(1400);
  const std::vector<KeptCall> calls = scene.calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].app == "sip");
  CHECK(calls[0].outcome == CallOutcome::connected);
  CHECK(calls[0].up == 990);
  CHECK(calls[0].talk_ns == Approx(seconds(19.8)).margin(1e8));
  CHECK(calls[0].ring_ns == Approx(seconds(5.2)).margin(1e8));
  CHECK(calls[0].setup_ns == Approx(seconds(6.2)).margin(1e8));
  CHECK_FALSE(calls[0].begun_before);
}

TEST_CASE("How a SIP call fails is told without media") {
  const auto told = [](Scene& scene) {
    const std::vector<KeptCall> calls = scene.pass(700).calls();
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].app == "sip");
    CHECK(calls[0].up == 0);
    return std::pair(calls[0].outcome, calls[0].reason);
  };
  const auto invite = [](Scene& scene, double s) -> Scene& {
    return scene.sip(s, true, "INVITE sip:b@x.test SIP/2.0", "INVITE", Scene::sdp("10.0.0.5"));
  };
  Scene busy;
  invite(busy, 0).sip(1, false, "SIP/2.0 486 Busy Here", "INVITE");
  CHECK(told(busy) == std::pair(CallOutcome::no_answer, std::string("declined (486)")));
  Scene refused;
  invite(refused, 0).sip(1, false, "SIP/2.0 503 Unavailable", "INVITE");
  CHECK(told(refused).first == CallOutcome::setup_failed);
  Scene silent;
  for (const double s : {0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5}) invite(silent, s);
  hear(silent, 40);
  CHECK(told(silent).first == CallOutcome::setup_failed);
  Scene given_up;
  invite(given_up, 0)
      .sip(0.5, false, "SIP/2.0 180 Ringing", "INVITE")
      .sip(1.5, true, "CANCEL sip:b@x.test SIP/2.0", "CANCEL")
      .sip(1.6, false, "SIP/2.0 487 Request Terminated", "INVITE");
  CHECK(told(given_up).first == CallOutcome::cancelled);
}

TEST_CASE("A clock that steps back by an hour ends what was going on, and another call follows") {
  const std::vector<KeptCall> calls =
      Scene().talk(3600, 3610).talk(0, 10).pass(700).pass(1400).calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].start_ns == kMidnight + seconds(3600));
  CHECK(calls[1].start_ns == kMidnight);
  CHECK(calls[1].outcome == CallOutcome::connected);
}

TEST_CASE("Packets that step back by a second are still the same call") {
  Scene scene;
  for (int i = 0; i < 20; ++i) scene.talk(i * 0.5 + 0.5, i * 0.5 + 1).talk(i * 0.5, i * 0.5 + 0.5);
  CHECK(scene.pass(700).calls().size() == 1);
}

TEST_CASE("The same input gives the same calls") {
  Scene scene;
  for (std::uint16_t i = 0; i < 40; ++i)
    scene.talk(0, 4, true, true, static_cast<std::uint16_t>(4000 + 2 * i), 0x1000U + 2U * i);
  const std::vector<KeptCall> once = scene.calls(), again = scene.calls();
  REQUIRE(once.size() == 40);
  REQUIRE(again.size() == 40);
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(once[i].port == again[i].port);
    CHECK(once[i].up == again[i].up);
  }
}
