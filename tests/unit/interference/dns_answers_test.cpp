// Forged DNS answers, and all that only looks like them.
#include "interference/dns_answers.hpp"

#include "unit/interference/dns_talk.hpp"

using namespace deadair::test;
using namespace deadair::interference;
using Say = DnsTalk::Say;

TEST_CASE("two answers with different addresses and TTLs are likely forged, from one question on") {
  DnsTalk talk;
  talk.ask();
  talk.wait_ms(27);
  talk.answer({.address = "203.0.112.66", .ttl = 46});
  talk.wait_ms(24);
  talk.answer({.address = "192.88.1.1", .ttl = 53});
  const auto found = talk.judge();
  const Finding* one = finding_of(found, "DNS.DUP");
  REQUIRE(one != nullptr);
  CHECK(one->level == Level::likely);
  CHECK(one->frames.size() == 3);
  CHECK(one->app == "whatsapp");
  CHECK(one->trigger->name == "watched.example");
  CHECK(is_open(*one, "local_device"));
  CHECK_FALSE(is_open(*one, "load_balancing"));
  CHECK(one->text ==
        "Two answers to one question for watched.example: 203.0.112.66 (TTL 46) and 192.88.1.1 "
        "(TTL 53).");
}

TEST_CASE("several injectors are counted") {
  DnsTalk talk;
  talk.ask();
  talk.wait_ms(3);
  talk.answer({.address = "203.0.112.66", .ttl = 46});
  talk.wait_ms(1);
  talk.answer({.address = "203.0.112.99", .ttl = 101});
  talk.wait_ms(40);
  talk.answer({.address = "192.88.1.1", .ttl = 53});
  const auto found = talk.judge();
  const Finding* one = finding_of(found, "DNS.DUP");
  REQUIRE(one != nullptr);
  CHECK(one->frames.size() == 4);
  CHECK(one->text.starts_with("3 answers to one question for watched.example, among them "));
}

TEST_CASE("the order of arrival does not tell which is forged") {
  DnsTalk talk;
  talk.ordinary(4, {.ttl = 53});
  talk.ask();
  talk.wait_ms(50);
  talk.answer({.address = "192.88.1.1", .ttl = 53});
  talk.wait_ms(30);
  talk.answer({.address = "203.0.112.66", .ttl = 46});
  const auto found = talk.judge();
  const Finding* one = finding_of(found, "DNS.DUP");
  REQUIRE(one != nullptr);
  CHECK(one->level == Level::likely);
  REQUIRE_FALSE(one->items.empty());
  CHECK(one->items[0].frame == deadair::wire::FrameRef(0, 11));
}

TEST_CASE("a mirrored TTL needs another sign: too early, or another identification or flag") {
  DnsTalk talk;
  talk.ordinary(3, {.ttl = 53, .ip_id = 5000, .flags = 0x8580});
  talk.ask();
  talk.wait_ms(27);
  const std::int64_t forged_at = talk.now_ns;
  SECTION("nothing but the second answer") {
    talk.wait_ms(20);
    talk.answer({.address = "203.0.112.66", .ttl = 53, .ip_id = 5030, .flags = 0x8580});
    talk.wait_ms(3);
    talk.answer({.address = "192.88.1.1", .ttl = 53, .ip_id = 5031, .flags = 0x8580});
    CHECK(level_of(talk.judge(), "DNS.DUP") == Level::anomalous);
  }
  SECTION("early") {
    CHECK(talk.now_ns == forged_at);
    talk.answer({.address = "203.0.112.66", .ttl = 53, .ip_id = 5030, .flags = 0x8580});
    talk.wait_ms(23);
    talk.answer({.address = "192.88.1.1", .ttl = 53, .ip_id = 5031, .flags = 0x8580});
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.DUP") == Level::likely);
    CHECK(level_of(found, "DNS.FAST") == Level::likely);
    CHECK(finding_of(found, "DNS.TTLDEV") == nullptr);
  }
  SECTION("flags") {
    talk.wait_ms(20);
    talk.answer({.address = "203.0.112.66", .ttl = 53, .ip_id = 5030, .flags = 0x8180});
    talk.wait_ms(3);
    talk.answer({.address = "192.88.1.1", .ttl = 53, .ip_id = 5031, .flags = 0x8580});
    CHECK(level_of(talk.judge(), "DNS.EDNS") == Level::likely);
  }
  SECTION("identification") {
    talk.wait_ms(20);
    talk.answer({.address = "203.0.112.66", .ttl = 53, .ip_id = 40000, .flags = 0x8580});
    talk.wait_ms(3);
    talk.answer({.address = "192.88.1.1", .ttl = 53, .ip_id = 5031, .flags = 0x8580});
    CHECK(level_of(talk.judge(), "DNS.DUP") == Level::likely);
  }
}

TEST_CASE("an OPT record that the resolver always returns is missed") {
  DnsTalk talk;
  talk.ordinary(3, {.ttl = 53, .opt = true});
  const bool asked = GENERATE(true, false);
  talk.ask(asked);
  talk.wait_ms(49);
  talk.answer({.address = "203.0.112.66", .ttl = 53});
  talk.wait_ms(3);
  talk.answer({.address = "192.88.1.1", .ttl = 53, .opt = asked});
  const auto found = talk.judge();
  CHECK(level_of(found, "DNS.DUP") == (asked ? Level::likely : Level::anomalous));
  CHECK((finding_of(found, "DNS.EDNS") != nullptr) == asked);
}

TEST_CASE("a forged denial before the answer is found as well") {
  DnsTalk talk;
  talk.ask();
  talk.answer({.address = "", .ttl = 46, .flags = 0x8183});
  talk.wait_ms(40);
  talk.answer({.ttl = 53});
  CHECK(level_of(talk.judge(), "DNS.DUP") == Level::likely);
}

TEST_CASE("answers that are as many as the questions are none") {
  DnsTalk talk;
  SECTION("asked again") {
    talk.ask();
    talk.wait_ms(1000);
    talk.ask();
    talk.wait_ms(30);
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    talk.answer({.address = "203.0.112.66", .ttl = 50});
  }
  SECTION("repeated by the resolver or the network") {
    talk.ask();
    talk.answer({.ttl = 53, .ip_id = 1});
    talk.wait_ms(3);
    talk.answer({.ttl = 52, .ip_id = 1});
  }
  SECTION("another resolver, with other addresses") {
    talk.ask();
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    talk.resolver = "198.41.0.5";
    talk.ask();
    talk.answer({.address = "203.0.112.66", .ttl = 47});
  }
  SECTION("another identifier at the same socket") {
    talk.ask();
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    ++talk.id;
    talk.ask();
    talk.answer({.address = "203.0.112.66", .ttl = 47});
  }
  SECTION("later than five seconds") {
    talk.ask();
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    talk.wait_ms(6000);
    talk.answer({.address = "203.0.112.66", .ttl = 47});
  }
  CHECK(talk.judge().empty());
}

TEST_CASE("the capture's copy of a question is no second question") {
  DnsTalk talk;
  talk.ask();
  talk.wait_ms(1);
  talk.ask();
  talk.answer({.address = "203.0.112.66", .ttl = 46});
  talk.wait_ms(30);
  talk.answer({.address = "192.88.1.1", .ttl = 53});
  CHECK(level_of(talk.judge(), "DNS.DUP") == Level::likely);
}

TEST_CASE("what may be load balancing stays anomalous") {
  DnsTalk talk;
  talk.ask();
  SECTION("the same addresses in another order, with other times to live") {
    talk.answer({.address = "192.88.1.1", .ttl = 46, .also = "192.88.1.2"});
    talk.answer({.address = "192.88.1.2", .ttl = 53, .rr_ttl = 59, .also = "192.88.1.1"});
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.DUP") == Level::anomalous);
  }
  SECTION("other addresses of one network") {
    talk.answer({.address = "192.88.1.1", .ttl = 46});
    talk.answer({.address = "192.88.7.9", .ttl = 53});
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.DUP") == Level::anomalous);
    CHECK(is_open(*finding_of(found, "DNS.DUP"), "load_balancing"));
  }
  SECTION("a resolver that fails and then answers") {
    talk.answer({.address = "", .ttl = 46, .flags = 0x8182});
    talk.answer({.ttl = 53});
    CHECK(level_of(talk.judge(), "DNS.DUP") == Level::anomalous);
  }
}

TEST_CASE("two answers to two questions conflict with nothing, whatever they say") {
  DnsTalk talk;
  talk.ask();
  talk.wait_ms(1000);
  talk.ask();
  talk.wait_ms(50);
  talk.answer({.address = "10.1.2.3", .ttl = 53});
  talk.answer({.address = "192.88.1.1", .ttl = 46});
  const auto found = talk.judge();
  CHECK(finding_of(found, "DNS.DUP") == nullptr);
  CHECK(finding_of(found, "DNS.BOGON") != nullptr);
}

TEST_CASE("two answers that say the same stay anomalous, whatever else is strange") {
  DnsTalk talk;
  talk.ask();
  talk.answer({.address = "192.88.1.1", .ttl = 46, .rr_ttl = 60});
  talk.answer({.address = "192.88.1.1", .ttl = 53, .rr_ttl = 59});
  talk.resolver = "198.41.0.5";
  talk.ask();
  talk.answer({.address = "203.0.112.66"});
  const auto found = talk.judge();
  CHECK(level_of(found, "DNS.DUP") == Level::anomalous);
  CHECK(finding_of(found, "DNS.DUP")->score > 3);
}

TEST_CASE("without the questions, only a TTL unlike the resolver's others makes it likely") {
  DnsTalk talk;
  SECTION("known resolver") {
    talk.ordinary(4, {.ttl = 53});
    talk.answer({.address = "203.0.112.66", .ttl = 46});
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    CHECK(level_of(talk.judge(), "DNS.DUP") == Level::likely);
  }
  SECTION("nothing else of it") {
    talk.answer({.address = "203.0.112.66", .ttl = 46});
    talk.answer({.address = "192.88.1.1", .ttl = 53});
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.DUP") == Level::anomalous);
    CHECK(is_open(*finding_of(found, "DNS.DUP"), "question_repeated"));
  }
}

TEST_CASE("a closed gate leaves the question open") {
  DnsTalk talk;
  talk.ask();
  talk.answer({.address = "203.0.112.66", .ttl = 46});
  talk.answer({.address = "192.88.1.1", .ttl = 53});
  DnsContext context;
  context.gates.set(Gate::caploss_tcp, GateEffect::caps);
  CHECK(level_of(talk.judge(context), "DNS.DUP") == Level::anomalous);
}
