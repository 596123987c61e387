// Weighs HTTP answers that refuse or lead elsewhere.
#include "interference/block_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "interference/data/block_pages.hpp"
#include "interference/gate_signs.hpp"
#include "proto/host_name.hpp"
#include "proto/http_response.hpp"

namespace deadair::interference {
namespace {

namespace http = proto::http;

constexpr std::uint16_t kForbidden = 403, kLegalReasons = 451;

// All texts are of pages in HTML, which nothing but blanks comes before.
bool is_page(std::string_view body) {
  // Of a body in chunks the size of the first (RFC 9112 section 7.1).
  const std::size_t size = body.find_first_not_of("0123456789abcdefABCDEF");
  if (size != 0 && size < body.size() && body[size] == '\r') body.remove_prefix(size);
  const std::size_t first = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && body[first] == '<';
}

const PublishedPage* published_page(const http::ResponseHead& head) {
  const bool page = is_page(head.body.text());
  for (const PublishedPage& row : kPublishedPages) {
    const bool fits = row.field == PageField::body
                          ? page && head.body.text().find(row.pattern) != std::string_view::npos
                      : row.field == PageField::location ? head.location.starts_with(row.pattern)
                                                         : head.server.starts_with(row.pattern);
    if (fits) return &row;
  }
  return nullptr;
}

bool is_redirect(std::uint16_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// The last two labels, or all of an address.
std::string_view site_of(std::string_view host) {
  IpAddress address;
  if (parse_ip_address(host, address)) return host;
  const std::size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return host;
  const std::size_t before = host.rfind('.', last - 1);
  return before == std::string_view::npos ? host : host.substr(before + 1);
}

bool leads_elsewhere(const http::ResponseHead& head, std::string_view host) {
  const std::string_view to = location_host(head.location);
  return is_redirect(head.status) && !to.empty() && site_of(to) != site_of(host);
}

// An answer as a device would make one that blocks.
struct Suspect {
  const AnswerVersion* version = nullptr;
  http::ResponseHead head;
  const PublishedPage* row = nullptr;
};

Suspect suspect_of(std::string_view host, std::span<const AnswerVersion> answers) {
  for (const AnswerVersion& version : answers) {
    Suspect out{&version, {}, nullptr};
    if (http::parse_response_head(version.view(), out.head) == ParseStatus::not_this) continue;
    out.row = published_page(out.head);
    const bool refuses = out.head.status == kForbidden || out.head.status == kLegalReasons;
    if (refuses || out.row != nullptr || leads_elsewhere(out.head, host)) return out;
  }
  return {};
}

std::string_view id_of(const Suspect& suspect, const PacketSigns& signs) {
  if (signs.injected()) return "BLOCKPAGE.INJECTED";
  if (suspect.row != nullptr)
    return is_redirect(suspect.head.status) ? "BLOCKPAGE.302" : "BLOCKPAGE.HTTP";
  return suspect.head.status == kLegalReasons ? "BLOCKPAGE.451" : std::string_view();
}

void add_portal(const HttpContext& context, std::string_view to, Evidence& evidence) {
  IpAddress address;
  const bool near = parse_ip_address(to, address) && is_private(address, context.public_nets);
  const bool excluded = context.hosts_fine != 0 && !near && !context.only_alike;
  evidence.alternative(
      "captive_portal", excluded,
      context.only_alike ? fmt::format("for a while all hosts led to the same place, {} others",
                                       context.hosts_sent_alike)
      : near             ? fmt::format("it leads to {}, an address near by", to)
      : context.hosts_fine != 0 ? fmt::format("{} other hosts answered well", context.hosts_fine)
      : context.hosts_sent_alike != 0
          ? fmt::format("{} other hosts lead to the same place", context.hosts_sent_alike)
          : "no other host was asked");
}

void add_alternatives(const HttpStory& story, const HttpContext& context, const Suspect& suspect,
                      const PacketSigns& signs, Evidence& evidence) {
  const bool injected = signs.injected();
  const std::string_view to = location_host(suspect.head.location);
  add_portal(context, to, evidence);
  if (is_redirect(suspect.head.status))
    evidence.alternative("delivery_network", signs.conflict,
                         signs.conflict ? "the server answered the same request itself"
                                        : fmt::format("a site may keep its pages at {}", to));
  evidence.alternative("refused_by_server", injected,
                       injected ? "the packet is not the server's own"
                                : "nothing in the packet differs from the server's own");
  evidence.alternative("parental_control", false,
                       "a filter that the subscriber chose answers like this");
  evidence.alternative("local_device", false,
                       "a proxy or security product in the user's own network can do this as well");
  if (signs.ttl && !signs.conflict)
    evidence.alternative("load_balancer", false,
                         "a front end and the server behind it may have different TTLs");
  if (story.tcp.gates.has(Gate::dup))
    evidence.alternative("captured_twice", true, "the bytes differ");
}

std::string sentence(const HttpStory& story, const Suspect& suspect, const PacketSigns& signs) {
  const std::string to = suspect.head.location.empty()
                             ? std::string()
                             : fmt::format(" to {}", location_host(suspect.head.location));
  if (signs.conflict)
    return fmt::format(
        "The request for {} has two answers at the same sequence numbers; one is HTTP {}{}.",
        story.host, suspect.head.status, to);
  if (signs.injected())
    return fmt::format(
        "The answer for {}, HTTP {}{}, has a TTL that no other packet of the server has.",
        story.host, suspect.head.status, to);
  return fmt::format("{} answers HTTP {}{}{}.", story.host, suspect.head.status, to,
                     suspect.row != nullptr ? ", a published block page" : "");
}

}  // namespace

std::string_view location_host(std::string_view location) {
  const std::size_t slashes = location.find("//");
  const bool scheme = slashes == 0 || (slashes <= 6 && location[slashes - 1] == ':');
  if (slashes == std::string_view::npos || !scheme) return {};
  std::string_view host = location.substr(slashes + 2);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const std::size_t user = host.rfind('@'); user != std::string_view::npos)
    host.remove_prefix(user + 1);
  host = host.substr(0, host.find(':'));
  return proto::is_host_name(host) ? host : std::string_view();
}

bool may_be_block_page(std::string_view host, std::span<const AnswerVersion> answers) {
  return suspect_of(host, answers).version != nullptr;
}

std::optional<Finding> judge_block_page(const HttpStory& story, const HttpContext& context) {
  const Suspect suspect = suspect_of(story.host, story.answers);
  if (suspect.version == nullptr) return std::nullopt;
  Evidence evidence;
  const PacketMark& event = suspect.version->mark;
  const PacketSigns signs = judge_packet(story.tcp, story.answers, *suspect.version, evidence);
  const std::string_view id = id_of(suspect, signs);
  if (id.empty()) return std::nullopt;
  if (suspect.row != nullptr)
    evidence.add_published(
        suspect.row->label, weight(Clue::published).lr,
        fmt::format("\"{}\", published in: {}", suspect.row->pattern, kBlockPageReference),
        event.frame);
  judge_pattern(story.tcp, context.flows, event, evidence);
  if (story.tcp.trigger) evidence.show(story.tcp.trigger->frame);
  if (!signs.injected())
    evidence.decide(suspect.row != nullptr ? Level::anomalous : Level::observed);
  else if (!signs.conflict && (!signs.glued_end || context.only_alike))
    evidence.hold_at(Level::anomalous);  // a login page answers in the server's stead, alone
  evidence.limit(concerning(Family::answers, story.tcp.gates));
  add_alternatives(story, context, suspect, signs, evidence);
  Finding out = evidence.finding(id);
  out.app = story.app;
  out.trigger = story.tcp.trigger;
  out.rules = kBlockPageRules;
  out.text = sentence(story, suspect, signs);
  return out;
}

}  // namespace deadair::interference
