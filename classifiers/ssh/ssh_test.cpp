// Tests SSH's signals on streams written by hand.
#include "catch.hpp"
#include "unit/classify/conversation_probe.hpp"

namespace deadair::classifiers::ssh {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;
using classify::Answer;
using classify::Service;

const classify::Classifier& ssh() { return classifiers::ssh::instance(); }

Bytes key_exchange(std::string_view names = "curve25519-sha256,ecdh-sha2-nistp256") {
  return hex("0000040c 06 14") + noise(16) + counted(4, ascii(names)) + noise(300);
}

TEST_CASE("ssh: the version tells, of either side, and plain SSH is no tunnel") {
  for (const char* banner :
       {"SSH-2.0-OpenSSH_9.2\r\n", "SSH-1.99-Cisco-1.25\n", "SSH-1.5-1.2.27\n"}) {
    const Outcome outcome = ask_stream(ssh(), ascii(banner));
    CHECK(outcome.signal() == "SSH.BANNER");
    CHECK(outcome.certain());
    CHECK(outcome.claims.front().service == Service::other);
  }
}

TEST_CASE("ssh: the version may come in pieces") {
  CHECK(ask_stream(ssh(), ascii("SSH-2.")).answer == Answer::unsure);
  CHECK(ask_stream(ssh(), ascii("SSH-3.0")).answer == Answer::not_for_us);
  CHECK(ask_stream(ssh(), ascii("SSHD ready")).answer == Answer::not_for_us);
}

TEST_CASE("ssh: behind an HTTP header it is a tunnel") {
  const Bytes request =
      ascii("GET / HTTP/1.1\r\nHost: free.example.net\r\nUpgrade: websocket\r\n\r\n");
  const Bytes answer = ascii("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  const Bytes version = ascii("SSH-2.0-Go\r\n");
  for (const Bytes& head : {request, answer, request + answer}) {
    const Outcome outcome = ask_stream(ssh(), head + version);
    CHECK(outcome.signal() == "SSH.TUNNEL.HTTP");
    CHECK(outcome.claims.front().service == Service::tunnel);
    CHECK(ask_stream(ssh(), head).answer == Answer::unsure);
  }
  CHECK(ask_stream(ssh(), request + ascii("the word SSH-2.0- in a body")).claims.empty());
  CHECK(ask_stream(ssh(), request + Bytes(3000, 'x')).answer == Answer::not_for_us);
}

TEST_CASE("ssh: a key exchange whose version was missed") {
  CHECK(ask_stream(ssh(), key_exchange(), {}, false).signal() == "SSH.KEX");
  CHECK(ask_stream(ssh(), cut(key_exchange(), 30), {}, false).answer == Answer::unsure);
  CHECK(ask_stream(ssh(), key_exchange("no,known,names"), {}, false).claims.empty());
  CHECK(ask_stream(ssh(), hex("0000040c 06 15") + noise(200), {}, false).claims.empty());
}

TEST_CASE("ssh: others' streams are not claimed") {
  for (const auto& [what, head] : foreign_streams()) {
    if (what == "SSH") continue;
    INFO(what);
    CHECK(ask_stream(ssh(), head).claims.empty());
  }
}

}  // namespace
