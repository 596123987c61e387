// Punishments that follow a drop, beside bans, outages and chance.
#include "interference/residual.hpp"

#include <cmath>
#include <set>
#include <string_view>

#include "catch.hpp"

using namespace deadair;
using interference::FateBook;
using interference::FateLog;
using interference::Finding;
using interference::FlowFate;
using interference::FlowNote;
using interference::Level;
using interference::PunishedKey;
using interference::Punishment;
using interference::TriggerType;

namespace {

constexpr std::uint8_t kTcp = 6;
const IpAddress kClient = IpAddress::v4(0xc0a80002);
IpAddress server(std::uint32_t number) { return IpAddress::v4(0x08080800 | number); }
std::int64_t at(double second) { return std::llround(second * 1e9); }

// A flow that lasts 3 s; answered at once when it goes well.
FlowNote one_flow(double second, std::uint32_t number, std::uint16_t from, std::uint16_t to,
                  FlowFate fate) {
  static std::uint64_t frame = 0;
  FlowNote note;
  note.client = kClient;
  note.server = server(number);
  note.client_port = from;
  note.server_port = to;
  note.proto = kTcp;
  note.frame_first = {0, ++frame};
  note.begin_ns = at(second);
  note.end_ns = at(second + 3);
  note.heard = fate == FlowFate::well;
  note.answered_ns = note.heard_ns = at(second + 0.05);
  note.fate = fate;
  return note;
}
FlowNote dropped(double second, std::uint32_t number, std::uint16_t from) {
  FlowNote note = one_flow(second, number, from, 443, FlowFate::dropped);
  note.said(TriggerType::tls_sni, "bad.example");
  return note;
}
FlowNote fails(double second, std::uint32_t number, std::uint16_t from, std::uint16_t to = 443) {
  return one_flow(second, number, from, to, FlowFate::silent_syn);
}
FlowNote works(double second, std::uint32_t number, std::uint16_t from, std::uint16_t to = 443) {
  return one_flow(second, number, from, to, FlowFate::well);
}

struct Log {
  FateLog log;
  Log() = default;
  Log(std::initializer_list<FlowNote> notes) {
    for (const FlowNote& note : notes) log.add(note);
  }
  void operator+=(const Log& more) {
    for (const FlowNote& note : more.log.notes()) log.add(note);
  }
  [[nodiscard]] std::vector<Finding> findings() const { return judge_punishments(FateBook(log)); }
  [[nodiscard]] Level level() const {
    const std::vector<Finding> all = findings();
    REQUIRE(all.size() == 1);
    return all.front().level;
  }
  [[nodiscard]] PunishedKey key() const {
    const FateBook book(log);
    const std::vector<Punishment> all = punishments_of(book);
    REQUIRE_FALSE(all.empty());
    return all.front().key;
  }
};

// For 30 s the client's port is not answered; its other ports are.
Log port_punished(double second, std::uint16_t from) {
  return {dropped(second, 1, from), fails(second + 10, 1, from), fails(second + 20, 1, from),
          works(second + 30, 1, from),
          works(second + 15, 1, static_cast<std::uint16_t>(from + 1000))};
}
// For 30 s the server's port is not answered; its other port is.
Log server_punished(double second, std::uint32_t number) {
  const auto from = static_cast<std::uint16_t>(1000 * number + 5000);
  const auto next = [&](int i) { return static_cast<std::uint16_t>(from + i); };
  return {dropped(second, number, from),       fails(second + 10, number, next(1)),
          fails(second + 20, number, next(2)), works(second + 15, number, next(3), 80),
          works(second + 30, number, next(4)), works(second + 40, number, next(5))};
}

}  // namespace

TEST_CASE("The port of the client is punished") {
  Log log = port_punished(0, 20'000);
  CHECK(log.key() == PunishedKey::four_tuple);
  CHECK(log.level() == Level::anomalous);
  log += port_punished(3, 21'500);
  CHECK(log.level() == Level::likely);
  const Finding finding = log.findings().front();
  CHECK(finding.id == "RESIDUAL");
  CHECK(finding.after_ms == Approx(23'000));
  CHECK(finding.text ==
        "After a flow was dropped, 4 new ones from the same port to the same server and port "
        "failed too, whatever they said, until 23.0 to 30.1 s after it, and went well from then on "
        "(2 times, key: 4-tuple).");
}

TEST_CASE("A trigger whose flow was given up soon is one all the same") {
  Log log = port_punished(0, 20'000);
  FlowNote soon = dropped(3, 1, 21'500);
  soon.fate = FlowFate::silent;
  log += {soon, fails(13, 1, 21'500), fails(23, 1, 21'500), works(33, 1, 21'500)};
  CHECK(log.level() == Level::likely);
}

TEST_CASE("The port of the server is punished, for whichever port of the client") {
  Log log = server_punished(0, 1);
  CHECK(log.key() == PunishedKey::three_tuple);
  CHECK(log.level() == Level::anomalous);
  log += server_punished(2, 2);
  CHECK(log.level() == Level::anomalous);  // two services of one operator may stop together
  log += server_punished(4, 3);
  CHECK(log.level() == Level::likely);
}

TEST_CASE("Forged tear-downs of whatever is said, after that of a name") {
  const auto torn = [](double second, std::uint16_t from, std::string_view name) {
    FlowNote note = one_flow(second, 1, from, 443, FlowFate::reset);
    if (!name.empty()) note.said(TriggerType::tls_sni, name);
    return note;
  };
  const auto good = [](double second, std::uint32_t number, std::uint16_t from) {
    FlowNote note = works(second, number, from);
    note.said(TriggerType::tls_sni, "good.example");
    return note;
  };
  const std::vector<FlowNote> notes = {torn(0, 5000, "bad.example"), torn(20, 5001, "good.example"),
                                       torn(40, 5002, ""), good(100, 1, 5003), good(30, 2, 5004)};
  Log log;
  for (const FlowNote& note : notes) log.log.add(note);
  CHECK(log.findings().empty());  // nothing shows that another sent them

  std::set<wire::FrameRef> forged;
  for (const FlowNote& note : notes)
    if (note.fate == FlowFate::reset) forged.insert(note.frame_first);
  log.log.tear(forged);
  CHECK(log.key() == PunishedKey::three_tuple);
  CHECK(log.level() == Level::anomalous);
  const auto findings = log.findings();
  CHECK(findings.front().text ==
        "After a flow was torn down by forged packets, 2 new ones to the same server and port were "
        "torn down likewise, whatever they said, until 43.0 to 100.0 s after it, and went well "
        "from then on (1 time, key: 3-tuple or wider).");
  for (const auto& other : findings.front().alternatives)
    CHECK((other.name == "LOCAL_DEVICE") == !other.excluded);
  // Another name that never goes well may be torn down for its own sake.
  const FlowNote own = torn(40, 5002, "worse.example");
  Log names = {torn(0, 5000, "bad.example"), torn(20, 5001, "good.example"), own,
               good(100, 1, 5003)};
  std::set<wire::FrameRef> all;
  for (const FlowNote& note : names.log.notes())
    if (note.fate == FlowFate::reset) all.insert(note.frame_first);
  names.log.tear(all);
  CHECK(names.findings().empty());
}

TEST_CASE("The server is punished whatever its port") {
  const Log log = {dropped(0, 1, 5000), fails(10, 1, 5001), fails(12, 1, 5002, 80),
                   fails(20, 1, 5003),  works(30, 1, 5004), works(31, 1, 5005, 80),
                   works(15, 2, 5006)};
  CHECK(log.key() == PunishedKey::two_tuple);
}

TEST_CASE("Nothing beside went well: the line itself may have been down") {
  Log log = {dropped(0, 1, 5000), fails(10, 1, 5001), fails(20, 1, 5002), works(30, 1, 5003)};
  CHECK(log.level() == Level::observed);
  CHECK(log.findings().front().text.find("or wider") != std::string::npos);
}

TEST_CASE("Punishments that differ in length may be chance") {
  Log log = port_punished(0, 20'000);
  log += {dropped(100, 1, 30'000), fails(105, 1, 30'000), fails(108, 1, 30'000),
          works(112, 1, 30'000), works(106, 1, 30'001)};
  CHECK(log.level() == Level::anomalous);
}

TEST_CASE("Brackets want two failures and a success, and an end for good") {
  CHECK(Log{dropped(0, 1, 5000), fails(10, 1, 5001), works(30, 1, 5002)}.findings().empty());
  CHECK(Log{dropped(0, 1, 5000), fails(10, 1, 5001), fails(20, 1, 5002)}.findings().empty());
  CHECK(Log{dropped(0, 1, 5000), fails(10, 1, 5001), fails(20, 1, 5002), works(30, 1, 5003),
            fails(40, 1, 5004)}
            .findings()
            .empty());
  CHECK(Log{dropped(0, 1, 5000), fails(1000, 1, 5001), fails(1010, 1, 5002), works(1030, 1, 5003)}
            .findings()
            .empty());
}

TEST_CASE("A ban follows what was answered, an outage follows nothing") {
  CHECK(Log{works(0, 1, 5000), fails(10, 1, 5001), fails(20, 1, 5002), works(30, 1, 5003)}
            .findings()
            .empty());
  FlowNote frozen = one_flow(0, 1, 5000, 443, FlowFate::froze);
  frozen.said(TriggerType::tls_sni, "bad.example");
  CHECK(Log{frozen, fails(10, 1, 5001), fails(20, 1, 5002), works(30, 1, 5003)}.findings().empty());
  FlowNote refused = one_flow(10, 1, 5001, 443, FlowFate::refused);
  CHECK(Log{dropped(0, 1, 5000), refused, refused, works(30, 1, 5003)}.findings().empty());
}

TEST_CASE("The last drop of the name begins the punishment") {
  const Log log = {dropped(0, 1, 5000), dropped(40, 1, 5001), fails(50, 1, 5002),
                   fails(60, 1, 5003),  works(70, 1, 5004),   works(55, 1, 5005, 80)};
  const FateBook book(log.log);
  const std::vector<Punishment> all = punishments_of(book);
  REQUIRE(all.size() == 1);
  CHECK(all.front().least_ns() == at(23));
}

TEST_CASE("A first packet that was sent again narrows the end") {
  FlowNote late = works(26, 1, 5003);
  late.answered_ns = at(29);
  const Log log = {dropped(0, 1, 5000), fails(10, 1, 5001), fails(15, 1, 5002), late,
                   works(12, 1, 5005, 80)};
  const FateBook book(log.log);
  const std::vector<Punishment> all = punishments_of(book);
  REQUIRE(all.size() == 1);
  CHECK(all.front().least_ns() == at(26));
  CHECK(all.front().most_ns() == at(29));
}
