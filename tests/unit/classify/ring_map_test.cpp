// A map that forgets its oldest entry, against a plain one.
#include "classify/ring_map.hpp"

#include <deque>
#include <map>
#include <random>

#include "catch.hpp"

using deadair::classify::RingMap;

namespace {

struct Spread {
  std::uint64_t operator()(std::uint32_t key) const { return key * 0x9e37'79b9ULL; }
};
struct Colliding {
  std::uint64_t operator()(std::uint32_t) const { return 3; }
};

}  // namespace

TEST_CASE("A key is found once it was claimed, with its value") {
  RingMap<std::uint32_t, int, Spread> map(4);
  CHECK(map.find(1) == nullptr);
  map.claim(1) = 10;
  map.claim(2) = 20;
  REQUIRE(map.find(1) != nullptr);
  CHECK(*map.find(1) == 10);
  CHECK(map.claim(2) == 20);
  CHECK(map.find(3) == nullptr);
  CHECK(map.size() == 2);
}

TEST_CASE("At its capacity the entry added first is forgotten, its value with it") {
  RingMap<std::uint32_t, int, Spread> map(4);
  for (std::uint32_t key = 0; key < 4; ++key) map.claim(key) = 1;
  map.claim(0) = 7;  // known: its age stays
  map.claim(4) = 1;
  CHECK(map.find(0) == nullptr);
  CHECK(map.find(1) != nullptr);
  CHECK(map.claim(0) == 0);
  CHECK(map.find(1) == nullptr);
  CHECK(map.size() == 4);
}

TEST_CASE("Entries of one bucket are found and forgotten one by one") {
  RingMap<std::uint32_t, int, Colliding> map(8);
  for (std::uint32_t key = 0; key < 8; ++key) map.claim(key) = static_cast<int>(key);
  for (std::uint32_t key = 8; key < 20; ++key) {
    map.claim(key) = static_cast<int>(key);
    CHECK(map.find(key - 8) == nullptr);
    for (std::uint32_t kept = key - 7; kept <= key; ++kept) {
      REQUIRE(map.find(kept) != nullptr);
      CHECK(*map.find(kept) == static_cast<int>(kept));
    }
  }
}

TEST_CASE("The map holds what a model would, through thousands of claims") {
  constexpr std::size_t kCapacity = 64;
  RingMap<std::uint32_t, int, Spread> map(kCapacity);
  std::map<std::uint32_t, int> model;
  std::deque<std::uint32_t> order;
  std::mt19937 random(5);
  for (int step = 0; step < 20'000; ++step) {
    const auto key = static_cast<std::uint32_t>(random() % 200);
    if (model.count(key) == 0) {
      if (order.size() == kCapacity) {
        model.erase(order.front());
        order.pop_front();
      }
      order.push_back(key);
    }
    map.claim(key) = model[key] = step;
    const auto probe = static_cast<std::uint32_t>(random() % 200);
    const int* found = map.find(probe);
    REQUIRE((found != nullptr) == (model.count(probe) == 1));
    if (found != nullptr) REQUIRE(*found == model[probe]);
  }
}

TEST_CASE("A map of one entry knows the last key only") {
  RingMap<std::uint32_t, int, Spread> map(1);
  for (std::uint32_t key = 0; key < 10; ++key) {
    map.claim(key) = 1;
    CHECK(map.find(key) != nullptr);
    CHECK((key == 0 || map.find(key - 1) == nullptr));
  }
}
