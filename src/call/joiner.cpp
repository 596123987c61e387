// Finding the attempt of a flow, and the moment when an attempt is over.
#include "call/joiner.hpp"

#include <algorithm>
#include <limits>

namespace deadair::call {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// Sockets that one attempt opens begin together; a new attempt follows a failure, which takes
// longer to notice.
constexpr std::int64_t kAtOnce = 3 * kSecond;
// Before TCP is tried, UDP is given up.
constexpr std::int64_t kFallback = 10 * kSecond;

bool overlap(const Attempt& x, const Attempt& y, std::int64_t margin_ns) {
  return x.ts_first_ns <= y.ts_last_ns + margin_ns && y.ts_first_ns <= x.ts_last_ns + margin_ns;
}

// Attempts of one client and application: is one a part of the other?
bool belong_together(const Attempt& x, const Attempt& y) {
  if (x.app != y.app && x.naming != Naming::family && y.naming != Naming::family) return false;
  const bool at_once = std::abs(x.ts_first_ns - y.ts_first_ns) <= kAtOnce;
  const bool fallback = x.over_tcp != y.over_tcp && !(x.talked() && y.talked());
  if (!at_once && !overlap(x, y, fallback ? kFallback : 0)) return false;
  return !(x.talked() && y.talked()) || x.continues(y);
}

// Routers between its sender and the capture: systems begin with a TTL of 64, 128 or 255.
unsigned hops(std::uint8_t ttl) {
  for (const unsigned initial : {64U, 128U})
    if (ttl <= initial) return initial - ttl;
  return 255U - ttl;
}

// Of two peers the one whose capture this is: that in a private network; of two such the one that
// is fewer routers away.
bool server_is_local(const FlowEvidence& flow) {
  const bool client_private = is_private(flow.client.ip),
             server_private = is_private(flow.server.ip);
  if (client_private != server_private) return server_private;
  const std::uint8_t ours = flow.setup[kUp].ttl, theirs = flow.setup[kDown].ttl;
  return ours != 0 && theirs != 0 && hops(theirs) < hops(ours);
}

// Plain RTP of which one direction was captured.
bool is_half(const Attempt& one) {
  return one.alone && !one.dialog && (one.up.packets == 0) != (one.down.packets == 0) &&
         one.targets.size() == 1;
}

// Such between the same two hosts, begun and ended at once: sound and picture of one call, or its
// two legs. With both directions there, streams would tell.
bool are_halves(const Attempt& x, const Attempt& y) {
  const auto at_once = [](std::int64_t a, std::int64_t b) { return std::abs(a - b) <= kSecond; };
  return is_half(x) && is_half(y) && (x.up.packets == 0) == (y.up.packets == 0) &&
         x.targets[0].at.ip == y.targets[0].at.ip && at_once(x.ts_first_ns, y.ts_first_ns) &&
         at_once(x.ts_last_ns, y.ts_last_ns);
}

}  // namespace

Joiner::Open* Joiner::find_at(const Socket& socket, const FlowEvidence& flow, Id& id) {
  const auto known = sockets_.find(socket);
  if (known == sockets_.end()) return nullptr;
  Open& open = open_.at(known->second);
  const bool near = open.in_dialog || (flow.ts_first_ns <= open.attempt.ts_last_ns + kPause &&
                                       open.attempt.ts_first_ns <= flow.ts_last_ns + kPause);
  if (!near) return nullptr;
  id = known->second;
  return &open;
}

Joiner::Open* Joiner::find(const FlowEvidence& flow, Id& id, bool& turned) {
  turned = false;
  if (Open* open = find_at(flow.client, flow, id)) return open;
  // A relay's socket is everybody's.
  if (flow.role == classify::Role::relay) return nullptr;
  turned = true;
  return find_at(flow.server, flow, id);
}

Joiner::Open& Joiner::create(Id& id, std::int64_t now_ns) {
  // Every open attempt has its entry; others are of attempts told, or put off, since.
  while (open_.size() >= capacity_ && !due_.empty()) {
    const Due oldest = due_.front();
    due_.pop_front();
    const auto known = open_.find(oldest.id);
    if (known == open_.end() || known->second.due_ns != oldest.ts_ns) continue;
    ++curtailed_;
    tell(oldest.id, now_ns);
  }
  id = next_id_++;
  return open_[id];
}

void Joiner::list(Id id, Open& open, const Socket& socket) {
  const auto [known, fresh] = sockets_.try_emplace(socket, id);
  if (!fresh && known->second != id) known->second = id;
  if (std::find(open.sockets.begin(), open.sockets.end(), socket) == open.sockets.end())
    open.sockets.push_back(socket);
}

void Joiner::list_with_client(Id id, const IpAddress& client) {
  std::vector<Id>& ids = clients_[client];
  if (std::find(ids.begin(), ids.end(), id) != ids.end()) return;
  if (ids.size() == kMostNeighbours) ids.erase(ids.begin());
  ids.push_back(id);
}

// Of a flow between two peers either end may be the one whose call this is: that which another flow
// of the call shares, else the one that server_is_local() tells, else the client. A client behind a
// translator is not asked twice: what it talks to may be everybody's conference server.
void Joiner::begin_at(Id id, Open& open, const FlowEvidence& flow, bool turned) {
  open.attempt.local = turned ? flow.server : flow.client;
  list(id, open, open.attempt.local);
  open.local_known = flow.role == classify::Role::relay ||
                     (is_private(flow.client.ip) && !is_private(flow.server.ip));
  if (open.local_known) return;
  list(id, open, turned ? flow.client : flow.server);
  open.first = std::make_unique<Kept>(
      Kept{flow, {flow.streams.begin(), flow.streams.end()}, std::string(flow.community_id)});
  open.first->flow.streams = open.first->streams;
  open.first->flow.community_id = open.first->id;
}

void Joiner::settle(Id id, Open& open, const Socket& local) {
  if (open.local_known) return;
  open.local_known = true;
  // The other end may be tried by the next call as well.
  for (const Socket& socket : open.sockets) {
    const auto listed = sockets_.find(socket);
    if (socket != local && listed != sockets_.end() && listed->second == id) sockets_.erase(listed);
  }
  std::erase_if(open.sockets, [&](const Socket& socket) { return socket != local; });
  if (open.first != nullptr && open.attempt.local != local) {
    unlist(id, open.attempt.local.ip);
    open.attempt = {};
    open.attempt.local = local;
    open.attempt.add(open.first->flow, open.first->flow.server == local);
  }
  open.first.reset();
}

void Joiner::postpone(Id id, Open& open, std::int64_t now_ns) {
  open.due_ns = now_ns + kLinger;
  due_.push_back({open.due_ns, id});
}

// The socket was used for a call that ended long before, and of which no flow goes on: it is told
// before the new one takes its place among sockets, streams and sessions.
void Joiner::tell_former(const Socket& socket, const FlowEvidence& flow, std::int64_t now_ns) {
  const auto known = sockets_.find(socket);
  if (known == sockets_.end()) return;
  const Open& open = open_.at(known->second);
  const Attempt& former = open.attempt;
  if (open.in_dialog || flow.ts_first_ns <= former.ts_last_ns + kPause) return;
  if (live_.began(former.local.ip, std::numeric_limits<std::int64_t>::min(),
                  former.ts_last_ns + kPause))
    return;
  tell(known->second, now_ns);
}

void Joiner::add(const FlowEvidence& flow, std::int64_t now_ns) {
  Id id = 0;
  bool turned = false;
  Open* open = find(flow, id, turned);
  if (open == nullptr) {
    tell_former(flow.client, flow, now_ns);
    if (flow.role != classify::Role::relay) tell_former(flow.server, flow, now_ns);
    open = &create(id, now_ns);
    turned = server_is_local(flow);
    begin_at(id, *open, flow, turned);
  } else {
    settle(id, *open, turned ? flow.server : flow.client);
    if (open->attempt.dialog) turned = flow.server.ip == open->attempt.local.ip;
  }
  open->attempt.add(flow, turned);
  list_streams(id, open->attempt);
  list_with_client(id, open->attempt.local.ip);
  postpone(id, *open, now_ns);
}

// Other flows of its sockets go on; or nobody talked yet, and another flow of the same host that
// began at the time may be where they did.
bool Joiner::must_wait(const Open& open) const {
  if (open.in_dialog) return true;
  const Attempt& attempt = open.attempt;
  if (live_.uses(attempt.local)) return true;
  for (const Socket& socket : open.sockets)
    if ((!open.local_known || attempt.dialog) && live_.uses(socket)) return true;
  for (const std::uint64_t session : attempt.ice_sessions)
    if (live_.has_session(session)) return true;
  if (attempt.talked()) return false;
  if (attempt.naming == Naming::protocol) return false;
  return live_.began(attempt.local.ip, attempt.ts_first_ns - kFallback,
                     attempt.ts_last_ns + kFallback);
}

// A stream's SSRC is chosen at random from 2^32 numbers (RFC 3550 section 8): where two attempts
// have one in common, one is the continuation of the other, or another leg of it.
bool Joiner::merge_streams(Id id, const Open& open, std::int64_t now_ns) {
  for (const StreamSample& stream : open.attempt.streams) {
    const auto other = open_.find(streams_.other(stream.facts.ssrc, id));
    if (other == open_.end()) continue;
    const Shared shared = open.attempt.shares(other->second.attempt);
    if (shared == Shared::nothing) continue;
    take_over(other->first, other->second, open.attempt, shared == Shared::leg);
    postpone(other->first, other->second, now_ns);
    return true;
  }
  return false;
}

// Pairs of one ICE session may be of both IP versions, so that nothing but the session joins them.
// Which end is the local one is known of the attempt that talked.
bool Joiner::merge_sessions(Id id, const Open& open, std::int64_t now_ns) {
  for (const std::uint64_t session : open.attempt.ice_sessions) {
    const auto other = open_.find(sessions_.other(session, id));
    if (other == open_.end()) continue;
    Open& into = other->second;
    if (!overlap(open.attempt, into.attempt, kPause)) continue;
    const bool same_host = into.attempt.local.ip == open.attempt.local.ip;
    if (!same_host && open.attempt.talked() && !into.attempt.talked()) {
      Attempt talk = open.attempt;
      talk.absorb_leg(into.attempt);
      unlist(other->first, into.attempt.local.ip);
      unlist_streams(other->first, into.attempt);
      into.attempt = std::move(talk);
      list_with_client(other->first, into.attempt.local.ip);
      list_streams(other->first, into.attempt);
    } else {
      take_over(other->first, into, open.attempt, !same_host);
    }
    postpone(other->first, into, now_ns);
    return true;
  }
  return false;
}

void Joiner::take_over(Id id, Open& open, const Attempt& part, bool leg) {
  const IpAddress listed = open.attempt.local.ip;
  if (leg)
    open.attempt.absorb_leg(part);
  else
    open.attempt.absorb(part);
  list_streams(id, open.attempt);
  if (open.attempt.local.ip == listed) return;
  unlist(id, listed);
  list_with_client(id, open.attempt.local.ip);
}

void Joiner::list_streams(Id id, const Attempt& attempt) {
  for (const StreamSample& stream : attempt.streams)
    if (stream.facts.lively) streams_.add(stream.facts.ssrc, id);
  for (const std::uint64_t session : attempt.ice_sessions) sessions_.add(session, id);
}

void Joiner::unlist_streams(Id id, const Attempt& attempt) {
  for (const StreamSample& stream : attempt.streams) {
    streams_.remove(stream.facts.ssrc, id);
  }
}

bool Joiner::merge(Id id, const Open& open, std::int64_t now_ns) {
  if (merge_streams(id, open, now_ns) || merge_sessions(id, open, now_ns)) return true;
  const Attempt& attempt = open.attempt;
  if (attempt.alone && !is_half(attempt)) return false;
  const auto client = clients_.find(open.attempt.local.ip);
  if (client == clients_.end()) return false;
  for (const Id other : client->second) {
    const auto neighbour = open_.find(other);
    if (other == id || neighbour == open_.end()) continue;
    const Attempt& beside = neighbour->second.attempt;
    const bool tied = !attempt.alone && !beside.alone && belong_together(attempt, beside);
    if (!tied && !are_halves(attempt, beside)) continue;
    take_over(neighbour->first, neighbour->second, attempt, false);
    postpone(neighbour->first, neighbour->second, now_ns);
    return true;
  }
  return false;
}

void Joiner::unlist(Id id, const IpAddress& client) {
  const auto listed = clients_.find(client);
  if (listed == clients_.end()) return;
  std::erase(listed->second, id);
  if (listed->second.empty()) clients_.erase(listed);
}

void Joiner::forget(Id id) {
  const auto known = open_.find(id);
  for (const Socket& socket : known->second.sockets) {
    const auto listed = sockets_.find(socket);
    if (listed != sockets_.end() && listed->second == id) sockets_.erase(listed);
  }
  unlist_streams(id, known->second.attempt);
  for (const std::uint64_t session : known->second.attempt.ice_sessions) {
    sessions_.remove(session, id);
  }
  unlist(id, known->second.attempt.local.ip);
  open_.erase(known);
}

void Joiner::tell(Id id, std::int64_t now_ns) {
  const Open& open = open_.at(id);
  if (!merge(id, open, now_ns) && open.attempt.is_call()) sink_.finished(open.attempt, now_ns);
  forget(id);
}

void Joiner::pass_time(std::int64_t now_ns) {
  while (!due_.empty() && due_.front().ts_ns <= now_ns) {
    const Due due = due_.front();
    due_.pop_front();
    const auto known = open_.find(due.id);
    if (known == open_.end() || known->second.due_ns != due.ts_ns) continue;
    if (must_wait(known->second))
      postpone(due.id, known->second, now_ns);
    else
      tell(due.id, now_ns);
  }
}

void Joiner::finish(std::int64_t now_ns) {
  std::vector<Id> left;
  left.reserve(open_.size());
  for (const auto& [id, open] : open_) left.push_back(id);
  std::sort(left.begin(), left.end(), [this](Id x, Id y) {
    const Attempt& a = open_.at(x).attempt;
    const Attempt& b = open_.at(y).attempt;
    return a.ts_last_ns != b.ts_last_ns ? a.ts_last_ns < b.ts_last_ns
                                        : a.frame_first < b.frame_first;
  });
  for (const Id id : left) tell(id, now_ns);
  due_.clear();
}

Joiner::Id Joiner::open_dialog(const Socket& caller, std::string_view app, std::int64_t ts_ns,
                               wire::FrameRef frame) {
  Id id = 0;
  Open& open = create(id, ts_ns);
  open.attempt.local = caller;
  open.attempt.app = app;
  open.attempt.dialog.emplace();
  open.local_known = open.in_dialog = true;
  open.attempt.extend(ts_ns, ts_ns, frame);
  list_with_client(id, caller.ip);
  postpone(id, open, ts_ns);
  return id;
}

void Joiner::add_to(Id dialog, const FlowEvidence& flow, std::int64_t now_ns) {
  const auto known = open_.find(dialog);
  if (known == open_.end()) return add(flow, now_ns);
  Attempt& attempt = known->second.attempt;
  attempt.add(flow, flow.server.ip == attempt.local.ip);
  list_streams(dialog, attempt);
  postpone(dialog, known->second, now_ns);
}

void Joiner::join_legs(Id dialog, Id leg) {
  const auto into = open_.find(dialog);
  const auto from = open_.find(leg);
  if (into == open_.end() || from == open_.end() || into == from) return;
  take_over(dialog, into->second, from->second.attempt, into->second.attempt.talked());
  forget(leg);
}

void Joiner::close_dialog(Id dialog, const Dialog& how, const Target& callee, std::int64_t until_ns,
                          std::span<const Socket> media, std::int64_t now_ns) {
  const auto known = open_.find(dialog);
  if (known == open_.end()) return;
  Open& open = known->second;
  open.in_dialog = false;
  open.attempt.dialog = how;
  open.attempt.add_target(callee);
  open.attempt.extend(until_ns, until_ns, open.attempt.frame_first);
  for (const Socket& at : media) list(dialog, open, at);
  postpone(dialog, open, now_ns);
}

}  // namespace deadair::call
