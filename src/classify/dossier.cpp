// Keeping claims.
#include "classify/dossier.hpp"

namespace deadair::classify {

bool Dossier::hold(const HeldClaim& claim) {
  for (std::size_t i = 0; i < claim_count; ++i)
    if (claims[i].signal == claim.signal && claims[i].app == claim.app) return false;
  if (claim_count == kMostClaims) return false;
  claims[claim_count++] = claim;
  return true;
}

}  // namespace deadair::classify
