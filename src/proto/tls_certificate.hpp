// Reads from a server's certificate who it says it is and who signed that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::tls {

//  Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }
//  TBSCertificate ::= SEQUENCE {
//      version [0] EXPLICIT DEFAULT v1, serialNumber INTEGER, signature SEQUENCE,
//      issuer Name, validity SEQUENCE, subject Name, subjectPublicKeyInfo SEQUENCE,
//      issuerUniqueID [1], subjectUniqueID [2], extensions [3] EXPLICIT }
//  Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value DirectoryString }
// RFC 5280 section 4.1. Views point into the DER; they hold the signer's bytes and may be anything.
// Of names with several values the last is kept, the most specific one. BMPString and
// UniversalString are left out: nothing else here is wider than a byte.
struct Certificate {
  std::string_view subject_name;          // commonName of the subject
  std::string_view subject_organization;  // organizationName
  std::string_view issuer_name;
  std::string_view issuer_organization;
  std::string_view not_before;  // UTCTime or GeneralizedTime as written ("151221000000Z")
  std::string_view not_after;
  bool self_issued = false;    // issuer and subject are the same name
  ByteView alternative_names;  // GeneralNames: for_each_dns_name walks them
};

// Reads a certificate of `wire_len` bytes of DER, of which `der` holds the first. `truncated`: the
// capture ends before its extensions do; what was complete is in `out`.
ParseStatus parse_certificate(ByteView der, std::size_t wire_len, Certificate& out);

// Reads the first certificate of a server's first flight (parse_server_flight). `not_this` also
// for a flight that holds none: TLS 1.3, a resumed connection.
ParseStatus parse_server_certificate(ByteView stream, std::span<std::uint8_t> scratch,
                                     Certificate& out);

// The next dNSName of `names` (RFC 5280 section 4.2.1.6), which is moved behind it; empty at the
// end. Only host names (is_host_name), with or without a leading "*.", are returned.
std::string_view next_dns_name(ByteView& names);

// Calls `visit(std::string_view)` for each dNSName.
template <typename Visit>
void for_each_dns_name(const Certificate& certificate, Visit&& visit) {
  ByteView names = certificate.alternative_names;
  for (std::string_view name = next_dns_name(names); !name.empty(); name = next_dns_name(names)) {
    visit(name);
  }
}

}  // namespace deadair::proto::tls
