// Two answers in one place, and what only looks like it.
#include "interference/data_conflict.hpp"

#include "unit/interference/tcp_stories.hpp"

using namespace deadair::test;
using namespace deadair::interference;

namespace {

// A request that is answered twice: 43 bytes of somebody else and then 348 of the server.
struct Race {
  Flow flow;
  FirstAnswers answers;

  explicit Race(std::uint8_t ttl, std::uint16_t ip_id = 0) {
    flow.handshake().up("PA", 79);
    flow.trigger(TriggerType::http_host, false);
    flow.wait(10).down("A");
    const End kept = flow.server;
    PacketMark& forged = flow.down("PA", 43);
    forged.ttl = ttl;
    forged.ip_id = ip_id;
    answers.add(forged, deadair::ByteView::of("HTTP/1.1 200 OK\r\n\r\nforged"));
    flow.server = kept;
    flow.wait(20);
    answers.add(flow.down("PA", 348),
                deadair::ByteView::of("HTTP/1.1 200 OK\r\nServer: own\r\n\r\n"));
    flow.down("A");
  }
  std::optional<Finding> judge(std::uint64_t flows = 1) {
    return judge_conflict({flow.story(), "", answers.versions()}, {}, flows);
  }
};

}  // namespace

TEST_CASE("Of two answers the one with another TTL is named") {
  const auto found = Race(54).judge();
  REQUIRE(found);
  CHECK(found->id == "INJ.DATA_CONFLICT");
  CHECK(found->level == Level::anomalous);
  CHECK(found->text.find("frame 6") != std::string::npos);
  CHECK(item(*found, "INJ.TTL") != nullptr);
  CHECK(status(*found, "proxy") == "open");
  CHECK(status(*found, "chance") == "open");
}

TEST_CASE("Three flows with two answers each are no chance") {
  const auto found = Race(54).judge(3);
  REQUIRE(found);
  CHECK(found->level == Level::likely);
  CHECK(status(*found, "chance") == "excluded");
}

TEST_CASE("Without anything in the header the server may have said both") {
  CHECK_FALSE(Race(52).judge(3));
}

TEST_CASE("An identification off the server's counter tells as well") {
  const auto found = Race(52, 7).judge();
  REQUIRE(found);
  CHECK(found->text.find("an identification") != std::string::npos);
}

TEST_CASE("One answer is no conflict, whatever its TTL") {
  Flow flow;
  FirstAnswers answers;
  flow.handshake().up("PA", 79);
  PacketMark& answer = flow.down("PA", 43);
  answer.ttl = 54;
  answers.add(answer, deadair::ByteView::of("HTTP/1.1 200 OK\r\n\r\n"));
  answers.add(answer, deadair::ByteView::of("HTTP/1.1 200 OK\r\n\r\n"));
  CHECK_FALSE(judge_conflict({flow.story(), "", answers.versions()}, {}, 3));
}
