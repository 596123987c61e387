// Private addresses for public names that a network or a program gives by its own choice.
#include "interference/local_answers.hpp"

#include "unit/interference/dns_talk.hpp"

using namespace deadair;
using namespace deadair::test;
using namespace deadair::interference;

namespace {

constexpr std::string_view kNear = "192.168.1.5", kFar = "198.41.0.4", kOther = "9.9.9.9";

IpAddress ip(std::string_view text) {
  IpAddress out;
  REQUIRE(parse_ip_address(text, out));
  return out;
}

// A question and its answer 10 ms later: Wi-Fi is no nearer.
void exchange(DnsTalk& talk, std::string_view resolver, std::string_view name,
              std::string_view address) {
  talk.resolver = resolver;
  talk.name = name;
  ++talk.id;
  talk.ask();
  talk.wait_ms(10);
  talk.answer({.address = address, .ttl = 64});
  talk.wait_ms(500);
}

Level level_for(DnsTalk& talk, std::string_view name) {
  for (const Finding& each : talk.judge())
    if (each.trigger->name == name) return each.level;
  FAIL("nothing was found");
  return Level::indeterminate;
}

}  // namespace

TEST_CASE("what a resolver of the user's network says is no more than strange") {
  DnsTalk talk;
  exchange(talk, kNear, "watched.example", "10.1.2.3");
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  const auto found = talk.judge();
  CHECK(level_of(found, "DNS.BOGON") == Level::anomalous);
  CHECK(is_open(*finding_of(found, "DNS.BOGON"), "local_filter"));
  CHECK(is_open(*finding_of(found, "DNS.BOGON"), "captive_portal"));
}

TEST_CASE("a resolver beyond it, or a private one that is taken for public, keeps its level") {
  const bool far = GENERATE(true, false);
  DnsTalk talk(far ? std::vector<IpPrefix>{} : std::vector<IpPrefix>{{ip(kNear), 32}});
  exchange(talk, far ? kFar : kNear, "watched.example", "10.1.2.3");
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  const auto found = talk.judge();
  CHECK(level_of(found, "DNS.BOGON") == Level::likely);
  CHECK_FALSE(is_open(*finding_of(found, "DNS.BOGON"), "local_filter"));
}

TEST_CASE("two versions and published addresses speak for themselves, whoever the resolver") {
  DnsTalk talk;
  SECTION("two versions") {
    talk.resolver = kNear;
    talk.ask();
    talk.wait_ms(5);
    talk.answer({.address = "10.1.2.3", .ttl = 46});
    talk.wait_ms(10);
    talk.answer({.address = "192.88.1.1", .ttl = 64});
    CHECK(level_of(talk.judge(), "DNS.DUP") == Level::likely);
  }
  SECTION("published, for many names") {
    for (const std::string_view name : {"watched.example", "a.example.org", "b.example.net"})
      exchange(talk, kNear, name, "10.10.34.36");
    CHECK(level_of(talk.judge(), "DNS.FP") == Level::likely);
  }
}

TEST_CASE("a resolver that gives its own address is a filter or a login page") {
  DnsTalk talk;
  exchange(talk, kNear, "watched.example", kNear);
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  SECTION("always") { CHECK(level_of(talk.judge(), "DNS.BOGON") == Level::observed); }
  SECTION("not always") {
    exchange(talk, kNear, "watched.example", "10.1.2.3");
    CHECK(level_of(talk.judge(), "DNS.BOGON") == Level::anomalous);
  }
}

TEST_CASE("one address for three unrelated names is a network's own, if its resolver is near") {
  DnsTalk talk;
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  exchange(talk, kNear, "watched.example", "10.5.50.1");
  talk.of = {};
  exchange(talk, kNear, "a.example.org", "10.5.50.1");
  const bool related = GENERATE(true, false);
  exchange(talk, kNear, related ? "b.example.org" : "b.example.net", "10.5.50.1");
  CHECK(level_for(talk, "watched.example") == (related ? Level::anomalous : Level::observed));
}

TEST_CASE("one address for whatever is asked is a login page, whoever it answers for") {
  DnsTalk talk;
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  talk.of = {};
  exchange(talk, kFar, "before.example.com", "192.88.1.9");
  talk.of = {"whatsapp", true};
  exchange(talk, kFar, "watched.example", "10.5.50.1");
  SECTION("all names") {
    talk.of = {};
    exchange(talk, kFar, "a.example.org", "10.5.50.1");
    exchange(talk, kFar, "b.example.net", "10.5.50.1");
    exchange(talk, kFar, "after.example.com", "192.88.1.9");
    CHECK(level_for(talk, "watched.example") == Level::anomalous);
    const auto found = talk.judge();
    CHECK(is_open(*finding_of(found, "DNS.BOGON"), "captive_portal"));
  }
  SECTION("some are answered well meanwhile") {
    talk.of = {};
    exchange(talk, kFar, "a.example.org", "10.5.50.1");
    exchange(talk, kFar, "good.example.com", "192.88.1.9");
    exchange(talk, kFar, "b.example.net", "10.5.50.1");
    CHECK(level_for(talk, "watched.example") == Level::likely);
  }
  SECTION("none but names of applications") {
    exchange(talk, kFar, "a.example.org", "10.5.50.1");
    exchange(talk, kFar, "b.example.net", "10.5.50.1");
    CHECK(level_for(talk, "watched.example") == Level::likely);
  }
  SECTION("names of one site") {
    talk.of = {};
    exchange(talk, kFar, "a.example.org", "10.5.50.1");
    exchange(talk, kFar, "b.example.org", "10.5.50.1");
    CHECK(level_for(talk, "watched.example") == Level::likely);
  }
}

TEST_CASE("an IPv6 address that holds the name's IPv4 address is DNS64") {
  DnsTalk talk;
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  talk.qtype = 28;
  const std::string_view resolver = GENERATE(kNear, kFar);
  SECTION("its own") {
    exchange(talk, resolver, "watched.example", "fd00:64:64::c058:101");
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.BOGON") == Level::observed);
    CHECK(is_open(*finding_of(found, "DNS.BOGON"), "dns64"));
  }
  SECTION("another") {
    exchange(talk, resolver, "watched.example", "fd00:64:64::c058:102");
    CHECK(level_of(talk.judge(), "DNS.BOGON") ==
          (resolver == kFar ? Level::likely : Level::anomalous));
  }
}

TEST_CASE("a proxy's made-up addresses are each one name's") {
  const std::string_view resolver = GENERATE(kNear, kFar);
  DnsTalk talk;
  exchange(talk, kOther, "watched.example", "192.88.1.1");
  exchange(talk, resolver, "watched.example", "198.18.0.4");
  const Level alone = resolver == kFar ? Level::likely : Level::anomalous;
  SECTION("three names") {
    exchange(talk, resolver, "a.example.org", "198.18.0.5");
    exchange(talk, resolver, "b.example.net", "198.18.0.6");
    const auto found = talk.judge();
    CHECK(level_of(found, "DNS.BOGON") == Level::observed);
    CHECK(is_open(*finding_of(found, "DNS.BOGON"), "fake_ip_proxy"));
  }
  SECTION("one name") { CHECK(level_of(talk.judge(), "DNS.BOGON") == alone); }
  SECTION("two names with one address") {
    exchange(talk, resolver, "a.example.org", "198.18.0.4");
    exchange(talk, resolver, "b.example.org", "198.18.0.6");
    exchange(talk, resolver, "c.example.org", "198.18.0.7");
    CHECK(level_of(talk.judge(), "DNS.BOGON") == alone);
  }
}

TEST_CASE("an IPv4 address lies in an IPv6 one where RFC 6052 puts it") {
  const IpAddress v4 = ip("192.0.2.33");
  // The examples of RFC 6052 section 2.4.
  for (const std::string_view text :
       {"2001:db8:c000:221::", "2001:db8:1c0:2:21::", "2001:db8:122:c000:2:2100::",
        "2001:db8:122:3c0:0:221::", "2001:db8:122:344:c0:2:2100::", "2001:db8:122:344::192.0.2.33"})
    CHECK(embeds(ip(text), v4));
  CHECK_FALSE(embeds(ip("2001:db8:122:344::c0:2:2100"), v4));
  CHECK_FALSE(embeds(ip("2001:db8::c0:0:221:0"), v4));
  CHECK_FALSE(embeds(ip("192.0.2.33"), v4));
}
