// Look-ups across flows, by host.
#include "classify/host_memory.hpp"

#include <algorithm>

#include "bytes/hash.hpp"

namespace deadair::classify {
std::uint64_t HostMemory::KeyHash::operator()(const PairKey& key) const {
  return hash_of(key.host, key.peer, seed);
}

std::uint64_t HostMemory::KeyHash::operator()(const NumberKey& key) const {
  return hash_of(key.host, key.number, seed);
}

HostMemory::HostMemory(std::uint64_t seed)
    : names_(1U << 16, {seed}), sockets_(1U << 16, {seed}), uses_(1U << 14, {seed}) {}

void HostMemory::learn_name(const IpAddress& client, const IpAddress& address,
                            std::string_view name, wire::FrameRef frame, std::int64_t ts_ns) {
  KnownName& known = names_.claim({client, address});
  known.name.assign(name);
  known.frame = frame;
  known.ts_ns = ts_ns;
}

const KnownName* HostMemory::name_of(const IpAddress& client, const IpAddress& address,
                                     std::int64_t ts_ns) const {
  const KnownName* known = names_.find({client, address});
  if (known == nullptr || known->name.empty() || ts_ns < known->ts_ns) return nullptr;
  return ts_ns - known->ts_ns <= kNameLifeNs ? known : nullptr;
}

void HostMemory::learn_socket(const IpAddress& host, std::uint16_t port, const CallSocket& socket) {
  socket_ports_.set(port);
  CallSocket& known = sockets_.claim({host, port});
  const bool same = !known.app.empty() && known.classifier == socket.classifier &&
                    socket.ts_first_ns - known.ts_last_ns <= kSocketLifeNs &&
                    known.app == socket.app;
  if (!same) {
    const bool current =
        !known.app.empty() && socket.ts_first_ns - known.ts_last_ns <= kSocketLifeNs;
    if (!(current && socket.generic && !known.generic)) known = socket;
    return;
  }
  known.ts_first_ns = std::min(known.ts_first_ns, socket.ts_first_ns);
  known.ts_last_ns = std::max(known.ts_last_ns, socket.ts_last_ns);
}

const CallSocket* HostMemory::socket_of(const IpAddress& host, std::uint16_t port,
                                        std::int64_t first_ns, std::int64_t last_ns) {
  if (!socket_ports_.test(port)) return nullptr;
  const CallSocket* known = sockets_.find({host, port});
  if (known == nullptr || known->app.empty()) return nullptr;
  const bool near = first_ns - known->ts_last_ns <= kSocketLifeNs &&
                    known->ts_first_ns - last_ns <= kSocketLifeNs;
  return near ? known : nullptr;
}

void HostMemory::learn_use(const IpAddress& client, std::uint32_t classifier, bool asked,
                           std::int64_t ts_ns) {
  Use& use = uses_.claim({client, use_number(classifier, asked)});
  if (!use.known || ts_ns - use.last_ns > kCompanionNs) use = {ts_ns, ts_ns, true};
  use.last_ns = std::max(use.last_ns, ts_ns);
}

bool HostMemory::near_use(const IpAddress& client, std::uint32_t number, std::int64_t first_ns,
                          std::int64_t last_ns) {
  const Use* use = uses_.find({client, number});
  return use != nullptr && use->known && first_ns - use->last_ns <= kCompanionNs &&
         use->first_ns - last_ns <= kCompanionNs;
}

bool HostMemory::asked(const IpAddress& client, std::uint32_t classifier, std::int64_t first_ns,
                       std::int64_t last_ns) {
  return near_use(client, use_number(classifier, true), first_ns, last_ns);
}

bool HostMemory::used(const IpAddress& client, std::uint32_t classifier, std::int64_t first_ns,
                      std::int64_t last_ns) {
  return asked(client, classifier, first_ns, last_ns) ||
         near_use(client, use_number(classifier, false), first_ns, last_ns);
}

}  // namespace deadair::classify
