// Keeps the first bytes of answers, and of those in doubt the story of their flow.
#include "pipeline/answers_desk.hpp"

#include <algorithm>
#include <utility>

#include "interference/data_conflict.hpp"
#include "proto/http.hpp"
#include "proto/http_response.hpp"

namespace deadair::pipeline {
namespace {

using interference::AnswerVersion;
using interference::Finding;
using interference::subject_of;
using interference::TriggerType;

constexpr std::int64_t kTenMinutes = 600'000'000'000;
// An alert, and enough to tell other bytes from it.
constexpr std::size_t kTlsHead = 16;

constexpr std::uint32_t word(std::string_view four) {
  std::uint32_t out = 0;
  for (const char c : four) out = out << 8 | static_cast<std::uint8_t>(c);
  return out;
}

// Where the answers lead to; empty when none leads anywhere.
std::string_view place_of(std::span<const AnswerVersion> answers) {
  for (const AnswerVersion& version : answers) {
    proto::http::ResponseHead head;
    if (proto::http::parse_response_head(version.view(), head) == ParseStatus::not_this) continue;
    if (const auto to = interference::location_host(head.location); !to.empty()) return to;
  }
  return {};
}

bool says_somebody_else(const Finding& finding) {
  return finding.id == "BLOCKPAGE.INJECTED" || finding.id == "TLS.ALERT.INJ" ||
         finding.id == "INJ.DATA_CONFLICT";
}

}  // namespace

bool AnswersDesk::is_request(ByteView payload) {
  switch (payload.be32(0)) {
    case word("GET "):
    case word("POST"):
    case word("HEAD"):
    case word("PUT "):
    case word("OPTI"):
    case word("DELE"):
    case word("PATC"):
    case word("CONN"):
      return true;
    default:
      return false;
  }
}

void AnswersDesk::open(std::size_t slot, std::uint32_t flow, flow::Side from,
                       const wire::Packet& packet) {
  Entry& entry = entries_[slot];
  drop_head(entry);
  asked_[slot] = flow;
  entry.client = from;
  entry.tls = is_hello(packet.payload);
  entry.issuer_name.clear();
  entry.issuer_organization.clear();
  entry.certificate_frame = {};
  if (entry.tls && heads_.live() < kMostHeads) entry.head = heads_.take();
  ask(entry, packet);
}

void AnswersDesk::ask(Entry& entry, const wire::Packet& packet) {
  entry.answers.clear(entry.tls ? kTlsHead : interference::FirstAnswers::kHead);
  if ((packet.tcp_flags & wire::tcp_flag::kAck) != 0) entry.answers.begin_at(packet.ack);
  entry.request.type = entry.tls ? TriggerType::tls_sni : TriggerType::http_host;
  entry.request.frame = packet.frame;
  entry.request.ts_ns = packet.ts_ns;
  entry.request.seq = packet.seq;
  entry.request.name.clear();
  if (entry.tls) return;
  proto::http::Request request;
  if (proto::http::parse_request(packet.payload, request) != ParseStatus::not_this)
    entry.request.name.assign(request.host);
}

void AnswersDesk::follow(Entry& entry, flow::Side from, const wire::Packet& packet) {
  if (from == entry.client) {
    // The next request, unless there is doubt about the answer to this one.
    const bool again = packet.seq - entry.request.seq - 1 < 1U << 30;
    if (again && !entry.tls && entry.answers.versions().size() == 1 && is_request(packet.payload))
      ask(entry, packet);
    return;
  }
  if (entry.answers.concerns(packet.seq))
    entry.answers.add(interference::mark_of(packet, false), packet.payload);
  if (entry.head != flow::kNone) read_certificate(entry, packet);
}

void AnswersDesk::read_certificate(Entry& entry, const wire::Packet& packet) {
  const auto versions = entry.answers.versions();
  if (versions.empty()) return;
  flow::StreamHead& head = heads_[entry.head];
  if (!head.add(packet.seq - versions.front().mark.seq, packet.payload)) return;
  proto::tls::Certificate certificate;
  const ParseStatus status =
      proto::tls::parse_server_certificate(head.contiguous(), scratch_, certificate);
  if (status == ParseStatus::truncated && !head.full()) return;
  if (status == ParseStatus::parsed) {
    entry.issuer_name.assign(certificate.issuer_name);
    entry.issuer_organization.assign(certificate.issuer_organization);
    entry.self_issued = certificate.self_issued;
    entry.certificate_frame = packet.frame;
    entry.certificate_ns = packet.ts_ns;
  }
  drop_head(entry);
}

void AnswersDesk::drop_head(Entry& entry) {
  if (entry.head == flow::kNone) return;
  heads_.give_back(entry.head);
  entry.head = flow::kNone;
}

bool AnswersDesk::wants_story(std::uint32_t flow) const {
  const std::size_t slot = flow % kSlots;
  if (asked_[slot] != flow) return false;
  const Entry& entry = entries_[slot];
  const auto versions = entry.answers.versions();
  if (versions.size() > 1) return true;
  if (entry.tls)
    return std::ranges::any_of(versions, [](const AnswerVersion& version) {
      return interference::first_fatal_alert(version.view()).has_value();
    });
  return interference::may_be_block_page(entry.request.name, versions);
}

void AnswersDesk::note_certificate(const Entry& entry, const AskedFlow& asked) {
  if (!entry.certificate_frame.valid() || asked.name.empty()) return;
  proto::tls::Certificate certificate;
  certificate.issuer_name = entry.issuer_name;
  certificate.issuer_organization = entry.issuer_organization;
  certificate.self_issued = entry.self_issued;
  certificates_.note(certificate, {asked.name, asked.app, asked.watched, asked.client, asked.server,
                                   entry.certificate_frame, entry.certificate_ns});
}

void AnswersDesk::note_answer(const Answer& answer) {
  if (answers_.size() < kMostAnswers) {
    answers_.push_back(answer);
    return;
  }
  answers_[oldest_answer_] = answer;
  oldest_answer_ = (oldest_answer_ + 1) % kMostAnswers;
}

void AnswersDesk::end(std::uint32_t flow, const AskedFlow& asked, const TornFlow* torn) {
  const std::size_t slot = flow % kSlots;
  if (asked_[slot] != flow) return;
  asked_[slot] = flow::kNone;
  Entry& entry = entries_[slot];
  drop_head(entry);
  const auto versions = entry.answers.versions();
  if (entry.tls) {
    note_certificate(entry, asked);
    entry.request.name = asked.name;
  }
  if (versions.empty() || entry.request.name.empty()) return;
  entry.request.watched = asked.watched;
  Answer answer{asked.client, subject_of(entry.request.name), 0, entry.request.ts_ns, entry.tls,
                false};
  if (!entry.tls)
    if (const auto place = place_of(versions); !place.empty()) answer.place = subject_of(place);
  if (torn != nullptr && doubted_.size() < kMostStories) {
    Doubted doubted{*torn, entry.request, {versions.begin(), versions.end()}, entry.tls};
    doubted.torn.story.trigger = entry.request;
    if (const auto found = judge_one(doubted, {})) {
      answer.doubted = says_somebody_else(*found);
      doubted_.push_back(std::move(doubted));
    }
  }
  note_answer(answer);
}

std::optional<Finding> AnswersDesk::judge_one(const Doubted& doubted,
                                              const interference::HttpContext& context) const {
  interference::TcpStory story = doubted.torn.story;
  story.packets = doubted.torn.packets;
  const auto& [name, app, answers] =
      std::tie(doubted.request.name, doubted.torn.app, doubted.answers);
  auto found = doubted.tls ? interference::judge_alert({story, name, app, answers}, context.flows)
                           : interference::judge_block_page({story, name, app, answers}, context);
  if (found) return found;
  const auto conflicts = static_cast<std::uint64_t>(std::ranges::count_if(
      doubted_, [](const Doubted& other) { return other.answers.size() > 1; }));
  return interference::judge_conflict({story, app, answers}, context.flows, conflicts);
}

interference::HttpContext AnswersDesk::context_of(const Doubted& doubted,
                                                  const interference::Controls& controls) const {
  interference::HttpContext context;
  context.public_nets = public_nets_;
  const interference::TcpStory& story = doubted.torn.story;
  const std::int64_t ts_ns = doubted.request.ts_ns;
  const std::uint64_t name = subject_of(doubted.request.name);
  const std::string_view place = place_of(doubted.answers);
  std::int64_t from_ns = ts_ns, to_ns = ts_ns;
  std::vector<std::int64_t> fine;
  for (const Answer& other : answers_) {
    if (other.tls != doubted.tls) continue;
    if (other.name == name) {
      ++context.flows.trigger_flows;
      context.flows.trigger_hits += other.doubted ? 1 : 0;
    } else if (other.client == story.client && std::abs(other.ts_ns - ts_ns) <= kTenMinutes) {
      if (place.empty() || other.place != subject_of(place)) {
        ++context.hosts_fine;
        fine.push_back(other.ts_ns);
        continue;
      }
      ++context.hosts_sent_alike;
      from_ns = std::min(from_ns, other.ts_ns);
      to_ns = std::max(to_ns, other.ts_ns);
    }
  }
  constexpr std::uint64_t kOthers = 2;
  context.only_alike =
      context.hosts_sent_alike >= kOthers && std::ranges::none_of(fine, [&](std::int64_t at_ns) {
        return from_ns <= at_ns && at_ns <= to_ns;
      });
  context.flows.same_server_ok =
      controls.other_names(story.client, story.server, story.server_port, doubted.request.name,
                           ts_ns - kTenMinutes, ts_ns + kTenMinutes);
  return context;
}

std::vector<Finding> AnswersDesk::judge(const interference::Controls& controls) const {
  std::vector<Finding> out;
  for (const Doubted& doubted : doubted_) {
    auto found = judge_one(doubted, context_of(doubted, controls));
    if (!found) continue;
    found->flow = doubted.torn.flow;
    found->tests = doubted_.size();
    out.push_back(std::move(*found));
  }
  for (Finding& finding : interference::judge_certificates(certificates_, {}))
    out.push_back(std::move(finding));
  return out;
}

}  // namespace deadair::pipeline
