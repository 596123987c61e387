// Tests the SOCKS signals on handshakes written by hand, whole and of one side.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::socks {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;

const classify::Classifier& socks() { return classifiers::socks::instance(); }

Bytes by_name() { return hex("05010003") + counted(1, ascii("www.example.com")) + hex("01bb"); }
Bytes by_address() { return hex("05010001 4a7d8367 0050"); }
Bytes reply() { return hex("05000001 00000000 0000"); }
Bytes password() { return hex("01") + counted(1, ascii("user")) + counted(1, ascii("secret")); }

TEST_CASE("socks: version 5, greeting and choice") {
  const Outcome outcome = ask_stream(socks(), hex("05 02 00 02"), hex("05 00"));
  CHECK(outcome.signal() == "SOCKS5.GREETING");
  CHECK(outcome.certain());
  CHECK(outcome.claims.front().service == classify::Service::tunnel);
  CHECK(ask_stream(socks(), hex("05 02 00 02")).answer == Answer::unsure);
  CHECK(ask_stream(socks(), hex("05 02 00"), hex("05 00")).answer == Answer::unsure);
}

TEST_CASE("socks: version 5, the client's side alone") {
  CHECK(ask_stream(socks(), hex("050100") + by_name()).signal() == "SOCKS5.REQUEST");
  CHECK(ask_stream(socks(), hex("050100") + by_address()).certain());
  CHECK(ask_stream(socks(), hex("050100 05010004") + noise(16) + hex("01bb")).certain());
  CHECK(ask_stream(socks(), hex("050102") + password() + by_name()).certain());
  CHECK(ask_stream(socks(), hex("050102 01 03 610062 01 63")).claims.empty());
  const Bytes whole = hex("050102") + password();
  CHECK(ask_stream(socks(), whole).certain());
  for (std::size_t size = 1; size < whole.size(); ++size)
    CHECK(ask_stream(socks(), cut(whole, size)).answer == Answer::unsure);
}

TEST_CASE("socks: version 5, the server's side alone") {
  CHECK(ask_stream(socks(), {}, hex("0500") + reply()).signal() == "SOCKS5.REPLY");
  CHECK(ask_stream(socks(), {}, hex("0502 0100") + reply()).certain());
  CHECK(ask_stream(socks(), {}, hex("0500")).answer == Answer::unsure);
}

TEST_CASE("socks: version 5 with the roles turned round") {
  CHECK(ask_stream(socks(), hex("4e5a8d08874e"), hex("050100") + by_address()).signal() ==
        "SOCKS5.REQUEST");
}

TEST_CASE("socks: fields out of range are refused") {
  for (const char* up : {"05 00", "05 20 00", "05 01 70", "05 01 00 06", "05 01 00 05 04 00 01 00",
                         "05 01 00 05 01 01 01 00", "05 01 00 05 01 00 02 00"}) {
    INFO(up);
    CHECK(ask_stream(socks(), hex(up)).answer == Answer::not_for_us);
  }
  CHECK(ask_stream(socks(), hex("050100 05010003 04 61002062 0050")).claims.empty());
  CHECK(ask_stream(socks(), hex("050100") + by_name(), {}, false).claims.empty());
}

TEST_CASE("socks: version 4 needs its answer, 4A names its destination") {
  const Bytes request = hex("0401 0050 5db8d877 00");
  CHECK(ask_stream(socks(), request).answer == Answer::unsure);
  CHECK(ask_stream(socks(), request, hex("005adfb20ab49cf9")).signal() == "SOCKS4.REQUEST");
  CHECK(ask_stream(socks(), request, hex("0099dfb20ab49cf9")).claims.empty());
  const Bytes named = hex("0401 0050 00000001 00") + ascii("www.example.com") + Bytes{0};
  CHECK(ask_stream(socks(), named).signal() == "SOCKS4.NAME");
  CHECK(ask_stream(socks(), cut(named, 8)).answer == Answer::unsure);
  CHECK(ask_stream(socks(), hex("0403 0050 5db8d877 00"), hex("005a000000000000")).claims.empty());
}

TEST_CASE("socks: others' streams are not claimed") {
  const Bytes rpc = hex("05000b03 10000000 48000000 01000000 d016d016");
  const Bytes mqtt_like = hex("0401 0000 00000000 00");
  for (const Bytes& head : {rpc, mqtt_like}) CHECK(ask_stream(socks(), head, head).claims.empty());
  for (const auto& [what, head] : foreign_streams()) {
    INFO(what);
    CHECK(ask_stream(socks(), head).claims.empty());
    CHECK(ask_stream(socks(), {}, head).claims.empty());
  }
}

}  // namespace
