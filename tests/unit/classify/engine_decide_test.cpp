// How the engine weighs names, addresses, sockets and neighbours against each other.
#include "catch.hpp"
#include "unit/classify/traffic.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Confidence;
using classify::Service;

namespace {

const std::string kAlphaServer = "5.5.5.5", kBetaServer = "6.6.6.6", kResolver = "9.9.9.9";

struct Apps {
  FakeApp alpha{"alpha"}, beta{"beta"};
  Apps() {
    alpha.with_names().with_network("5.5.0.0/16");
    beta.with_names().with_network("6.6.0.0/16");
  }
};

// `client` asks for `name` and is told `server`.
void resolve(Bench& bench, std::string_view name, const std::string& server,
             const std::string& client = "10.0.0.5") {
  Talk talk = udp_talk(kResolver, 33000, 53);
  talk.client = client;
  bench.send(talk, true, dns_query(name));
  bench.send(talk, false, dns_answer(name, {server}));
  bench.end(talk);
}

Verdict connect(Bench& bench, const std::string& server, const Bytes& payload) {
  Talk talk = tcp_talk(server, static_cast<std::uint16_t>(41000 + bench.frame));
  bench.send(talk, true, payload);
  return bench.end(talk);
}

const Bytes kOpaque = hex("f1f2f3f4f5f6f7f8");

}  // namespace

TEST_CASE("A name alone is likely, confirmed by the address it is certain") {
  Apps apps;
  Bench bench{&apps.alpha, &apps.beta};
  const Verdict elsewhere = connect(bench, "8.8.4.4", client_hello("www.alpha.test"));
  CHECK(elsewhere.app == "alpha");
  CHECK(elsewhere.confidence == Confidence::likely);
  const Verdict at_home = connect(bench, kAlphaServer, client_hello("www.alpha.test"));
  CHECK(at_home.confidence == Confidence::certain);
  resolve(bench, "cdn.alpha.test", "8.8.4.4");
  const Verdict asked = connect(bench, "8.8.4.4", client_hello("www.alpha.test"));
  CHECK(asked.confidence == Confidence::certain);
}

TEST_CASE("A name that contradicts the one asked for is a disguise") {
  Apps apps;
  Bench bench{&apps.alpha, &apps.beta};
  for (const std::string_view asked : {"vpn.example", "www.beta.test"}) {
    resolve(bench, asked, "8.8.4.4");
    const Verdict verdict = connect(bench, "8.8.4.4", client_hello("www.alpha.test"));
    CHECK(verdict.app.empty());
    CHECK(verdict.host == "www.alpha.test");
    CHECK(verdict.service == Service::web);
  }
  // In the operator's own network it is none.
  resolve(bench, "edge.example", kAlphaServer);
  CHECK(connect(bench, kAlphaServer, client_hello("www.alpha.test")).app == "alpha");
}

TEST_CASE(
    "A content network's own name is no contradiction when the application's was asked for too") {
  Apps apps;
  Bench bench{&apps.alpha, &apps.beta};
  resolve(bench, "www.alpha.test", "9.9.9.9");
  resolve(bench, "e1.edge.example", "8.8.4.4");
  const Verdict verdict = connect(bench, "8.8.4.4", client_hello("www.alpha.test"));
  CHECK(verdict.app == "alpha");
  CHECK(verdict.confidence == Confidence::likely);
}

TEST_CASE("A private address is no server of an application, unless it stands for a public one") {
  Apps apps;
  for (const bool laboratory : {false, true}) {
    Bench bench({&apps.alpha}, laboratory ? std::vector<std::string>{"192.168.7.0/24"}
                                          : std::vector<std::string>{});
    const Verdict verdict = connect(bench, "192.168.7.9", client_hello("www.alpha.test"));
    CHECK(verdict.app == (laboratory ? "alpha" : ""));
    CHECK(connect(bench, "192.168.8.9", client_hello("www.alpha.test")).app.empty());
  }
}

TEST_CASE("An address without a name takes the one its own client asked for") {
  Apps apps;
  Bench bench{&apps.alpha};
  resolve(bench, "chat.alpha.test", "8.8.4.4");
  const Verdict own = connect(bench, "8.8.4.4", kOpaque);
  CHECK(own.app == "alpha");
  CHECK(own.service == Service::text);
  CHECK(own.host == "chat.alpha.test");
  CHECK(own.confidence == Confidence::likely);
  CHECK(own.signals == std::vector<std::pair<std::string, std::uint64_t>>{{"DNS", 2}});
  Talk other = tcp_talk("8.8.4.4");
  other.client = "10.0.0.6";
  bench.send(other, true, kOpaque);
  const Verdict foreign = bench.end(other);
  CHECK(foreign.app.empty());
  CHECK(foreign.host.empty());
}

TEST_CASE("The name of an answer is forgotten after half a day") {
  Apps apps;
  Bench bench{&apps.alpha};
  resolve(bench, "chat.alpha.test", "8.8.4.4");
  bench.now_ns += 12 * 3600 * kSecond;
  CHECK(connect(bench, "8.8.4.4", kOpaque).app == "alpha");
  bench.now_ns += 1;
  CHECK(connect(bench, "8.8.4.4", kOpaque).app.empty());
}

TEST_CASE("Every answer on one socket is learned") {
  Apps apps;
  Bench bench{&apps.alpha};
  Talk talk = udp_talk(kResolver, 33000, 53);
  for (const char* name : {"x.example", "chat.alpha.test"}) bench.send(talk, true, dns_query(name));
  bench.send(talk, false, dns_answer("x.example", {"7.7.7.7"}));
  bench.send(talk, false, dns_answer("chat.alpha.test", {"8.8.4.4", "8.8.4.5"}));
  bench.end(talk);
  CHECK(connect(bench, "8.8.4.5", kOpaque).app == "alpha");
  CHECK(connect(bench, "7.7.7.7", kOpaque).host == "x.example");
}

TEST_CASE("The operator's address alone is a guess, and any name speaks against it") {
  Apps apps;
  Bench bench{&apps.alpha};
  const Verdict bare = connect(bench, kAlphaServer, kOpaque);
  CHECK(bare.app == "alpha");
  CHECK(bare.confidence == Confidence::guess);
  CHECK(bare.service == Service::web);
  CHECK(connect(bench, kAlphaServer, client_hello("www.example")).app.empty());
  resolve(bench, "www.example", kAlphaServer);
  CHECK(connect(bench, kAlphaServer, kOpaque).app.empty());
}

TEST_CASE(
    "A shared signature is a guess, likely beside a name or in the network of its application") {
  Apps apps;
  apps.alpha.with_magic("MM", false);
  Bench bench{&apps.alpha};
  Talk alone = udp_talk("8.8.4.4", 1), at_home = udp_talk(kAlphaServer, 2),
       beside = udp_talk("8.8.4.4", 3);
  bench.send(alone, true, ascii("MM"));
  CHECK(bench.end(alone).confidence == Confidence::guess);
  bench.send(at_home, true, ascii("MM"));
  CHECK(bench.end(at_home).confidence == Confidence::likely);
  resolve(bench, "www.alpha.test", "7.7.7.7");
  bench.send(beside, true, ascii("MM"));
  CHECK(bench.end(beside).confidence == Confidence::likely);
}

TEST_CASE("Between applications that share a signature the name used at the time decides") {
  for (const std::string_view used : {"alpha", "beta"}) {
    Apps apps;
    apps.alpha.with_magic("MM", false);
    apps.beta.with_magic("MM", false);
    Bench bench{&apps.alpha, &apps.beta};
    resolve(bench, "www." + std::string(used) + ".test", "7.7.7.7");
    Talk talk = udp_talk();
    bench.send(talk, true, ascii("MM"));
    const Verdict verdict = bench.end(talk);
    CHECK(verdict.app == used);
    CHECK(verdict.confidence == Confidence::likely);
    // Another client's names say nothing.
    Talk other = udp_talk();
    other.client = "10.0.0.77";
    bench.send(other, true, ascii("MM"));
    CHECK(bench.end(other).confidence == Confidence::guess);
  }
}

TEST_CASE("Between applications that share a signature the one in service at the time wins") {
  constexpr std::int64_t kThen = 1'700'000'000;
  Apps apps;
  apps.alpha.with_magic("MM", false).open_between(0, kThen - 1000);
  apps.beta.with_magic("MM", false).open_between(kThen - 1000, 0);
  Bench bench{&apps.alpha, &apps.beta};
  Talk now = udp_talk("8.8.4.4", 1), before = udp_talk("8.8.4.4", 2);
  bench.send(now, true, ascii("MM"));
  CHECK(bench.end(now).app == "beta");
  bench.now_ns -= 5000 * kSecond;
  bench.send(before, true, ascii("MM"));
  CHECK(bench.end(before).app == "alpha");
}

TEST_CASE("A peer's flow on the socket of a call belongs to it, begun before or after") {
  Apps apps;
  apps.alpha.with_magic("RELAY", true);
  Bench bench{&apps.alpha};
  Talk early = udp_talk("7.7.7.1", 50000, 4001), relay = udp_talk("8.8.4.4", 50000),
       late = udp_talk("7.7.7.2", 50000, 4002), other_port = udp_talk("7.7.7.3", 50001, 4003),
       tcp = tcp_talk("7.7.7.4", 50000);
  bench.send(early, true, kOpaque);
  bench.send(relay, true, ascii("RELAY"));
  bench.send(late, true, kOpaque);
  bench.send(other_port, true, kOpaque);
  bench.send(tcp, true, kOpaque);
  for (Talk* talk : {&early, &relay, &late, &other_port, &tcp}) bench.close(*talk);
  for (Talk* peer : {&early, &late}) {
    const Verdict verdict = bench.decide(*peer);
    CHECK(verdict.app == "alpha");
    CHECK(verdict.role == classify::Role::peer);
    CHECK(verdict.confidence == Confidence::likely);
    CHECK(verdict.signals.at(0).first == "PEER");
  }
  CHECK(bench.decide(other_port).app.empty());
  CHECK(bench.decide(tcp).app.empty());
  const Verdict verdict = bench.decide(relay);
  CHECK(verdict.role == classify::Role::relay);
  CHECK(verdict.signals.size() == 1);  // it needs no neighbours
}

TEST_CASE("A socket is bound to its call for ten minutes, from the last that was seen of it") {
  for (const std::int64_t pause : {600, 601}) {
    Apps apps;
    apps.alpha.with_magic("RELAY", true);
    Bench bench{&apps.alpha};
    Talk relay = udp_talk("8.8.4.4", 50000), late = udp_talk("7.7.7.2", 50000, 4002);
    bench.send(relay, true, ascii("RELAY"));
    bench.now_ns += 100 * kSecond;
    bench.send(relay, true, kOpaque);
    bench.end(relay);
    bench.now_ns += pause * kSecond;
    bench.send(late, true, kOpaque);
    CHECK(bench.end(late).app == (pause == 600 ? "alpha" : ""));
  }
}

TEST_CASE("A signature of its own outweighs the socket's last call, a shared one does not") {
  Apps apps;
  apps.alpha.with_magic("RELAY", true);
  apps.beta.with_magic("MM", false);
  Bench bench{&apps.alpha, &apps.beta};
  Talk relay = udp_talk("8.8.4.4", 50000), shared = udp_talk("7.7.7.2", 50000, 4002);
  bench.send(relay, true, ascii("RELAY"));
  bench.send(shared, true, ascii("MM"));
  CHECK(bench.end(shared).app == "alpha");
  apps.beta.with_magic("MM", true);
  Talk own = udp_talk("7.7.7.3", 50000, 4002);
  bench.send(own, true, ascii("MM"));
  CHECK(bench.end(own).app == "beta");
}

TEST_CASE("A certain signature outweighs a name") {
  Apps apps;
  apps.beta.with_magic("\x16", true);
  Bench bench{&apps.alpha, &apps.beta};
  CHECK(connect(bench, kAlphaServer, client_hello("www.alpha.test")).app == "beta");
}
