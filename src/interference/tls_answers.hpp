// Judges forged TLS answers: alerts that the server did not send, certificates that are not its
// own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interference/finding.hpp"
#include "interference/first_answers.hpp"
#include "interference/tcp_story.hpp"
#include "proto/tls_certificate.hpp"

namespace deadair::interference {

inline constexpr std::string_view kTlsAnswerRules = "TLS 1.0";

// A ClientHello and all that claims to answer it. `tcp.trigger` names the server that was asked
// for.
struct TlsStory {
  TcpStory tcp;
  std::string_view sni;
  std::string_view app;  // empty: nobody's
  std::span<const AnswerVersion> answers;
};

// The description of a fatal alert in the clear at the start of `stream` (RFC 8446 section 6);
// nothing for anything else.
std::optional<std::uint8_t> first_fatal_alert(ByteView stream);

// TLS.ALERT.INJ: a fatal alert as the server's first record, when another answer came to the same
// ClientHello, or its TTL is that of no other packet of the server while later ones have theirs.
// Nothing for alerts with the server's own headers: that is how a server refuses.
std::optional<Finding> judge_alert(const TlsStory& story, const Context& context);

// A certificate as it was shown for a name, up to TLS 1.2.
struct ShownCertificate {
  std::string sni, issuer_name, issuer_organization;
  std::string app;
  IpAddress client, server;
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  bool self_issued = false;
  bool watched = false;
};

// Where and when a certificate was shown.
struct CertificateSight {
  std::string_view sni;
  std::string_view app;  // empty: nobody's
  bool watched = false;
  IpAddress client, server;
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
};

// Keeps one certificate for each name and issuer. Bounded; what comes beyond is not taken in.
class CertificateBook {
 public:
  static constexpr std::size_t kMostCertificates = 2048;

  void note(const proto::tls::Certificate& certificate, const CertificateSight& sight);
  [[nodiscard]] std::span<const ShownCertificate> shown() const { return shown_; }

 private:
  std::vector<ShownCertificate> shown_;  // sorted by name and issuer
};

// TLS.CERT.SUBST: a name with certificates of two issuers in one run, one of which is known to
// intercept, or is nobody's but its own; or a watched name with an issuer of the former kind.
std::vector<Finding> judge_certificates(const CertificateBook& book, const GateSet& gates);

}  // namespace deadair::interference
