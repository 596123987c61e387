// Counts by socket, and beginnings by host.
#include "call/live_flows.hpp"

#include <algorithm>

namespace deadair::call {

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

void LiveFlows::end_session(std::uint64_t session) {
  const auto known = sessions_.find(session);
  if (known != sessions_.end() && --known->second == 0) sessions_.erase(known);
}

bool LiveFlows::began(const IpAddress& host, std::int64_t from_ns, std::int64_t to_ns) const {
  const auto known = hosts_.find(host);
  return known != hosts_.end() &&
         std::any_of(known->second.begin(), known->second.end(),
                     [&](std::int64_t ts_ns) { return ts_ns >= from_ns && ts_ns <= to_ns; });
}

}  // namespace deadair::call
