// Notes and stories out of ended flows.
#include "pipeline/fate_desk.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "flow/ends.hpp"
#include "interference/residual.hpp"

namespace deadair::pipeline {
namespace {

using flow::Side;
using interference::FlowFate;
using interference::FlowNote;
using interference::OpeningTrack;
using interference::TunnelStory;
using interference::UdpStory;

constexpr std::int64_t kSecond = 1'000'000'000;

// Names, clocks and the neighbourhood: no servers that a session is opened with.
bool is_everyday(std::uint16_t port) {
  constexpr std::array<std::uint16_t, 9> kPorts = {53, 67, 68, 123, 137, 138, 1900, 5353, 5355};
  return std::ranges::find(kPorts, port) != kPorts.end();
}

FlowNote note_of(const FateDesk::Ended& ended) {
  const flow::FlowRecord& record = ended.record;
  const flow::Ends ends = flow::ends_of(record, ended.key);
  FlowNote note;
  note.client = ends.client;
  note.server = ends.server;
  note.client_port = ends.client_port;
  note.server_port = ends.server_port;
  note.proto = record.proto;
  note.begin_ns = record.ts_first_ns;
  note.end_ns = record.ts_last_ns;
  note.frame_first = record.frame_first;
  note.heard = record.packets(flow::other(record.client())) != 0;
  note.watched = ended.watched;
  return note;
}

// When the server was heard, as far as the record tells: a flow of a minute was heard within it.
void date_answers(const OpeningTrack* track, FlowNote& note) {
  constexpr std::int64_t kShort = 60 * kSecond;
  note.answered_ns = note.begin_ns;
  note.heard_ns = note.end_ns - note.begin_ns <= kShort ? note.end_ns : note.begin_ns;
  if (track == nullptr || track->answered_ns() == 0) return;
  note.answered_ns = track->answered_ns();
  note.heard_ns = std::max(note.heard_ns, track->last_heard_ns());
}

constexpr std::uint32_t kTransmissions = 3;

FlowFate fate_of(const FlowNote& note, const OpeningTrack* track, std::uint64_t heard) {
  const bool open = track != nullptr && track->unanswered(heard) &&
                    track->series().count >= kTransmissions &&
                    interference::keeps_timer(track->what(), track->series().times());
  if (!note.heard) return open ? FlowFate::dropped : FlowFate::silent;
  return open ? FlowFate::froze : FlowFate::well;
}

// By counters alone: a look at the packets may know better.
FlowFate fate_of_tcp(const FateDesk::Ended& ended, const FlowNote& note) {
  using namespace flow::tcp_seen;
  const flow::FlowRecord& record = ended.record;
  const Side server = flow::other(record.client());
  const bool begun = (record.seen & kSynSeen) != 0;
  if (!note.heard)
    return begun && record.packets(record.client()) > 1 ? FlowFate::silent_syn : FlowFate::unseen;
  const bool reset = (record.seen & kReset) != 0;
  const bool by_server = ((record.seen & kResetByB) != 0) == (server == Side::b);
  if (reset && by_server && (record.seen & kEstablished) == 0) return FlowFate::refused;
  if (reset && by_server) return FlowFate::reset;
  // More than headers with options came back.
  constexpr std::uint64_t kHeaders = 80;
  const bool data = record.bytes(server) > record.packets(server) * kHeaders;
  return data ? FlowFate::well : FlowFate::unseen;
}

// Whether more passed both ways than handshakes; of WireGuard the messages tell, where its
// beginning was seen.
bool has_carried(std::string_view protocol, std::uint64_t up, std::uint64_t down,
                 const OpeningTrack* track) {
  if (track != nullptr && track->what() == interference::Opening::wireguard)
    return track->rounds().carried();
  struct Handshake {
    std::string_view protocol;
    std::uint64_t packets;  // of each side, at most
  };
  constexpr std::array<Handshake, 4> kHandshakes = {
      {{"wireguard", 1}, {"openvpn", 12}, {"ipsec", 3}, {"l2tp", 8}}};
  const auto known = std::ranges::find(kHandshakes, protocol, &Handshake::protocol);
  return known != kHandshakes.end() && std::min(up, down) > known->packets;
}

// Flows of the same client by UDP that other servers answered, begun before the end and answered
// after the beginning: the network lets UDP pass.
std::uint32_t other_udp(const interference::FateBook& book, const FlowNote& note) {
  constexpr std::int64_t kNear = 60 * kSecond;
  const interference::Stretch near = interference::stretch_of(note).widened(kNear);
  return static_cast<std::uint32_t>(
      std::ranges::count_if(book.of_client(note.client), [&](const FlowNote* other) {
        return other->heard && other->proto == wire::ip_proto::kUdp &&
               other->server != note.server && other->answered_ns <= near.to_ns &&
               other->heard_ns >= near.from_ns;
      }));
}

// Over TCP a handshake is not opened again: what was sent is, and how that went the log knows.
void take_over_tcp(const interference::FateBook& book, TunnelStory& story) {
  for (const FlowNote* note : book.to_server(story.server.ip)) {
    const bool same = note->proto == wire::ip_proto::kTcp && note->client == story.client.ip &&
                      note->client_port == story.client.port &&
                      note->server_port == story.server.port &&
                      note->frame_first == story.frame_first;
    if (!same || (note->fate != FlowFate::dropped && note->fate != FlowFate::froze)) continue;
    story.hellos = story.hellos_unanswered = kTransmissions;
    story.hellos_unanswered_from_ns = note->heard ? note->heard_ns : note->begin_ns;
    story.last_down_ns = note->heard ? note->heard_ns : 0;
  }
}

bool is_tunnel(const classify::Decision& decision) {
  constexpr std::array<std::string_view, 4> kProtocols = {"wireguard", "openvpn", "ipsec", "l2tp"};
  return decision.service == classify::Service::tunnel &&
         decision.confidence != classify::Confidence::guess &&
         std::ranges::find(kProtocols, decision.app) != kProtocols.end();
}

}  // namespace

std::optional<interference::TriggerType> trigger_of(classify::NameSource source) {
  if (source == classify::NameSource::tls) return interference::TriggerType::tls_sni;
  if (source == classify::NameSource::http) return interference::TriggerType::http_host;
  return std::nullopt;
}

void FateDesk::follow_datagram(std::uint32_t flow, Side from, const flow::FlowRecord& record,
                               const wire::Packet& packet) {
  OpeningTrack* track = openings_.find(flow);
  const bool openvpn = track != nullptr && track->what() == interference::Opening::openvpn;
  const bool first = track == nullptr ? record.packets(from) == 0 : openvpn;
  auto opening = interference::opening_of(packet, first);
  if (openvpn && interference::is_openvpn_control(packet)) opening = interference::Opening::openvpn;
  if (track != nullptr) track->follow(from, packet);
  if (track != nullptr && from != track->side()) track->hear(packet.ts_ns);
  if (!opening) return;
  if (track == nullptr) track = &openings_.make(flow);
  track->open(*opening, from, record.packets(flow::other(from)), packet);
}

// An attempt that nobody answered before the client began anew from the same port.
void FateDesk::give_up(const Attempt& attempt, const wire::Packet& packet) {
  FlowNote note;
  note.client = packet.src;
  note.server = packet.dst;
  note.client_port = packet.src_port;
  note.server_port = packet.dst_port;
  note.proto = packet.proto;
  note.begin_ns = attempt.begin_ns;
  note.end_ns = attempt.last_ns;
  note.frame_first = attempt.frame;
  note.fate = FlowFate::silent_syn;
  log_.add(note);
}

void FateDesk::syn(std::uint32_t flow, Side from, const flow::FlowRecord& record,
                   const wire::Packet& packet) {
  trips_.begins(packet.ts_ns);
  if ((record.seen & flow::tcp_seen::kSynAgain) == 0) return;
  Attempt* attempt = attempts_.find(flow);
  if ((packet.tcp_flags & wire::tcp_flag::kAck) != 0) {
    if (attempt != nullptr && attempt->answered_ns == 0) attempt->answered_ns = packet.ts_ns;
    return;
  }
  if (record.packets(flow::other(from)) != 0 || record.packets(from) == 0) return;
  // The number of the first SYN is not kept; it is sent again within 3 s (RFC 6298 section 2.1).
  constexpr std::int64_t kAgain = 4 * kSecond;
  const bool known = attempt != nullptr;
  if (!known) {
    attempt = &attempts_.make(flow);
    attempt->begin_ns = record.ts_first_ns;
    attempt->last_ns = record.ts_last_ns;
    attempt->frame = record.frame_first;
    attempt->seq = packet.seq;
  }
  const bool anew = known ? packet.seq != attempt->seq : packet.ts_ns - attempt->last_ns > kAgain;
  if (anew) {
    give_up(*attempt, packet);
    attempt->begin_ns = packet.ts_ns;
    attempt->frame = packet.frame;
    attempt->seq = packet.seq;
  }
  attempt->last_ns = packet.ts_ns;
}

interference::FlowNote FateDesk::end_tcp(const Ended& ended) {
  FlowNote note = note_of(ended);
  note.answered_ns = note.begin_ns + std::int64_t{ended.record.rtt_us} * 1000;
  note.heard_ns = note.answered_ns;
  const auto type = trigger_of(ended.said.source);
  if (type) note.said(*type, ended.decision.host);
  const bool again = (ended.record.seen & flow::tcp_seen::kSynAgain) != 0;
  if (const Attempt* attempt = again ? attempts_.find(ended.flow) : nullptr) {
    note.begin_ns = attempt->begin_ns;
    note.frame_first = attempt->frame;
    if (attempt->answered_ns != 0) note.answered_ns = note.heard_ns = attempt->answered_ns;
    attempts_.drop(ended.flow);
  }
  if (is_tunnel(ended.decision)) keep_tunnel(ended, nullptr);
  note.fate = fate_of_tcp(ended, note);
  return note;
}

void FateDesk::end_udp(const Ended& ended) {
  FlowNote note = note_of(ended);
  const OpeningTrack* track = openings_.find(ended.flow);
  const Side client = ended.record.client();
  const bool lone = !note.heard && ended.record.packets() < 2;
  if (is_tunnel(ended.decision)) keep_tunnel(ended, track);
  if (!lone && !is_everyday(note.server_port) && !is_everyday(note.client_port) &&
      !note.server.multicast()) {
    if (note.heard) date_answers(track, note);
    const bool of_client = track != nullptr && track->side() == client;
    note.fate =
        fate_of(note, of_client ? track : nullptr, ended.record.packets(flow::other(client)));
    const auto type = of_client ? interference::trigger_of(track->what()) : std::nullopt;
    const bool named = ended.said.source == classify::NameSource::quic;
    if (type) note.said(*type, named ? ended.decision.host : std::string_view());
    log_.add(note);
    if (note.fate == FlowFate::dropped) keep_story(ended, *track);
  }
  openings_.drop(ended.flow);
}

// Of calls others judge.
void FateDesk::keep_story(const Ended& ended, const OpeningTrack& track) {
  if (ended.decision.service == classify::Service::call || stories_.size() == kMostStories) return;
  const FlowNote note = note_of(ended);
  UdpStory story;
  story.what = track.what();
  story.client = note.client;
  story.server = note.server;
  story.client_port = note.client_port;
  story.server_port = note.server_port;
  if (ended.decision.confidence != classify::Confidence::guess) story.app = ended.decision.app;
  if (ended.said.source == classify::NameSource::quic) {
    story.name = ended.decision.host;
    story.frame_name = ended.said.frame;
  }
  story.watched = ended.watched;
  story.series = track.series();
  story.heard_before = track.heard_before();
  story.ts_first_ns = note.begin_ns;
  story.ts_last_ns = note.end_ns;
  story.flow = ended.reporter.community_id(ended.key);
  story.gates = ended.gates;
  stories_.push_back(std::move(story));
}

void FateDesk::keep_tunnel(const Ended& ended, const OpeningTrack* track) {
  if (tunnels_.size() == kMostTunnels) return;
  const flow::FlowRecord& record = ended.record;
  const FlowNote note = note_of(ended);
  TunnelStory story;
  story.protocol = ended.decision.app;
  story.client = {note.client, note.client_port};
  story.server = {note.server, note.server_port};
  story.tcp = record.proto == wire::ip_proto::kTcp;
  story.ts_first_ns = note.begin_ns;
  story.ts_last_ns = note.end_ns;
  Side client = record.client();
  if (track != nullptr && track->side() != client) {
    std::swap(story.client, story.server);
    client = track->side();
  }
  story.packets_up = record.packets(client);
  story.packets_down = record.packets(flow::other(client));
  story.carried_data = has_carried(story.protocol, story.packets_up, story.packets_down, track);
  story.frame_first = note.frame_first;
  story.flow = ended.reporter.community_id(ended.key);
  story.gates = ended.gates;
  if (track != nullptr) {
    story.last_down_ns = track->last_heard_ns();
    story.hellos = track->total();
    if (track->unanswered(story.packets_down) &&
        interference::keeps_timer(track->what(), track->series().times())) {
      story.hellos_unanswered = track->series().count;
      story.hellos_unanswered_from_ns = track->series().first_ns;
      story.frame_hello = track->series().shown().front();
    }
    story.data_rounds = track->rounds().count();
    story.frame_round = track->rounds().frame();
  }
  tunnels_.push_back(std::move(story));
}

void FateDesk::finish_stories(const Rest& rest) {
  using Refusal = std::tuple<IpAddress, IpAddress, std::uint16_t>;
  std::set<Refusal> refused;
  for (const interference::IcmpCase& each : rest.refusals.cases())
    if (each.proto == wire::ip_proto::kUdp)
      refused.insert({each.client, each.target, each.target_port});
  for (UdpStory& story : stories_) {
    story.until_ns = rest.now_ns;
    story.refused = refused.contains({story.client, story.server, story.server_port});
    const GateQuestion question = {story.client,
                                   story.server,
                                   story.series.shown().front(),
                                   {story.ts_first_ns, story.ts_last_ns},
                                   false};
    story.gates = interference::concerning(
        interference::Family::drops, rest.gates.complete(story.gates, question, rest.controls));
  }
}

void FateDesk::finish_tunnels(const Rest& rest, const interference::FateBook& book) {
  constexpr std::int64_t kTenMinutes = 600 * kSecond;
  using Place = std::tuple<std::string_view, IpAddress, std::uint16_t>;
  const auto place_of = [](const TunnelStory& story) {
    return Place(story.protocol, story.server.ip, story.server.port);
  };
  std::set<Place> carried;
  for (const TunnelStory& story : tunnels_)
    if (story.carried_data) carried.insert(place_of(story));
  for (TunnelStory& story : tunnels_) {
    story.until_ns = rest.now_ns;
    interference::look_around(story, rest.controls);
    FlowNote note;
    note.client = story.client.ip;
    note.server = story.server.ip;
    note.client_port = story.client.port;
    note.server_port = story.server.port;
    note.proto = story.tcp ? wire::ip_proto::kTcp : wire::ip_proto::kUdp;
    note.begin_ns = story.ts_first_ns;
    note.end_ns = story.ts_last_ns;
    const interference::Stretch lived = interference::stretch_of(note);
    story.server_elsewhere =
        static_cast<std::uint32_t>(book.server_answered(note, lived.widened(kTenMinutes)));
    story.udp_answered = std::max(story.udp_answered, other_udp(book, note));
    if (story.tcp) take_over_tcp(book, story);
    story.worked_before = carried.contains(place_of(story));
    const GateQuestion question = {note.client, note.server, story.frame_first, lived,
                                   story.packets_down != 0};
    story.gates = interference::concerning(
        interference::Family::drops, rest.gates.complete(story.gates, question, rest.controls));
  }
}

std::vector<interference::Finding> FateDesk::finish(const Rest& rest) {
  if (!forged_.empty()) log_.tear(forged_);
  const interference::FateBook book = this->book();
  finish_stories(rest);
  finish_tunnels(rest, book);
  std::vector<interference::Finding> findings = interference::judge_udp_drops(stories_, book);
  const auto add = [&findings](std::vector<interference::Finding> more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  };
  add(interference::judge_punishments(book));
  add(interference::judge_tunnels(tunnels_));
  return findings;
}

}  // namespace deadair::pipeline
