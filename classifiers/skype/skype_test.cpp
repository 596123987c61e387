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
  CHECK(ask_stream(skype(), hex("1603010001 01")).answer == Answer::not_for_us);
  CHECK(ask_stream(skype(), kHello, {}, false).answer == Answer::not_for_us);
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
  CHECK(service_of(skype(), "login.live.com").empty());
  CHECK(service_of(skype(), "webdir.online.lync.com").empty());
  CHECK(service_of(skype(), "teams.microsoft.com").empty());
}

TEST_CASE("skype: others' traffic is not claimed") {
  for (const auto& [what, payload] : foreign_datagrams()) {
    INFO(what);
    CHECK(ask_datagram(skype(), payload).claims.empty());
  }
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(skype(), head).claims.empty());
    CHECK(ask_stream(skype(), {}, head).claims.empty());
  }
}

}  // namespace
