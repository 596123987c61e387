// SYNs that nobody answers, and payloads that look random.
#include "interference/syn_silence.hpp"

#include <array>
#include <string>

#include "interference/fully_encrypted.hpp"
#include "unit/interference/silences.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::judge_silent_syns;
using interference::Level;
using interference::looks_fully_encrypted;
using interference::SilentSyn;

namespace {

SilentSyn unanswered(std::int64_t second, std::string_view app = "whatsapp") {
  SilentSyn syn;
  syn.note = note_at(second, FlowFate::silent_syn, "");
  syn.note.heard = false;
  syn.note.end_ns = syn.note.begin_ns + 7 * kOneSecond;
  syn.app = app;
  syn.frames = {{0, 1}, {0, 2}, {0, 3}};
  return syn;
}
std::vector<interference::Finding> judged(const std::vector<SilentSyn>& syns,
                                          const std::vector<FlowNote>& others,
                                          std::int64_t until_s = 600) {
  FateLog log;
  for (const SilentSyn& each : syns) log.add(each.note);
  for (const FlowNote& note : others) log.add(note);
  return judge_silent_syns(syns, FateBook(log), kBegin + until_s * kOneSecond);
}
FlowNote elsewhere(std::int64_t second) { return note_at(second, FlowFate::well, "fine.test", 9); }

}  // namespace

TEST_CASE("A server that answers no SYN is told while the line is alive") {
  auto found = judged({unanswered(0)}, {elsewhere(2)});
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "RST.SYN.NONE");
  CHECK(found[0].level == Level::observed);
  CHECK(status(found[0], "SERVER OUTAGE") == "open");
  CHECK(status(found[0], "DEAD LINK") == "excluded");
  // It answered at another time: it is not down.
  found = judged({unanswered(0), unanswered(30)},
                 {elsewhere(2), elsewhere(33), note_at(90, FlowFate::well, "own.test")});
  REQUIRE(found.size() == 1);
  CHECK(found[0].level == Level::anomalous);
  CHECK(status(found[0], "SERVER OUTAGE") == "excluded");
}

TEST_CASE("Nothing is told of dead lines, strangers, the impatient and the capture's end") {
  CHECK(judged({unanswered(0)}, {}).empty());
  CHECK(judged({unanswered(0)}, {elsewhere(60)}).empty());
  CHECK(judged({unanswered(0, "")}, {elsewhere(2)}).empty());
  CHECK(judged({unanswered(0)}, {elsewhere(2)}, 9).empty());
  SilentSyn once = unanswered(0);
  once.frames.resize(1);
  CHECK(judged({once}, {elsewhere(2)}).empty());
}

TEST_CASE("What looks fully encrypted") {
  std::array<std::uint8_t, 200> random{};
  std::uint32_t state = 0x9e3779b9;
  for (std::uint8_t& byte : random) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  random[0] = 0xc1;
  const auto looks = [](const auto& bytes) {
    return looks_fully_encrypted({bytes.data(), bytes.size()});
  };
  CHECK(looks(random));
  auto greeting = random;
  for (std::size_t i = 0; i < 6; ++i) greeting[i] = 'A';
  CHECK_FALSE(looks(greeting));
  auto run = random;
  for (std::size_t i = 60; i < 81; ++i) run[i] = 'x';
  CHECK_FALSE(looks(run));
  auto tls = random;
  tls[0] = 0x16;
  tls[1] = 3;
  tls[2] = 1;
  CHECK_FALSE(looks(tls));
  std::array<std::uint8_t, 200> zeros{};
  CHECK_FALSE(looks(zeros));
  std::array<std::uint8_t, 200> ones{};
  ones.fill(0xff);
  CHECK_FALSE(looks(ones));
  const std::array<std::uint8_t, 8> little = {0xc1, 0x3e, 0x87, 0x5a, 0xd2, 0x19, 0x6b, 0xf0};
  CHECK_FALSE(looks(little));
  // Half of it printable in short runs is data with text in it.
  auto mixed = random;
  for (std::size_t i = 0; i < mixed.size(); i += 3) mixed[i] = 0xb5;
  for (std::size_t i = 1; i < mixed.size(); i += 3) mixed[i] = 'e';
  for (std::size_t i = 2; i < mixed.size(); i += 3) mixed[i] = 's';
  CHECK_FALSE(looks(mixed));
}
