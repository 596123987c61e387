// What the engine tells of flows that may belong to a call, and what it counts on them.
#include <utility>

#include "catch.hpp"
#include "classify/call_watch.hpp"
#include "unit/classify/traffic.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Role;
using classify::Service;
using flow::SetupFacts;
using flow::Side;

namespace {

class Watch final : public classify::CallWatch {
 public:
  void may_be_call(const flow::FlowKey& key, std::int64_t ts_ns) override {
    begun.emplace_back(key, ts_ns);
  }
  void dns(const wire::Packet&, const proto::dns::Message&, std::string_view) override {}
  void ice_session(std::uint64_t session) override { sessions.push_back(session); }
  void signalling(const wire::Packet& packet) override { signals.push_back(packet.frame.number()); }
  std::uint64_t chat_begins(const IpAddress& client, std::uint32_t classifier,
                            const flow::ChatTrack& track, std::int64_t ts_ns) override {
    chats.push_back({client, classifier, &track, ts_ns});
    return 100 + chats.size();
  }
  void chat_ends(std::uint64_t number, std::int64_t ts_ns) override {
    ended.emplace_back(number, ts_ns);
  }

  struct Chat {
    IpAddress client;
    std::uint32_t classifier;
    const flow::ChatTrack* track;
    std::int64_t ts_ns;
  };
  std::vector<std::uint64_t> sessions;
  std::vector<std::pair<flow::FlowKey, std::int64_t>> begun;
  std::vector<std::uint64_t> signals;
  std::vector<Chat> chats;
  std::vector<std::pair<std::uint64_t, std::int64_t>> ended;
};

Bytes stun(std::string_view type, std::uint8_t id) {
  return hex(type) + hex("0000 2112a442 0000000000000000000000") + Bytes{id};
}
const Bytes kOther = hex("f0f1f2f3 0000");

// Addresses are canonical: the lower one is side a.
struct Line {
  explicit Line(std::initializer_list<const FakeApp*> apps) : bench(apps, {}, {}, &watch) {}

  void send(Talk& talk, bool up, const Bytes& payload) {
    bench.now_ns += 20'000'000;
    bench.send(talk, up, payload);
  }
  void rtp_both(Talk& talk, unsigned count, unsigned from = 0) {
    for (unsigned i = from; i < from + count; ++i)
      for (const bool up : {true, false}) send(talk, up, rtp(i));
  }
  [[nodiscard]] const flow::SetupTrack* setup(const Talk& talk) const {
    return bench.engine.setup_of(talk.record);
  }
  [[nodiscard]] SetupFacts facts(const Talk& talk, bool up) const {
    const flow::SetupTrack* track = setup(talk);
    REQUIRE(track != nullptr);
    const Side client = talk.record.client();
    return track->of(up ? client : flow::other(client));
  }

  Watch watch;
  Bench bench;
};

}  // namespace

TEST_CASE("A flow with STUN may be a call, and is told once, with its beginning") {
  FakeApp app("app");
  Line line({&app});
  Talk talk;
  line.send(talk, true, stun("0001", 1));
  const std::int64_t begun = line.bench.now_ns;
  line.send(talk, true, stun("0001", 1));
  line.send(talk, false, stun("0101", 1));
  REQUIRE(line.watch.begun.size() == 1);
  CHECK(line.watch.begun[0].first == talk.key);
  CHECK(line.watch.begun[0].second == begun);
  CHECK(line.facts(talk, true).requests == 2);
  CHECK(line.facts(talk, false).successes == 1);
  CHECK(line.setup(talk)->rtt_ns() == 20'000'000);
}

TEST_CASE("Flows without STUN, media or a claim are no calls") {
  FakeApp app("app");
  Line line({&app});
  Talk talk;
  for (int i = 0; i < 40; ++i) line.send(talk, i % 2 == 0, kOther);
  CHECK(line.watch.begun.empty());
  CHECK(line.setup(talk) == nullptr);
}

TEST_CASE("What is claimed to be a call may be one") {
  FakeApp app("app");
  app.with_magic("\xf0\xf1", true);
  Line line({&app});
  Talk talk;
  line.send(talk, true, kOther);
  line.send(talk, false, kOther);
  line.send(talk, false, kOther);
  CHECK(line.watch.begun.size() == 1);
  CHECK(line.facts(talk, true).others == 1);
  CHECK(line.facts(talk, false).others == 2);
}

TEST_CASE("Further flows of a call's socket may be calls from their first datagram") {
  FakeApp app("app");
  app.with_magic("CALL", true);
  Line line({&app});
  Talk first, second, elsewhere;
  second.server = "9.9.9.9";
  elsewhere.client_port = 41'000;
  elsewhere.server = "9.9.9.9";
  line.send(first, true, ascii("CALL"));
  line.send(second, true, kOther);
  line.send(elsewhere, true, kOther);
  CHECK(line.watch.begun.size() == 2);
  CHECK(line.facts(second, true).others == 1);
  CHECK(line.setup(elsewhere) == nullptr);
}

TEST_CASE("RTP that flows may be a call, and is media, not set-up") {
  FakeApp app("app");
  app.ask = [](ByteView, classify::Claims&) { return Answer::unsure; };
  Line line({&app});
  Talk talk;
  line.rtp_both(talk, 60);
  REQUIRE(line.watch.begun.size() == 1);
  CHECK(line.watch.begun[0].second == talk.record.ts_first_ns);
  CHECK(line.facts(talk, true).others == 0);
  CHECK(line.facts(talk, false).others == 0);
}

TEST_CASE("STUN, DTLS and RTCP between the media are set-up to the end") {
  FakeApp app("app");
  Line line({&app});
  Talk talk;
  line.send(talk, true, stun("0001", 1));
  line.send(talk, false, hex("16 fefd 0000 000000000000 0010 01 000004"));
  line.rtp_both(talk, 100);
  line.send(talk, true, stun("0001", 2));
  line.send(talk, false, stun("0101", 2));
  line.send(talk, true, hex("81c90007 00000001 00000002 40000005 00001234 00000007") + Bytes(8, 0));
  CHECK(line.facts(talk, true).requests == 2);
  CHECK(line.facts(talk, false).successes == 1);
  CHECK(line.facts(talk, false).hellos == 1);
  CHECK(line.facts(talk, true).reports == 1);
  CHECK(line.facts(talk, true).last_ns == line.bench.now_ns);
}

TEST_CASE("TCP of a call counts what each side sent, long after it is known") {
  FakeApp app("app");
  app.ask = [&app](ByteView payload, classify::Claims& claims) {
    if (!payload.starts_with("CALL")) return Answer::unsure;
    claims.add({&app.bytes_signal, Service::call, Role::relay, true, {}});
    return Answer::certain;
  };
  Line line({&app});
  Talk talk;
  talk.proto = wire::ip_proto::kTcp;
  std::uint32_t seq = 1000;
  Bench::saw_handshake(talk);
  for (int i = 0; i < 100; ++i) {
    line.bench.now_ns += 20'000'000;
    line.bench.send(talk, true, ascii("CALL me now"), seq);
    seq += 11;
  }
  REQUIRE(line.watch.begun.size() == 1);
  CHECK(line.facts(talk, true).others > 90);
  CHECK(line.facts(talk, true).last_ns == line.bench.now_ns);
}

TEST_CASE("Datagrams of a certain signalling flow are handed on") {
  FakeApp app("app");
  for (const bool certain : {true, false}) {
    app.ask = [&app, certain](ByteView, classify::Claims& claims) {
      claims.add({&app.bytes_signal, Service::call, Role::signalling, certain, {}});
      return certain ? Answer::certain : Answer::unsure;
    };
    Line line({&app});
    Talk talk;
    for (int i = 0; i < 40; ++i) line.send(talk, i % 2 == 0, kOther);
    CHECK(line.watch.signals.size() == (certain ? 40 : 0));
    if (certain) CHECK(line.watch.signals.front() == 1);
  }
  FakeApp relay("relay");
  relay.with_magic("\xf0\xf1", true);
  Line line({&relay});
  Talk talk;
  line.send(talk, true, kOther);
  CHECK(line.watch.signals.empty());
}

TEST_CASE("A text flow over TCP is followed from its name to its end") {
  FakeApp app("app");
  app.with_names();
  Line line({&app});
  Talk talk;
  talk.proto = wire::ip_proto::kTcp;
  Bench::saw_handshake(talk);
  const Bytes hello = client_hello("chat.app.test");
  line.send(talk, true, hello);
  REQUIRE(line.watch.chats.size() == 1);
  CHECK(line.watch.chats[0].client == address("10.0.0.5"));
  CHECK(line.watch.chats[0].classifier == 0);
  CHECK(line.watch.chats[0].ts_ns == talk.record.ts_first_ns);
  CHECK(line.watch.ended.empty());
  line.bench.end(talk);
  REQUIRE(line.watch.ended.size() == 1);
  CHECK(line.watch.ended[0].first == 101);
  CHECK(line.watch.ended[0].second == line.bench.now_ns);
}

TEST_CASE("Other names, and text over UDP, are no chats") {
  FakeApp app("app");
  app.with_names();
  Line line({&app});
  Talk web;
  web.proto = wire::ip_proto::kTcp;
  Bench::saw_handshake(web);
  line.send(web, true, client_hello("www.app.test"));
  line.bench.end(web);
  CHECK(line.watch.chats.empty());
  FakeApp text("text");
  text.ask = [&text](ByteView, classify::Claims& claims) {
    claims.add({&text.bytes_signal, Service::text, Role::none, true, {}});
    return Answer::certain;
  };
  Line udp({&text});
  Talk talk;
  udp.send(talk, true, kOther);
  udp.bench.end(talk);
  CHECK(udp.watch.chats.empty());
  CHECK(udp.watch.ended.empty());
}

TEST_CASE("Without anybody who watches nothing is told, and the rest goes on") {
  FakeApp app("app");
  Bench bench({&app});
  Talk talk;
  bench.send(talk, true, stun("0001", 1));
  REQUIRE(bench.engine.setup_of(talk.record) != nullptr);
  CHECK(bench.engine.setup_of(talk.record)->of(talk.record.client()).requests == 1);
  bench.end(talk);
  CHECK(bench.engine.setup_of(talk.record) == nullptr);
}
