// What the engine shows to classifiers, for how long, and which names it reads.
#include "catch.hpp"
#include "unit/classify/traffic.hpp"

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Confidence;
using classify::Direction;
using classify::Service;

TEST_CASE("A certain answer decides, and nobody is asked again") {
  FakeApp first("alpha"), second("beta");
  first.with_magic("AA", true);
  second.with_magic("BB", true);
  Bench bench{&first, &second};
  Talk talk = udp_talk();
  bench.send(talk, true, ascii("??"));
  bench.send(talk, true, ascii("AA"));
  bench.send(talk, true, ascii("BB"));
  CHECK(first.asked == 2);
  CHECK(second.asked == 1);  // alpha was certain before its turn came
  const Verdict verdict = bench.end(talk);
  CHECK(verdict.app == "alpha");
  CHECK(verdict.rules == "alpha 1.0");
  CHECK(verdict.confidence == Confidence::certain);
  CHECK(verdict.service == Service::call);
  CHECK(verdict.role == classify::Role::relay);
  CHECK(verdict.signals == std::vector<std::pair<std::string, std::uint64_t>>{{"BYTES", 2}});
}

TEST_CASE("Who said it is not for him is not asked again") {
  FakeApp app("alpha");
  app.ask = [&](ByteView, classify::Claims&) {
    ++app.asked;
    return Answer::not_for_us;
  };
  Bench bench{&app};
  Talk talk = udp_talk();
  for (int i = 0; i < 5; ++i) bench.send(talk, true, ascii("xx"));
  CHECK(app.asked == 1);
  CHECK(bench.end(talk).app.empty());
}

TEST_CASE("An unsure classifier is asked for a while only") {
  FakeApp datagrams("alpha"), streams("beta");
  datagrams.with_magic("none", true);
  streams.with_magic("none", true);
  Bench udp{&datagrams}, tcp{&streams};
  Talk talk = udp_talk(), stream = tcp_talk();
  for (std::uint32_t i = 0; i < 100; ++i) {
    udp.send(talk, true, ascii("xx"));
    tcp.send(stream, true, ascii("xx"), 1000 + i * 2);
  }
  CHECK(datagrams.asked == 24);
  CHECK(streams.asked == 24);
  CHECK(talk.record.inspected);
  CHECK_FALSE(classify::Engine::wants(stream.record));
}

TEST_CASE("A claim without a signal is no claim, and one is held once") {
  FakeApp app("alpha");
  app.ask = [&](ByteView, classify::Claims& claims) {
    claims.add({nullptr, Service::call, classify::Role::none, true, {}});
    claims.add({&app.bytes_signal, Service::text, classify::Role::none, false, {}});
    return Answer::unsure;
  };
  Bench bench{&app};
  Talk talk = udp_talk();
  for (int i = 0; i < 3; ++i) bench.send(talk, true, ascii("xx"));
  const Verdict verdict = bench.end(talk);
  CHECK(verdict.service == Service::text);
  CHECK(verdict.confidence == Confidence::guess);
  CHECK(verdict.signals == std::vector<std::pair<std::string, std::uint64_t>>{{"BYTES", 1}});
}

TEST_CASE("A claim may name another member of the family") {
  FakeApp app("alpha");
  app.ask = [&](ByteView, classify::Claims& claims) {
    claims.add({&app.bytes_signal, Service::call, classify::Role::none, true, "family"});
    return Answer::certain;
  };
  Bench bench{&app};
  Talk talk = udp_talk();
  bench.send(talk, true, ascii("xx"));
  CHECK(bench.end(talk).app == "family");
}

TEST_CASE("The classifier is told the ends and the direction as the engine knows them") {
  FakeApp app("alpha");
  app.with_magic("none", true);
  Bench bench{&app};
  Talk talk = udp_talk();
  bench.send(talk, true, ascii("xx"));
  CHECK(app.last_direction == Direction::up);
  CHECK(app.last_facts.datagrams == 0);
  bench.send(talk, false, ascii("xx"));
  CHECK(app.last_direction == Direction::down);
  CHECK(app.last_facts.client == address("10.0.0.5"));
  CHECK(app.last_facts.server_port == 3478);
  CHECK(app.last_facts.datagrams == 1);
}

TEST_CASE("Who asks a relay for an address is the client, whoever was seen first") {
  FakeApp app("alpha");
  app.with_magic("none", true);
  Bench bench{&app};
  Talk talk = udp_talk();
  bench.send(talk, false, ascii("late answer"));
  bench.send(talk, true, hex("0003 0000 2112a442 000102030405060708090a0b"));
  CHECK(app.last_direction == Direction::up);
  CHECK(app.last_facts.client == address("10.0.0.5"));
}

TEST_CASE("A hello is read however its segments are cut and ordered") {
  const Bytes hello = client_hello("chat.alpha.test");
  FakeApp app("alpha");
  app.with_names();
  for (std::size_t at = 1; at + 1 < hello.size(); at += 7) {
    for (const bool swapped : {false, true}) {
      Bench bench{&app};
      Talk talk = tcp_talk();
      Bench::saw_handshake(talk);
      const Bytes head = cut(hello, at),
                  tail(hello.begin() + static_cast<std::ptrdiff_t>(at), hello.end());
      const auto tail_seq = static_cast<std::uint32_t>(1000 + at);
      if (swapped) bench.send(talk, true, tail, tail_seq);
      bench.send(talk, true, head, 1000);
      if (!swapped) bench.send(talk, true, tail, tail_seq);
      const Verdict verdict = bench.end(talk);
      REQUIRE(verdict.app == "alpha");
      CHECK(verdict.service == Service::text);
      CHECK(verdict.host == "chat.alpha.test");
      CHECK(verdict.signals.at(0).second == 2);  // the packet that completed it
    }
  }
}

TEST_CASE("A hello sent with the SYN is read from its first byte") {
  FakeApp app("alpha");
  app.with_names();
  Bench bench{&app};
  Talk talk = tcp_talk();
  const Bytes hello = client_hello("www.alpha.test");
  bench.send(talk, true, cut(hello, 20), 1000, wire::tcp_flag::kSyn);
  bench.send(talk, true, Bytes(hello.begin() + 20, hello.end()), 1021);
  CHECK(bench.end(talk).host == "www.alpha.test");
}

TEST_CASE("A hello shows who the client is") {
  FakeApp app("alpha");
  app.with_names();
  Bench bench{&app};
  Talk talk = tcp_talk();
  talk.server_port = 50001;
  bench.send(talk, false, ascii("?"), 1);  // seen first, so taken for the client
  bench.send(talk, true, client_hello("www.alpha.test"));
  const bool a_is_client = talk.record.client() == flow::Side::a;
  CHECK((a_is_client ? talk.key.a : talk.key.b) == address("10.0.0.5"));
  CHECK(bench.end(talk).app == "alpha");
}

TEST_CASE("Names are compared in lower case without the final dot") {
  FakeApp app("alpha");
  app.with_names();
  for (const std::string_view written : {"WWW.Alpha.TEST", "www.alpha.test.", "www.alpha.test"}) {
    Bench bench{&app};
    Talk talk = tcp_talk(), plain = tcp_talk("8.8.4.4", 40001);
    bench.send(talk, true, client_hello(written));
    bench.send(plain, true, http_request(written));
    CHECK(bench.end(talk).host == "www.alpha.test");
    const Verdict verdict = bench.end(plain);
    CHECK(verdict.app == "alpha");
    CHECK(verdict.host == "www.alpha.test");
  }
}

TEST_CASE("A name hidden by Encrypted ClientHello is told, with the outer one") {
  FakeApp app("alpha");
  Bench bench{&app};
  Talk talk = tcp_talk();
  bench.send(talk, true, client_hello("cloudflare-ech.com", hex("fe0d 0004 01020304")));
  const Verdict verdict = bench.end(talk);
  CHECK(verdict.ech);
  CHECK(verdict.host == "cloudflare-ech.com");
  CHECK(verdict.app.empty());
  CHECK(verdict.service == Service::web);
}

TEST_CASE("The extension before an ordinary name is GREASE and hides nothing") {
  FakeApp app("alpha");
  Bench bench{&app};
  Talk talk = tcp_talk();
  bench.send(talk, true, client_hello("www.alpha.test", hex("fe0d 0004 01020304")));
  CHECK_FALSE(bench.end(talk).ech);
}

TEST_CASE("Each side knows for itself whether its first byte was seen") {
  FakeApp app("alpha");
  app.with_magic("none", true);
  Bench bench{&app};
  Talk talk = tcp_talk();
  bench.send(talk, true, ascii("x"), 1000, wire::tcp_flag::kSyn);
  CHECK(app.last_from_start);
  bench.send(talk, false, ascii("y"), 5000);
  CHECK_FALSE(app.last_from_start);
  bench.send(talk, true, ascii("z"), 1002);
  CHECK(app.last_from_start);
  CHECK(app.last_up == "xz");
  CHECK(app.last_down == "y");
}

TEST_CASE("The text of a reset is no part of the stream") {
  FakeApp app("alpha");
  app.with_magic("none", true);
  Bench bench{&app};
  Talk talk = tcp_talk();
  bench.send(talk, true, ascii("one"), 1000);
  bench.send(talk, true, ascii("go away"), 1003, wire::tcp_flag::kRst);
  bench.send(talk, true, ascii("two"), 1003);
  CHECK(app.last_up == "onetwo");
}

TEST_CASE("Media is told once, and judged on flows that are calls") {
  FakeApp app("alpha");
  app.with_magic("AA", true);
  Bench bench{&app};
  Talk call = udp_talk(), other = udp_talk("8.8.4.4", 40001);
  bench.send(call, true, ascii("AA"));
  int told = 0;
  for (unsigned i = 0; i < 150; ++i) {
    bench.now_ns += kSecond / 50;
    told += bench.send(call, true, rtp(i)) ? 1 : 0;
    bench.send(other, true, rtp(i));
  }
  CHECK(told == 1);
  CHECK(bench.end(call).media == flow::media_kind::kVoice);
  CHECK(bench.end(other).media == 0);
}

TEST_CASE("Other transports are nobody's") {
  FakeApp app("alpha");
  app.with_magic("AA", true);
  Bench bench{&app};
  Talk talk = udp_talk();
  talk.proto = wire::ip_proto::kSctp;
  bench.send(talk, true, ascii("AA"));
  CHECK(app.asked == 0);
  CHECK(talk.record.inspected);
  CHECK(bench.end(talk).app.empty());
}

TEST_CASE("Beyond the budget the oldest inspection ends early and keeps what it had") {
  FakeApp app("alpha");
  app.ask = [&](ByteView payload, classify::Claims& claims) {
    ++app.asked;
    if (payload.starts_with("A"))
      claims.add({&app.bytes_signal, Service::text, classify::Role::none, false, {}});
    return Answer::unsure;
  };
  Bench bench({&app}, {}, {3, 1 << 20});
  std::deque<Talk> talks;
  for (std::uint16_t i = 0; i < 5; ++i) {
    talks.push_back(i % 2 == 0 ? tcp_talk("8.8.4.4", i) : udp_talk("8.8.4.4", i));
    bench.send(talks.back(), true, ascii(i == 1 ? "A" : "x"));
  }
  CHECK(bench.engine.curtailed() == 2);
  CHECK(talks[0].record.inspected);
  CHECK(talks[1].record.inspected);
  CHECK_FALSE(talks[2].record.inspected);
  const int asked = app.asked;
  bench.send(talks[0], true, ascii("A"), 1001);
  CHECK(app.asked == asked);
  bench.send(talks[2], true, ascii("A"), 1001);
  CHECK(app.asked == asked + 1);
  CHECK(bench.end(talks[0]).app.empty());
  CHECK(bench.end(talks[1]).app == "alpha");
  // Those that ended leave room.
  for (std::size_t i = 2; i < 5; ++i) bench.end(talks[i]);
  for (std::uint16_t i = 10; i < 13; ++i) {
    talks.push_back(udp_talk("8.8.4.4", i));
    bench.send(talks.back(), true, ascii("x"));
  }
  CHECK(bench.engine.curtailed() == 2);
}

TEST_CASE("Heads of streams are bounded by their bytes") {
  FakeApp app("alpha");
  app.with_magic("none", true);
  Bench bench({&app}, {}, {1000, 50'000});
  std::deque<Talk> talks;
  for (std::uint16_t i = 0; i < 5; ++i) {
    talks.push_back(tcp_talk("8.8.4.4", i));
    Bench::saw_handshake(talks.back());
    bench.send(talks.back(), true, ascii("x"), 1000 + 16'000);  // far ahead of its first byte
  }
  CHECK(bench.engine.curtailed() == 2);
  for (Talk& talk : talks) bench.end(talk);
  Talk late = tcp_talk("8.8.4.4", 9);
  bench.send(late, true, ascii("x"));
  CHECK(bench.engine.curtailed() == 2);
}

TEST_CASE("An inspection opened again when RTP flows takes its turn as the newest") {
  FakeApp app("alpha");
  app.ask = [](ByteView payload, classify::Claims&) {
    return payload.u8(0) == 0x80 ? Answer::not_for_us : Answer::unsure;
  };
  const Bytes check = hex("0001 0000 2112a442 000102030405060708090a0b");
  Bench bench({&app}, {}, {3, 1 << 20});
  std::deque<Talk> talks;
  for (std::uint16_t i = 0; i < 7; ++i) talks.push_back(udp_talk("8.8.4.4", i));
  bench.send(talks[0], true, check);
  bench.send(talks[1], true, check);  // its newer neighbour while both are open
  bench.send(talks[0], true, rtp(0));
  REQUIRE(talks[0].record.inspected);
  bool flows = false;
  for (unsigned i = 1; i < 100 && !flows; ++i) {
    bench.now_ns += kSecond / 50;
    flows = bench.send(talks[0], true, rtp(i));
  }
  REQUIRE(flows);
  REQUIRE_FALSE(talks[0].record.inspected);
  bench.send(talks[0], true, rtp(200));
  REQUIRE(talks[0].record.inspected);
  bench.end(talks[0]);
  bench.end(talks[1]);
  for (std::size_t i = 2; i < 7; ++i) bench.send(talks[i], true, ascii("?"));
  CHECK(bench.engine.curtailed() == 2);
  CHECK(talks[2].record.inspected);
  CHECK(talks[3].record.inspected);
  CHECK_FALSE(talks[4].record.inspected);
}
