// What DNS answers say: private and published addresses, failures, and the bounds of the book.
#include "interference/dns_answers.hpp"
#include "unit/interference/dns_talk.hpp"

using namespace deadair::test;
using namespace deadair::interference;

TEST_CASE("a bogon for a watched name is anomalous, and likely with a control") {
  DnsTalk talk;
  talk.ordinary(3, {.ttl = 53});
  talk.ask();
  talk.wait_ms(50);
  talk.answer({.address = "10.1.2.3", .ttl = 53});
  SECTION("alone") {
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.BOGON") == Level::anomalous);
    CHECK(is_open(*finding_of(found, "DNS.BOGON"), "split_horizon"));
  }
  SECTION("another resolver knows better") {
    talk.resolver = "198.41.0.5";
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "192.88.1.1", .ttl = 50});
    CHECK(level_of(talk.judge(), "DNS.BOGON") == Level::likely);
  }
}

TEST_CASE("a filter of the user's own is only observed") {
  DnsTalk talk;
  SECTION("0.0.0.0") {
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "0.0.0.0"});
  }
  SECTION("from next door") {
    talk.ask();
    talk.wait_ms(1);
    talk.answer({.address = "10.1.2.3"});
  }
  const auto found = talk.judge();
  CHECK(level_of(found, "DNS.BOGON") == Level::observed);
  CHECK(is_open(*finding_of(found, "DNS.BOGON"), "local_filter"));
}

TEST_CASE("names and networks that are meant to be private are no bogons") {
  DnsTalk talk({{deadair::IpAddress::v4(0xc612'0000), 15}});
  SECTION("a private name") {
    talk.name = "printer.lan";
    talk.ask();
    talk.answer({.address = "10.1.2.3"});
  }
  SECTION("a network taken as public") {
    talk.ask();
    talk.answer({.address = "198.18.0.10"});
  }
  CHECK(talk.judge().empty());
}

TEST_CASE("private addresses of nobody's names are observed once for a resolver") {
  DnsTalk talk;
  talk.of = {};
  for (const std::string_view name : {"a.example.org", "b.example.org", "c.example.org"}) {
    talk.name = name;
    ++talk.id;
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "10.1.2.3"});
  }
  const auto found = talk.judge();
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "DNS.BOGON");
  CHECK(found[0].level == Level::observed);
}

TEST_CASE("a published address is likely for a watched name, anomalous for another") {
  DnsTalk talk;
  talk.ordinary(1, {.ttl = 53});
  SECTION("watched") {
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "10.10.34.36"});
    CHECK(level_of(talk.judge(), "DNS.FP") == Level::likely);
  }
  SECTION("not watched") {
    talk.of = {};
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "10.10.34.36"});
    CHECK(level_of(talk.judge(), "DNS.FP") == Level::anomalous);
  }
}

TEST_CASE("a strange header alone is nothing, two for a watched name are anomalous") {
  DnsTalk talk;
  talk.ordinary(12, {.ttl = 53});
  talk.ask();
  SECTION("TTL") {
    talk.wait_ms(50);
    talk.answer({.ttl = 46});
    CHECK(talk.judge().empty());
  }
  SECTION("TTL and time") {
    talk.wait_ms(10);
    talk.answer({.ttl = 46});
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.TTLDEV") == Level::anomalous);
    CHECK(level_of(found, "DNS.FAST") == Level::anomalous);
  }
}

TEST_CASE("a name that fails three times is compared with other names and resolvers") {
  DnsTalk talk;
  const auto fail = [&talk](std::uint16_t flags) {
    for (int i = 0; i < 3; ++i) {
      ++talk.id;
      talk.ask();
      talk.wait_ms(50);
      if (flags != 0) talk.answer({.address = "", .flags = flags});
      talk.wait_ms(6000);
    }
  };
  SECTION("others fail as well") {
    fail(0x8183);
    CHECK(talk.judge().empty());
  }
  SECTION("others are answered") {
    talk.ordinary(3, {});
    fail(0x8183);
    CHECK(level_of(talk.judge(), "DNS.NXDIFF") == Level::observed);
  }
  SECTION("one question was answered") {
    talk.ordinary(3, {});
    fail(0x8183);
    ++talk.id;
    talk.ask();
    talk.wait_ms(50);
    talk.answer({});
    CHECK(talk.judge().empty());
  }
  SECTION("another resolver answers") {
    talk.ordinary(3, {});
    fail(0x8182);
    talk.resolver = "198.41.0.5";
    talk.ask();
    talk.answer({.address = "192.88.1.1"});
    CHECK(level_of(talk.judge(), "DNS.SERVFAIL") == Level::anomalous);
  }
  SECTION("silence") {
    talk.ordinary(3, {});
    fail(0);
    CHECK(level_of(talk.judge(), "DNS.NOANS") == Level::observed);
  }
}

TEST_CASE("an address outside the app's networks counts when the name lies inside elsewhere") {
  DnsTalk talk;
  DnsContext context;
  context.in_network = [](std::string_view app, const deadair::IpAddress& address) {
    return app == "whatsapp" && (address.v4() >> 16) == 0xc058;
  };
  talk.ask();
  talk.wait_ms(50);
  talk.answer({.address = "203.0.112.66"});
  SECTION("nothing to compare with") { CHECK(talk.judge(context).empty()); }
  SECTION("inside elsewhere") {
    talk.resolver = "198.41.0.5";
    talk.ask();
    talk.wait_ms(50);
    talk.answer({.address = "192.88.1.1"});
    CHECK(level_of(talk.judge(context), "DNS.WRONGNET") == Level::observed);
  }
}

TEST_CASE("a question that the capture ends before is not unanswered") {
  DnsTalk talk;
  talk.ordinary(3, {});
  for (int i = 0; i < 3; ++i) {
    ++talk.id;
    talk.ask();
    talk.wait_ms(10);
  }
  talk.book.finish(talk.now_ns);
  CHECK(judge_dns(talk.book, {}).empty());
}

TEST_CASE("the book stays bounded and forgets nothing that is open for long") {
  DnsTalk talk;
  talk.of = {};
  for (int i = 0; i < 20000; ++i) {
    const std::string name = "n" + std::to_string(i) + ".example.org";
    talk.name = name;
    talk.ask();
    if (i % 2 == 0) talk.answer({.address = "10.0.0.1"});
  }
  talk.book.finish(talk.now_ns);
  CHECK(talk.book.closed() == 20000);
  CHECK(talk.book.stories().size() == DnsBook::kStories);
  CHECK(talk.book.forgotten() == 10000 - DnsBook::kStories);
}
