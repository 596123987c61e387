// What the engine offers classifiers beyond single packets: history, framing, sockets, generic
// rank.
#include "catch.hpp"
#include "unit/classify/traffic.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Claims;
using classify::Confidence;
using classify::Datagram;
using classify::Direction;
using classify::FlowFacts;
using classify::Role;
using classify::Service;

namespace {

// An application whose test looks at everything the contract shows.
class Watcher final : public classify::Classifier {
 public:
  using Look = std::function<Answer(const FlowFacts&, const Datagram&, Claims&)>;

  explicit Watcher(std::string_view name) {
    info_.name = name;
    info_.version = "watcher 1.0";
    info_.peer_signal = &peer;
  }
  [[nodiscard]] const classify::Info& info() const override { return info_; }
  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    return look ? look(flow, datagram, claims) : Answer::not_for_us;
  }

  Look look;
  classify::Info info_;
  classify::SignalInfo bytes{"BYTES", classify::Rank::bytes, ""};
  classify::SignalInfo peer{"PEER", classify::Rank::behaviour, ""};
  classify::SignalInfo media{"MEDIA", classify::Rank::behaviour, ""};
};

// Plays packets of hand-made flows to an engine of these applications.
class Stage {
 public:
  explicit Stage(std::vector<const classify::Classifier*> apps)
      : apps_(std::move(apps)), engine(apps_, false, {}) {}

  bool send(Talk& talk, bool up, const Bytes& payload) {
    wire::Packet packet = packet_of(talk, up, payload);
    packet.ts_ns = now_ns += kSecond / 50;
    packet.frame = {0, ++frame};
    const flow::Keyed keyed = flow::key_of(packet);
    if (!talk.begun) {
      talk.begun = true;
      talk.key = keyed.key;
      talk.record.proto = talk.proto;
      talk.record.ts_first_ns = now_ns;
      talk.record.frame_first = packet.frame;
      talk.record.client_is_b = keyed.from == flow::Side::b;
    }
    talk.record.ts_last_ns = now_ns;
    return classify::Engine::wants(talk.record) &&
           engine.on_payload(talk.record, keyed, packet, nullptr);
  }
  classify::Decision end(Talk& talk) {
    engine.close(talk.record, talk.key);
    return engine.decide(talk.record, talk.key);
  }

 private:
  std::vector<const classify::Classifier*> apps_;

 public:
  classify::Engine engine;
  std::int64_t now_ns = std::int64_t{1'700'000'000} * kSecond;
  std::uint64_t frame = 0;
};

bool strip_two(ByteView payload, std::size_t wire_len, classify::Media& out) {
  if (wire_len < 2) return false;
  out.rtp = payload.from(2);
  out.rtp_len = wire_len - 2;
  return true;
}

Bytes channel_data(const Bytes& data) { return hex("4001") + counted(2, data); }

}  // namespace

TEST_CASE("Earlier datagrams are shown in order, with direction and length") {
  Watcher app("app");
  std::vector<std::size_t> counts;
  bool directions_right = false;
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims&) {
    counts.push_back(flow.earlier.size());
    if (flow.earlier.size() == 2)
      directions_right = flow.earlier[0].direction == Direction::up &&
                         flow.earlier[1].direction == Direction::down &&
                         flow.earlier[0].wire_len == 40 && flow.earlier[1].wire_len == 3 &&
                         flow.earlier[0].head().size() == classify::Glimpse::kMost &&
                         flow.earlier[1].head().text() == "abc";
    return Answer::unsure;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  stage.send(talk, true, Bytes(40, 0x77));
  stage.send(talk, false, ascii("abc"));
  for (int i = 0; i < 20; ++i) stage.send(talk, true, Bytes(30, 0x77));
  REQUIRE(counts.size() > classify::kMostGlimpses + 1);
  CHECK(counts[0] == 0);
  CHECK(counts[1] == 1);
  CHECK(directions_right);
  CHECK(counts.back() == classify::kMostGlimpses);
}

TEST_CASE("Directions of earlier datagrams follow when the client turns out to be the other side") {
  Watcher app("app");
  Direction first = Direction::up;
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims&) {
    if (!flow.earlier.empty()) first = flow.earlier[0].direction;
    return Answer::unsure;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  stage.send(talk, false, Bytes(30, 0x77));
  // A request to allocate a relay is a client's.
  stage.send(talk, true, hex("0003 0000 2112a442 000102030405060708090a0b"));
  CHECK(first == Direction::down);
}

TEST_CASE("What a relay carries is shown unwrapped") {
  Watcher app("app");
  std::vector<std::size_t> inner;
  std::vector<bool> relayed, is_rtp;
  app.look = [&](const FlowFacts&, const Datagram& datagram, Claims&) {
    inner.push_back(datagram.inner_len);
    relayed.push_back(datagram.relayed);
    is_rtp.push_back(datagram.rtp != nullptr);
    return Answer::unsure;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  stage.send(talk, true, rtp(1));
  stage.send(talk, true, channel_data(rtp(2)));
  const Bytes peer = hex("0012 0008 0001 0102 21324354");
  const Bytes attributes = peer + hex("0013") + counted(2, rtp(3));
  stage.send(talk, true,
             hex("0016") + Bytes{0, static_cast<std::uint8_t>(attributes.size())} +
                 hex("2112a442 000102030405060708090a0b") + attributes);
  stage.send(talk, true, hex("0001 0000 2112a442 000102030405060708090a0b"));
  CHECK(inner == std::vector<std::size_t>{172, 172, 172, 20});
  CHECK(relayed == std::vector<bool>{false, true, true, false});
  CHECK(is_rtp == std::vector<bool>{true, true, true, false});
}

TEST_CASE("Media behind an application's framing is followed") {
  Watcher app("app");
  app.look = [&](const FlowFacts&, const Datagram&, Claims& claims) {
    claims.add({&app.bytes, Service::call, Role::relay, true, {}, strip_two});
    return Answer::certain;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  bool proved = false;
  for (unsigned i = 0; i < 50; ++i) proved |= stage.send(talk, true, hex("ce40") + rtp(i));
  CHECK(proved);
  const classify::Decision decision = stage.end(talk);
  CHECK(decision.app == "app");
  CHECK(decision.media == flow::media_kind::kVoice);
}

TEST_CASE("Media announced by signalling is bound to the application that announced it") {
  Watcher app("app");
  app.info_.generic = true;
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims& claims) {
    if (flow.server_port == 5060) claims.expect_media(address("10.0.0.5"), 7078);
    return Answer::not_for_us;
  };
  Stage stage({&app});
  Talk signalling = udp_talk("192.0.2.1", 5060, 5060);
  stage.send(signalling, true, ascii("INVITE"));
  Talk media = udp_talk("192.0.2.9", 7078, 9000);
  for (unsigned i = 0; i < 8; ++i) stage.send(media, true, rtp(i));
  const classify::Decision decision = stage.end(media);
  CHECK(decision.app == "app");
  CHECK(decision.service == Service::call);
  CHECK(decision.role == Role::peer);
  Talk other = udp_talk("192.0.2.9", 7079, 9000);
  for (unsigned i = 0; i < 8; ++i) stage.send(other, true, rtp(i));
  CHECK(stage.end(other).app.empty());
}

TEST_CASE("A protocol that many speak gives way to an application, and its socket too") {
  Watcher generic("generic"), app("specific");
  generic.info_.generic = true;
  generic.look = [&](const FlowFacts&, const Datagram&, Claims& claims) {
    claims.add({&generic.bytes, Service::call, Role::relay, true, {}});
    return Answer::unsure;
  };
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims& claims) {
    if (flow.server_port != 3478) return Answer::not_for_us;
    claims.add({&app.bytes, Service::call, Role::relay, true, {}});
    return Answer::certain;
  };
  Stage stage({&generic, &app});
  Talk relay = udp_talk("192.0.2.1", 50000, 3478);
  stage.send(relay, true, Bytes(30, 0x77));
  Talk peer = udp_talk("192.0.2.2", 50000, 4000);
  stage.send(peer, true, Bytes(30, 0x77));
  Talk lone = udp_talk("192.0.2.2", 50001, 4000);
  stage.send(lone, true, Bytes(30, 0x77));
  CHECK(stage.end(relay).app == "specific");
  const classify::Decision bound = stage.end(peer);
  CHECK(bound.app == "specific");
  CHECK(bound.confidence == Confidence::likely);
  CHECK(stage.end(lone).app == "generic");
}

TEST_CASE("RTP that nothing explains goes to the generic classifier") {
  Watcher media("media");
  media.info_.generic = true;
  media.info_.media_signal = &media.media;
  media.look = [](const FlowFacts&, const Datagram& datagram, Claims&) {
    return datagram.rtp != nullptr ? Answer::unsure : Answer::not_for_us;
  };
  Stage stage({&media});
  Talk talk = udp_talk();
  for (unsigned i = 0; i < 2; ++i) stage.send(talk, true, rtp(i));
  Talk chance = udp_talk("192.0.2.3", 41000);
  stage.send(chance, true, rtp(1));
  stage.send(chance, true, rtp(40000));
  for (unsigned i = 2; i < 9; ++i) stage.send(talk, true, rtp(i));
  const classify::Decision decision = stage.end(talk);
  CHECK(decision.app == "media");
  CHECK(decision.service == Service::call);
  CHECK(decision.confidence == Confidence::likely);
  CHECK(stage.end(chance).app.empty());
}

TEST_CASE("An IP protocol without ports is known by its number") {
  Watcher app("tunnels");
  const classify::ProtocolRule rule{50, Service::tunnel, &app.bytes};
  app.info_.protocols = {&rule, 1};
  Stage stage({&app});
  Talk esp = udp_talk();
  esp.proto = 50;
  esp.client_port = esp.server_port = 0;
  stage.send(esp, true, Bytes(60, 0x12));
  const classify::Decision decision = stage.end(esp);
  CHECK(decision.app == "tunnels");
  CHECK(decision.service == Service::tunnel);
  CHECK(decision.confidence == Confidence::certain);
}

TEST_CASE("A suspicion that is proved later is proved") {
  Watcher app("app");
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims& claims) {
    const bool proved = flow.earlier.size() == 1;
    claims.add({&app.bytes, Service::call, Role::relay, proved, {}});
    return proved ? Answer::certain : Answer::unsure;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  stage.send(talk, true, Bytes(30, 0x77));
  stage.send(talk, true, Bytes(30, 0x77));
  CHECK(stage.end(talk).confidence == Confidence::certain);
}

TEST_CASE("Classifiers are asked again when RTP begins to flow") {
  Watcher app("app");
  app.look = [&](const FlowFacts& flow, const Datagram&, Claims& claims) {
    if (!flow.rtp_flowing) return Answer::unsure;
    claims.add({&app.bytes, Service::call, Role::peer, true, {}});
    return Answer::certain;
  };
  Stage stage({&app});
  Talk talk = udp_talk();
  const Bytes check = hex("0001 0000 2112a442 000102030405060708090a0b");
  for (int i = 0; i < 40; ++i) stage.send(talk, true, check);
  for (unsigned i = 0; i < 20; ++i) stage.send(talk, true, rtp(i));
  CHECK(stage.end(talk).app == "app");
}
