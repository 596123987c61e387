// Headers of resets against what their sender normally sends.
#include "interference/injection.hpp"
#include "unit/interference/tcp_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Clue;
using interference::Context;
using interference::Evidence;
using interference::Gate;

namespace {

Evidence judged(const TcpStory& story, Sender sender = Sender::server,
                const Context& context = {}) {
  Evidence evidence;
  judge_header(story, *interference::resets_of(story, sender), context, evidence);
  return evidence;
}

// A request that the server has acknowledged, and a reset in its name.
struct Torn {
  Flow flow;
  PacketMark* reset;

  explicit Torn(std::string_view letters = "RA", bool timestamps = false) {
    flow.client.timestamps = flow.server.timestamps = timestamps;
    flow.hello();
    flow.wait(40).down("A");
    reset = &flow.down(letters);
  }
  [[nodiscard]] Evidence judged() const { return ::judged(flow.story()); }
};

}  // namespace

TEST_CASE("A TTL is equal, near or of another class") {
  Torn torn;
  CHECK(torn.judged().has(Clue::ttl_equal));
  for (const std::uint8_t ttl : std::initializer_list<std::uint8_t>{45, 51, 53, 115}) {
    torn.reset->ttl = ttl;
    CAPTURE(unsigned{ttl});
    CHECK(torn.judged().has(Clue::ttl_near));
  }
  for (const std::uint8_t ttl : std::initializer_list<std::uint8_t>{116, 255}) {
    torn.reset->ttl = ttl;
    CAPTURE(unsigned{ttl});
    CHECK(torn.judged().has(Clue::ttl_class));
  }
}

TEST_CASE("Captured before and after a router, a TTL has a neighbour") {
  Torn torn;
  torn.reset->ttl = 53;
  TcpStory story = torn.flow.story();
  CHECK(judged(story).has(Clue::ttl_near));
  story.gates.set(Gate::dup);
  CHECK(judged(story).has(Clue::ttl_equal));
  torn.reset->ttl = 54;
  CHECK(judged(story).has(Clue::ttl_near));
}

TEST_CASE("One packet is no baseline for a TTL") {
  Flow flow;
  flow.hello();
  flow.down("RA").ttl = 45;
  CHECK(judged(flow.story()).items().empty());
}

TEST_CASE("A sender's TTLs are all of them, those after the reset too") {
  Torn torn;
  torn.reset->ttl = 45;
  torn.flow.down("A").ttl = 45;
  CHECK(torn.judged().has(Clue::ttl_equal));

  Torn mixed;
  mixed.flow.down("A").ttl = 240;
  mixed.flow.marks()[4].ttl = 45;
  CHECK(mixed.judged().has(Clue::ttl_equal));
  mixed.flow.marks()[5].ttl = 50;
  CHECK(mixed.judged().has(Clue::ttl_class));

  Torn varied;
  for (const std::uint8_t ttl : std::initializer_list<std::uint8_t>{40, 41, 42, 43})
    varied.flow.down("A").ttl = ttl;
  varied.flow.marks()[5].ttl = 30;
  CHECK(varied.judged().sum(interference::Group::hdr) == 0);
}

TEST_CASE("An identification tells only when it breaks a proven counter") {
  Torn torn;
  torn.flow.down("A");
  torn.reset = &torn.flow.marks()[5];
  const std::uint16_t usual = torn.flow.marks()[4].ip_id;
  torn.reset->ip_id = static_cast<std::uint16_t>(usual + 1000);
  CHECK_FALSE(torn.judged().has(Clue::ip_id_break));
  torn.reset->ip_id = static_cast<std::uint16_t>(usual + 1001);
  CHECK(torn.judged().has(Clue::ip_id_break));
  torn.reset->ip_id = static_cast<std::uint16_t>(usual - 1001);
  CHECK(torn.judged().has(Clue::ip_id_break));
  SECTION("zero is what Linux sends") {
    torn.reset->ip_id = 0;
    CHECK_FALSE(torn.judged().has(Clue::ip_id_break));
  }
  SECTION("IPv6 has none") {
    torn.reset->ip_version = 6;
    CHECK_FALSE(torn.judged().has(Clue::ip_id_break));
  }
  SECTION("a sender that does not count") {
    torn.flow.marks()[1].ip_id = 5000;
    CHECK_FALSE(torn.judged().has(Clue::ip_id_break));
    CHECK(torn.judged().has(Clue::ip_id_elsewhere));
  }
}

TEST_CASE("Two packets prove no counter") {
  Torn torn;
  torn.reset->ip_id = 60'000;
  CHECK_FALSE(torn.judged().has(Clue::ip_id_break));
}

TEST_CASE("An identification copied from the packet answered") {
  Torn torn;
  torn.reset->ip_id = torn.flow.marks()[3].ip_id;
  CHECK(torn.judged().has(Clue::ip_id_copied));
  // As tools do that give every packet the same.
  torn.flow.marks()[4].ip_id = torn.reset->ip_id;
  CHECK_FALSE(torn.judged().has(Clue::ip_id_copied));
}

TEST_CASE("A timestamp is far off its sender's clock, or new to it") {
  Torn torn("RA", true);
  CHECK_FALSE(torn.judged().has(Clue::timestamp_off));
  torn.reset->ts_value += 9'000;
  CHECK_FALSE(torn.judged().has(Clue::timestamp_off));
  torn.reset->ts_value += 1'100;
  CHECK(torn.judged().has(Clue::timestamp_off));
  torn.reset->ts_value -= 22'000;
  CHECK(torn.judged().has(Clue::timestamp_off));
  // Most resets have none.
  torn.reset->has_timestamp = false;
  CHECK_FALSE(torn.judged().has(Clue::timestamp_off));

  Torn bare;
  bare.reset->has_timestamp = true;
  CHECK(bare.judged().has(Clue::timestamp_new));
  CHECK(interference::weight(Clue::timestamp_new).lr == 0);
}

TEST_CASE("A window copied from the other side") {
  Torn torn;
  CHECK_FALSE(torn.judged().has(Clue::window_copied));
  torn.reset->window = torn.flow.client.window;
  CHECK(torn.judged().has(Clue::window_copied));
  torn.flow.marks()[1].window = torn.flow.client.window;
  CHECK_FALSE(torn.judged().has(Clue::window_copied));
  torn.flow.marks()[3].window = torn.reset->window = 0;
  CHECK_FALSE(torn.judged().has(Clue::window_copied));
}

TEST_CASE("Reserved bits on a reset, unless its sender uses them") {
  Torn torn("RAN");
  CHECK(torn.judged().has(Clue::flags_odd));
  torn.flow.marks()[1].flags |= interference::mark_flag::kAe;
  CHECK_FALSE(torn.judged().has(Clue::flags_odd));
}

TEST_CASE("An answer that comes before the server could have sent it") {
  Flow flow;
  flow.hello();
  flow.wait(26).down("RA");  // 27 ms after the request
  Context context;
  context.pair_rtt_ns = 40 * kMillisecond;
  context.pair_rtt_samples = 3;
  const auto early = [&](const Flow& each) {
    return judged(each.story(), Sender::server, context).has(Clue::answer_early);
  };
  CHECK(early(flow));
  SECTION("28 ms are seven tenths") {
    flow.marks().back().ts_ns += kMillisecond;
    CHECK_FALSE(early(flow));
  }
  SECTION("two samples are too few") {
    context.pair_rtt_samples = 2;
    CHECK_FALSE(early(flow));
  }
  SECTION("it may have been sent without knowing of the request") {
    flow.marks().back().ack -= 517;
    CHECK_FALSE(early(flow));
  }
  SECTION("or answer an earlier copy of it") {
    PacketMark again = flow.marks()[3];
    again.ts_ns += 10 * kMillisecond;
    again.frame = {0, 98};
    flow.marks().insert(flow.marks().begin() + 4, again);
    CHECK_FALSE(early(flow));
  }
  SECTION("one direction does not tell") {
    TcpStory story = flow.story();
    story.gates.set(Gate::onesided);
    CHECK_FALSE(judged(story, Sender::server, context).has(Clue::answer_early));
  }
}
