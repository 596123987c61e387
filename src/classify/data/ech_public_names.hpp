// Names that servers of Encrypted ClientHello show in place of the true one.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace deadair::classify {

// Browsers send the extension with random content to every server (GREASE, RFC 9849 section 6.2),
// so that its presence alone says nothing; the outer name of a real one is the provider's. Looked
// up 2026-11-21.
inline constexpr std::array<std::string_view, 1> kEchPublicNames = {
    "cloudflare-ech.com",  // all sites on Cloudflare
                           // (developers.cloudflare.com/ssl/edge-certificates/ech)
};

// True when a ClientHello with the extension and this outer name hides another name. `name` in
// lower case.
inline bool is_ech_public_name(std::string_view name) {
  return std::find(kEchPublicNames.begin(), kEchPublicNames.end(), name) != kEchPublicNames.end();
}

}  // namespace deadair::classify
