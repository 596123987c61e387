// Shows a flow of several hand-made datagrams to one classifier, with the memory the engine keeps
// of those before.
#pragma once

#include <algorithm>
#include <vector>

#include "unit/classify/classifier_probe.hpp"

namespace deadair::test {

struct Sent {
  classify::Direction direction;
  Bytes payload;
};

inline Sent up(Bytes payload) { return {classify::Direction::up, std::move(payload)}; }
inline Sent down(Bytes payload) { return {classify::Direction::down, std::move(payload)}; }

inline classify::Glimpse glimpse_of(const Sent& sent) {
  classify::Glimpse glimpse;
  glimpse.direction = sent.direction;
  glimpse.wire_len = static_cast<std::uint16_t>(sent.payload.size());
  glimpse.held = static_cast<std::uint8_t>(std::min(sent.payload.size(), classify::Glimpse::kMost));
  std::copy_n(sent.payload.begin(), glimpse.held, glimpse.bytes.begin());
  return glimpse;
}

// All claims over the whole flow, and the last answer. Asking ends at `certain` or `not_for_us`, as
// in the engine.
inline Outcome ask_flow(const classify::Classifier& classifier, const std::vector<Sent>& flow_of,
                        classify::FlowFacts flow = udp_flow(), std::int64_t ts_ns = 0) {
  std::vector<classify::Glimpse> earlier;
  Outcome outcome;
  for (const Sent& sent : flow_of) {
    classify::Datagram datagram;
    datagram.payload = datagram.inner = view(sent.payload);
    datagram.wire_len = datagram.inner_len = static_cast<std::uint32_t>(sent.payload.size());
    datagram.direction = sent.direction;
    datagram.ts_ns = ts_ns;
    flow.earlier = earlier;
    outcome.answer = classifier.on_datagram(flow, datagram, outcome);
    if (outcome.answer != classify::Answer::unsure) break;
    if (earlier.size() < classify::kMostGlimpses) earlier.push_back(glimpse_of(sent));
    ++flow.datagrams;
  }
  return outcome;
}

// `count` bytes that look random and differ from seed to seed.
inline Bytes noise(std::size_t count, std::uint32_t seed = 1) {
  Bytes out;
  std::uint32_t state = seed * 2654435761U + 12345U;
  while (out.size() < count) {
    state = state * 1664525U + 1013904223U;
    out.push_back(static_cast<std::uint8_t>(state >> 24));
  }
  return out;
}

}  // namespace deadair::test
