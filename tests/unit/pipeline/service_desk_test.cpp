// How many flows of an application went well, and what is taken back when somebody cut them off.
#include "pipeline/service_desk.hpp"

#include "catch.hpp"

using namespace deadair;
using interference::Control;
using pipeline::ServiceDesk;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kStart = 1'700'000'000 * kSecond;
constexpr IpAddress kClient = IpAddress::v4(0xc0a8'0002), kServer = IpAddress::v4(0x0102'0304);

classify::Decision text_of(std::string_view app) {
  classify::Decision decision;
  decision.app = app;
  decision.service = classify::Service::text;
  decision.confidence = classify::Confidence::likely;
  return decision;
}

struct Flows {
  ServiceDesk desk;
  interference::Controls controls;
  interference::GateSet gates;

  void add(std::uint64_t frame, std::uint64_t up, std::uint64_t down, std::string_view app) {
    flow::FlowRecord record;
    record.frame_first = {0, frame};
    record.ts_first_ns = record.ts_last_ns = kStart;
    record.dossier = 1;
    record.count(flow::Side::a, static_cast<std::uint32_t>(up), 100);
    record.count(flow::Side::b, static_cast<std::uint32_t>(down), 100);
    flow::FlowKey key;
    key.a = kClient;
    key.b = kServer;
    desk.flow(record, key, text_of(app), gates);
  }
};

}  // namespace

TEST_CASE("flows that were answered went well, unless somebody cut them off") {
  Flows flows;
  for (std::uint64_t frame : {1, 2, 3}) flows.add(frame, 5, 4, "whatsapp");
  flows.add(4, 5, 0, "whatsapp");
  flows.add(5, 0, 4, "whatsapp");
  flows.desk.deny({0, 2});
  flows.desk.deny({0, 2});
  flows.desk.deny({0, 9});
  const auto tallies = flows.desk.tallies(flows.controls);
  REQUIRE(tallies.size() == 1);
  CHECK(tallies[0].ok == 2);
  CHECK(tallies[0].failed == 2);
  CHECK(tallies[0].unseen == 1);
  CHECK(tallies[0].servers == 1);
}

TEST_CASE("a flow of which one direction was not captured has not failed") {
  Flows flows;
  flows.gates.set(interference::Gate::onesided, interference::GateEffect::closes);
  flows.add(1, 5, 0, "whatsapp");
  const auto tallies = flows.desk.tallies(flows.controls);
  REQUIRE(tallies.size() == 1);
  CHECK(tallies[0].failed == 0);
  CHECK(tallies[0].unseen == 1);
}

TEST_CASE("what else of the host went well meanwhile is counted beside failures") {
  Flows flows;
  flows.add(1, 5, 0, "whatsapp");
  flows.add(2, 5, 4, "telegram");
  flows.controls.add(Control::tcp_answered, kClient, interference::subject_of("telegram"), kStart);
  flows.controls.add(Control::tcp_answered, kClient, interference::subject_of("whatsapp"), kStart);
  const auto tallies = flows.desk.tallies(flows.controls);
  REQUIRE(tallies.size() == 2);
  CHECK(tallies[0].app == "telegram");
  CHECK(tallies[0].others_ok == 0);
  CHECK(tallies[1].others_ok == 1);
}
