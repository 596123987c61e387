// Names that come from certificates, and names that only their operator can serve.
#include "catch.hpp"
#include "unit/classify/traffic.hpp"
#include "unit/proto/server_flight.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Confidence;
using classify::Service;

namespace {

// An application whose name is the bundled certificate's, www.example.net.
class Certified final : public classify::Classifier {
 public:
  Certified() {
    info_.name = "certified";
    info_.version = "certified 1.0";
    info_.names = {&rule_, 1};
    info_.networks = {&network_, 1};
    info_.dns_signal = &dns_;
    info_.certificate_signal = &certificate_;
  }
  [[nodiscard]] const classify::Info& info() const override { return info_; }
  void known_by_address() { info_.network_signal = &name_; }
  void only_own_network() { rule_.own_network = true; }

 private:
  classify::SignalInfo name_{"NAME", classify::Rank::name, ""};
  classify::SignalInfo dns_{"DNS", classify::Rank::name, ""};
  classify::SignalInfo certificate_{"CERT", classify::Rank::name, ""};
  classify::NameRule rule_{"example.net", "", Service::web, &name_};
  classify::NetworkRule network_{"5.5.0.0/16", "2026-01-01", "made up"};
  classify::Info info_;
};

class Line {
 public:
  explicit Line(const classify::Classifier& app) : apps_{&app}, engine_(apps_, false, {}) {}

  void send(Talk& talk, bool up, const Bytes& payload, std::uint32_t seq = 1000) {
    wire::Packet packet = packet_of(talk, up, payload);
    packet.seq = seq;
    packet.tcp_flags = wire::tcp_flag::kAck;
    packet.frame = {0, ++frame_};
    const flow::Keyed keyed = flow::key_of(packet);
    if (!talk.begun) {
      talk.begun = true;
      talk.key = keyed.key;
      talk.record.proto = talk.proto;
      talk.record.frame_first = packet.frame;
      talk.record.client_is_b = keyed.from == flow::Side::b;
      if (talk.proto == wire::ip_proto::kTcp) talk.record.tracker = 0;
    }
    if (classify::Engine::wants(talk.record))
      engine_.on_payload(talk.record, keyed, packet, &talk.track);
  }
  [[nodiscard]] const classify::Engine& engine() const { return engine_; }
  classify::Decision end(Talk& talk) {
    engine_.close(talk.record, talk.key);
    return engine_.decide(talk.record, talk.key);
  }

 private:
  std::vector<const classify::Classifier*> apps_;
  classify::Engine engine_;
  std::uint64_t frame_ = 0;
};

Bytes server_flight() {
  return record("16", server_hello({})) + record("16", certificate_message({certificate()}));
}

// A ClientHello without any extension.
Bytes nameless_hello() {
  const Bytes body = hex("0303") + Bytes(32, 0x42) + Bytes{0} + hex("0002 c02f 01 00");
  return hex("16 0301") + counted(2, Bytes{1} + counted(3, body));
}

}  // namespace

TEST_CASE("Where only the server is heard its certificate names it") {
  const Certified app;
  Line line(app);
  Talk talk = tcp_talk();
  line.send(talk, false, server_flight());
  const classify::Decision decision = line.end(talk);
  CHECK(decision.app == "certified");
  CHECK(decision.confidence == Confidence::likely);
  REQUIRE(decision.signal_count == 1);
  CHECK(decision.signals[0].id == "CERT");
  CHECK(decision.host.empty());
  CHECK(talk.record.client() ==
        (talk.key.a == address(talk.client) ? flow::Side::a : flow::Side::b));
}

TEST_CASE("A hello without a name leaves the word to the certificate") {
  const Certified app;
  Line line(app);
  Talk talk = tcp_talk();
  line.send(talk, true, nameless_hello());
  line.send(talk, false, server_flight());
  CHECK(line.end(talk).app == "certified");
}

TEST_CASE("An address in place of a name leaves it too") {
  const Certified app;
  Line line(app);
  Talk talk = tcp_talk();
  line.send(talk, true, client_hello("8.8.4.4"));
  line.send(talk, false, server_flight());
  CHECK(line.end(talk).app == "certified");
}

TEST_CASE("A name that was said outweighs the certificate") {
  const Certified app;
  Line line(app);
  Talk talk = tcp_talk();
  line.send(talk, true, client_hello("www.elsewhere.test"));
  line.send(talk, false, server_flight());
  const classify::Decision decision = line.end(talk);
  CHECK(decision.app.empty());
  CHECK(decision.host == "www.elsewhere.test");
}

TEST_CASE("A name only its operator serves is a disguise at another's address") {
  Certified app;
  for (const bool own : {false, true}) {
    if (own) app.only_own_network();
    Line line(app);
    Talk elsewhere = tcp_talk("8.8.4.4");
    line.send(elsewhere, true, client_hello("www.example.net"));
    CHECK(line.end(elsewhere).app == (own ? "" : "certified"));
    Talk at_home = tcp_talk("5.5.5.5");
    line.send(at_home, true, client_hello("www.example.net"));
    CHECK(line.end(at_home).app == "certified");
    Talk question = udp_talk("9.9.9.9", 33000, 53);
    line.send(question, true, dns_query("www.example.net"));
    line.send(question, false, dns_answer("www.example.net", {"8.8.4.4"}));
    Talk asked = tcp_talk("8.8.4.4", 40001);
    line.send(asked, true, client_hello("www.example.net"));
    CHECK(line.end(asked).confidence == Confidence::certain);
  }
}

TEST_CASE("An end in an operator's network is the server, whoever is heard first") {
  const Certified app;
  Line line(app);
  Talk talk = udp_talk("5.5.5.5", 40000, 41000);
  line.send(talk, false, hex("f1f2f3f4"));
  const classify::Decision decision = line.end(talk);
  const IpAddress& client = talk.record.client_is_b ? talk.key.b : talk.key.a;
  CHECK(client == address(talk.client));
  CHECK(decision.app.empty());  // without a network signal the address claims nothing
}

TEST_CASE("Whose server an address is, for connections that said nothing") {
  Certified app;
  const IpAddress client = IpAddress::v4(0xc0a8'0002);
  const IpAddress own = IpAddress::v4(0x0505'0101), other = IpAddress::v4(0x0506'0101);
  CHECK(Line(app).engine().operator_of(client, own, 0).empty());  // its networks tell nothing
  app.known_by_address();
  const Line line(app);
  CHECK(line.engine().operator_of(client, own, 0) == "certified");
  CHECK(line.engine().operator_of(client, other, 0).empty());
}
