// Flows that fall silent, and logs of flows around them, as the detectors of drops get them.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "interference/drops_tcp.hpp"
#include "interference/silent_flow.hpp"
#include "unit/interference/tcp_stories.hpp"

namespace deadair::test {

using interference::FateBook;
using interference::FateLog;
using interference::FlowFate;
using interference::FlowNote;
using interference::SilentFlow;
using interference::TriggerType;

inline constexpr std::int64_t kBegin = 1'600'000'000'000'000'000;
inline constexpr std::int64_t kOneSecond = 1'000'000'000;

// Repeats the packet with this index, after so many milliseconds each.
inline void repeat(Flow& flow, std::size_t index, std::initializer_list<std::int64_t> waits) {
  const PacketMark mark = flow.marks()[index];
  for (const std::int64_t ms : waits) {
    PacketMark& again = flow.wait(ms).from(mark.from_client ? Sender::client : Sender::server,
                                           mark.syn() ? "S" : "PA", mark.payload_len);
    again.seq = mark.seq;
    (mark.from_client ? flow.client : flow.server).next -= mark.payload_len + (mark.syn() ? 1 : 0);
    again.flags = mark.flags;
  }
}
inline void back_off(Flow& flow, std::size_t index) {
  repeat(flow, index, {250, 250, 500, 1000, 2000, 4000, 8000});
}

// A hello, packet 4, and an answer to it: packets 5 to 8.
inline Flow greeted_by_server() {
  Flow flow;
  flow.hello();
  flow.down("A");
  flow.down("PA", 740);
  flow.up("A");
  flow.down("PA", 60);
  return flow;
}

// A hello, packet 4, that the server never got: it sends its SYN+ACK again.
inline Flow hello_lost_on_the_way() {
  Flow flow;
  flow.hello();
  repeat(flow, 3, {250});
  PacketMark& again = flow.wait(700).down("SA");
  again.seq = flow.marks()[1].seq;
  again.ack = flow.marks()[1].ack;
  repeat(flow, 3, {500, 1000, 2000, 4000});
  return flow;
}

inline interference::StoryKeeper keeper_of(Flow& flow) {
  interference::StoryKeeper keeper;
  for (const PacketMark& mark : flow.marks()) keeper.add(mark);
  return keeper;
}

inline IpAddress host(unsigned last) { return IpAddress::v4(0xcb00'7100U + last); }
inline constexpr IpAddress kClient = IpAddress::v4(0xc0a8'0102);

// A note of a flow of `kClient` that begins `second` s into the run and lasts 300 ms.
inline FlowNote note_at(std::int64_t second, FlowFate fate, std::string_view name,
                        unsigned server = 5, TriggerType type = TriggerType::tls_sni) {
  static std::uint64_t frame = 1000;
  FlowNote note;
  note.client = kClient;
  note.server = host(server);
  note.client_port = static_cast<std::uint16_t>(40'000 + ++frame % 10'000);
  note.server_port = 443;
  note.proto = wire::ip_proto::kTcp;
  note.begin_ns = kBegin + second * kOneSecond;
  note.end_ns = note.begin_ns + 300'000'000;
  note.answered_ns = note.begin_ns + 50'000'000;
  note.heard_ns = note.end_ns;
  note.heard = true;
  note.fate = fate;
  note.frame_first = {0, frame};
  note.said(type, name);
  return note;
}

// The silence of a flow made packet by packet that began `second` s into the run.
inline SilentFlow silent_of(Flow& flow, std::int64_t second, unsigned server = 5) {
  const std::int64_t shift = kBegin + second * kOneSecond - flow.marks().front().ts_ns;
  for (PacketMark& mark : flow.marks()) mark.ts_ns += shift;
  auto silent = interference::silent_flow_of(keeper_of(flow), true);
  REQUIRE(silent);
  silent->note = note_at(second, FlowFate::unseen, "", server);
  silent->note.has_trigger = false;
  silent->note.end_ns = flow.marks().back().ts_ns;
  return *silent;
}

// The same, where the packet with index `trigger` said `name`.
inline SilentFlow silent_of(Flow& flow, std::int64_t second, std::size_t trigger,
                            std::string_view name, TriggerType type = TriggerType::tls_sni,
                            unsigned server = 5) {
  SilentFlow silent = silent_of(flow, second, server);
  interference::Trigger said;
  said.type = type;
  said.name = name;
  said.watched = true;
  said.frame = flow.marks()[trigger].frame;
  interference::place_trigger(silent, keeper_of(flow), true, said);
  silent.note.said(type, name);
  return silent;
}

// What the end of a run makes of silent flows among others: fates, then findings.
struct Outcome {
  std::vector<SilentFlow> silent;
  FateLog log;
};
inline Outcome settled(std::vector<SilentFlow> silent, const std::vector<FlowNote>& others,
                       std::int64_t until_s = 600) {
  Outcome out;
  for (const FlowNote& note : others) out.log.add(note);
  const FateBook book(out.log);
  for (SilentFlow& each : silent)
    each.note.fate = interference::fate_of(each, book, kBegin + until_s * kOneSecond);
  for (const SilentFlow& each : silent) out.log.add(each.note);
  out.silent = std::move(silent);
  return out;
}

}  // namespace deadair::test
