// Issuers of certificates that do not belong to the site: interception by states, and the benign
// twin, security products that the user or the employer has installed.
//
// States: issuer of the certificates seen in Kazakhstan in 2019 (Censored Planet,
// censoredplanet.org/kazakhstan; the root is called Qaznet Trust Network) and its later root (2020;
// OONI, 2024-kazakhstan-report, on intermediates of the state's authority); read 2026-11-22. The
// names of products are those that stand in their issuers by their makers' documentation or common
// knowledge (not verified one by one). A name can be used by anybody.
#pragma once

#include <array>
#include <string_view>

namespace deadair::interference {

enum class IssuerKind : unsigned char { state, product };

struct KnownIssuer {
  std::string_view pattern;  // the issuer's name or organization contains it; case does not matter
  IssuerKind kind;
};

inline constexpr std::array kKnownIssuers = {
    KnownIssuer{"Qaznet", IssuerKind::state},
    KnownIssuer{"Information Security Certification Authority", IssuerKind::state},
    KnownIssuer{"Kaspersky", IssuerKind::product},
    KnownIssuer{"ESET", IssuerKind::product},
    KnownIssuer{"Zscaler", IssuerKind::product},
    KnownIssuer{"Avast", IssuerKind::product},
    KnownIssuer{"AVG ", IssuerKind::product},
    KnownIssuer{"Bitdefender", IssuerKind::product},
    KnownIssuer{"Fortinet", IssuerKind::product},
    KnownIssuer{"FortiGate", IssuerKind::product},
    KnownIssuer{"Sophos", IssuerKind::product},
    KnownIssuer{"Palo Alto", IssuerKind::product},
    KnownIssuer{"Netskope", IssuerKind::product},
    KnownIssuer{"Blue Coat", IssuerKind::product},
    KnownIssuer{"Symantec Web Security", IssuerKind::product},
    KnownIssuer{"McAfee", IssuerKind::product},
    KnownIssuer{"Cisco Umbrella", IssuerKind::product},
    KnownIssuer{"AdGuard", IssuerKind::product},
    KnownIssuer{"mitmproxy", IssuerKind::product},
    KnownIssuer{"PortSwigger", IssuerKind::product},
    KnownIssuer{"Charles Proxy", IssuerKind::product},
    KnownIssuer{"Fiddler", IssuerKind::product},
};

}  // namespace deadair::interference
