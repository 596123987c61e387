// Turns streams into Tor claims: the TLS hello of its clients, the certificates of its relays, its
// directory.
#include <algorithm>
#include <array>
#include <span>

#include "classify/classifier.hpp"
#include "proto/tls_certificate.hpp"
#include "tor/signatures.hpp"

namespace deadair::classifiers::tor {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Direction;
using classify::FlowFacts;
using classify::Role;
using classify::Service;
using classify::StreamHead;
namespace tls = proto::tls;

constexpr classify::Info kInfo = {
    .name = "tor",
    .version = "tor 1.0",
    .doc = "The Tor network, without pluggable transports",
    .signals = kSignals,
    .names = {},
    .networks = kNetworks,
};

// A hello of tor is a tenth of this, a certificate a third.
using Scratch = std::array<std::uint8_t, 4096>;

// The random part of a name of that kind, empty when it is none.
std::string_view random_part(std::string_view name, const MadeUp& kind) {
  constexpr std::string_view kPrefix = "www.";
  if (!name.starts_with(kPrefix) || !name.ends_with(kind.suffix)) return {};
  if (name.size() < kPrefix.size() + kind.suffix.size() + kind.least) return {};
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kind.suffix.size());
  const bool base32 = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
  });
  return base32 && name.size() <= kind.most ? name : std::string_view{};
}

// 10 log2 of how much likelier `label` is as random base32 than as a name that people chose.
int odds_of_random(std::string_view label) {
  int odds = 0;
  for (const char c : label)
    odds += c >= 'a' ? kLetterOdds[static_cast<std::size_t>(c - 'a')] : kDigitOdds;
  return odds;
}

// The cipher suites of the ClientHello in the first record of `stream`.
ByteView cipher_suites(ByteView stream) {
  constexpr std::size_t kSessionId = 5 + 4 + 2 + 32;  // record, handshake, version, random
  const std::size_t at = kSessionId + 1 + stream.u8(kSessionId);
  return stream.sub(at + 2, stream.be16(at));
}

// As OpenSSL ends its list, and no browser does.
bool ends_with_renegotiation(ByteView suites) {
  return suites.size() >= 2 && suites.be16(suites.size() - 2) == kRenegotiation;
}

// Whether the suites, without those of TLS 1.3, are some of `list` in its order, with
// kRenegotiation at their end.
bool follows_list(ByteView suites, std::span<const std::uint16_t> list) {
  if (!ends_with_renegotiation(suites)) return false;
  constexpr std::uint8_t kTls13 = 0x13;
  std::size_t found = 0;
  auto from = list.begin();
  for (std::size_t at = 0; at + 2 < suites.size(); at += 2) {
    if (suites.u8(at) == kTls13) continue;
    from = std::find(from, list.end(), suites.be16(at));
    if (from == list.end()) return false;
    ++from;
    ++found;
  }
  return found >= kLeastSuites;
}

bool has_suites_of_tor(ByteView suites) {
  return follows_list(suites, kSuites2018) || follows_list(suites, kSuites2014) ||
         follows_list(suites, kSuites2012);
}

bool is_directory_request(ByteView up) {
  if (!up.starts_with(kDirectory)) return false;
  const ByteView resource = up.from(kDirectory.size());
  return std::any_of(kResources.begin(), kResources.end(),
                     [&](std::string_view known) { return resource.starts_with(known); });
}

bool is_directory_answer(ByteView down) {
  constexpr std::size_t kMostHeader = 512;
  if (!down.starts_with(std::string_view("HTTP/1."))) return false;
  const std::string_view head = down.first(kMostHeader).text();
  return head.substr(0, head.find("\r\n\r\n")).find(kAddressHeader) != std::string_view::npos;
}

bool is_relay_certificate(const tls::Certificate& certificate) {
  const std::string_view subject = random_part(certificate.subject_name, kSubject);
  const std::string_view issuer = random_part(certificate.issuer_name, kIssuer);
  return !subject.empty() && !issuer.empty() && certificate.subject_organization.empty() &&
         certificate.issuer_organization.empty() &&
         odds_of_random(subject) + odds_of_random(issuer) >= kMoreRandom;
}

Answer claim(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::tunnel, Role::none, certain});
  return certain ? Answer::certain : Answer::unsure;
}

class Tor final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    static_cast<void>(flow);
    return head.grew == Direction::up ? judge_up(head.up, claims) : judge_down(head.down, claims);
  }

 private:
  static Answer judge_up(ByteView up, Claims& claims) {
    if (is_directory_request(up)) return claim(claims, kDirectoryUse, true);
    Scratch scratch;
    tls::ClientHello hello;
    const ParseStatus status = tls::parse_client_hello(up, scratch, hello);
    const bool http = up.u8(0) == 'G' && up.size() < kDirectory.size() + kResources[0].size();
    if (status == ParseStatus::truncated || http) return Answer::unsure;
    if (status == ParseStatus::not_this) return Answer::not_for_us;
    const std::string_view label = random_part(hello.sni, kServerName);
    if (label.empty() || !hello.alpn.empty()) return Answer::not_for_us;
    const int odds = odds_of_random(label);
    const ByteView suites = cipher_suites(up);
    const bool known = has_suites_of_tor(suites);
    if (known && odds >= kMoreRandom) return claim(claims, kHello, true);
    if (known || (ends_with_renegotiation(suites) && odds >= kVeryRandom))
      return claim(claims, kName, false);
    return Answer::not_for_us;
  }

  static Answer judge_down(ByteView down, Claims& claims) {
    if (is_directory_answer(down)) return claim(claims, kDirectoryUse, true);
    Scratch scratch;
    tls::Certificate certificate;
    const ParseStatus status = tls::parse_server_certificate(down, scratch, certificate);
    const bool http = down.u8(0) == 'H' && down.size() < 512;
    if (status == ParseStatus::truncated || http) return Answer::unsure;
    if (status == ParseStatus::parsed && is_relay_certificate(certificate))
      return claim(claims, kCertificate, true);
    return Answer::not_for_us;
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Tor classifier;
  return classifier;
}

}  // namespace deadair::classifiers::tor
