// Openings without an answer, held against what the same servers answered.
#include "interference/drops_udp.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "interference/evidence.hpp"
#include "interference/wording.hpp"

namespace deadair::interference {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSilence = 10 * kSecond, kMinute = 60 * kSecond, kTenMinutes = 600 * kSecond;
constexpr std::uint32_t kTransmissions = 3;
constexpr std::uint64_t kTwo = 2, kThree = 3;

using Stories = std::vector<const UdpStory*>;

// From the second transmission to the last: who is heard meanwhile shows that the line was alive.
Stretch waited(const UdpStory& story) {
  const std::int64_t again_ns = std::int64_t{story.series.times()[1]} * 1'000'000;
  return {story.series.first_ns + again_ns, story.series.last_ns};
}

bool is_failed(const FlowNote& note) { return fell_silent(note.fate); }

// The name's owner is another one, or the flow names something where the story's does not.
bool is_other_name(const FlowNote& note, const FlowNote& other) {
  return other.has_trigger && other.trigger == note.trigger && other.site != note.site;
}

// What else the servers of silent flows did.
struct Around {
  std::uint64_t well = 0;       // flows with the trigger that were answered
  std::uint64_t controls = 0;   // flows without it to the same server and port that went well
  std::uint64_t meanwhile = 0;  // of them, those before or between the drops
  std::uint64_t failures = 0;   // flows without it that failed for no reason seen here
  std::uint64_t punished = 0;   // and those between the drop and the first that went well
  std::uint64_t elsewhere = 0;  // flows that the servers answered, whatever else they were
  std::uint64_t udp = 0;        // other UDP of the client that was answered
  std::size_t served = 0;       // servers that answered this protocol and port at another time
  std::set<IpAddress> servers;
};

class Surroundings {
 public:
  Surroundings(const Stories& silent, const FateBook& book) : silent_(silent), book_(book) {}

  Around look() {
    for (const UdpStory* story : silent_) look_at(*story);
    for (const FlowNote* note : controls_) count_control(*note);
    for (const UdpStory* story : silent_) count_failures(*story);
    out_.well = with_trigger_.size();
    out_.served = served_.size();
    return std::move(out_);
  }

 private:
  void look_at(const UdpStory& story) {
    const FlowNote note = note_of(story);
    const Stretch near = stretch_of(note).widened(kTenMinutes);
    out_.servers.insert(story.server);
    for (const FlowNote* other : book_.answered_by_server(note, near)) elsewhere_.insert(other);
    out_.elsewhere = elsewhere_.size();
    for (const FlowNote* other : book_.to_server(story.server)) {
      if (other->proto != note.proto || other->server_port != note.server_port) continue;
      if (!other->has_trigger || other->trigger != note.trigger || !is_well(*other)) continue;
      served_.insert(story.server);
      if (!near.meets(*other)) continue;
      const auto key = std::pair(other->frame_first, other);
      if (other->site == note.site && other->client == note.client) with_trigger_.insert(key);
      if (is_other_name(note, *other)) controls_.insert(other);
    }
    const Stretch around = stretch_of(note).widened(kMinute);
    for (const FlowNote* other : book_.of_client(story.client))
      if (other->heard && other->proto == note.proto && other->answered_ns <= around.to_ns &&
          other->heard_ns >= around.from_ns)
        udp_.insert(other);
    out_.udp = udp_.size();
  }

  // Before the last drop to that server: it served while it did not.
  void count_control(const FlowNote& note) {
    ++out_.controls;
    const bool meanwhile = std::ranges::any_of(silent_, [&](const UdpStory* story) {
      return story->server == note.server && note.begin_ns <= story->series.last_ns;
    });
    out_.meanwhile += meanwhile ? 1 : 0;
    std::int64_t& first = first_well_.try_emplace(note.server, note.answered_ns).first->second;
    first = std::min(first, note.answered_ns);
  }

  void count_failures(const UdpStory& story) {
    const FlowNote note = note_of(story);
    const auto first_well = first_well_.find(story.server);
    for (const FlowNote* other : book_.to_server(story.server)) {
      if (other->proto != note.proto || other->server_port != note.server_port) continue;
      if (other->client != note.client || !is_failed(*other) || !is_other_name(note, *other))
        continue;
      if (!stretch_of(note).widened(kTenMinutes).meets(*other) || !failed_.insert(other).second)
        continue;
      const bool punished = other->begin_ns >= story.series.first_ns &&
                            first_well != first_well_.end() &&
                            other->begin_ns <= first_well->second;
      ++(punished ? out_.punished : out_.failures);
    }
  }

  const Stories& silent_;
  const FateBook& book_;
  Around out_;
  std::set<std::pair<wire::FrameRef, const FlowNote*>> with_trigger_;
  std::set<const FlowNote*> controls_, failed_, udp_, elsewhere_;
  std::set<IpAddress> served_;
  std::map<IpAddress, std::int64_t> first_well_;
};

Level rung_of(const Stories& silent, const Around& around) {
  const std::uint64_t flows = silent.size();
  if (around.well != 0 || around.failures != 0) return Level::observed;
  const bool named = !silent.front()->name.empty();
  if (!named) {
    if (flows < kTwo) return Level::observed;
    const bool likely = flows >= kThree && around.servers.size() >= kTwo && around.served >= kTwo &&
                        around.udp != 0;
    return likely ? Level::likely : Level::anomalous;
  }
  if (flows < kTwo && around.controls == 0) return Level::observed;
  const bool not_an_outage = around.servers.size() >= kTwo || around.meanwhile != 0;
  const bool likely = flows >= kThree && around.controls >= kThree && not_an_outage;
  return likely ? Level::likely : Level::anomalous;
}

void explain(const Stories& silent, const Around& around, Evidence& evidence) {
  evidence.alternative("CLIENT_OFFLINE", true, "other servers answered this host meanwhile");
  const bool udp = around.udp != 0 || around.controls != 0;
  evidence.alternative(
      "LOCAL_UDP_BLOCK", udp,
      udp ? "other UDP of this host was answered" : "no other UDP of this host was seen answered");
  evidence.alternative("ENDPOINT_UNREACHABLE", true,
                       fmt::format("the same {} answered {} within 10 minutes",
                                   around.servers.size() == 1 ? "server" : "servers",
                                   count_of(around.elsewhere, "other flow", "other flows")));
  if (around.meanwhile != 0)
    evidence.alternative("SERVICE_OUTAGE", true,
                         fmt::format("{} flows with other names to the same port were answered "
                                     "before or between",
                                     around.meanwhile));
  else
    evidence.alternative(
        "SERVICE_OUTAGE", false,
        around.controls != 0 ? "other names were answered at the same port only afterwards"
        : around.served != 0 ? "the same was answered at the same port at another time"
                             : "nothing else was answered at the same port");
  constexpr std::string_view kSize = "PATH_MTU";
  const bool large = silent.front()->what == Opening::quic;
  if (!large || around.controls != 0)
    evidence.alternative(kSize, true,
                         large ? "datagrams of the same size with other names were answered"
                               : "the datagrams are small");
  else
    evidence.alternative(kSize, false, "no datagram of that size was answered");
  evidence.alternative("SERVER_POLICY", false,
                       "a server that will not answer this looks the same: try `deadair compare`");
  evidence.alternative("LOCAL_SOFTWARE", false,
                       "a filter, VPN or tool on the host cannot be seen from here");
}

std::string_view suffix_of(Opening what) {
  switch (what) {
    case Opening::quic:
      return "QUIC";
    case Opening::dtls:
      return "DTLS";
    case Opening::stun:
      return "STUN";
    case Opening::wireguard:
      return "WG";
    default:
      return "OVPN";
  }
}

std::string text_of(const Stories& silent, const Around& around) {
  const UdpStory& first = *silent.front();
  const std::string named =
      first.name.empty() ? "" : fmt::format(" that name {}", site_of(first.name));
  std::string text = fmt::format(
      "{} in {} {}{} to {} {} were never answered, sent {} times and "
      "more, while the same {} answered {}",
      name(first.what), silent.size(), silent.size() == 1 ? "flow" : "flows", named,
      around.servers.size(), around.servers.size() == 1 ? "server" : "servers", kTransmissions,
      around.servers.size() == 1 ? "server" : "servers",
      count_of(around.elsewhere, "other flow", "other flows"));
  if (!first.name.empty())
    text += fmt::format(", {} of them QUIC with other names", around.controls);
  return text + ".";
}

void show(const UdpStory& story, Evidence& evidence, GateSet& gates) {
  evidence.show(story.frame_name);
  for (const wire::FrameRef frame : story.series.shown()) evidence.show(frame);
  gates.join(story.gates);
}

Finding finding_of(const Stories& silent, const Around& around) {
  const UdpStory& first = *silent.front();
  const wire::FrameRef frame = first.series.shown().front();
  Evidence evidence;
  GateSet gates;
  for (const UdpStory* story : silent) show(*story, evidence, gates);
  if (first.watched) evidence.add(Clue::trigger_near, fmt::format("names {}", first.name), frame);
  evidence.add(Clue::server_elsewhere, count_of(around.elsewhere, "flow", "flows"), frame);
  if (silent.size() >= kThree && around.well == 0)
    evidence.add(Clue::silent_flows, fmt::format("{} of {} flows", silent.size(), silent.size()),
                 frame);
  if (around.controls >= kThree && around.failures == 0)
    evidence.add(Clue::control_same_server, fmt::format("{} flows", around.controls), frame);
  if (around.udp != 0)
    evidence.add(Clue::udp_alive, count_of(around.udp, "flow answered", "flows answered"), frame);
  explain(silent, around, evidence);
  evidence.limit(gates);
  evidence.events(silent.size());
  evidence.decide(rung_of(silent, around));
  Finding out = evidence.finding(fmt::format("DROP.TRIGGER.{}", suffix_of(first.what)));
  out.app = first.app;
  if (silent.size() == 1) out.flow = first.flow;
  out.trigger =
      Trigger{*trigger_of(first.what), first.name,
              first.watched,           first.frame_name.valid() ? first.frame_name : frame,
              first.series.first_ns,   0};
  out.after_packets = 0;
  out.rules = kUdpDropRules;
  out.text = text_of(silent, around);
  return out;
}

bool has_control(const UdpStory& story, const FateBook& book) {
  const FlowNote note = note_of(story);
  const bool line = book.client_answered(note, waited(story)) != 0 ||
                    book.server_answered(note, waited(story)) != 0 ||
                    book.went_on(note.client, waited(story));
  return line && book.server_answered(note, stretch_of(note).widened(kTenMinutes)) != 0;
}

}  // namespace

bool is_silent(const UdpStory& story) {
  const std::int64_t since_last = story.until_ns - story.ts_last_ns;
  return trigger_of(story.what).has_value() && !story.refused && story.heard_before == 0 &&
         story.series.count >= kTransmissions && keeps_timer(story.what, story.series.times()) &&
         since_last >= kSilence && story.until_ns - story.series.first_ns >= kSilence;
}

FlowNote note_of(const UdpStory& story) {
  FlowNote note;
  note.client = story.client;
  note.server = story.server;
  note.client_port = story.client_port;
  note.server_port = story.server_port;
  note.proto = wire::ip_proto::kUdp;
  note.begin_ns = story.ts_first_ns;
  note.end_ns = story.ts_last_ns;
  note.fate = FlowFate::dropped;
  if (const auto type = trigger_of(story.what)) note.said(*type, story.name);
  return note;
}

std::vector<Finding> judge_udp_drops(std::span<const UdpStory> stories, const FateBook& book) {
  std::vector<Stories> groups;
  std::map<std::tuple<IpAddress, Opening, std::string_view>, std::size_t> known;
  for (const UdpStory& story : stories) {
    if (!is_silent(story) || !has_control(story, book)) continue;
    const auto [place, is_new] =
        known.try_emplace({story.client, story.what, site_of(story.name)}, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&story);
  }
  std::vector<Finding> out;
  for (const Stories& silent : groups) {
    const Around around = Surroundings(silent, book).look();
    // The port answers no name at all: that is no trigger.
    if (around.failures != 0 && around.controls == 0) continue;
    Finding finding = finding_of(silent, around);
    // What could say no more anyway is not worth a doubt of the capture.
    if (finding.level == Level::indeterminate && silent.size() == 1) continue;
    out.push_back(std::move(finding));
  }
  return out;
}

}  // namespace deadair::interference
