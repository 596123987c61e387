// Injected and published block pages, and refusals that are the server's own.
#include "interference/block_page.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair::test;
using namespace deadair::interference;

namespace {

constexpr std::string_view kRedirect =
    "HTTP/1.1 302 Found\r\nLocation: http://203.0.113.99/blocked.html\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kPage = "HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<html>welcome</html>";

// A request of watched.example, what answers it, and the story of both.
struct Web {
  Flow flow;
  FirstAnswers answers;
  HttpContext context;
  std::string_view app;

  explicit Web(bool watched = true) {
    flow.server.ip_id = 20000;
    flow.handshake().up("PA", 79);
    flow.trigger(TriggerType::http_host, watched);
    flow.wait(39).down("A");
  }
  // A packet of the server's own, or one made in its name.
  PacketMark& say(std::string_view text, std::string_view flags = "PA") {
    PacketMark& mark = flow.down(flags, static_cast<std::uint32_t>(text.size()));
    answers.add(mark, deadair::ByteView::of(text));
    return mark;
  }
  void forge(std::string_view text, std::uint8_t ttl, std::uint16_t ip_id,
             std::string_view flags = "PA") {
    const End kept = flow.server;
    PacketMark& mark = flow.down(flags, static_cast<std::uint32_t>(text.size()));
    mark.ttl = ttl;
    mark.ip_id = ip_id;
    answers.add(mark, deadair::ByteView::of(text));
    flow.server = kept;
  }
  std::optional<Finding> judge() {
    HttpStory story;
    story.tcp = flow.story();
    story.host = "watched.example";
    story.answers = answers.versions();
    return judge_block_page(story, context);
  }
};

}  // namespace

TEST_CASE("a login page sends every host to one place for a while") {
  constexpr std::string_view kLogin =
      "HTTP/1.1 302 Found\r\nLocation: http://login.test/\r\nContent-Length: 0\r\n\r\n";
  Web web;
  web.forge(kLogin, 64, 19500, "PAF");
  web.flow.wait(20).down("A");
  web.context.hosts_sent_alike = 2;
  web.context.hosts_fine = 5;
  CHECK(web.judge()->level == Level::likely);
  CHECK(status(*web.judge(), "captive_portal") == "excluded");
  web.context.only_alike = true;
  CHECK(web.judge()->level == Level::anomalous);
  CHECK(status(*web.judge(), "captive_portal") == "open");
  // It lets no server answer as well.
  web.say(kPage);
  CHECK(web.judge()->level == Level::likely);
}

TEST_CASE("a redirect and FIN before the server's own answer are likely injected") {
  Web web;
  web.forge(kRedirect, 47, 19500, "PAF");
  web.flow.wait(20);
  web.say(kPage);
  web.say("<p>more</p>");
  const auto found = web.judge();
  REQUIRE(found);
  CHECK(found->id == "BLOCKPAGE.INJECTED");
  CHECK(found->level == Level::likely);
  CHECK(item(*found, "INJ.DATA_CONFLICT") != nullptr);
  CHECK(item(*found, "INJ.TTL") != nullptr);
  CHECK(status(*found, "refused_by_server") == "excluded");
  CHECK(status(*found, "captive_portal") == "open");
  CHECK(found->text ==
        "The request for watched.example has two answers at the same sequence numbers; one is HTTP "
        "302 to 203.0.113.99.");
}

TEST_CASE("a mirrored TTL leaves the conflict, the watched name and the identification") {
  Web web;
  SECTION("identification of its own") {
    web.forge(kRedirect, 52, 3);
    web.flow.wait(20);
    web.say(kPage);
    web.say("<p>more</p>");
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->level == Level::likely);
    CHECK(item(*found, "INJ.IPID") != nullptr);
  }
  SECTION("watched name only") {
    web.forge(kRedirect, 52, 0);
    web.flow.wait(20);
    web.say(kPage);
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->level == Level::likely);
    CHECK(item(*found, "INJ.IPID") == nullptr);
  }
}

TEST_CASE("an identification near the server's counter is none of its own") {
  Web web;
  web.forge(kRedirect, 52, 20500);
  web.flow.wait(20);
  web.say(kPage);
  web.say("<p>more</p>");
  const auto found = web.judge();
  REQUIRE(found);
  CHECK(item(*found, "INJ.IPID") == nullptr);
}

TEST_CASE("one other packet of the server is no baseline of its TTL") {
  Web web;
  web.flow = Flow();
  web.flow.up("PA", 79);
  web.flow.trigger(TriggerType::http_host);
  web.forge(kRedirect, 47, 20003, "PAF");
  web.flow.wait(30).down("A");
  CHECK_FALSE(web.judge());
  web.flow.down("A");
  CHECK(web.judge());
}

TEST_CASE("a conflict for a name that nobody watches is anomalous") {
  Web web(false);
  web.forge(kRedirect, 52, 0);
  web.flow.wait(20);
  web.say(kPage);
  const auto found = web.judge();
  REQUIRE(found);
  CHECK(found->level == Level::anomalous);
}

TEST_CASE("a TTL of its own counts when the server's later packets have the former") {
  Web web;
  SECTION("nothing came later") {
    web.forge(kRedirect, 47, 20003, "PAF");
    CHECK_FALSE(web.judge());
  }
  SECTION("the server acknowledges later, the connection was to end") {
    web.forge(kRedirect, 47, 20003, "PAF");
    web.flow.wait(30).down("A");
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->id == "BLOCKPAGE.INJECTED");
    CHECK(found->level == Level::likely);
    CHECK(status(*found, "load_balancer") == "open");
  }
  SECTION("the connection goes on") {
    web.forge(kRedirect, 47, 20003);
    web.flow.wait(30).down("A");
    CHECK(web.judge()->level == Level::anomalous);
  }
}

TEST_CASE("what the server itself refuses or redirects is no block page") {
  Web web;
  SECTION("451") {
    web.say("HTTP/1.1 451 Unavailable For Legal Reasons\r\n\r\n", "PAF");
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->id == "BLOCKPAGE.451");
    CHECK(found->level == Level::observed);
    CHECK(status(*found, "refused_by_server") == "open");
  }
  SECTION("403") {
    web.say("HTTP/1.1 403 Forbidden\r\n\r\n", "PAF");
    CHECK_FALSE(web.judge());
  }
  SECTION("a redirect to a delivery network") {
    web.say("HTTP/1.1 302 Found\r\nLocation: https://cdn.example.net/\r\n\r\n");
    CHECK_FALSE(web.judge());
  }
  SECTION("an ordinary page") {
    web.say(kPage);
    CHECK_FALSE(web.judge());
  }
}

TEST_CASE("a conflict between ordinary pages is no block page") {
  Web web;
  web.forge("HTTP/1.1 301 Moved\r\nLocation: https://www.watched.example/\r\n\r\n", 47, 1);
  web.flow.wait(20);
  web.say(kPage);
  CHECK_FALSE(web.judge());
}

TEST_CASE("published texts are anomalous without signs of injection, likely with them") {
  constexpr std::string_view kIran =
      "HTTP/1.1 403 Forbidden\r\n\r\n<html><body><iframe src=\"http://10.10.34.34?type=x\">";
  Web web;
  SECTION("page of the server") {
    web.say(kIran, "PAF");
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->id == "BLOCKPAGE.HTTP");
    CHECK(found->level == Level::anomalous);
  }
  SECTION("redirect of the server") {
    web.say("HTTP/1.1 302 Found\r\nLocation: https://vk.com/blank.php?rkn=1\r\n\r\n");
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->id == "BLOCKPAGE.302");
    CHECK(found->level == Level::anomalous);
  }
  SECTION("injected") {
    web.forge(kIran, 47, 1);
    web.flow.wait(20);
    web.say(kPage);
    const auto found = web.judge();
    REQUIRE(found);
    CHECK(found->id == "BLOCKPAGE.INJECTED");
    CHECK(found->level == Level::likely);
  }
}

TEST_CASE("other hosts tell a captive portal") {
  Web web;
  web.say("HTTP/1.1 302 Found\r\nLocation: http://internet-positif.org/\r\n\r\n");
  SECTION("others are sent alike") {
    web.context.hosts_sent_alike = 4;
    CHECK(status(*web.judge(), "captive_portal") == "open");
  }
  SECTION("others are fine") {
    web.context.hosts_fine = 4;
    CHECK(status(*web.judge(), "captive_portal") == "excluded");
  }
}

TEST_CASE("retransmissions and longer pieces of the same bytes are one version") {
  FirstAnswers answers;
  Flow flow;
  PacketMark mark = flow.hello().down("PA", 10);
  const auto show = [&](std::uint32_t seq, std::string_view text) {
    mark.seq = seq;
    mark.payload_len = static_cast<std::uint32_t>(text.size());
    answers.add(mark, deadair::ByteView::of(text));
  };
  show(1000, "HTTP/1.1 2");
  show(1000, "HTTP/1.1 2");
  show(1010, "00 OK");
  show(1000, "HTTP/1.1 200 OK\r\n");
  REQUIRE(answers.versions().size() == 1);
  CHECK(answers.versions()[0].view().text() == "HTTP/1.1 200 OK");
  show(1000, "HTTP/1.1 403");
  REQUIRE(answers.versions().size() == 2);
  show(1000, "x");
  show(1000, "y");
  CHECK(answers.versions().size() == FirstAnswers::kMostVersions);
  CHECK(answers.full());
}

TEST_CASE("padding of an acknowledgement is no version") {
  FirstAnswers answers;
  Flow flow;
  const PacketMark mark = flow.hello().down("A", 6);
  answers.add(mark, deadair::ByteView::of(std::string_view("\0\0\0\0\0\0", 6)));
  CHECK(answers.versions().empty());
  answers.add(mark, deadair::ByteView::of("HTTP/1"));
  CHECK(answers.versions().size() == 1);
}

TEST_CASE("hosts of locations") {
  CHECK(location_host("https://a.example:8080/x") == "a.example");
  CHECK(location_host("//b.example/x") == "b.example");
  CHECK(location_host("http://user@c.example?x") == "c.example");
  CHECK(location_host("/path//x").empty());
  CHECK(location_host("").empty());
  CHECK(location_host("http://\x01/").empty());
}
