// What is learnt of a sender's headers.
#include "flow/header_habit.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair;
using flow::HeaderHabit;
using flow::IpIdKind;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

struct Sent {
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 0;
  std::uint8_t flags = wire::tcp_flag::kAck;
};
void add(HeaderHabit& habit, Sent sent) {
  wire::Packet packet;
  packet.ttl = sent.ttl;
  packet.ip_id = sent.ip_id;
  packet.tcp_flags = sent.flags;
  habit.add(packet);
}
void add_clock(HeaderHabit& habit, std::uint32_t value, double seconds) {
  std::array<std::uint8_t, 12> options{1, 1, 8, 10};
  for (unsigned i = 0; i < 4; ++i)
    options[4 + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  wire::Packet packet;
  packet.tcp_flags = wire::tcp_flag::kAck;
  packet.tcp_options = {options.data(), options.size()};
  packet.ts_ns = static_cast<std::int64_t>(seconds * kSecond);
  habit.add(packet);
}
std::int64_t at(double seconds) { return static_cast<std::int64_t>(seconds * kSecond); }

HeaderHabit counting(std::initializer_list<std::uint16_t> ids) {
  HeaderHabit habit;
  for (const std::uint16_t id : ids) add(habit, {64, id});
  return habit;
}

}  // namespace

TEST_CASE("The TTLs of a sender, up to four") {
  HeaderHabit habit;
  CHECK(habit.ttls().empty());
  CHECK_FALSE(habit.used_ttl(0));
  for (const std::uint8_t ttl : std::initializer_list<std::uint8_t>{0, 52, 52, 116, 52, 9})
    add(habit, {ttl});
  CHECK(habit.packets() == 6);
  CHECK(habit.ttls().size() == 4);
  CHECK(habit.used_ttl(0));
  CHECK(habit.used_ttl(116));
  CHECK_FALSE(habit.used_ttl(53));
  CHECK_FALSE(habit.ttl_varies());
  add(habit, {10});
  CHECK(habit.ttl_varies());
}

TEST_CASE("FINs and RSTs do not count: those get forged") {
  HeaderHabit habit;
  add(habit, {52});
  add(habit, {45, 0, wire::tcp_flag::kRst});
  add(habit, {45, 0, wire::tcp_flag::kFin | wire::tcp_flag::kAck});
  CHECK(habit.packets() == 1);
  CHECK_FALSE(habit.used_ttl(45));
}

TEST_CASE("Packets are counted up to 255") {
  HeaderHabit habit;
  for (int i = 0; i < 300; ++i) add(habit, {});
  CHECK(habit.packets() == 255);
}

TEST_CASE("A counter of identifications needs three packets and small steps") {
  CHECK(counting({}).ip_id_kind() == IpIdKind::unknown);
  CHECK(counting({5, 6}).ip_id_kind() == IpIdKind::unknown);
  CHECK(counting({5, 6, 70}).ip_id_kind() == IpIdKind::counter);
  CHECK(counting({65'535, 3, 4}).ip_id_kind() == IpIdKind::counter);
  CHECK(counting({5, 6, 71}).ip_id_kind() == IpIdKind::other);
  CHECK(counting({5, 5, 6}).ip_id_kind() == IpIdKind::other);
  CHECK(counting({7, 6, 5}).ip_id_kind() == IpIdKind::other);
  CHECK(counting({0, 0, 0, 0}).ip_id_kind() == IpIdKind::unknown);
  CHECK(counting({0, 31'000, 31'001, 0, 31'002}).ip_id_kind() == IpIdKind::counter);
  CHECK(counting({5, 6, 7, 900, 901, 902}).ip_id_kind() == IpIdKind::other);
}

TEST_CASE("The pace of a clock is measured, and how far a timestamp lies off it") {
  HeaderHabit habit;
  add_clock(habit, 1000, 100.0);
  add_clock(habit, 1100, 101.0);
  REQUIRE(habit.clock_hz());
  CHECK(*habit.clock_hz() == Approx(100).epsilon(0.01));
  CHECK(*habit.seconds_off(1200, at(102)) < 0.1);
  CHECK(*habit.seconds_off(2400, at(102)) == Approx(12).margin(0.1));
  CHECK(*habit.seconds_off(0, at(102)) == Approx(12).margin(0.1));
  // Before what was seen last.
  CHECK(*habit.seconds_off(1050, at(100.5)) < 0.1);
}

TEST_CASE("A clock of unknown pace is given the benefit of every doubt") {
  HeaderHabit habit;
  add_clock(habit, 5000, 100.0);
  CHECK_FALSE(habit.clock_hz());
  CHECK(*habit.seconds_off(5000, at(103)) == 0);
  CHECK(*habit.seconds_off(8000, at(103)) < 0.1);
  CHECK(*habit.seconds_off(20'000, at(103)) == Approx(12).margin(0.1));
  CHECK(*habit.seconds_off(0, at(103)) == Approx(5).margin(0.1));
}

TEST_CASE("A clock wraps, and one beyond a millisecond's tick is none") {
  HeaderHabit habit;
  add_clock(habit, 0xffff'fff0, 100.0);
  add_clock(habit, 0x0000'03d8, 101.0);
  CHECK(*habit.clock_hz() == Approx(1000).epsilon(0.01));
  CHECK(*habit.seconds_off(0x0000'07c0, at(102)) < 0.1);

  HeaderHabit fast;
  add_clock(fast, 0, 100.0);
  add_clock(fast, 1'000'000, 101.0);
  CHECK_FALSE(fast.clock_hz());
  CHECK_FALSE(fast.seconds_off(9'000'000, at(102)));

  HeaderHabit none;
  add(none, {});
  CHECK_FALSE(none.has_clock());
  CHECK_FALSE(none.seconds_off(1, 0));
}
