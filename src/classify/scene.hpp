// One packet with payload and the flow it belongs to, as the engine's parts pass it on.
#pragma once

#include "classify/dossier.hpp"
#include "classify/engine.hpp"

namespace deadair::classify {

struct Engine::Scene {
  flow::FlowRecord& record;
  const flow::FlowKey& key;
  flow::Side from;
  const wire::Packet& packet;
  const flow::TcpTrack* track;

  [[nodiscard]] Direction direction() const {
    return from == record.client() ? Direction::up : Direction::down;
  }
  [[nodiscard]] const IpAddress& address(flow::Side side) const {
    return side == flow::Side::a ? key.a : key.b;
  }
  [[nodiscard]] std::uint16_t port(flow::Side side) const {
    return side == flow::Side::a ? key.port_a : key.port_b;
  }
  [[nodiscard]] bool uses_port(std::uint16_t number) const {
    return key.port_a == number || key.port_b == number;
  }
  [[nodiscard]] const IpAddress& client() const { return address(record.client()); }
  [[nodiscard]] const IpAddress& server() const { return address(flow::other(record.client())); }
};

}  // namespace deadair::classify
