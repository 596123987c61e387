// Makes what ended flows of a call tell the joiner, with times in seconds.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "call/evidence.hpp"
#include "catch.hpp"

namespace deadair::test {

// Seconds after a moment at which all tests begin.
inline std::int64_t at_s(double seconds) {
  constexpr std::int64_t kOrigin = 1'700'000'000'000'000'000;
  return kOrigin + static_cast<std::int64_t>(seconds * 1e9);
}

inline call::Socket socket_at(const std::string& ip, std::uint16_t port) {
  call::Socket out{{}, port};
  if (!parse_ip_address(ip, out.ip)) std::abort();  // may be called before any test runs
  return out;
}

// The key of a UDP flow between the sockets.
inline flow::FlowKey key_between(const call::Socket& x, const call::Socket& y) {
  wire::Packet packet;
  packet.src = x.ip;
  packet.dst = y.ip;
  packet.src_port = x.port;
  packet.dst_port = y.port;
  packet.proto = wire::ip_proto::kUdp;
  packet.ip_version = x.ip.is_v4() ? 4 : 6;
  return flow::key_of(packet).key;
}

class CallFlow {
 public:
  // An application's relay flow over UDP, unless more is said.
  CallFlow(const call::Socket& client, const call::Socket& server, double from_s, double to_s)
      : from_s_(from_s), to_s_(to_s) {
    flow_.client = client;
    flow_.server = server;
    flow_.ts_first_ns = at_s(from_s);
    flow_.ts_last_ns = at_s(to_s);
    flow_.frame_first = {0, static_cast<std::uint64_t>(from_s * 1000) + 1};
    flow_.app = "whatsapp";
    flow_.naming = call::Naming::certain;
    flow_.role = classify::Role::relay;
  }

  CallFlow& as(std::string_view app, call::Naming naming) {
    flow_.app = app;
    flow_.naming = naming;
    return *this;
  }
  CallFlow& role(classify::Role role) {
    flow_.role = role;
    return *this;
  }
  // RTP that nobody claims.
  CallFlow& plain() { return as("rtp", call::Naming::protocol).role(classify::Role::none); }
  CallFlow& tcp() {
    flow_.tcp = true;
    return *this;
  }
  CallFlow& frame(std::uint64_t number) {
    flow_.frame_first = {0, number};
    return *this;
  }
  CallFlow& id(const std::string& text) {
    id_ = text;
    return *this;
  }
  // STUN requests of the client and answers of the server; all of them ask for an address.
  CallFlow& asks(std::uint32_t requests, std::uint32_t answers) {
    flow::SetupFacts& up = flow_.setup[call::kUp];
    flow::SetupFacts& down = flow_.setup[call::kDown];
    up.requests = up.allocates = requests;
    down.successes = answers;
    up.last_ns = flow_.ts_last_ns;
    if (answers != 0) down.first_answer_ns = down.last_ns = at_s(from_s_ + 0.1);
    return packets(requests, answers);
  }
  CallFlow& packets(std::uint64_t up, std::uint64_t down) {
    flow_.packets[call::kUp] += up;
    flow_.packets[call::kDown] += down;
    return *this;
  }
  // Media that cannot be read, 50 packets a second of 100 bytes.
  CallFlow& hidden(std::size_t way, double from_s, double to_s, bool lively = true) {
    const auto count = static_cast<std::uint64_t>((to_s - from_s) * 50) + 1;
    flow_.hidden[way] = {at_s(from_s), at_s(to_s), count, lively, 0, 0};
    flow_.packets[way] += count;
    flow_.bytes[way] += count * 100;
    return *this;
  }
  CallFlow& talks() { return talks(from_s_, to_s_); }
  CallFlow& talks(double from_s, double to_s) {
    return hidden(call::kUp, from_s, to_s).hidden(call::kDown, from_s, to_s);
  }
  CallFlow& rtp(std::size_t way, std::uint32_t ssrc) { return rtp(way, ssrc, from_s_, to_s_); }
  CallFlow& rtp(std::size_t way, std::uint32_t ssrc, double from_s, double to_s) {
    flow::RtpFacts facts;
    facts.ssrc = ssrc;
    facts.packets = static_cast<std::uint64_t>((to_s - from_s) * 50) + 1;
    facts.highest = static_cast<std::uint32_t>(facts.packets) - 1;
    facts.first_ns = at_s(from_s);
    facts.last_ns = at_s(to_s);
    facts.lively = true;
    facts.kinds = flow::media_kind::kVoice;
    return rtp(way, facts);
  }
  CallFlow& rtp(std::size_t way, const flow::RtpFacts& facts) {
    streams_.push_back({facts, way == call::kUp});
    flow_.packets[way] += facts.packets;
    return *this;
  }

  // Whatever else is to be changed.
  call::FlowEvidence& operator*() { return flow_; }
  call::FlowEvidence* operator->() { return &flow_; }
  // Valid as long as this is.
  operator const call::FlowEvidence&() {
    flow_.streams = streams_;
    flow_.community_id = id_;
    return flow_;
  }
  [[nodiscard]] flow::FlowKey key() const { return key_between(flow_.client, flow_.server); }

 private:
  double from_s_, to_s_;
  call::FlowEvidence flow_;
  std::vector<call::StreamSample> streams_;
  std::string id_;
};

}  // namespace deadair::test
