// Forged TLS alerts and substituted certificates, and the servers and products that do the like.
#include "interference/tls_answers.hpp"

#include "unit/interference/tcp_stories.hpp"
#include "unit/proto/hex.hpp"

using namespace deadair::test;
using namespace deadair::interference;

namespace {

const Bytes kAlert112 = hex("15 0303 0002 02 70");
const Bytes kAlert40 = hex("15 0301 0002 02 28");
const Bytes kServerHello = hex("16 0303 0050 02 00004c 0303");

struct Hello {
  Flow flow;
  FirstAnswers answers;
  Context context;

  Hello() {
    flow.hello().trigger();
    flow.wait(39).down("A");
  }
  PacketMark& say(const Bytes& bytes, std::string_view flags = "PA") {
    PacketMark& mark = flow.down(flags, static_cast<std::uint32_t>(bytes.size()));
    answers.add(mark, view(bytes));
    return mark;
  }
  void forge(const Bytes& bytes, std::uint8_t ttl, std::string_view flags = "PA") {
    const End kept = flow.server;
    say(bytes, flags).ttl = ttl;
    flow.server = kept;
  }
  // The versions' marks are copies, so that of the forged packet is set anew.
  std::optional<Finding> judge() {
    std::vector<AnswerVersion> versions(answers.versions().begin(), answers.versions().end());
    for (AnswerVersion& version : versions)
      version.mark = flow.marks()[version.mark.frame.number() - 1];
    TlsStory story;
    story.tcp = flow.story();
    story.sni = "web.example";
    story.answers = versions;
    return judge_alert(story, context);
  }
};

deadair::proto::tls::Certificate signed_by(std::string_view name, std::string_view organization,
                                           bool self = false) {
  deadair::proto::tls::Certificate out;
  out.issuer_name = name;
  out.issuer_organization = organization;
  out.self_issued = self;
  return out;
}

struct Shown {
  CertificateBook book;
  std::uint64_t frame = 0;
  void show(std::string_view sni, const deadair::proto::tls::Certificate& certificate,
            bool watched = true) {
    book.note(certificate, {sni,
                            "whatsapp",
                            watched,
                            deadair::IpAddress::v4(1),
                            deadair::IpAddress::v4(2),
                            {0, ++frame},
                            0});
  }
};

}  // namespace

TEST_CASE("an alert before the server's own hello is likely forged") {
  Hello hello;
  hello.forge(kAlert40, 45, "PAF");
  hello.flow.wait(20);
  hello.say(kServerHello);
  const auto found = hello.judge();
  REQUIRE(found);
  CHECK(found->id == "TLS.ALERT.INJ");
  CHECK(found->level == Level::likely);
  CHECK(status(*found, "no_such_site") == "excluded");
  CHECK(found->text ==
        "A fatal TLS alert (40) answers the ClientHello for web.example, and other bytes at the "
        "same sequence numbers.");
}

TEST_CASE("an alert whose TTL is its own is likely forged when the connection ends with it") {
  Hello hello;
  hello.forge(kAlert112, 45, "PAF");
  SECTION("the server's later packets have its own TTL") {
    hello.flow.wait(30).down("A");
    const auto found = hello.judge();
    REQUIRE(found);
    CHECK(found->level == Level::likely);
    CHECK(status(*found, "no_such_site") == "open");
  }
  SECTION("none came") { CHECK_FALSE(hello.judge()); }
}

TEST_CASE("a server that has no such site says so with its own headers") {
  Hello hello;
  hello.say(kAlert112, "PAF");
  CHECK_FALSE(hello.judge());
}

TEST_CASE("an alert that does not come first, or is no fatal one, is no forged one") {
  CHECK(first_fatal_alert(view(kAlert112)) == 112);
  CHECK_FALSE(first_fatal_alert(view(hex("15 0303 0002 01 00"))));
  CHECK_FALSE(first_fatal_alert(view(hex("15 0303 001a 02 28"))));
  CHECK_FALSE(first_fatal_alert(view(kServerHello)));
  CHECK_FALSE(first_fatal_alert(view(hex("15 0303"))));
  Hello hello;
  hello.forge(kServerHello, 45);
  hello.say(hex("16 0303 0051 02 00004d 0303"));
  CHECK_FALSE(hello.judge());
}

TEST_CASE("issuers that reports name for interception are likely beside another, else anomalous") {
  Shown shown;
  shown.show("chat.example", signed_by("Qaznet Trust Network", ""));
  SECTION("alone") {
    const auto found = judge_certificates(shown.book, {});
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == "TLS.CERT.SUBST");
    CHECK(found[0].level == Level::anomalous);
  }
  SECTION("beside the site's own") {
    shown.show("chat.example", signed_by("R3", "Let's Encrypt"));
    const auto found = judge_certificates(shown.book, {});
    REQUIRE(found.size() == 1);
    CHECK(found[0].level == Level::likely);
    CHECK(found[0].frames.size() == 2);
  }
}

TEST_CASE("a security product's issuer is only observed") {
  Shown shown;
  shown.show("chat.example", signed_by("Kaspersky Anti-Virus Personal Root Certificate", ""));
  CHECK(judge_certificates(shown.book, {}).empty());
  shown.show("chat.example", signed_by("R3", "Let's Encrypt"));
  const auto found = judge_certificates(shown.book, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::observed);
  CHECK(status(found[0], "security_product") == "open");
}

TEST_CASE("one that signed for itself beside an authority's is anomalous for watched names") {
  Shown shown;
  const bool watched = GENERATE(true, false);
  shown.show("chat.example", signed_by("chat.example", "", true), watched);
  CHECK(judge_certificates(shown.book, {}).empty());
  shown.show("chat.example", signed_by("R3", "Let's Encrypt"), watched);
  const auto found = judge_certificates(shown.book, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == (watched ? Level::anomalous : Level::observed));
}

TEST_CASE("sites with certificates of two authorities are nothing") {
  Shown shown;
  shown.show("chat.example", signed_by("R3", "Let's Encrypt"));
  shown.show("chat.example", signed_by("E1", "Let's Encrypt"));
  shown.show("chat.example", signed_by("DigiCert TLS RSA", "DigiCert Inc"));
  shown.show("other.example", signed_by("Qaznet", ""), false);
  CHECK(judge_certificates(shown.book, {}).empty());
}

TEST_CASE("a site that always signs for itself may change its name") {
  Shown shown;
  shown.show("chat.example", signed_by("chat one", "", true));
  shown.show("chat.example", signed_by("chat two", "", true));
  CHECK(judge_certificates(shown.book, {}).empty());
}

TEST_CASE("the book of certificates is bounded") {
  Shown shown;
  for (std::size_t i = 0; i < 3000; ++i)
    shown.show("n" + std::to_string(i) + ".example", signed_by("R3", ""));
  CHECK(shown.book.shown().size() == CertificateBook::kMostCertificates);
}
