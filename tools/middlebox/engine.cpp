// Takes frames as they arrive and says which frames leave, where and when; it has no clock.
#include "engine.hpp"

#include "edit.hpp"

namespace deadair::middlebox {
namespace {

// Neighbour and router discovery and redirects (RFC 4861): what routers do not pass on.
bool is_discovery(const Headers& headers) {
  constexpr std::uint16_t kRouterSolicitation = 133, kRedirect = 137;
  const wire::Packet& packet = headers.packet;
  return packet.proto == wire::ip_proto::kIcmp6 && packet.src_port >= kRouterSolicitation &&
         packet.src_port <= kRedirect;
}

// Takes a leg's hops from the TTL. False when the packet dies of it.
bool cross(Frame& frame, const Leg& leg) {
  Headers headers;
  if (leg.hops == 0 || !read_headers(frame, headers)) return true;
  if (headers.packet.dst.multicast() || is_discovery(headers)) return true;
  if (headers.packet.ttl <= leg.hops) return false;
  set_ttl(frame, headers, static_cast<std::uint8_t>(headers.packet.ttl - leg.hops));
  return true;
}

// ARP and its like belong to the link, whose delay nobody would see on a routed path.
bool is_link_traffic(const Frame& frame) {
  Headers headers;
  return !read_headers(frame, headers) || is_discovery(headers);
}

}  // namespace

Engine::Engine(Config config, FlowTable::Ended ended, Tap tap)
    : config_(std::move(config)),
      tap_(std::move(tap)),
      flows_(kMostFlows, config_.rules.size(), std::move(ended)) {}

void Engine::arrive(Frame frame, Way way, std::int64_t now_ns) {
  if (is_link_traffic(frame)) return hold(now_ns, {std::move(frame), way, Place::interface});
  const Leg& leg = config_.path.before(way);
  if (cross(frame, leg)) hold(now_ns + leg.delay_ns, {std::move(frame), way, Place::box});
}

std::int64_t Engine::next_ns() const { return held_.empty() ? -1 : held_.next_ns(); }

void Engine::at_box(Frame frame, Way way, std::int64_t now_ns) {
  if (tap_) tap_(way == Way::up, frame, now_ns);
  Transit transit;
  transit.frame = std::move(frame);
  transit.way = way;
  transit.now_ns = now_ns;
  injections_.clear();
  if (read_headers(transit.frame, transit.headers)) {
    transit.flow = &flows_.note(transit.packet(), way, now_ns);
    if (!transit.headers.fragment) inspect(*transit.flow, transit.packet(), way, transit.sight);
    follow_rules(transit, injections_);
  }
  if (!transit.dropped)
    hold(now_ns + transit.hold_ns, {std::move(transit.frame), way, Place::behind_box});
  for (Injection& injection : injections_)
    hold(now_ns + injection.after_ns,
         {std::move(injection.frame), injection.way, Place::behind_box});
}

void Engine::follow_rules(Transit& transit, std::vector<Injection>& injections) {
  for (std::size_t i = 0; i < config_.rules.size(); ++i) {
    Memory& memory = transit.flow->memories[i];
    const Outcome outcome = config_.rules[i].treat(transit, memory, injections);
    if (outcome == Outcome::dropped) transit.dropped = true;
    if (outcome == Outcome::accepted) return;
  }
}

void Engine::behind_box(Frame frame, Way way, std::int64_t now_ns) {
  if (tap_) tap_(way == Way::down, frame, now_ns);
  const Leg& leg = config_.path.behind(way);
  if (cross(frame, leg)) hold(now_ns + leg.delay_ns, {std::move(frame), way, Place::interface});
}

void Engine::hold(std::int64_t due_ns, Held held) {
  if (held_.size() >= kMostHeld) {
    ++overflowed_;
    return;
  }
  held_.add(due_ns, std::move(held));
}

}  // namespace deadair::middlebox
