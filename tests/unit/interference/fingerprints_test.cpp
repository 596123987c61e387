// Published fingerprints: the table, what fits a row, and the algebra of TSG with its decoys.
#include "interference/fingerprints.hpp"

#include <random>

#include "bytes/error.hpp"
#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Fingerprint;
using interference::FingerprintLedger;
using interference::parse_fingerprints;
using interference::ResetFields;

namespace {

constexpr std::uint32_t kServer = 0xcb00'7105, kClient = 0xc0a8'0102;

// What the gateway would send, as the paper gives it.
ResetFields made(std::uint32_t val, std::uint32_t k, std::uint32_t source,
                 std::uint32_t destination) {
  const auto window = static_cast<std::uint16_t>(val + destination % k);
  return {window, static_cast<std::uint16_t>(65535 - val * k + source % window)};
}

const Fingerprint& row(std::string_view label) {
  for (const Fingerprint& each : interference::fingerprints())
    if (each.label == label) return each;
  FAIL("no such row: " << label);
  return interference::fingerprints().front();
}
bool fits(std::string_view label, const TcpStory& story, Sender sender = Sender::server) {
  return matches(row(label), story, *interference::resets_of(story, sender));
}

// Three resets after the client's hello.
Flow thrice(std::string_view letters) {
  Flow flow;
  flow.hello();
  for (int i = 0; i < 3; ++i) flow.down(letters);
  return flow;
}

}  // namespace

TEST_CASE("Every row of the table has a reference and a date, and something to fit") {
  CHECK(interference::fingerprints().size() >= 10);
  for (const Fingerprint& each : interference::fingerprints()) {
    CAPTURE(each.label);
    CHECK(each.reference.size() > 5);
    CHECK(each.date.size() == 10);
  }
}

TEST_CASE("A table is read field by field, or rejected") {
  const auto rows = parse_fingerprints(
      "# note\nlabel,reference,date,confidence,predicates\n"
      "A,\"x, y\",2020-01-02,found,sender=client flags=R count=2 df=0 odd=1 window=1 ipid=64 "
      "ipid_step=4 port=443 address=192.0.2.1 steps=0/1460 stage=syn,psh\n");
  REQUIRE(rows.size() == 1);
  const Fingerprint& a = rows[0];
  CHECK(a.reference == "x, y");
  CHECK(a.sender == Sender::client);
  CHECK(a.acking == false);
  CHECK(a.count == 2);
  CHECK(a.dont_fragment == false);
  CHECK(a.odd_flags == true);
  CHECK(a.window == 1);
  CHECK(a.ip_id == 64);
  CHECK(a.ip_id_step == 4);
  CHECK(a.port == 443);
  CHECK(a.address == IpAddress::v4(0xc000'0201));
  CHECK(a.steps == std::vector<std::uint32_t>{0, 1460});
  CHECK(a.stages.size() == 2);
  for (const char* bad :
       {"A,b,2020-01-02,found,", "A,b,2020-01-02,found,colour=1", "A,b,2020-01-02,found,count=x",
        "A,b,2020-01-02,found,flags=F", "A,b,2020-01-02,found,stage=end",
        "A,b,2020-01-02,found,address=here", "A,b,2020-01-02,sure,count=1",
        "A,,2020-01-02,found,count=1", "A,b,2020-01-02,found,count="})
    CHECK_THROWS_AS(parse_fingerprints(bad), Error);
}

TEST_CASE("Three resets at 0, 1460 and 4380 are as published of 2006") {
  Flow flow = thrice("R");
  flow.marks()[5].seq += 1460;
  flow.marks()[6].seq += 4380;
  CHECK(fits("GFW 2006", flow.story()));
  flow.marks()[6].seq -= 1460;
  CHECK_FALSE(fits("GFW 2006", flow.story()));
  CHECK_FALSE(fits("GFW 2006", thrice("R").story()));
  Flow other;
  other.hello();
  for (const std::uint32_t step : {0U, 1460U, 4380U}) other.up("R").seq += step;
  CHECK_FALSE(fits("GFW 2006", other.story(), Sender::client));
}

TEST_CASE("Predicates of packets hold for every reset") {
  Flow flow = thrice("RA");
  for (std::size_t i = 4; i < 7; ++i) {
    flow.marks()[i].window = 1;
    flow.marks()[i].dont_fragment = false;
  }
  CHECK(fits("PerfTech", flow.story()));
  flow.marks()[6].window = 2;
  CHECK_FALSE(fits("PerfTech", flow.story()));
  for (std::size_t i = 4; i < 7; ++i) flow.marks()[i].ip_id = 13'330;
  CHECK(fits("PacketLogic", flow.story()));
  flow.marks()[4].dont_fragment = true;
  CHECK_FALSE(fits("PacketLogic", flow.story()));
}

TEST_CASE("Predicates of the flow: server, port, stage") {
  Flow flow;
  flow.handshake();
  for (int i = 0; i < 3; ++i) flow.down("RA");
  TcpStory story = flow.story();
  CHECK(fits("GFW 2025-08-20", story));
  CHECK_FALSE(fits("GFW 2023 1.1.1.1:443", story));
  story.server = IpAddress::v4(0x0101'0101);
  CHECK(fits("GFW 2023 1.1.1.1:443", story));
  story.server_port = 80;
  CHECK_FALSE(fits("GFW 2025-08-20", story));
  CHECK_FALSE(fits("GFW 2025-08-20", thrice("RA").story()));
}

TEST_CASE("Two resets whose numbers and identifications step as published of 2007") {
  Flow flow;
  flow.hello();
  flow.down("R").ip_id = 500;
  PacketMark& second = flow.down("R");
  second.ip_id = 504;
  second.seq += 12'503;
  CHECK(fits("Comcast 2007", flow.story()));
  second.ip_id = 505;
  CHECK_FALSE(fits("Comcast 2007", flow.story()));
}

TEST_CASE("A fingerprint needs three packets, from one flow or several") {
  Flow flow;
  flow.hello();
  flow.down("RA").ip_id = 64;
  const TcpStory story = flow.story();
  const auto event = *interference::resets_of(story, Sender::server);
  FingerprintLedger ledger;
  for (int seen = 1; seen <= 3; ++seen) {
    ledger.note(story, event);
    interference::Evidence evidence;
    judge_published(story, event, ledger, evidence);
    CHECK(evidence.score() == Approx(seen == 3 ? 1.0 : 0.0));
  }
  Flow ordinary;
  ordinary.hello();
  ordinary.down("RA");
  interference::Evidence evidence;
  const TcpStory other = ordinary.story();
  judge_published(other, *interference::resets_of(other, Sender::server), ledger, evidence);
  CHECK(evidence.items().empty());
}

TEST_CASE("The algebra is found for k = 13, in either order and with either address") {
  const auto swap = interference::swapped;
  for (const std::uint32_t source : {kServer, kClient, swap(kServer), swap(kClient)}) {
    std::vector<ResetFields> resets;
    for (const std::uint32_t val : {300U, 301U, 305U})
      resets.push_back(made(val, 13, source, kClient));
    CHECK(interference::tsg_pairs(resets, kServer, kClient) == 2);
  }
  std::mt19937 generator(1);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t source = random(), destination = random();
    const std::uint32_t val = 100 + random() % 20'000;
    const std::vector<ResetFields> resets{made(val, 13, source, destination),
                                          made(val + 1, 13, source, destination),
                                          made(val + 7, 13, source, destination)};
    REQUIRE(interference::tsg_pairs(resets, source, destination) == 2);
  }
}

TEST_CASE("Decoys have no algebra: k = 7, and anything at random") {
  std::mt19937 generator(2);
  const auto random = [&] { return static_cast<std::uint32_t>(generator()); };
  const auto any16 = [&] { return static_cast<std::uint16_t>(random()); };
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t source = random(), destination = random();
    const std::uint32_t val = 100 + random() % 20'000;
    const std::vector<ResetFields> seven{made(val, 7, source, destination),
                                         made(val + 1, 7, source, destination),
                                         made(val + 2, 7, source, destination)};
    REQUIRE(interference::tsg_pairs(seven, source, destination) < 2);
    REQUIRE(interference::tsg_pairs(seven, source, destination, 7) == 2);
    const std::vector<ResetFields> noise{
        {any16(), any16()}, {any16(), any16()}, {any16(), any16()}};
    REQUIRE(interference::tsg_pairs(noise, source, destination) < 2);
  }
  // Ordinary resets: window 0, or always the same.
  const std::vector<ResetFields> closed{{0, 0}, {0, 0}, {0, 0}};
  CHECK(interference::tsg_pairs(closed, kServer, kClient) == 0);
  const std::vector<ResetFields> same{{229, 5}, {229, 5}, {229, 5}};
  CHECK(interference::tsg_pairs(same, kServer, kClient) == 0);
}

TEST_CASE("Three resets of one flow, or of three, show the algebra; two do not") {
  const auto flow_of = [](std::initializer_list<std::uint32_t> vals, std::uint32_t k) {
    Flow flow;
    flow.hello();
    flow.wait(40).down("A");
    for (const std::uint32_t val : vals) {
      const ResetFields fields = made(val, k, kServer, kClient);
      PacketMark& mark = flow.down("RA");
      mark.window = fields.window;
      mark.ip_id = fields.ip_id;
    }
    return flow;
  };
  CHECK(find(findings_of(flow_of({300, 301, 302}, 13).story()), "INJ.FP.TSG"));
  CHECK_FALSE(find(findings_of(flow_of({300, 301}, 13).story()), "INJ.FP.TSG"));
  CHECK_FALSE(find(findings_of(flow_of({300, 301, 302}, 7).story()), "INJ.FP.TSG"));

  FingerprintLedger ledger;
  std::vector<Flow> flows{flow_of({300}, 13), flow_of({301}, 13), flow_of({302}, 13)};
  for (const Flow& flow : flows) {
    const TcpStory story = flow.story();
    ledger.note(story, *interference::resets_of(story, Sender::server));
  }
  const TcpStory story = flows[0].story();
  const auto findings = judge_resets(story, {}, ledger);
  REQUIRE(find(findings, "INJ.FP.TSG"));
  CHECK(item(*find(findings, "INJ.FP.TSG"), "INJ.FP.TSG")->lr == 3.0);
}
