// Which findings a page shows as one.
#include "interference/events.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace deadair;
using namespace deadair::interference;

namespace {

Finding finding(std::string id, std::vector<std::uint64_t> frames, double score = 3) {
  Finding out;
  out.id = std::move(id);
  out.level = Level::likely;
  out.score = score;
  for (const std::uint64_t number : frames) out.frames.push_back({0, number});
  return out;
}

std::vector<std::string> shown(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& each : findings)
    if (!each.fold.hidden) out.push_back(each.id);
  return out;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("The gravest finding of a packet leads and names the others once") {
  std::vector<Finding> findings = {finding("RST.TRIGGER.HOST", {4, 5}), finding("RST.FIN", {4, 5}),
                                   finding("INJ.TTL", {5, 9}), finding("INJ.TTL", {9, 10}),
                                   finding("BLOCKPAGE.INJECTED", {5}, 6)};
  fold(findings);
  REQUIRE(shown(findings) == Ids{"BLOCKPAGE.INJECTED"});
  const Fold& all = findings[4].fold;
  CHECK(all.also == Ids{"RST.TRIGGER.HOST", "RST.FIN", "INJ.TTL"});
  CHECK(all.frames.size() == 4);
  CHECK(all.times == 1);
}

TEST_CASE("Of equals the first leads, and a higher level leads before a higher score") {
  std::vector<Finding> findings = {finding("RST.PSH.R", {1}), finding("INJ.TTL", {1})};
  fold(findings);
  CHECK(shown(findings) == Ids{"RST.PSH.R"});
  findings = {finding("RST.PSH.R", {1}, 9), finding("INJ.TTL", {1})};
  findings[0].level = Level::anomalous;
  fold(findings);
  CHECK(shown(findings) == Ids{"INJ.TTL"});
}

TEST_CASE("Flows that fared alike are one entry with all their packets") {
  std::vector<Finding> findings = {finding("RST.PSH.R", {1}), finding("INJ.TTL", {1}),
                                   finding("RST.PSH.R", {7}), finding("INJ.TTL", {7}),
                                   finding("RST.PSH.R", {9})};
  fold(findings);
  CHECK(shown(findings) == Ids{"RST.PSH.R", "RST.PSH.R"});  // the last lacks the TTL
  CHECK(findings[0].fold.times == 2);
  CHECK(findings[0].fold.frames.size() == 2);
  CHECK(findings[4].fold.times == 1);
}

TEST_CASE("Thousands that fared alike are one entry, each packet named once") {
  constexpr std::uint64_t kMany = 20'000;
  std::vector<Finding> findings;
  for (std::uint64_t i = kMany; i > 0; --i)
    findings.push_back(finding("RST.FIN", {2 * i, 2 * i + 1}));
  fold(findings);
  REQUIRE(shown(findings) == Ids{"RST.FIN"});
  const Fold& all = findings.front().fold;
  CHECK(all.times == kMany);
  CHECK(all.frames.size() == 2 * kMany);
  CHECK(std::ranges::is_sorted(all.frames));
}

TEST_CASE("What was open in one case and excluded in the other is not alike") {
  std::vector<Finding> findings = {finding("RST.PSH.R", {1}), finding("RST.PSH.R", {7})};
  findings[0].alternatives = {{"local_device", false, ""}};
  findings[1].alternatives = {{"local_device", true, ""}};
  fold(findings);
  CHECK(shown(findings).size() == 2);
}

TEST_CASE("Other names that set them off are other cases") {
  std::vector<Finding> findings = {finding("RST.PSH.R", {1}), finding("RST.PSH.R", {7})};
  findings[0].trigger = Trigger{};
  findings[0].trigger->name = "one.example";
  findings[1].trigger = Trigger{};
  findings[1].trigger->name = "two.example";
  fold(findings);
  CHECK(shown(findings).size() == 2);
}

TEST_CASE("Findings about calls stand alone even where they share packets") {
  std::vector<Finding> findings = {finding("DROP.STUN.RELAY", {1, 2}), finding("CALL.LOOP", {1}),
                                   finding("ICMP.ADMIN", {2}), finding("ICMP.ADMIN", {3})};
  fold(findings);
  CHECK(shown(findings).size() == 4);
}
