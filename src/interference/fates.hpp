// How each flow of a client to a server went, in few bytes, and what can be asked of them all.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "bytes/ip_address.hpp"
#include "interference/controls.hpp"
#include "interference/finding.hpp"

namespace deadair::interference {

enum class FlowFate : std::uint8_t {
  well,        // the server answered what the client sent
  dropped,     // silent since its trigger, for as long and as often as DROP.TRIGGER.* wants
  froze,       // went well, then fell silent for good while the client went on asking
  silent,      // asked and not answered, too seldom or too briefly for `dropped`
  silent_syn,  // TCP: the SYN was repeated, and nothing came back
  reset,       // torn down in the server's name
  forged,      // torn down by packets that show that another sent them
  refused,     // by the server itself: RST to the SYN, ICMP port unreachable
  unseen,      // the capture cannot tell: one direction, no beginning, the end of the file
};
constexpr bool fell_silent(FlowFate fate) {
  return fate == FlowFate::dropped || fate == FlowFate::silent || fate == FlowFate::silent_syn;
}

// The part of a name that its owner registered, as far as can be told without a list of public
// suffixes: two labels, or three under a country's short second level ("a.b.co.uk").
std::string_view site_of(std::string_view name);

// A flow, or where several attempts to connect share a 5-tuple, the last of them; those before it
// are added apart, as `silent_syn`.
struct FlowNote {
  IpAddress client, server;
  std::int64_t begin_ns = 0;     // first packet
  std::int64_t end_ns = 0;       // last packet
  std::int64_t answered_ns = 0;  // first packet of the server; meaningless when !heard
  // Last packet of the server, or an earlier one where that is not known; meaningless when !heard.
  std::int64_t heard_ns = 0;
  std::uint64_t name = 0;      // subject_of() what the trigger names; 0: nothing
  std::uint64_t site = 0;      // likewise of site_of() it
  wire::FrameRef frame_first;  // its first packet
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  std::uint8_t proto = 0;  // wire::ip_proto
  FlowFate fate = FlowFate::unseen;
  bool heard = false;    // the server sent something
  bool watched = false;  // the name is of a known application, or on the user's list
  bool has_trigger = false;
  TriggerType trigger = TriggerType::tls_sni;

  void said(TriggerType type, std::string_view what) {
    has_trigger = true;
    trigger = type;
    name = what.empty() ? 0 : subject_of(what);
    site = what.empty() ? 0 : subject_of(site_of(what));
  }
};
static_assert(sizeof(FlowNote) <= 104);

inline bool is_well(const FlowNote& note) { return note.fate == FlowFate::well; }
inline bool same_service(const FlowNote& x, const FlowNote& y) {
  return x.server == y.server && x.server_port == y.server_port && x.proto == y.proto;
}

// The last kCapacity flows; what is forgotten makes answers more careful, never bolder. Adding
// takes constant time. Flows that say nothing of a server (one packet and no answer, DNS) need not
// be added.
class FateLog {
 public:
  static constexpr std::size_t kCapacity = 1U << 14;

  explicit FateLog(std::size_t capacity = kCapacity) : capacity_(capacity) {}
  void add(const FlowNote& note);
  // Flows, by their first packets, whose tear-downs were judged forged.
  void tear(const std::set<wire::FrameRef>& flows);
  [[nodiscard]] std::span<const FlowNote> notes() const { return notes_; }  // in no order

 private:
  std::size_t capacity_;
  std::size_t oldest_ = 0;
  std::vector<FlowNote> notes_;
};

// A stretch of packet time, ends included.
struct Stretch {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;

  [[nodiscard]] bool holds(std::int64_t ts_ns) const { return from_ns <= ts_ns && ts_ns <= to_ns; }
  // Some of the flow lies within.
  [[nodiscard]] bool meets(const FlowNote& note) const {
    return note.begin_ns <= to_ns && from_ns <= note.end_ns;
  }
  [[nodiscard]] Stretch widened(std::int64_t by_ns) const {
    return {from_ns - by_ns, to_ns + by_ns};
  }
};
inline Stretch stretch_of(const FlowNote& note) { return {note.begin_ns, note.end_ns}; }

class RoundTrips;

// Asks the log, and the round trips that were seen meanwhile, where there are any; they must
// outlive the book and not change meanwhile.
class FateBook {
 public:
  using Notes = std::span<const FlowNote* const>;

  explicit FateBook(const FateLog& log, const RoundTrips* trips = nullptr)
      : log_(log), trips_(trips) {}

  // All flows of ..., by their beginning.
  [[nodiscard]] Notes to_server(const IpAddress& server) const;
  [[nodiscard]] Notes of_client(const IpAddress& client) const;
  // That said this, to any server. Without a name: all with that type and no name.
  [[nodiscard]] Notes with_trigger(TriggerType type, std::uint64_t name) const;

  // Likewise by what it names at its owner.
  [[nodiscard]] Notes with_site(TriggerType type, std::uint64_t site) const;

  // All that were dropped at their trigger, or torn down by forged packets after it, by their
  // beginning.
  [[nodiscard]] Notes dropped() const;

  // The server sent something to whatever is not this flow's 5-tuple: on another port, by another
  // protocol, to another client or port of it.
  [[nodiscard]] std::vector<const FlowNote*> answered_by_server(const FlowNote& note,
                                                                Stretch within) const;
  [[nodiscard]] std::uint64_t server_answered(const FlowNote& note, Stretch within) const {
    return answered_by_server(note, within).size();
  }
  // Another server sent something to the same client: the line is alive.
  [[nodiscard]] std::uint64_t client_answered(const FlowNote& note, Stretch within) const;
  // Packets of the client and answers to them passed: as client_answered(), for connections that
  // began before the stretch and ended after it. To whatever server.
  [[nodiscard]] bool went_on(const IpAddress& client, Stretch within) const;

 private:
  using Order = std::optional<std::vector<const FlowNote*>>;

  template <typename Take, typename Of>
  Notes sorted(Order& order, Take take, Of of) const;

  const FateLog& log_;
  const RoundTrips* trips_;
  mutable Order by_server_, by_client_, by_trigger_, by_site_, dropped_;  // made when asked for
};

}  // namespace deadair::interference
