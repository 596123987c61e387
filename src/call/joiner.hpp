// Joins the flows of one attempt at a call, and tells when the attempt is over.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "call/attempt.hpp"
#include "call/evidence.hpp"
#include "call/hash_chains.hpp"
#include "call/live_flows.hpp"
#include "call/owners.hpp"
#include "flow/key.hpp"

namespace deadair::call {

// Takes finished attempts, in the order in which they are known to be over.
class AttemptSink {
 public:
  // `known_until_ns`: how far in packet time the capture is known when the attempt is told.
  virtual void finished(const Attempt& attempt, std::int64_t known_until_ns) = 0;

 protected:
  ~AttemptSink() = default;
};

// Flows join an attempt by its socket: the same host and UDP port, with no more than kPause between
// them. Attempts of one client and application join when they overlap and at most one of them
// talked, or when their streams or servers are the same: relays are tried from sockets of their
// own, sound and picture may have one each, and TCP takes over where UDP failed. RTP without an
// application is joined by socket alone.
//
// All is told in packet order; every step costs the same however many calls there are.
class Joiner {
 public:
  using Id = std::uint64_t;

  // Nothing depends on `seed` but the time look-ups take. `capacity`: attempts open at once.
  explicit Joiner(AttemptSink& sink, std::uint64_t seed = 0, std::size_t capacity = kMostOpen)
      : sink_(sink),
        capacity_(capacity),
        live_(seed),
        sockets_(0, SocketHash{seed}),
        clients_(0, AddressHash{seed}),
        streams_(seed),
        sessions_(seed) {}

  // A flow that may belong to a call has begun. `ts_ns` is its first packet's.
  void begin(const flow::FlowKey& key, std::int64_t ts_ns) { live_.begin(key, ts_ns); }
  // It has ended, be it a call's or not.
  void end(const flow::FlowKey& key, std::int64_t ts_ns, std::uint64_t ice_session = 0) {
    live_.end(key, ts_ns);
    if (ice_session != 0) live_.end_session(ice_session);
  }
  // A live flow's checks are of this ICE session.
  void begin_session(std::uint64_t session) { live_.begin_session(session); }
  // What an ended flow of a call showed. `now_ns`: packet time.
  void add(const FlowEvidence& flow, std::int64_t now_ns);
  // Attempts that nothing can join any more are told.
  void pass_time(std::int64_t now_ns);
  // The input is over: all are told, by their ends.
  void finish(std::int64_t now_ns);

  // An attempt that a dialog of a signalling protocol told of. It waits until close_dialog().
  Id open_dialog(const Socket& caller, std::string_view app, std::int64_t ts_ns,
                 wire::FrameRef frame);
  // An ended flow with media that the dialog announced.
  void add_to(Id dialog, const FlowEvidence& flow, std::int64_t now_ns);
  // Two dialogs turned out to be legs of one call: `leg` becomes part of `dialog`.
  void join_legs(Id dialog, Id leg);
  // How the dialog with `callee` went. Flows of `media` that are still to come join its attempt.
  void close_dialog(Id dialog, const Dialog& how, const Target& callee, std::int64_t until_ns,
                    std::span<const Socket> media, std::int64_t now_ns);

  [[nodiscard]] std::size_t open() const { return open_.size(); }
  // Attempts told early for lack of room.
  [[nodiscard]] std::uint64_t curtailed() const { return curtailed_; }

  // Flows of one socket that are further apart are different calls.
  static constexpr std::int64_t kPause = 20'000'000'000;
  static constexpr std::size_t kMostOpen = 65536;

 private:
  // Flows of one call end at different times.
  static constexpr std::int64_t kLinger = 10'000'000'000;
  static constexpr std::size_t kMostNeighbours = 8;

  // A flow between peers, of which either may turn out to be the local one.
  struct Kept {
    FlowEvidence flow;
    std::vector<StreamSample> streams;
    std::string id;
  };
  struct Open {
    Attempt attempt;
    std::vector<Socket> sockets;  // under which it is found
    bool in_dialog = false;       // which has not been closed
    bool local_known = false;
    std::unique_ptr<Kept> first;  // until then
    std::int64_t due_ns = 0;
  };
  struct Due {
    std::int64_t ts_ns = 0;
    Id id = 0;
  };
  // The open attempt that the flow belongs to; null when it begins one. `turned`: found by its
  // server's end.
  Open* find(const FlowEvidence& flow, Id& id, bool& turned);
  Open* find_at(const Socket& socket, const FlowEvidence& flow, Id& id);
  void tell_former(const Socket& socket, const FlowEvidence& flow, std::int64_t now_ns);
  Open& create(Id& id, std::int64_t now_ns);
  void list(Id id, Open& open, const Socket& socket);
  void list_with_client(Id id, const IpAddress& client);
  void begin_at(Id id, Open& open, const FlowEvidence& flow, bool turned);
  void settle(Id id, Open& open, const Socket& local);
  void unlist(Id id, const IpAddress& client);
  void postpone(Id id, Open& open, std::int64_t now_ns);
  [[nodiscard]] bool must_wait(const Open& open) const;
  // Hands the attempt to a neighbour that it turns out to be part of.
  bool merge(Id id, const Open& open, std::int64_t now_ns);
  bool merge_streams(Id id, const Open& open, std::int64_t now_ns);
  // What `open` (with this number) is part of takes it over, as another leg or all of it.
  void take_over(Id id, Open& open, const Attempt& part, bool leg);
  bool merge_sessions(Id id, const Open& open, std::int64_t now_ns);
  void list_streams(Id id, const Attempt& attempt);
  void unlist_streams(Id id, const Attempt& attempt);
  void tell(Id id, std::int64_t now_ns);
  void forget(Id id);

  AttemptSink& sink_;
  std::size_t capacity_;
  LiveFlows live_;
  std::unordered_map<Id, Open> open_;
  std::unordered_map<Socket, Id, SocketHash> sockets_;
  std::unordered_map<IpAddress, std::vector<Id>, AddressHash> clients_;
  Owners streams_;   // of lively ones, by SSRC
  Owners sessions_;  // of ICE
  std::deque<Due> due_;
  Id next_id_ = 1;
  std::uint64_t curtailed_ = 0;
};

}  // namespace deadair::call
