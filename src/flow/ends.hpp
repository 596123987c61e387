// Who is the client of a flow, and who the server.
#pragma once

#include <cstdint>

#include "bytes/ip_address.hpp"
#include "flow/key.hpp"
#include "flow/record.hpp"

namespace deadair::flow {

// The ends as the record knows them by now. Refers to the key, which must outlive it.
struct Ends {
  const IpAddress& client;
  const IpAddress& server;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
};

inline Ends ends_of(const FlowRecord& record, const FlowKey& key) {
  if (record.client() == Side::a) return {key.a, key.b, key.port_a, key.port_b};
  return {key.b, key.a, key.port_b, key.port_a};
}

}  // namespace deadair::flow
