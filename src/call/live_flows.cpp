// Counts by socket, and beginnings by host.
#include "call/live_flows.hpp"

#include <algorithm>

namespace deadair::call {
namespace {

std::size_t mix(std::uint64_t high, std::uint64_t low, std::uint64_t port) {
  std::uint64_t mixed = (low ^ high * 0x9e37'79b9'7f4a'7c15 ^ port << 48) * 0xd6e8'feb8'6659'fd93;
  mixed ^= mixed >> 32;
  return static_cast<std::size_t>(mixed * 0xa076'1d64'78bd'642f >> 16);
}

}  // namespace

std::size_t SocketHash::operator()(const Socket& socket) const {
  return mix(socket.ip.high, socket.ip.low, socket.port);
}

std::size_t AddressHash::operator()(const IpAddress& ip) const { return mix(ip.high, ip.low, 0); }

void LiveFlows::add(const IpAddress& host, std::uint16_t port, std::int64_t ts_ns) {
  ++sockets_[{host, port}];
  std::vector<std::int64_t>& begun = hosts_[host];
  if (begun.size() == kMostKnown) begun.erase(begun.begin());
  begun.push_back(ts_ns);
}

void LiveFlows::remove(const IpAddress& host, std::uint16_t port, std::int64_t ts_ns) {
  const auto socket = sockets_.find({host, port});
  if (socket != sockets_.end() && --socket->second == 0) sockets_.erase(socket);
  const auto known = hosts_.find(host);
  if (known == hosts_.end()) return;
  const auto begun = std::find(known->second.begin(), known->second.end(), ts_ns);
  if (begun != known->second.end()) known->second.erase(begun);
  if (known->second.empty()) hosts_.erase(known);
}

void LiveFlows::begin(const flow::FlowKey& key, std::int64_t ts_ns) {
  add(key.a, key.port_a, ts_ns);
  add(key.b, key.port_b, ts_ns);
}

void LiveFlows::end(const flow::FlowKey& key, std::int64_t ts_ns) {
  remove(key.a, key.port_a, ts_ns);
  remove(key.b, key.port_b, ts_ns);
}

bool LiveFlows::began(const IpAddress& host, std::int64_t from_ns, std::int64_t to_ns) const {
  const auto known = hosts_.find(host);
  return known != hosts_.end() &&
         std::any_of(known->second.begin(), known->second.end(),
                     [&](std::int64_t ts_ns) { return ts_ns >= from_ns && ts_ns <= to_ns; });
}

}  // namespace deadair::call
