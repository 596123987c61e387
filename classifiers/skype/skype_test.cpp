// Tests Skype's signals on bytes written by hand, and that pings, Teams and others are not claimed.
#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::skype {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Service;

const classify::Classifier& skype() { return classifiers::skype::instance(); }

const Bytes kHello = hex("1603010000");

Outcome ask_head(const classify::Classifier& classifier, classify::FlowFacts flow,
                 const classify::StreamHead& head) {
  flow.proto = 6;
  Outcome outcome;
  outcome.answer = classifier.on_stream(flow, head, outcome);
  return outcome;
}

// The server's side alone.
Outcome ask_down(const classify::Classifier& classifier, const Bytes& down, bool from_start) {
  classify::StreamHead head;
  head.down = view(down);
  head.grew = classify::Direction::down;
  head.from_start = from_start;
  return ask_head(classifier, udp_flow("192.0.2.7", 443), head);
}

// The client's side alone, at a place and a time.
Outcome ask_tcp(const classify::Classifier& classifier, const Bytes& up, std::string_view server,
                std::uint16_t port, std::int64_t ts_ns) {
  classify::StreamHead head;
  head.up = view(up);
  head.ts_ns = ts_ns;
  return ask_head(classifier, udp_flow(server, port), head);
}

TEST_CASE("skype: imitation of TLS") {
  const Bytes constant = hex("16030100eb 42cdefe740d72f1d dcb81839");
  for (const Outcome& outcome :
       {ask_stream(skype(), kHello + constant), ask_stream(skype(), kHello, hex("1703010000")),
        ask_stream(skype(), kHello + constant, hex("1703010000"))}) {
    CHECK(outcome.signal() == "SKYPE.TLS.FAKE");
    CHECK(outcome.answer == Answer::certain);
    CHECK(outcome.claims.front().service == Service::text);
  }
}

TEST_CASE("skype: the constant counts in its place only") {
  CHECK_FALSE(ask_stream(skype(), kHello + hex("17030100eb 42cdefe740d72f1d")).certain());
  CHECK_FALSE(ask_stream(skype(), kHello + hex("16030100eb 00 42cdefe740d72f1d")).certain());
}

TEST_CASE("skype: the empty record alone is a weak sign") {
  const Outcome outcome = ask_stream(skype(), kHello);
  CHECK(outcome.signal() == "SKYPE.TLS.EMPTY");
  CHECK_FALSE(outcome.certain());
  CHECK(ask_stream(skype(), cut(kHello, 4)).claims.empty());
  CHECK(ask_stream(skype(), cut(kHello, 4)).answer == Answer::unsure);
  CHECK(ask_stream(skype(), hex("1603010001 01")).claims.empty());
  CHECK(ask_stream(skype(), kHello, {}, false).claims.empty());
}

TEST_CASE("skype: imitation of TLS in the middle, and each side alone") {
  const Bytes record = hex("16030100eb 42cdefe740d72f1d dcb81839");
  CHECK(ask_stream(skype(), record, {}, false).signal() == "SKYPE.TLS.FAKE");
  Outcome server = ask_down(skype(), hex("1703010000"), true);
  CHECK(server.signal() == "SKYPE.TLS.ANSWER");
  CHECK(server.certain());
  server = ask_down(skype(), hex("1703010000 17030100101c7a80"), false);
  CHECK(server.signal() == "SKYPE.TLS.ANSWER");
  CHECK_FALSE(server.certain());
  CHECK(ask_down(skype(), hex("1703010010 1c7a80"), true).claims.empty());
}

const Bytes kSsl2 =
    hex("8046010301002d0000001000000500000400000a0000090000640000620000080000030000060100800700c003"
        "008006"
        "00400200800400803fe40572bb30e19ef73c7d8af308d936");
const Bytes kServer =
    hex("160301004a020000460301401be48602ade029e17774e544b9c99cb431315e02dd779d154a9609ba5da870201c"
        "a0e4f6"
        "4c6351ae2f8e4ee1e6766a0a88d5d8c55cae98c5e481f22a69bf9058000500");

TEST_CASE("skype: hello in SSL 2.0 form") {
  CHECK(ask_stream(skype(), kSsl2).claims.empty());  // Windows' own is the same
  CHECK(ask_stream(skype(), kSsl2).answer == Answer::unsure);
  CHECK(ask_stream(skype(), kSsl2 + hex("16030100861000008200")).claims.empty());
  CHECK(ask_stream(skype(), kSsl2 + hex("8096020700c0")).claims.empty());
  const Outcome odd = ask_stream(skype(), kSsl2 + hex("4cc007d522fc42f3"));
  CHECK(odd.signal() == "SKYPE.TLS.SSL2");
  CHECK_FALSE(odd.certain());
}

TEST_CASE("skype: the constant ServerHello, with or without the client") {
  for (const Outcome& outcome :
       {ask_stream(skype(), kSsl2, kServer), ask_stream(skype(), {}, kServer),
        ask_down(skype(), kServer + hex("1122"), false)}) {
    CHECK(outcome.signal() == "SKYPE.TLS.SERVER");
    CHECK(outcome.certain());
  }
  Bytes other = kServer;
  other[20] ^= 1U;
  CHECK(ask_down(skype(), other, true).claims.empty());
  CHECK(ask_down(skype(), cut(kServer, 42), true).claims.empty());
}

TEST_CASE("skype: random streams count at supernodes in their time") {
  const Bytes random = hex("eac9881f2540a2f3842adc4c8c51e114");
  constexpr std::int64_t kIn2015 = 1'431'970'000'000'000'000;
  constexpr std::int64_t kIn2020 = 1'589'000'000'000'000'000;
  const Outcome there = ask_tcp(skype(), random, "65.55.223.33", 40002, kIn2015);
  CHECK(there.signal() == "SKYPE.TCP.SUPERNODE");
  CHECK_FALSE(there.certain());
  CHECK(ask_tcp(skype(), random, "65.55.223.33", 40002, kIn2020).claims.empty());
  CHECK(ask_tcp(skype(), random, "65.55.223.33", 443, kIn2015).claims.empty());
  CHECK(ask_tcp(skype(), random, "192.0.2.7", 40002, kIn2015).claims.empty());
  CHECK(ask_tcp(skype(), ascii("GET / HTTP/1.1"), "65.55.223.33", 40002, kIn2015).claims.empty());
}

TEST_CASE("skype: Microsoft's STUN over TCP") {
  const Bytes allocate = stun_message("0003", hex("000f 0004 72c64bc6 8008 0004 00000006"));
  for (const Bytes& stream : {counted(2, allocate), hex("0200") + counted(2, allocate)}) {
    CHECK(ask_stream(skype(), stream).signal() == "SKYPE.STUN.MS");
    CHECK(ask_down(skype(), stream, true).signal() == "SKYPE.STUN.MS");
  }
}

TEST_CASE("skype: Microsoft's STUN without Teams' marks is possible, never certain") {
  for (const char* type : {"8008", "8054", "8070"}) {
    const Outcome outcome = ask_datagram(skype(), stun_message("0001", stun_attribute(type, 4)));
    INFO(type);
    CHECK(outcome.signal() == "SKYPE.STUN.MS");
    CHECK_FALSE(outcome.certain());
    CHECK(outcome.claims.front().service == Service::call);
  }
  const Outcome teams = ask_datagram(
      skype(), stun_message("0001", stun_attribute("8070", 4) + stun_attribute("8037", 4)));
  CHECK(teams.claims.empty());
  CHECK(teams.answer == Answer::not_for_us);
}

TEST_CASE("skype: names") {
  CHECK(service_of(skype(), "db3msgr5011709.gateway.messenger.live.com") == "text");
  CHECK(service_of(skype(), "dsn4.d.skype.net") == "text");
  CHECK(service_of(skype(), "api.asm.skype.com") == "transfer");
  CHECK(service_of(skype(), "ui.skype.com") == "web");
  CHECK(service_of(skype(), "b.config.skype.com") == "web");
  CHECK(service_of(skype(), "pub-neu-1.cc.skype.com") == "call");
  CHECK(service_of(skype(), "api.flightproxy.skype.com") == "text");
  CHECK(service_of(skype(), "pipe.prd.skypedata.akadns.net") == "web");
  CHECK(service_of(skype(), "login.live.com").empty());
  CHECK(service_of(skype(), "webdir.online.lync.com").empty());
  CHECK(service_of(skype(), "teams.microsoft.com").empty());
}

TEST_CASE("skype: others' traffic is not claimed") { claims_nothing_of_others(skype()); }

}  // namespace
