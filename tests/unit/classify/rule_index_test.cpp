// Which rule a name falls under, and whose network an address lies in.
#include "classify/rule_index.hpp"

#include <array>
#include <deque>
#include <string>

#include "bytes/error.hpp"
#include "catch.hpp"

using namespace deadair;
using classify::NameRule;
using classify::NetworkRule;
using classify::RuleIndex;
using classify::Service;

namespace {

struct Rules final : classify::Classifier {
  std::vector<NameRule> names;
  std::vector<NetworkRule> networks;
  mutable classify::Info about;

  explicit Rules(std::vector<NameRule> some_names, std::vector<NetworkRule> some_networks = {})
      : names(std::move(some_names)), networks(std::move(some_networks)) {}
  [[nodiscard]] const classify::Info& info() const override {
    about.name = "rules";
    about.names = names;
    about.networks = networks;
    return about;
  }
};

constexpr classify::SignalInfo kSignal{"S", classify::Rank::name, ""};

NameRule rule(std::string_view suffix, Service service, std::string_view label = "") {
  return {suffix, label, service, &kSignal};
}
NetworkRule network(std::string_view cidr) { return {cidr, "2026-01-01", "made up"}; }

IpAddress ip(const char* text) {
  IpAddress out;
  REQUIRE(parse_ip_address(text, out));
  return out;
}

const Rules kMeta({rule("facebook.com", Service::web), rule("chat.facebook.com", Service::text),
                   rule("whatsapp.net", Service::text),
                   rule("whatsapp.net", Service::transfer, "mmg"),
                   rule("whatsapp.net", Service::call, "mmg-call")},
                  {network("10.8.0.0/13"), network("128.0.0.0/2"), network("2001:db8::/32")});
const Rules kOther({rule("com", Service::other),
                    rule("static.chat.facebook.com", Service::transfer)},
                   {network("10.9.1.0/24"), network("2001:db8:5::/48"), network("7.7.7.7")});

const RuleIndex& index() {
  static const std::array<const classify::Classifier*, 2> all = {&kMeta, &kOther};
  static const RuleIndex rules{all};
  return rules;
}

// The service a name falls under, and which classifier says so; -1 for none.
std::pair<int, std::uint32_t> match(std::string_view host) {
  const classify::NameMatch found = index().match_name(host);
  return {found.rule == nullptr ? -1 : static_cast<int>(found.rule->service), found.classifier};
}
std::pair<int, std::uint32_t> is(Service service, std::uint32_t classifier) {
  return {static_cast<int>(service), classifier};
}

}  // namespace

TEST_CASE("The longest suffix wins, whichever application has it") {
  CHECK(match("facebook.com") == is(Service::web, 0));
  CHECK(match("www.facebook.com") == is(Service::web, 0));
  CHECK(match("chat.facebook.com") == is(Service::text, 0));
  CHECK(match("a.b.chat.facebook.com") == is(Service::text, 0));
  CHECK(match("x.static.chat.facebook.com") == is(Service::transfer, 1));
  CHECK(match("example.com") == is(Service::other, 1));
}

TEST_CASE("A suffix ends at a label") {
  CHECK(match("notfacebook.com") == is(Service::other, 1));
  CHECK(match("notwhatsapp.net").first == -1);
  CHECK(match("whatsapp.net.example").first == -1);
  CHECK(match("xchat.facebook.com") == is(Service::web, 0));
}

TEST_CASE("The longest beginning of the first label wins") {
  CHECK(match("mmg.whatsapp.net") == is(Service::transfer, 0));
  CHECK(match("mmg-fna.whatsapp.net") == is(Service::transfer, 0));
  CHECK(match("mmg-call7.whatsapp.net") == is(Service::call, 0));
  CHECK(match("e1.whatsapp.net") == is(Service::text, 0));
  CHECK(match("e1.mmg.whatsapp.net") == is(Service::text, 0));  // not the first label
  CHECK(match("whatsapp.net") == is(Service::text, 0));
}

TEST_CASE("Strange names match nothing and break nothing") {
  for (const char* host : {"", ".", "..", "...com.", "net", "x", "whatsapp.net."}) {
    INFO(host);
    CHECK(match(host).first == -1);
  }
  CHECK(match(".com") == is(Service::other, 1));
  CHECK(match(std::string(10'000, 'a') + ".whatsapp.net") == is(Service::text, 0));
}

TEST_CASE("An address may lie in networks of several applications") {
  CHECK(index().networks_of(ip("10.9.1.7")) == 0b11);
  CHECK(index().networks_of(ip("10.9.2.7")) == 0b01);
  CHECK(index().networks_of(ip("10.16.0.1")) == 0);
  CHECK(index().networks_of(ip("7.7.7.7")) == 0b10);
  CHECK(index().networks_of(ip("7.7.7.8")) == 0);
}

TEST_CASE("A network shorter than eight bits reaches over all its first octets") {
  CHECK(index().networks_of(ip("128.0.0.0")) == 0b01);
  CHECK(index().networks_of(ip("150.1.2.3")) == 0b01);
  CHECK(index().networks_of(ip("191.255.255.255")) == 0b01);
  CHECK(index().networks_of(ip("127.255.255.255")) == 0);
  CHECK(index().networks_of(ip("192.0.0.0")) == 0);
}

TEST_CASE("A short network written with bits beyond its mask still has them all") {
  const Rules whole({}, {network("77.1.2.3/0")}), half({}, {network("201.0.0.0/1")});
  const std::array<const classify::Classifier*, 2> all = {&whole, &half};
  const RuleIndex rules{all};
  CHECK(rules.networks_of(ip("0.0.0.1")) == 0b01);
  CHECK(rules.networks_of(ip("76.0.0.1")) == 0b01);
  CHECK(rules.networks_of(ip("128.0.0.1")) == 0b11);
  CHECK(rules.networks_of(ip("255.0.0.1")) == 0b11);
}

TEST_CASE("IPv6 networks") {
  CHECK(index().networks_of(ip("2001:db8:5::1")) == 0b11);
  CHECK(index().networks_of(ip("2001:db8:6::1")) == 0b01);
  CHECK(index().networks_of(ip("2001:db9::1")) == 0);
}

TEST_CASE("Data that is no network is refused with the classifier's name") {
  const Rules wrong({}, {network("10.0.0.0/40")});
  const std::array<const classify::Classifier*, 1> all = {&wrong};
  CHECK_THROWS_AS(RuleIndex{all}, Error);
}

TEST_CASE("Sixty-four classifiers fit, more are refused") {
  const std::vector<const classify::Classifier*> most(64, &kMeta), more(65, &kMeta);
  CHECK(RuleIndex{most}.networks_of(ip("10.9.1.7")) == ~0ULL);
  CHECK_THROWS_AS(RuleIndex{more}, Error);
}
