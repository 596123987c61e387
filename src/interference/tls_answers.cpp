// Weighs fatal alerts that come first, and compares the issuers of certificates for one name.
#include "interference/tls_answers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "interference/data/tls_issuers.hpp"
#include "interference/gate_signs.hpp"
#include "proto/tls.hpp"

namespace deadair::interference {
namespace {

constexpr std::uint8_t kUnrecognizedName = 112;
constexpr std::size_t kMostIssuerChars = 120;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool contains(std::string_view text, std::string_view pattern) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return !std::ranges::search(text, pattern, same).empty();
}

std::optional<IssuerKind> known_issuer(const ShownCertificate& one) {
  for (const KnownIssuer& row : kKnownIssuers)
    if (contains(one.issuer_name, row.pattern) || contains(one.issuer_organization, row.pattern))
      return row.kind;
  return std::nullopt;
}

// Names and nothing else reach the report.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, kMostIssuerChars));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return out;
}

std::string_view issuer_of(const ShownCertificate& one) {
  return one.issuer_organization.empty() ? std::string_view(one.issuer_name)
                                         : std::string_view(one.issuer_organization);
}

void add_alert_alternatives(std::uint8_t description, const PacketSigns& signs,
                            Evidence& evidence) {
  evidence.alternative("refused_by_server", signs.injected(),
                       signs.injected() ? "the packet is not the server's own"
                                        : "nothing in the packet differs from the server's own");
  evidence.alternative("no_such_site", signs.conflict,
                       description != kUnrecognizedName
                           ? fmt::format("the alert is {}, not unrecognized_name", description)
                       : signs.conflict ? "the server answers for the name"
                                        : "the alert is unrecognized_name (RFC 6066)");
  evidence.alternative("local_device", false,
                       "a proxy or security product in the user's own network can do this as well");
  if (signs.ttl && !signs.conflict)
    evidence.alternative("load_balancer", false,
                         "a front end and the server behind it may have different TTLs");
}

bool before(const ShownCertificate& one, std::string_view sni, std::string_view name,
            std::string_view organization) {
  return std::tuple<std::string_view, std::string_view, std::string_view>(one.sni, one.issuer_name,
                                                                          one.issuer_organization) <
         std::tuple(sni, name, organization);
}

// Which of the certificates for one name is not the site's, as far as its issuer tells.
const ShownCertificate* stranger_of(std::span<const ShownCertificate> same_name) {
  for (const ShownCertificate& one : same_name)
    if (known_issuer(one)) return &one;
  if (same_name.size() < 2) return nullptr;
  const auto self = std::ranges::find_if(same_name, &ShownCertificate::self_issued);
  const bool all = std::ranges::all_of(same_name, &ShownCertificate::self_issued);
  return self == same_name.end() || all ? nullptr : &*self;
}

Level level_of(const ShownCertificate& stranger, bool compared) {
  const auto kind = known_issuer(stranger);
  if (kind == IssuerKind::product) return Level::observed;
  if (kind == IssuerKind::state) return compared ? Level::likely : Level::anomalous;
  return stranger.watched ? Level::anomalous : Level::observed;
}

std::optional<Finding> judge_name(std::span<const ShownCertificate> same_name,
                                  const GateSet& gates) {
  const ShownCertificate* stranger = stranger_of(same_name);
  if (stranger == nullptr) return std::nullopt;
  const bool compared = same_name.size() > 1;
  const bool known = known_issuer(*stranger).has_value();
  if (!compared && (!stranger->watched || known_issuer(*stranger) == IssuerKind::product))
    return std::nullopt;
  Evidence evidence;
  for (const ShownCertificate& one : same_name) evidence.show(one.frame);
  if (known_issuer(*stranger) == IssuerKind::state)
    evidence.add_published("ISSUER", weight(Clue::published).lr, std::string(issuer_of(*stranger)),
                           stranger->frame);
  evidence.decide(level_of(*stranger, compared));
  evidence.limit(concerning(Family::answers, gates));
  const bool product = known_issuer(*stranger) == IssuerKind::product;
  evidence.alternative("security_product", known && !product,
                       product ? "the issuer is a security product's, which the user or the "
                                 "employer has installed"
                       : known ? "the issuer is named in reports of interception by a state"
                               : "an issuer that nobody else vouches for may be a product's");
  evidence.alternative("own_certificate", known,
                       known ? "the issuer is known" : "a site may have signed for itself");
  Finding out = evidence.finding("TLS.CERT.SUBST");
  out.app = stranger->app;
  out.rules = kTlsAnswerRules;
  out.text = fmt::format("{} shows a certificate of \"{}\"{}.", stranger->sni, issuer_of(*stranger),
                         compared ? ", and one of another issuer elsewhere" : "");
  return out;
}

}  // namespace

std::optional<std::uint8_t> first_fatal_alert(ByteView stream) {
  constexpr std::uint8_t kFatal = 2;
  proto::tls::Record record;
  if (proto::tls::parse_record(stream, record) != ParseStatus::parsed) return std::nullopt;
  if (record.type != proto::tls::record_type::kAlert || record.length != 2 ||
      record.fragment.size() != 2 || record.fragment.u8(0) != kFatal)
    return std::nullopt;
  return record.fragment.u8(1);
}

std::optional<Finding> judge_alert(const TlsStory& story, const Context& context) {
  const auto found = std::ranges::find_if(story.answers, [](const AnswerVersion& version) {
    return first_fatal_alert(version.view()).has_value();
  });
  if (found == story.answers.end()) return std::nullopt;
  const std::uint8_t description = *first_fatal_alert(found->view());
  Evidence evidence;
  const PacketSigns signs = judge_packet(story.tcp, story.answers, *found, evidence);
  if (!signs.injected()) return std::nullopt;
  judge_pattern(story.tcp, context, found->mark, evidence);
  if (story.tcp.trigger) evidence.show(story.tcp.trigger->frame);
  if (!signs.conflict && !signs.glued_end) evidence.hold_at(Level::anomalous);
  evidence.limit(concerning(Family::answers, story.tcp.gates));
  add_alert_alternatives(description, signs, evidence);
  Finding out = evidence.finding("TLS.ALERT.INJ");
  out.app = story.app;
  out.trigger = story.tcp.trigger;
  out.rules = kTlsAnswerRules;
  out.text = fmt::format("A fatal TLS alert ({}) answers the ClientHello for {}, {}.", description,
                         story.sni,
                         signs.conflict ? "and other bytes at the same sequence numbers"
                                        : "with a TTL that no other packet of the server has");
  return out;
}

void CertificateBook::note(const proto::tls::Certificate& certificate,
                           const CertificateSight& sight) {
  const std::string_view sni = sight.sni;
  if (sni.empty()) return;
  const std::string name = printable(certificate.issuer_name);
  const std::string organization = printable(certificate.issuer_organization);
  const auto place = std::partition_point(
      shown_.begin(), shown_.end(),
      [&](const ShownCertificate& one) { return before(one, sni, name, organization); });
  const bool known = place != shown_.end() && place->sni == sni && place->issuer_name == name &&
                     place->issuer_organization == organization;
  if (known || shown_.size() == kMostCertificates) return;
  shown_.insert(place,
                {std::string(sni), name, organization, std::string(sight.app), sight.client,
                 sight.server, sight.frame, sight.ts_ns, certificate.self_issued, sight.watched});
}

std::vector<Finding> judge_certificates(const CertificateBook& book, const GateSet& gates) {
  std::vector<Finding> out;
  const auto shown = book.shown();
  for (std::size_t from = 0; from < shown.size();) {
    std::size_t to = from + 1;
    while (to < shown.size() && shown[to].sni == shown[from].sni) ++to;
    if (auto one = judge_name(shown.subspan(from, to - from), gates))
      out.push_back(std::move(*one));
    from = to;
  }
  return out;
}

}  // namespace deadair::interference
