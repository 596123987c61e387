// The table against a plain map, under random begins and ends; time-outs and eviction.
#include "flow/flow_table.hpp"

#include <map>
#include <random>
#include <set>
#include <vector>

#include "catch.hpp"

using namespace deadair;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

flow::TableOptions options(std::uint64_t max_flows = 1'000'000) {
  return {{35 * kSecond, 300 * kSecond, 10 * kSecond, 60 * kSecond, 30 * kSecond}, max_flows, 42};
}

wire::Packet udp_packet(std::uint32_t number, std::int64_t ts_ns, bool v6 = false) {
  wire::Packet packet;
  packet.proto = wire::ip_proto::kUdp;
  packet.ip_version = v6 ? 6 : 4;
  packet.src = v6 ? IpAddress{0x2001'0db8'0000'0000, number} : IpAddress::v4(0x0a00'0000 + number);
  packet.dst = v6 ? IpAddress{0x2001'0db8'0000'0001, 1} : IpAddress::v4(0xc633'6401);
  packet.src_port = static_cast<std::uint16_t>(1024 + number % 7);
  packet.dst_port = 53;
  packet.ts_ns = ts_ns;
  packet.frame = {0, number + 1};
  return packet;
}

// Finds or begins the flow of a packet, as the flow stage does.
std::uint32_t touch(flow::FlowTable& table, const wire::Packet& packet) {
  const flow::Keyed keyed = flow::key_of(packet);
  const std::uint32_t hash = table.hash_of(keyed.key);
  std::uint32_t index = table.find(keyed.key, hash);
  if (table.idle().due(packet.ts_ns)) {
    std::vector<std::uint32_t> expired;
    table.idle().expire(packet.ts_ns, expired);
    REQUIRE(expired.empty());
  }
  if (index == flow::kNone) index = table.begin(keyed, hash, packet);
  table[index].ts_last_ns = packet.ts_ns;
  return index;
}

void finish(flow::FlowTable& table, std::uint32_t index) {
  table.end(index);
  table.release(index);
}

}  // namespace

TEST_CASE("The table holds what a map would, through thousands of begins and ends") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  std::map<std::uint32_t, std::uint32_t> model;  // flow number -> index
  std::mt19937 random(1);
  for (int step = 0; step < 60000; ++step) {
    const std::uint32_t number = static_cast<std::uint32_t>(random() % 9000);
    const wire::Packet packet = udp_packet(number, step, number % 3 == 0);
    const auto known = model.find(number);
    if (known == model.end()) {
      model[number] = touch(table, packet);
    } else if (random() % 3 == 0) {
      finish(table, known->second);
      model.erase(known);
    } else {
      REQUIRE(touch(table, packet) == known->second);
    }
    REQUIRE(table.live() == model.size());
  }
  for (const auto& [number, index] : model) {
    const flow::FlowKey key = flow::key_of(udp_packet(number, 0, number % 3 == 0)).key;
    CHECK(table.find(key, table.hash_of(key)) == index);
    CHECK(table.key(table[index]) == key);
  }
}

TEST_CASE("A record is of its own key only, and every end is noticed") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  const std::uint32_t index = touch(table, udp_packet(1, 0));
  CHECK(table.is(index, flow::key_of(udp_packet(1, 0)).key));
  CHECK(!table.is(index, flow::key_of(udp_packet(2, 0)).key));
  const std::uint64_t before = table.ends();
  finish(table, index);
  CHECK(table.ends() != before);
  touch(table, udp_packet(2, 0));
  const std::uint64_t one_lives = table.ends();
  CHECK(table.end_all().size() == 1);
  CHECK(table.ends() != one_lives);
}

TEST_CASE("A flow is found from both directions and counts them apart") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  wire::Packet packet = udp_packet(1, 0);
  const std::uint32_t index = touch(table, packet);
  std::swap(packet.src, packet.dst);
  std::swap(packet.src_port, packet.dst_port);
  CHECK(touch(table, packet) == index);
  CHECK(flow::key_of(packet).from != flow::key_of(udp_packet(1, 0)).from);
}

TEST_CASE("Packet counts go on beyond 32 bits") {
  flow::FlowRecord record;
  record.count(flow::Side::a, 0xffff'ffff, 10);
  record.count(flow::Side::a, 3, 10);
  CHECK(record.packets(flow::Side::a) == 0x1'0000'0002);
  CHECK(record.bytes(flow::Side::a) == 20);
}

TEST_CASE("A flow expires after its time-out, and not before") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  const std::uint32_t early = touch(table, udp_packet(1, 0));
  const std::uint32_t late = touch(table, udp_packet(2, 0));
  std::vector<std::uint32_t> expired;
  table.idle().expire(50 * kSecond, expired);
  CHECK(expired.empty());
  touch(table, udp_packet(2, 50 * kSecond));
  table.idle().expire(61 * kSecond, expired);
  REQUIRE(expired == std::vector{early});
  finish(table, early);
  expired.clear();
  table.idle().expire(109 * kSecond, expired);
  CHECK(expired.empty());
  table.idle().expire(111 * kSecond, expired);
  CHECK(expired == std::vector{late});
}

TEST_CASE("A flow's class decides its time-out") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  const std::uint32_t index = touch(table, udp_packet(1, 0));
  table.idle().change_class(index, flow::IdleClass::media);
  std::vector<std::uint32_t> expired;
  table.idle().expire(31 * kSecond, expired);
  CHECK(expired == std::vector{index});
}

TEST_CASE("A jump of years expires everything once") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  std::set<std::uint32_t> begun;
  for (std::uint32_t i = 0; i < 100; ++i)
    begun.insert(touch(table, udp_packet(i, i * kSecond / 10)));
  std::vector<std::uint32_t> expired;
  table.idle().expire(std::int64_t{40} * 365 * 86400 * kSecond, expired);
  CHECK(std::set(expired.begin(), expired.end()) == begun);
  CHECK(expired.size() == begun.size());
}

TEST_CASE("The flow idle longest goes first, whatever its class") {
  flow::FlowTable table(options(50));
  table.idle().restart(0);
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < 50; ++i) {
    order.push_back(touch(table, udp_packet(i, i * kSecond / 10)));
    if (i % 3 == 0) table.idle().change_class(order.back(), flow::IdleClass::tcp);
  }
  CHECK(table.full());
  std::vector<std::uint32_t> none;
  table.idle().expire(6 * kSecond, none);
  REQUIRE(none.empty());
  touch(table, udp_packet(0, 6 * kSecond));  // the oldest comes back to life
  for (std::uint32_t i = 1; i < 50; ++i) {
    const std::uint32_t oldest = table.oldest();
    REQUIRE(oldest == order[i]);
    finish(table, oldest);
  }
  CHECK(table.oldest() == order[0]);
}

TEST_CASE("A victim that gets a packet before its turn is spared") {
  flow::FlowTable table(options());
  table.idle().restart(0);
  const std::uint32_t first = touch(table, udp_packet(1, 0));
  const std::uint32_t second = touch(table, udp_packet(2, 1));
  const std::uint32_t third = touch(table, udp_packet(3, 2));
  CHECK(table.oldest() == first);
  finish(table, first);
  touch(table, udp_packet(2, 3));
  CHECK(table.oldest() == third);
  finish(table, third);
  CHECK(table.oldest() == second);
  finish(table, second);
  CHECK(table.oldest() == flow::kNone);
}

TEST_CASE("Flows set aside for eviction still expire in their time, each class in its own") {
  flow::FlowTable table(options());
  table.restart(0);
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 6; ++i) all.push_back(touch(table, udp_packet(i, i)));
  table.idle().change_class(all[4], flow::IdleClass::closed);
  table.idle().change_class(all[5], flow::IdleClass::tcp);
  REQUIRE(table.oldest() == all[0]);  // the other five are set aside with it
  finish(table, all[0]);
  std::vector<std::uint32_t> expired;
  table.idle().expire(11 * kSecond, expired);
  CHECK(expired == std::vector{all[4]});
  finish(table, all[4]);
  REQUIRE(table.oldest() == all[1]);
  finish(table, all[1]);
  touch(table, udp_packet(2, 11 * kSecond));
  expired.clear();
  table.idle().expire(61 * kSecond, expired);
  CHECK(expired == std::vector{all[3]});
  finish(table, all[3]);
  REQUIRE(table.oldest() == all[5]);
  finish(table, all[5]);
  expired.clear();
  table.idle().expire(72 * kSecond, expired);
  CHECK(expired == std::vector{all[2]});
}

TEST_CASE("A flow that ends, changes class or is replaced while set aside is not taken twice") {
  flow::FlowTable table(options());
  table.restart(0);
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 5; ++i) all.push_back(touch(table, udp_packet(i, i)));
  REQUIRE(table.oldest() == all[0]);
  finish(table, all[0]);
  finish(table, all[1]);
  table.idle().change_class(all[2], flow::IdleClass::media);
  const std::uint32_t reused = touch(table, udp_packet(9, 5));  // in the place of all[1]
  std::vector<std::uint32_t> taken;
  for (std::uint32_t oldest = table.oldest(); oldest != flow::kNone; oldest = table.oldest()) {
    taken.push_back(oldest);
    finish(table, oldest);
  }
  CHECK(std::set(taken.begin(), taken.end()) == std::set{all[2], all[3], all[4], reused});
  CHECK(taken.size() == 4);
  CHECK(table.live() == 0);
}

TEST_CASE("A table that was large finds its flows after a restart") {
  flow::FlowTable table(options());
  table.restart(0);
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 30'000; ++i) all.push_back(touch(table, udp_packet(i, 0)));
  for (const std::uint32_t index : all) finish(table, index);
  table.restart(-1000 * kSecond);
  const std::uint32_t index = touch(table, udp_packet(7, -1000 * kSecond));
  const flow::FlowKey key = flow::key_of(udp_packet(7, 0)).key;
  CHECK(table.find(key, table.hash_of(key)) == index);
  for (std::uint32_t i = 8; i < 30'000; ++i) touch(table, udp_packet(i, -999 * kSecond));
  CHECK(table.live() == 29'993);
}

TEST_CASE("IPv6 flows keep both addresses, also when they look like IPv4") {
  flow::FlowTable table(options());
  table.restart(0);
  wire::Packet mapped = udp_packet(1, 0);
  mapped.ip_version = 6;  // the same octets as ::ffff:a.b.c.d
  const std::uint32_t six = touch(table, mapped);
  const std::uint32_t four = touch(table, udp_packet(1, 0));
  CHECK(six != four);
  CHECK(table.key(table[six]).ip_version == 6);
  CHECK(table.key(table[six]).a == table.key(table[four]).a);
}
