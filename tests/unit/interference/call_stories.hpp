// Stories of calls to try detectors on, told in seconds.
#pragma once

#include <string_view>

#include "interference/call_signs.hpp"
#include "interference/calls.hpp"

namespace deadair::test {

using interference::CallStory;

inline std::int64_t at_second(double s) {
  return 1'500'000'000'000'000'000 + static_cast<std::int64_t>(s * 1e9);
}
inline call::Socket far_socket(std::uint32_t last, std::uint16_t port = 3478) {
  return {IpAddress::v4(0x9df0'0000 | last), port};
}

// A call over [from, to] of a capture that goes on for long, on a line where messages and other UDP
// are answered. Nothing in it yet.
inline CallStory story_at(double from_s, double to_s, std::uint64_t number = 1) {
  CallStory story;
  story.number = number;
  story.app = "whatsapp";
  story.client = {IpAddress::v4(0xc0a8'4d02), static_cast<std::uint16_t>(40000 + number)};
  story.ts_first_ns = at_second(from_s);
  story.ts_last_ns = story.end_ns = at_second(to_s);
  story.until_ns = at_second(to_s + 1000);
  story.frame_first = {0, 100 * number};
  story.outcome = call::Outcome::connected;
  story.chat = {1, 20, 20, 12, 40.0};
  story.around.tcp_answered = 4;
  story.around.udp_answered = 2;
  story.around.udp_opened = 2;
  story.around.name_answered = 2;
  story.around.host_heard = true;
  story.around.others_heard = true;
  story.up.packets = story.down.packets = 100;
  return story;
}

// A relay that was asked `requests` times from `from_s` on and gave `responses`.
inline call::Target& add_relay(CallStory& story, std::uint32_t last, std::uint64_t requests,
                               std::uint64_t responses, double from_s) {
  call::Target target;
  target.at = far_socket(last);
  target.relay = true;
  target.requests = requests;
  target.responses = responses;
  call::Exchange& exchange = target.exchange;
  exchange.first_ns = exchange.first_request_ns = at_second(from_s);
  exchange.last_ns = story.ts_last_ns;
  exchange.allocates = requests;
  exchange.granted = responses;
  exchange.ways[call::kUp].packets = requests;
  exchange.ways[call::kDown].packets = responses;
  exchange.frame_first = exchange.frame_request = {0, 100 * story.number + last};
  if (responses > 0) {
    exchange.last_answer_ns = story.ts_last_ns;
    exchange.frame_answer = {0, 100 * story.number + last + 1};
  }
  story.targets.push_back(target);
  return story.targets.back();
}

// All relays silent for 13 s, as where STUN is dropped.
inline CallStory silent_call(double from_s, std::uint64_t number = 1, unsigned relays = 3) {
  CallStory story = story_at(from_s, from_s + 13, number);
  story.outcome = call::Outcome::setup_failed;
  story.down.packets = 0;
  for (unsigned i = 0; i < relays; ++i) add_relay(story, 10 + i, 13, 0, from_s);
  return story;
}

inline void speak(call::Passage& passage, double from_s, double to_s, std::uint64_t packets) {
  passage.media_packets += packets;
  passage.packets += packets;
  passage.lively = true;
  passage.media_first_ns = at_second(from_s);
  passage.media_last_ns = passage.last_ns = at_second(to_s);
}

// Set up at `from_s`; talked by way of one relay, 50 packets a second; each side's media ends at
// its own time. Checks are answered as long as `checks_s`, and asked as long as media goes out.
inline CallStory talked(double from_s, double up_s, double down_s, double checks_s,
                        std::uint64_t number = 1) {
  CallStory story = story_at(from_s, std::max(up_s, down_s), number);
  call::Target& relay = add_relay(story, 10, 20, 15, from_s);
  call::Exchange& exchange = relay.exchange;
  const double begun = from_s + 1;
  const auto packets = [&](double to_s) { return static_cast<std::uint64_t>((to_s - begun) * 50); };
  speak(exchange.ways[call::kUp], begun, up_s, packets(up_s));
  speak(exchange.ways[call::kDown], begun, down_s, packets(down_s));
  exchange.last_answer_ns = at_second(checks_s);
  exchange.ways[call::kDown].last_ns = at_second(std::max(down_s, checks_s));
  exchange.ways[call::kDown].last_sign_ns = at_second(checks_s);
  if (checks_s < up_s) {
    exchange.unanswered = static_cast<std::uint64_t>((up_s - checks_s) / 2);
    exchange.unanswered_from_ns = at_second(checks_s + 1);
    exchange.frame_unanswered = {0, 100 * number + 50};
  }
  story.up.lively = story.down.lively = true;
  story.up.media_packets = packets(up_s);
  story.down.media_packets = packets(down_s);
  story.sends_when_muted = true;
  return story;
}

// Silent both ways at the beginning: what came is too little to be media.
inline CallStory unheard(double from_s, double to_s, std::uint64_t number = 1) {
  CallStory story = talked(from_s, to_s, from_s + 1.1, to_s, number);
  story.outcome = call::Outcome::one_way;
  call::Passage& in = story.targets.front().exchange.ways[call::kDown];
  in.lively = story.down.lively = false;
  return story;
}

inline const interference::Finding* find(const std::vector<interference::Finding>& findings,
                                         std::string_view id) {
  for (const interference::Finding& finding : findings)
    if (finding.id == id) return &finding;
  return nullptr;
}
inline interference::Level highest(const std::vector<interference::Finding>& findings) {
  interference::Level most = interference::Level::indeterminate;
  for (const interference::Finding& finding : findings) most = std::max(most, finding.level);
  return most;
}

}  // namespace deadair::test
